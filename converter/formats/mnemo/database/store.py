"""The rows and tables of an opened library, as they stand there."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec

from converter.errors import InputError
from converter.formats.mnemo.database.layout import CARDS, is_newer_table
from converter.storage.limits import Limits, bounded, exceeded
from converter.storage.salvage import Loss
from converter.storage.snapshot import Snapshot
from converter.storage.sqlite import check_sound, quoted, reading, tables, text_sign

__all__ = ["Store", "StoredRow", "Table", "table_from"]

_CHUNK: Final = 256
_BATCH_BYTES: Final = 1 << 20
"""Bytes of values that are looked up at once."""
_STORAGE: Final = "storage"
_TRASH: Final = "TrashId"


class StoredRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `Storage` without its value: `kind` is that of the value in SQL, `size` its bytes."""

    key: str
    kind: str
    size: int

    @property
    def is_text(self) -> bool:
        """Whether the application can read the value at all."""
        return self.kind not in ("null", "blob")


class Table(msgspec.Struct, frozen=True):
    """A table as the lines of a member say it: its name, and each column's name, type, and flags.

    The number of a column in the primary key is 0 for columns outside of it.
    """

    name: str
    columns: tuple[tuple[str, str, bool, int], ...]


class Store:
    """A `mnemo.db`, opened for reading."""

    def __init__(
        self, path: Path, limits: Limits, connection: sqlite3.Connection | None = None, *, salvage: bool = False
    ) -> None:
        """Open it; raises InputError where it is no sound database, is in use, or its `Storage` is no table.

        `connection` is one that is open on it already, and stays open. With `salvage`, `damage` says what is wrong with
        a database that is damaged, and `losses` what is not among its rows.
        """
        self.damage = ""
        self.losses: tuple[Loss, ...] = ()
        self._name = path.name
        self._limits = limits
        self._snapshot: Snapshot | None = None
        if connection is None:
            self._snapshot = Snapshot(path, limits, salvage=salvage)
            self.damage, self.losses = self._snapshot.damage, self._snapshot.losses
            connection = self._snapshot.connection
        self._connection = connection
        try:
            check_sound(self._connection, self._name)
            with reading(self._name):
                self.objects = tables(self._connection)
            self._storage = self._find_storage()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        if self._snapshot is not None:
            self._snapshot.close()

    def check(self) -> None:
        """Raise InputError where the database was changed since it was opened."""
        if self._snapshot is not None:
            self._snapshot.check()

    def _find_storage(self) -> tuple[str, str, str] | None:
        for name, kind in self.objects.items():
            if name.lower() != _STORAGE:
                continue
            if kind != "table":
                raise InputError(f"{self._name} is no library of Mnemo: its {name} is a {kind}, not a table.")
            columns = {column.lower(): column for column, *_ in self._columns(name)}
            if "key" not in columns or "value" not in columns:
                raise InputError(f"{self._name} is no library of Mnemo: {name} has no columns Key and Value.")
            return quoted(name), quoted(columns["key"]), quoted(columns["value"])
        return None

    def triggers(self) -> tuple[str, ...]:
        """Names of the triggers; none of them ever runs here."""
        with (
            reading(self._name),
            closing(self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")) as rows,
        ):
            return tuple(sorted(str(name) for (name,) in rows))

    def triggers_on(self, table: str) -> tuple[str, ...]:
        """Names of the triggers of a table."""
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?)"
        with reading(self._name), closing(self._connection.execute(query, (table,))) as rows:
            return tuple(sorted(str(name) for (name,) in rows))

    def rows(self) -> tuple[list[StoredRow], list[str]]:
        """All rows of `Storage` in their order, the first of each key; and the keys of the others, "" for no text."""
        if self._storage is None:
            return [], []
        table, key, value = self._storage
        found: dict[str, StoredRow] = {}
        odd: list[str] = []
        query = f"SELECT {key}, typeof({value}), length(CAST({value} AS BLOB)) FROM {table}"
        with reading(self._name), closing(self._connection.execute(query)) as rows:
            for name, kind, size in bounded(rows, self._limits, "rows", f"{self._name}: its rows"):
                if isinstance(name, str) and name not in found:
                    found[name] = StoredRow(name, kind, size or 0)
                else:
                    odd.append(name if isinstance(name, str) else "")
        return list(found.values()), odd

    def value(self, key: str) -> bytes | None:
        """The bytes of a row's value; None where there is none."""
        if self._storage is None:
            return None
        table, name, value = self._storage
        with reading(f"{self._name}: the row {key}", item=True):
            wanted = _text(key)
            found = f"SELECT {value} FROM {table} WHERE {name} = {text_sign(wanted)}"
            row = self._connection.execute(found, (wanted,)).fetchone()
        return None if row is None or row[0] is None else _bytes(row[0])

    def values(self, rows: Iterable[StoredRow]) -> Iterator[tuple[StoredRow, bytes]]:
        """The bytes of the values of many rows, in the order that is asked for; empty where there is none."""
        batch: list[StoredRow] = []
        size = 0
        for row in rows:
            batch.append(row)
            size += row.size
            if size >= _BATCH_BYTES or len(batch) == _CHUNK:
                yield from self._batch(batch)
                batch, size = [], 0
        yield from self._batch(batch)

    def _batch(self, rows: list[StoredRow]) -> Iterator[tuple[StoredRow, bytes]]:
        found = self._found(rows) if len(rows) > 1 else {}
        for row in rows:
            data = found.get(row.key)
            yield row, (self.value(row.key) or b"") if data is None else data

    def _found(self, rows: list[StoredRow]) -> dict[str, bytes]:
        """Values by their keys, of those rows that one query finds; none where it meets any damage."""
        if self._storage is None:
            return {}
        table, name, value = self._storage
        signs = ",".join("?" * len(rows))
        query = f"SELECT {name}, {value} FROM {table} WHERE {name} IN ({signs})"
        found: dict[str, bytes] = {}
        usual = self._connection.text_factory
        self._connection.text_factory = bytes
        try:
            for key, data in self._connection.execute(query, [row.key for row in rows]):
                found.setdefault(_bytes(key).decode(), b"" if data is None else _bytes(data))
        except (sqlite3.Error, UnicodeError):
            return {}
        finally:
            self._connection.text_factory = usual
        return found

    def table(self, name: str) -> Table:
        """What a table is, but for what only its schema says."""
        return Table(name, tuple(self._columns(name)))

    def _columns(self, table: str) -> Iterator[tuple[str, str, bool, int]]:
        with (
            reading(self._name),
            closing(self._connection.execute(f"PRAGMA table_xinfo({quoted(table)})")) as cursor,
        ):
            found = cursor.fetchall()
        for _, name, kind, not_null, _, key, hidden in found:
            if not hidden:
                yield name, kind, bool(not_null), key

    def table_rows(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """The rows of a table in their order."""
        columns = ", ".join(quoted(name) for name, *_ in table.columns)
        with reading(f"{self._name}: the table {table.name}"):
            cursor = self._connection.execute(f"SELECT {columns} FROM {quoted(table.name)}")
        with closing(cursor):
            while True:
                with reading(f"{self._name}: the table {table.name}"):
                    chunk = cursor.fetchmany(_CHUNK)
                if not chunk:
                    return
                yield from chunk

    def item_rows(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """The rows of a table in which each is an item. Raises LimitError where there are too many."""
        with reading(f"{self._name}: the table {table.name}"):
            count = self._connection.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchone()[0]
        if count > self._limits.rows:
            exceeded(self._limits, "rows", f"{self._name}: the table {table.name}", count)
        return self.table_rows(table)

    def table_lines(self, name: str) -> Iterator[bytes]:
        """A table as lines of JSON: what it is, then a row each. Rows in the trash of application 0.8 are left out."""
        table = self.table(name)
        trash = next((at for at, column in enumerate(table.columns) if column[0] == _TRASH), None)
        yield _line({"table": table.name, "columns": table.columns})
        for row in self.table_rows(table):
            if trash is not None and is_newer_table(name) and row[trash] is not None:
                continue
            yield _line([_told(value) for value in row])

    @property
    def cards(self) -> bytes:
        """The document of all flashcards; empty where there is none."""
        return self.value(CARDS) or b""


def table_from(lines: Iterator[bytes]) -> tuple[Table, Iterator[tuple[Any, ...]]]:
    """The table that lines of JSON tell of, and its rows. Raises ValueError where they are none of ours."""
    head = json.loads(next(lines, b""))
    table = msgspec.convert({"name": head["table"], "columns": head["columns"]}, Table)
    return table, (tuple(_value(one) for one in json.loads(line)) for line in lines)


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _told(value: object) -> object:
    """A value of SQLite as JSON: bytes in Base64, floats by their exact digits, text that is no UTF-8 by its bytes."""
    if isinstance(value, bytes):
        return {"blob": base64.b64encode(value).decode()}
    if isinstance(value, float):
        return {"real": value.hex()}
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return {"text": base64.b64encode(value.encode("utf-8", "surrogateescape")).decode()}
    return value


def _value(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    ((kind, text),) = told.items()
    if kind == "real":
        return float.fromhex(text)
    data = base64.b64decode(text, validate=True)
    return data if kind == "blob" else data.decode("utf-8", "surrogateescape")


def _text(key: str) -> str | bytes:
    """A key as a parameter; one that is no UTF-8 as bytes."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogateescape")
    return key


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return str(value).encode("utf-8", "surrogateescape")
