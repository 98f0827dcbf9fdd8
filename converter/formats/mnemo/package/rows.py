"""Rows of the small databases in a package, read one after the other (docs/formats/mnemo.md, "Databases of payloads")."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from converter.errors import InputError
from converter.formats.mnemo.problems import Problems
from converter.formats.mnemo.view import OuterView
from converter.storage import sqlite
from converter.text.json_text import JsonTextError, Members, decode, parse

__all__ = ["Database", "Keys", "Row"]

_CHUNK: Final = 256


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: the value of its key column ("" where there is none) and the bytes of its JSON."""

    key: str
    data: bytes

    @property
    def null(self) -> bool:
        """Whether the row holds the JSON `null`, which the application passes over."""
        return self.data.strip() == b"null"


class Database:
    """A database of a payload, in a file of its own. `closed` by its `close`."""

    def __init__(self, path: Path) -> None:
        """Open it; raises InputError where the file is no database."""
        self._connection = sqlite.open_readonly(path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table or view by their names in lower case; empty where there is no such table."""
        with closing(self._connection.execute(f'PRAGMA table_xinfo("{table}")')) as cursor:
            return {_text(row[1]).lower(): _text(row[1]) for row in cursor}

    def rows(self, table: str, key: str) -> Iterator[Row]:
        """Every row of a table, in its own order.

        Raises InputError where the table or its column `Json` is missing, or the database is damaged.
        """
        columns = self._try(lambda: self.columns(table))
        if "json" not in columns:
            missing = f"the column Json of {table}" if columns else f"the table {table}"
            raise InputError(f"{missing} is missing")
        name = columns.get(key.lower())
        selected = f'"{name}"' if name else "NULL"
        cursor = self._try(lambda: self._connection.execute(f'SELECT {selected}, "{columns["json"]}" FROM "{table}"'))
        with closing(cursor):
            while chunk := self._try(lambda: cursor.fetchmany(_CHUNK)):
                for key_value, data in chunk:
                    yield Row(_text(key_value), _bytes(data))

    @staticmethod
    def _try[T](action: Callable[[], T]) -> T:
        try:
            return action()
        except (sqlite3.Error, OverflowError) as error:
            raise InputError(f"the database is damaged: {error}") from None
