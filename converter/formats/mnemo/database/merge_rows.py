"""The rows of a library that exists, on a connection that changes it: found by the keys that the reader gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from converter.errors import TargetError
from converter.formats.mnemo.database.indexes import Listing, trashed
from converter.formats.mnemo.database.layout import (
    CARDS,
    FOLDER_ROW,
    FOLDERS_INDEX,
    MAP_ROW,
    MAPS_INDEX,
    NOTE_ROW,
    NOTES_INDEX,
    PATH_ROW,
    PATHS_INDEX,
    TRASH_FOLDERS,
    TRASH_NOTES,
    is_folder_row,
    is_newer_table,
    is_note_row,
)
from converter.formats.mnemo.database.merge_cards import unreadable
from converter.formats.mnemo.database.store import Store
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.part_ids import unquoted
from converter.formats.mnemo.rows import Keys, sniff
from converter.storage.limits import DEFAULT_LIMITS, NO_LIMITS
from converter.storage.sqlite import is_broken_text
from converter.text.json_text import JsonTextError, Number, dump, parse

__all__ = ["FOLDERS", "MAPS", "NOTES", "PATHS", "Kind", "LiveRows", "Value", "check_library"]

Value = str | bytes | None
_DEPTH: Final = DEFAULT_LIMITS.json_depth
_HINT: Final = "Nothing was written."


class Kind(msgspec.Struct, frozen=True):
    """Items that have rows of their own and an index: how their rows are named, and where their id stands in them."""

    name: str
    prefix: str
    index: str
    holds: Callable[[str], bool]
    member: str = ""
    trash: str = ""


NOTES: Final = Kind("notes", NOTE_ROW, NOTES_INDEX, is_note_row, "noteId", TRASH_NOTES)
FOLDERS: Final = Kind("folders", FOLDER_ROW, FOLDERS_INDEX, is_folder_row, "folderId", TRASH_FOLDERS)
MAPS: Final = Kind("maps", MAP_ROW, MAPS_INDEX, lambda key: key.startswith(MAP_ROW), "id")
PATHS: Final = Kind("paths", PATH_ROW, PATHS_INDEX, lambda key: key.startswith(PATH_ROW))


def check_library(store: Store, name: str) -> None:
    """Raise TargetError for a library that is not changed here."""
    newer = next((table for table in store.objects if is_newer_table(table)), "")
    if newer:
        raise TargetError(
            f"{name} is a library of application 0.8 (it has a table {newer}), which is read here and never written.",
            hint="Merge into a package, or make a new one, and import that in Mnemo: --to mnemo.",
        )
    own = next((table for table in store.objects if table.lower() == "storage"), "")
    if not own:
        return
    keyed = {column.lower() for column, _, _, place in store.table(own).columns if place}
    if keyed != {"key"}:
        raise TargetError(f"{name} is not changed: the key of its table {own} is not its column Key.", hint=_HINT)
    triggers = store.triggers_on(own)
    if triggers:
        raise TargetError(f"{name} is not changed: its table {own} has triggers ({triggers[0]}).", hint=_HINT)
    row = next((row for row in store.rows()[0] if row.key == CARDS), None)
    why = "" if row is None else unreadable(store.cards) if row.is_text else f"it is {row.kind.upper()}"
    if why:
        raise TargetError(
            f"{name} is not changed: Mnemo cannot read its flashcards ({CARDS}), and wipes them: {why}.",
            hint="Keep a copy of the file and mend that row, or restore the library from a backup.",
        )


class LiveRows:
    """Rows of `Storage` on a connection inside a transaction; what changes nothing is not written."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.store = Store(path, NO_LIMITS, connection)
        check_library(self.store, path.name)
        self._connection = connection
        self._name = path.name
        self._rows = {row.key: row for row in self.store.rows()[0]}
        self._places: dict[str, dict[str, str]] = {}
        self._ids: dict[str, dict[str, None]] = {}
        with closing(connection.execute("PRAGMA encoding")) as cursor:
            self._utf8 = cursor.fetchone()[0] == "UTF-8"

    def first(self, prefix: str) -> bytes | None:
        """What the first row of this prefix says; None where there is none."""
        found = min((key for key, row in self._rows.items() if key.startswith(prefix) and row.is_text), default=None)
        return None if found is None else self.store.value(found)

    def put_setting(self, key: str, value: Value) -> None:
        """Give a setting a value: a switch or a number that came as a text is one where the library has such."""
        row = self._rows.get(key)
        try:
            old = parse((self.store.value(key) or b"").decode("utf-8", "replace"), _DEPTH).value if row else None
            new = unquoted(parse(value, _DEPTH).value) if isinstance(value, str) else None
        except JsonTextError:
            old = new = None
        typed = isinstance(old, bool | Number) and isinstance(new, bool | Number)
        self.put(key, dump(new) if typed else value)

    def put(self, key: str, value: Value) -> None:
        """Add a row, or give one another value."""
        where = "FROM Storage WHERE Key = ?"
        with closing(self._connection.execute(f"SELECT Value {where}", (key,))) as cursor:
            old = cursor.fetchone()
        if old is not None and old[0] == value and type(old[0]) is type(value):
            return
        told, sign = self._told(value)
        statement = (
            f"INSERT INTO Storage (Value, Key) VALUES ({sign}, ?)"
            if old is None
            else f"UPDATE Storage SET Value = {sign} WHERE Key = ?"
        )
        try:
            self._connection.execute(statement, (told, key))
        except sqlite3.IntegrityError as error:
            raise TargetError(f"{self._name}: its table Storage does not take the row {key}: {error}.") from error

    def _told(self, value: Value) -> tuple[Value, str]:
        """A value as a parameter, and its sign: bytes that are no UTF-8 can only stand in a database of UTF-8."""
        if not isinstance(value, str) or not is_broken_text(value):
            return value, "?"
        data = value.encode("utf-8", "surrogateescape")
        return (data, "CAST(? AS TEXT)") if self._utf8 else (data.decode("utf-8", "replace"), "?")

    def remove(self, prefix: str, but: Iterable[str]) -> None:
        """Remove the rows of this prefix, but for these."""
        kept = set(but)
        for key in self._rows:
            if key.startswith(prefix) and key not in kept:
                self._connection.execute("DELETE FROM Storage WHERE Key = ?", (key,))

    def put_item(self, kind: Kind, key: str, value: Value) -> None:
        """Add an item, or replace the one that the reader finds under this key, whatever its row is named."""
        row = self._placed(kind).get(key) or self._free(kind, key)
        self.put(row, value)
        self.list(kind, row.removeprefix(kind.prefix))

    def list(self, kind: Kind, identity: str) -> None:
        """The index is to name this id."""
        self._ids.setdefault(kind.name, {})[identity] = None

    def _free(self, kind: Kind, key: str) -> str:
        own = kind.prefix + key
        row = self._rows.get(own)
        if not kind.holds(own):
            raise TargetError(f"{self._name}: {kind.name}/{key} cannot be added: Mnemo names another row {own}.")
        if row is not None and row.is_text and (self.store.value(own) or b"").strip() != b"null":
            raise TargetError(
                f"{self._name}: {kind.name}/{key} cannot be added: its row {own} holds another, or one in the trash.",
                hint="Open and save that item in Mnemo, which gives it a row of its own.",
            )
        return own

    def _placed(self, kind: Kind) -> dict[str, str]:
        """The row of each item, by the key that the reader gives it."""
        if kind.name not in self._places:
            self._places[kind.name] = dict(self._read(kind))
        return self._places[kind.name]

    def _read(self, kind: Kind) -> Iterable[tuple[str, str]]:
        gone = trashed(self.store, self._rows, (kind.trash,), _DEPTH)[kind.trash] if kind.trash else set()
        keys = Keys()
        listing = Listing(self.store, self._rows, kind.index, kind.prefix, kind.name)
        for _ in listing.findings(kind.holds, _DEPTH):
            pass
        for item in listing.items:
            data = self.store.value(item.row.key) or b"null"
            passed = kind.trash and (item.id in gone or item.row.kind == "null" or data.strip() == b"null")
            if not passed:
                inner = sniff(data, kind.member, _DEPTH, Dialect.STORAGE).id if kind.member else None
                yield keys.take(inner, item.id)[0], item.row.key

    def write_indexes(self) -> None:
        """Let the indexes name all that came: behind what they name, once each.

        One that is missing or cannot be read is made of the rows that were there.
        """
        for kind in (NOTES, FOLDERS, MAPS, PATHS):
            added = self._ids.get(kind.name)
            if not added:
                continue
            named = Listing(self.store, self._rows, kind.index, kind.prefix, kind.name).named(_DEPTH)
            before: list[str | None] = named if named is not None else []
            if named is None:
                before = [key.removeprefix(kind.prefix) for key in self._rows if kind.holds(key)]
            ids = list(dict.fromkeys([*before, *added]))
            if ids != named:
                self.put(kind.index, dump(list(ids)))
