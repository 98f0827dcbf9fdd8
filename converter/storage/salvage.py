"""What is left of a damaged SQLite database: rows by their numbers (docs/formats/containers.md, "Salvage")."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

__all__ = ["Left", "pad_database", "rows_left"]

_CHUNK: Final = 64
_LAST: Final = 2**63 - 1
_HEAD: Final = 100


class Left(msgspec.Struct, frozen=True, gc=False):
    """A row of which the key is there, and of its value what `value` holds; `lost` where that cannot be read.

    Where neither can be read, and how many rows these are is not known, `gap` says so.
    """

    key: Any = None
    value: Any = None
    lost: bool = False
    gap: bool = False


def pad_database(path: Path, limit: int) -> None:
    """Give a private copy of a database that was cut off its full length, as far as its head tells of one."""
    with path.open("r+b") as file:
        head = file.read(_HEAD)
        page = int.from_bytes(head[16:18], "big")
        size = int.from_bytes(head[28:32], "big") * (65536 if page == 1 else page)
        if path.stat().st_size < size <= limit:
            file.truncate(size)


def rows_left(connection: sqlite3.Connection, table: str, key: str, value: str) -> Iterator[Left]:
    """Every row of a table that can be read, in its order, then those whose keys only an index still tells.

    The names are quoted ones. Where a page is damaged, the next row after it is looked for.
    """
    seen: set[Any] = set()
    at, gaps = -_LAST, 0
    while True:
        rows = _read(
            connection, f"SELECT rowid, {key}, {value} FROM {table} WHERE rowid > ? ORDER BY rowid", at, _CHUNK
        )
        if rows is None:
            rows = _read(connection, f"SELECT rowid, {key}, {value} FROM {table} WHERE rowid > ? ORDER BY rowid", at, 1)
        if rows is not None:
            if not rows:
                break
            at = rows[-1][0]
            for _, name, data in rows:
                seen.add(name)
                yield Left(name, data)
            continue
        bare = _read(connection, f"SELECT rowid, {key} FROM {table} WHERE rowid > ? ORDER BY rowid", at, 1)
        if bare:
            at = bare[0][0]
            seen.add(bare[0][1])
            yield Left(bare[0][1], lost=True)
            continue
        gaps += 1
        beyond = _beyond(connection, table, at)
        if beyond is None:
            break
        at = beyond
    if gaps:
        yield from _only_indexed(connection, table, key, seen)


def _read(connection: sqlite3.Connection, query: str, at: int, most: int) -> list[Any] | None:
    """Rows after this number; None where they cannot be read, or are none: numbers that do not grow are damage."""
    try:
        with closing(connection.execute(f"{query} LIMIT ?", (at, most))) as cursor:
            found = cursor.fetchall()
    except sqlite3.DatabaseError:
        return None
    numbers = [at, *(row[0] for row in found)]
    return found if all(before < after for before, after in pairwise(numbers)) else None


def _beyond(connection: sqlite3.Connection, table: str, at: int) -> int | None:
    """The greatest number that is known to lie before the next row that can be read; None where there is none.

    Numbers in one damaged page follow each other, so the page's end is found by doubling and halving the step.
    """
    query = f"SELECT rowid FROM {table} WHERE rowid > ? ORDER BY rowid"
    step = 1
    while at + step < _LAST and not _read(connection, query, at + step, 1):
        step *= 2
    if at + step >= _LAST:
        return None
    low, high = at + step // 2, at + step
    while low + 1 < high:
        middle = (low + high) // 2
        if _read(connection, query, middle, 1):
            high = middle
        else:
            low = middle
    return high


def _only_indexed(connection: sqlite3.Connection, table: str, key: str, seen: set[Any]) -> Iterator[Left]:
    """Rows that an index on the key tells of and that were not seen; a gap where it cannot be read either."""
    try:
        with closing(connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}")) as cursor:
            for (name,) in cursor:
                if name not in seen:
                    yield Left(name, lost=True)
    except sqlite3.DatabaseError:
        yield Left(gap=True)
