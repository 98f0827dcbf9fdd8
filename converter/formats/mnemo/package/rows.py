"""Rows of the small databases in a package, one after the other (docs/formats/mnemo.md, "Databases of payloads")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import starmap
from pathlib import Path
from sqlite3 import Cursor
from typing import Any, Final

from converter.errors import InputError
from converter.formats.mnemo.rows import Row
from converter.storage import sqlite
from converter.storage.limits import DEFAULT_LIMITS, Limits, bounded

__all__ = ["Database", "as_bytes"]

_CHUNK: Final = 256


class Database:
    """A database of a payload, unpacked at `path`; `name` is what messages call it."""

    def __init__(self, path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> None:
        """Open it; raises InputError where the file is no database."""
        self._name = name
        self._limits = limits
        with sqlite.reading(self._name):
            self._connection = sqlite.open_readonly(path, limits)
            self._connection.text_factory = bytes

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def has(self, table: str) -> bool:
        """Whether there is such a table or view."""
        return bool(self._columns(table))

    def holds(self, table: str) -> bool:
        """Whether a table or view has any row."""
        with (
            sqlite.reading(self._name),
            closing(self._connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1')) as cursor,
        ):
            return cursor.fetchone() is not None

    def rows(self, table: str, key: str) -> Iterator[Row]:
        """Every row of a table or view, in its own order.

        Raises InputError where the table or its column `Json` is missing, or the database is damaged.
        """
        columns = self._columns(table)
        if "json" not in columns:
            missing = f"the column Json of {table}" if columns else f"the table {table}"
            raise InputError(f"{self._name}: {missing} is missing")
        selected = f'"{columns[key.lower()]}"' if key.lower() in columns else "NULL"
        with sqlite.reading(self._name):
            cursor = self._connection.execute(f'SELECT {selected}, "{columns["json"]}" FROM "{table}"')
        with closing(cursor):
            yield from self._bounded(starmap(_row, self._fetched(cursor)), table)

    def _fetched(self, cursor: Cursor) -> Iterator[tuple[Any, Any]]:
        while True:
            with sqlite.reading(self._name):
                chunk = cursor.fetchmany(_CHUNK)
            if not chunk:
                return
            yield from chunk

    def _bounded(self, rows: Iterable[Row], table: str) -> Iterator[Row]:
        return bounded(rows, self._limits, "rows", f"{self._name}: the table {table}")

    def _columns(self, table: str) -> dict[str, str]:
        """The columns of a table by their names in lower case; empty where there is no such table."""
        with sqlite.reading(self._name), closing(self._connection.execute(f'PRAGMA table_xinfo("{table}")')) as cursor:
            names = [as_bytes(row[1]).decode(errors="replace") for row in cursor]
        return {name.lower(): name for name in names}


def _row(key: object, data: object) -> Row:
    if type(key) is bytes and type(data) is bytes:
        return Row(key.decode(errors="replace"), data)
    return Row(as_bytes(key).decode(errors="replace"), as_bytes(data))


def as_bytes(value: object) -> bytes:
    """A value as the bytes of its text, whatever its type in the database; bytes that are no UTF-8 as they stand."""
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode(errors="surrogateescape")
