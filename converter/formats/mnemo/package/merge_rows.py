"""Changes to the databases of payloads in a package: rows added, and replaced by the key that the reader gives them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from converter.errors import TargetError
from converter.formats.mnemo.package.rows import as_bytes
from converter.formats.mnemo.package.tables import RowFile
from converter.formats.mnemo.rows import Keys, Row, sniff
from converter.storage import sqlite
from converter.storage.limits import DEFAULT_LIMITS

__all__ = ["MergedRows"]

_DEPTH = DEFAULT_LIMITS.json_depth
_ROW_NAMES = ("rowid", "oid", "_rowid_")


class _Table:
    """A plain table: its name and columns as they stand there, quoted, and where each key has its row."""

    def __init__(self, connection: sqlite3.Connection, what: str, name: str, key: str) -> None:
        """Look at it; raises TargetError where it is not one that rows can be added to."""
        self.rows: dict[str, int] = {}
        self.items = 0
        self._what = f"the table {name} of {what}"
        query = (
            "SELECT name, type, rootpage FROM sqlite_master WHERE lower(name) = lower(?) AND type IN ('table', 'view')"
        )
        found = connection.execute(query, (name,)).fetchone()
        if found is None or found[1] != "table" or not found[2]:
            raise self._refusal("it is no table of its own" if found else "it is missing")
        query = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?)"
        if connection.execute(query, (name,)).fetchone():
            raise self._refusal("it has triggers")
        columns = {str(row[1]).lower(): str(row[1]) for row in connection.execute(f'PRAGMA table_xinfo("{name}")')}
        if "json" not in columns or key.lower() not in columns:
            raise self._refusal(f"it has no columns {key} and Json")
        self.name, self.key, self.json = f'"{name}"', f'"{columns[key.lower()]}"', f'"{columns["json"]}"'
        self.number = next((one for one in _ROW_NAMES if one not in columns), "")
        try:
            connection.execute(f"SELECT {self.number} FROM {self.name} LIMIT 1").fetchone()
        except sqlite3.OperationalError as error:
            if sqlite.is_system_fault(error):
                raise
            raise self._refusal("its rows have no numbers") from None

    def _refusal(self, why: str) -> TargetError:
        return TargetError(
            f"Nothing can be added to {self._what}: {why}.",
            hint="Import the package in Mnemo, export it again, and merge into that.",
        )

    def scan(self, connection: sqlite3.Connection, member: str, keys: Keys, *, nulls: bool) -> None:
        """Give every row its key, as the reader does."""
        query = f"SELECT {self.number}, {self.key}, {self.json} FROM {self.name}"
        with closing(connection.execute(query)) as cursor:
            for number, key, data in cursor:
                row = Row(as_bytes(key).decode(errors="replace"), as_bytes(data))
                if row.null and not nulls:
                    continue
                taken, _ = keys.take(sniff(row.data, member, _DEPTH).id, row.key)
                self.rows[taken] = number
                self.items += 1

    def replace(self, connection: sqlite3.Connection, number: int, text: str) -> bool:
        """Give a row another text; whether it had not this one."""
        where = f"{self.name} WHERE {self.number} = ?"
        (old,) = connection.execute(f"SELECT {self.json} FROM {where}", (number,)).fetchone()
        if as_bytes(old) == text.encode():
            return False
        with self._taking():
            connection.execute(f"UPDATE {self.name} SET {self.json} = ? WHERE {self.number} = ?", (text, number))
        return True

    def add(self, connection: sqlite3.Connection, key: str, text: str) -> None:
        """Add a row; where a row of another item has its key column, which nobody reads, it takes the next one."""
        own, count = key, 2
        while connection.execute(f"SELECT 1 FROM {self.name} WHERE {self.key} = ?", (own,)).fetchone():
            own, count = f"{key}~{count}", count + 1
        with self._taking():
            cursor = connection.execute(f"INSERT INTO {self.name} ({self.key}, {self.json}) VALUES (?, ?)", (own, text))
        self.rows[key] = cursor.lastrowid or 0
        self.items += 1

    @contextmanager
    def _taking(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise self._refusal(str(error)) from error


class MergedRows:
    """One database of a payload, in a private copy; `what` names it in messages."""

    def __init__(self, path: Path, what: str, kind: RowFile, keys: dict[str, Keys]) -> None:
        """Open it; `keys` are those of earlier payloads of the kind, by table.

        Raises TargetError where one of its tables is not as packages have it, InputError where it is damaged.
        """
        self._what = what
        self._kind = kind
        self.changed = False
        self._closed = False
        with sqlite.reading(what):
            self._connection = sqlite.open_private(path)
        try:
            sqlite.check_sound(self._connection, what)
            self._tables = {}
            with sqlite.reading(what):
                for table, (key, member) in kind.tables.items():
                    self._tables[table] = made = _Table(self._connection, what, table, key)
                    made.scan(self._connection, member, keys.setdefault(table, Keys()), nulls=kind.nulls)
        except BaseException:
            self._connection.close()
            raise

    def has(self, table: str, key: str) -> bool:
        """Whether a row of a table has this key."""
        return key in self._tables[table].rows

    def put(self, table: str, key: str, text: str) -> None:
        """Add a row, or replace the one that has this key."""
        found = self._tables[table]
        with sqlite.reading(self._what):
            if key not in found.rows:
                found.add(self._connection, key, text)
            elif not found.replace(self._connection, found.rows[key], text):
                return
        self.changed = True

    @property
    def items(self) -> int:
        """How many items the payload has."""
        return self._tables[self._kind.counted].items

    def close(self) -> None:
        """Complete the database, and let go of it. Safe to call twice."""
        if not self._closed:
            self._closed = True
            with sqlite.reading(self._what), closing(self._connection):
                self._connection.execute("COMMIT")
