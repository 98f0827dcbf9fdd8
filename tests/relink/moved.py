"""A model with other names, made without the code under test: the measure for what a renaming may change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from converter.formats.front import Renaming
from converter.model.items import Note

__all__ = ["inverse", "moved"]

_NAMES = frozenset(("id", "key", "folder", "parent", "target", "place", "cover", "database", "view"))


def inverse(renaming: Renaming) -> Renaming:
    """The renaming back."""
    return Renaming(
        ids={kind: {new: old for old, new in names.items()} for kind, names in renaming.ids.items()},
        files={new: old for old, new in renaming.files.items()},
    )


def moved(note: Note, new: Callable[[str], str], *, attrs: bool = True) -> Note:
    """The note with `new` applied to the fields that name something; with `attrs` to the values of attributes too."""
    found = _moved(note, "", new, attrs)
    assert isinstance(found, Note)
    return found


def _moved(value: Any, name: str, new: Callable[[str], str], attrs: bool) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = {field: _moved(getattr(value, field), field, new, attrs) for field in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, (list, tuple)):
        inner = name if name == "attrs" and attrs else ""
        return type(value)(_moved(element, inner, new, attrs) for element in value)
    wanted = name in _NAMES or (name == "attrs" and attrs)
    return new(value) if isinstance(value, str) and wanted else value
