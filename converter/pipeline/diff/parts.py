"""What a file that passes whole is made of, as far as that can be told: rows of a database, members of a JSON text."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from converter.digests import digest_of_bytes
from converter.errors import InputError
from converter.storage.digest import copy_digest
from converter.storage.sniff import SQLITE_MAGIC
from converter.storage.sqlite import open_readonly, quoted, reading, tables

__all__ = ["Parts", "parts_of"]

Parts = dict[str, str]
"""Digests by the keys of the parts; a file that cannot be taken apart is one part, "" by name."""

_LARGEST_JSON = 64 << 20


def parts_of(stream: IO[bytes]) -> Parts:
    """Take a file apart: a row of a database is known by its first column, an object in a list by its `id`.

    What means the same is one: the order of members in JSON, where rows lie in a database.
    """
    with tempfile.TemporaryDirectory(prefix="mnemo-converter-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as copy:
            size, whole = copy_digest(stream, copy)
        with path.open("rb") as start:
            head = start.read(len(SQLITE_MAGIC))
        if head == SQLITE_MAGIC:
            try:
                return _gathered(_rows(path))
            except InputError:
                return {"": whole}
        found = _members(path.read_bytes()) if size <= _LARGEST_JSON else None
        return {"": whole} if found is None else _gathered(found)


def _gathered(parts: Iterator[tuple[str, bytes]]) -> Parts:
    """Digests by key; those of one key are one, in whatever order they came."""
    found: dict[str, list[bytes]] = {}
    for key, data in parts:
        found.setdefault(key, []).append(digest_of_bytes(data))
    return {key: b"".join(sorted(each)).hex() for key, each in found.items()}


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    with reading("a database"), closing(open_readonly(path)) as database:
        for table in [name for name, kind in tables(database).items() if kind == "table"]:
            for row in database.execute(f"SELECT * FROM {quoted(table)}"):
                cells = [_canonical(cell) if isinstance(cell, str) else cell for cell in row]
                yield str(row[0]) if row else "", repr((table, cells)).encode("utf-8", "surrogatepass")


def _members(data: bytes) -> Iterator[tuple[str, bytes]] | None:
    """The parts of a JSON text; None where it is none."""
    value = _loaded(data.decode("utf-8-sig", "replace"))
    if isinstance(value, dict) and value:
        return ((name, _dumped(inner)) for name, inner in value.items())
    if isinstance(value, list) and value and all(isinstance(one, dict) and "id" in one for one in value):
        return ((str(one["id"]), _dumped(one)) for one in value)
    return None if value is None else iter([("", _dumped(value))])


def _canonical(text: str) -> str:
    value = _loaded(text) if text.startswith(("{", "[")) else None
    return text if value is None else _dumped(value).decode("utf-8")


def _loaded(text: str) -> Any:
    """The value of a JSON text, numbers as they are spelt; None where it is none, or nested too deeply."""
    try:
        return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> list[str]:
    return ["number", text]


def _dumped(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode("utf-8")
