"""The JSON Schemas that come with the package."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from converter.errors import InternalFaultError, UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["find_schema", "load_schema", "schema_names"]

_ENDING = ".json"


@cache
def schema_names() -> tuple[str, ...]:
    """The names of all schemas (`report-1`), sorted."""
    found = (entry.name for entry in _folder().iterdir() if entry.name.endswith(_ENDING))
    return tuple(sorted(name.removesuffix(_ENDING) for name in found))


def find_schema(name: str) -> str | None:
    """The full name of a schema, of `report` that of its newest version; None where there is none."""
    name = name.removesuffix(_ENDING)
    if name in schema_names():
        return name
    versions = [known for known in schema_names() if re.fullmatch(re.escape(name) + "-[0-9]+", known)]
    return max(versions, key=lambda known: int(known.rpartition("-")[2]), default=None)


def load_schema(name: str) -> dict[str, object]:
    """One schema by its name, with or without `.json`, as a new object. Raises UsageError for an unknown one."""
    import orjson

    name = name.removesuffix(_ENDING)
    if name not in schema_names():
        raise UsageError(f"There is no schema {name!r}.", hint=f"Known schemas: {', '.join(schema_names())}.")
    schema = orjson.loads((_folder() / (name + _ENDING)).read_bytes())
    if not isinstance(schema, dict):
        raise InternalFaultError(f"The schema {name!r} is not a JSON object.")
    return schema


def _folder() -> Traversable:
    """An installed package holds its schemas; a checkout has them beside the package."""
    from importlib.resources import files

    package = files("converter")
    inside = package / "schemas"
    if inside.is_dir():
        return inside
    beside = package / ".." / "schemas"
    if beside.is_dir():
        return beside
    raise InternalFaultError("The schemas are missing from this installation.", hint="Install mnemo-converter again.")
