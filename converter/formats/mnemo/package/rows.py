"""Rows of the small databases in a package, one after the other (docs/formats/mnemo.md, "Databases of payloads")."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from converter.errors import InputError
from converter.findings.problems import Problems
from converter.formats.mnemo.view import OuterView
from converter.storage import sqlite
from converter.text.json_text import JsonTextError, Members, decode, parse

__all__ = ["Database", "Keys", "Row", "Sniffed", "sniff"]

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
    """A database of a payload, unpacked at `path`; `name` is what messages call it."""

    def __init__(self, path: Path, name: str) -> None:
        """Open it; raises InputError where the file is no database."""
        self._name = name
        with sqlite.reading(self._name):
            self._connection = sqlite.open_readonly(path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def has(self, table: str) -> bool:
        """Whether there is such a table or view."""
        return bool(self._columns(table))

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
                    yield Row(_bytes(key_value).decode(errors="replace"), _bytes(data))

    def _columns(self, table: str) -> dict[str, str]:
        """The columns of a table by their names in lower case; empty where there is no such table."""
        with sqlite.reading(self._name), closing(self._connection.execute(f'PRAGMA table_xinfo("{table}")')) as cursor:
            names = [_bytes(row[1]).decode(errors="replace") for row in cursor]
        return {name.lower(): name for name in names}


def _bytes(value: object) -> bytes:
    """A value as the bytes of its text, whatever its type in the database; bytes that are no UTF-8 as they stand."""
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode(errors="surrogateescape")


class Sniffed(msgspec.Struct, frozen=True, gc=False):
    """What a row says of itself at first sight: its id, its title or name, and whether it is JSON at all."""

    id: str | None = None
    title: str = ""
    readable: bool = True


class _Canonical(msgspec.Struct, gc=False, rename="camel"):
    note_id: str | None = None
    folder_id: str | None = None
    id: str | None = None
    title: str | None = None
    name: str | None = None


_SNIFFER: Final = msgspec.json.Decoder(_Canonical)


def sniff(data: bytes, name: str, max_depth: int) -> Sniffed:
    """The id that stands in a row's JSON under `name` (`noteId`, `folderId`, `id`), and its title."""
    try:
        found = _SNIFFER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _sniff_patiently(data, name, max_depth)
    identity = {"noteId": found.note_id, "folderId": found.folder_id, "id": found.id}[name]
    if identity is None:
        return _sniff_patiently(data, name, max_depth)
    return Sniffed(identity, found.title or found.name or "")


def _sniff_patiently(data: bytes, name: str, max_depth: int) -> Sniffed:
    try:
        value = parse(decode(data)[0].removeprefix("\ufeff"), max_depth).value
    except JsonTextError:
        return Sniffed(readable=False)
    if not isinstance(value, Members):
        return Sniffed(readable=value is None)
    view = OuterView(value, "", Problems(""))
    return Sniffed(view.nullable(name), view.only_text("title") or view.only_text("name") or "")


class Keys:
    """Hands out a key for every row: its id, else its key column; later rows of one id get `~2`, `~3`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, inner: str | None, row_key: str) -> tuple[str, bool]:
        """The key of a row, and whether another row has the same id."""
        wanted = row_key if inner is None else inner
        key, number = wanted, self._next.get(wanted, 2)
        while key in self._taken:
            key = f"{wanted}~{number}"
            number += 1
        self._taken.add(key)
        if key != wanted:
            self._next[wanted] = number
        return key, key != wanted
