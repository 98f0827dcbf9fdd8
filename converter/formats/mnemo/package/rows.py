"""Rows of the small databases in a package, one after the other (docs/formats/mnemo.md, "Databases of payloads")."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from converter.errors import InputError
from converter.formats.mnemo.rows import Row
from converter.storage import sqlite
from converter.storage.limits import DEFAULT_LIMITS, Limits
from converter.storage.salvage import rows_left

__all__ = ["Database", "as_bytes"]

_CHUNK: Final = 256


class Database:
    """A database of a payload, unpacked at `path`; `name` is what messages call it."""

    def __init__(self, path: Path, name: str, limits: Limits = DEFAULT_LIMITS) -> None:
        """Open it; raises InputError where the file is no database."""
        self._name = name
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
            while True:
                with sqlite.reading(self._name):
                    chunk = cursor.fetchmany(_CHUNK)
                if not chunk:
                    return
                for key_value, data in chunk:
                    yield _row(key_value, data)

    def rows_left(self, table: str, key: str) -> Iterator[Row]:
        """The rows of a table as `rows` gives them; of a damaged one those that are left.

        A row whose JSON is lost has its key and says so; one that has nothing left is an unknown number of rows.
        """
        count = 0
        try:
            for row in self.rows(table, key):
                count += 1
                yield row
        except InputError:
            columns = self._columns(table)
            if key.lower() not in columns or "json" not in columns or not self._is_table(table):
                raise
            names = (f'"{name}"' for name in (table, columns[key.lower()], columns["json"]))
            for number, left in enumerate(rows_left(self._connection, *names)):
                if number >= count:
                    yield msgspec.structs.replace(_row(left.key, left.value), lost=left.lost, gap=left.gap)

    def _is_table(self, name: str) -> bool:
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND rootpage AND lower(name) = lower(?)"
        with sqlite.reading(self._name), closing(self._connection.execute(query, (name,))) as cursor:
            return cursor.fetchone() is not None

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
