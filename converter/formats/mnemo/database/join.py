"""Rows and tables of two libraries that become one: indexes name what both have, tables hold the rows of both."""

from __future__ import annotations

import json
from typing import Final

from converter.formats.mnemo.database.layout import MAPS_INDEX, PATHS_INDEX, ROW, TABLE
from converter.text.json_text import JsonTextError, JsonValue, decode, dump, parse

__all__ = ["join_file"]

_INDEXES: Final = frozenset((ROW + MAPS_INDEX, ROW + PATHS_INDEX))
_DEPTH: Final = 64


def join_file(name: str, there: bytes, coming: bytes, _replace: bool = False) -> bytes | None:
    """An index, or a table, with what comes behind its own.

    None for other rows, where either is no array, and for tables that are built otherwise or say something else under
    a key of both.
    """
    if name.startswith(TABLE):
        return _table(there.splitlines(), coming.splitlines())
    old, new = (_ids(there), _ids(coming)) if name in _INDEXES else (None, None)
    if old is None or new is None:
        return None
    more = [one for one in new if one not in old]
    return dump([*old, *more]).encode() if more else there


def _ids(data: bytes) -> list[JsonValue] | None:
    try:
        value = parse(decode(data)[0], _DEPTH).value
    except JsonTextError:
        return None
    return value if isinstance(value, list) else None


def _table(old: list[bytes], new: list[bytes]) -> bytes | None:
    """The lines of a table and of those rows that are not in it."""
    if old[:1] != new[:1]:
        return None
    known = set(old)
    more = [line for line in new if line not in known]
    columns = json.loads(old[0])["columns"] if old else []
    keyed = [at for at, column in enumerate(columns) if column[3]]
    keys = {_key(line, keyed) for line in old[1:]}
    if more and (not keyed or any(_key(line, keyed) in keys for line in more)):
        return None
    return b"".join(line + b"\n" for line in (*old, *more))


def _key(line: bytes, keyed: list[int]) -> str:
    row = json.loads(line)
    return json.dumps([row[at] for at in keyed])
