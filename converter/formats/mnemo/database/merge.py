"""Merging into a library: changes gathered in a small database, made in one transaction at the end.

See docs/formats/mnemo.md, "Merging into a library".
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final

from converter.errors import InputError, ItemError, TargetError
from converter.formats.entries import is_residue
from converter.formats.front import Part, Rendered, TargetContext
from converter.formats.mnemo.database.layout import (
    CARDS,
    DDL,
    MAPS_INDEX,
    NOTE_ROW,
    PATHS_INDEX,
    RESIDUE_ROW,
    ROW,
    is_note_row,
    is_setting,
    name_of,
)
from converter.formats.mnemo.database.merge_cards import CardsDocument, unreadable
from converter.formats.mnemo.database.merge_rows import (
    FOLDERS,
    MAPS,
    NOTES,
    PATHS,
    Kind,
    LiveRows,
    Value,
    check_library,
)
from converter.formats.mnemo.database.merge_tables import put_tables
from converter.formats.mnemo.database.store import Store
from converter.formats.mnemo.database.write import LibraryTarget
from converter.formats.mnemo.history import put_history
from converter.storage import sqlite
from converter.storage.faults import writing
from converter.storage.limits import DEFAULT_LIMITS, NO_LIMITS
from converter.storage.moves import SCRATCH
from converter.storage.system import remove
from converter.text.json_text import JsonTextError, decode, dump, is_text, parse

__all__ = ["LibraryMerge", "open_merge"]

_DEPTH: Final = DEFAULT_LIMITS.json_depth


def open_merge(present: Path, staging: Path, context: TargetContext) -> LibraryMerge:
    """Begin changes to the library at `present`; files that come stand below `staging`, as they will beside it.

    Raises TargetError for a library that is not changed here.
    """
    with _whole(present), closing(Store(present, NO_LIMITS)) as store:
        check_library(store, present.name)
    return LibraryMerge(present, staging, context)


class LibraryMerge(LibraryTarget):
    """Changes to a library. Nothing of them is in it before `apply`."""

    _verb = "INSERT OR REPLACE"

    def __init__(self, present: Path, staging: Path, context: TargetContext) -> None:
        with writing(staging):
            self._folder = staging.parent / SCRATCH
            self._folder.mkdir()
        super().__init__(self._folder / "changes.db", context)
        self._present = present
        self._root = staging
        self._items: dict[tuple[str, str], str] = {}
        self._listed: dict[str, list[str]] = {MAPS_INDEX: [], PATHS_INDEX: []}
        self._residue = False

    def note(self, rendered: Rendered) -> None:
        """Put a note as `render` gave it."""
        if not is_note_row(NOTE_ROW + rendered.key):
            name = NOTE_ROW + rendered.key
            raise TargetError(f"The note {rendered.key!r} cannot be added: Mnemo names another row {name}.")
        super().note(rendered)

    def part(self, part: Part) -> None:
        """Put a deck, a folder of decks, a map or a setting. Raises ItemError where it cannot be stored safely."""
        if part.kind in ("decks", "folders"):
            self._items[part.kind, part.key] = dump(self._stored(part))
        else:
            super().part(part)

    def _row(self, member: str, data: bytes) -> None:
        key = name_of(ROW, member) if member.startswith(ROW) else ""
        if key == CARDS:
            self._whole_cards(data)
        elif key in self._listed:
            self._listed[key] += _ids(data)
        else:
            super()._row(member, data)

    def _whole_cards(self, data: bytes) -> None:
        """The flashcards of another library: its decks and folders one by one, for those that are there stay."""
        if why := unreadable(data):
            raise ItemError(f"the flashcards that come cannot be stored: {why}")
        for kind, key, text in CardsDocument(data).items():
            self._items[kind, key] = text

    def residue(self, lines: IO[bytes]) -> None:
        """Keep this residue, in place of what is there."""
        self._residue = True
        super().residue(lines)

    def finish(self) -> None:
        """Complete what was gathered; `apply` makes the changes."""
        with sqlite.writing(self._path):
            self._connection.commit()
            self._connection.close()

    def apply(self, connection: sqlite3.Connection) -> None:
        """Make all changes on this connection, inside its transaction; the same changes again change nothing.

        Raises TargetError where the library does not take them: the transaction is to be rolled back then.
        """
        before = connection.text_factory
        connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        try:
            with _whole(self._present), closing(sqlite.open_readonly(self._path, NO_LIMITS)) as changes:
                self._make(connection)
                self._apply(connection, changes)
        finally:
            connection.text_factory = before
        remove(self._folder)

    def _make(self, connection: sqlite3.Connection) -> None:
        """The tables of an empty library; where only `Storage` is missing, that."""
        found = {name.lower() for name in sqlite.tables(connection)}
        if not found:
            for statement in DDL:
                connection.execute(statement)
            connection.execute("INSERT INTO DbVersion VALUES (1, ?)", (self._applied(),))
        elif "storage" not in found:
            connection.execute(DDL[0])

    def _apply(self, connection: sqlite3.Connection, changes: sqlite3.Connection) -> None:
        live = LiveRows(connection, self._present)
        gathered = Store(self._path, NO_LIMITS, changes)
        rows = [row.key for row in gathered.rows()[0]]
        if self._residue:
            self._check_residue(live)
            live.remove(RESIDUE_ROW, rows)
        by_key = {FOLDERS: set(self._folders), NOTES: set(self._notes), MAPS: set(self._maps)}
        for key, value in _values(changes):
            kind = next((kind for kind, own in by_key.items() if _id_in(kind, key) in own), None)
            if kind is None and is_setting(key):
                live.put_setting(key, value)
            elif kind is None:
                live.put(key, value)
            else:
                live.put_item(kind, key.removeprefix(kind.prefix), value)
        self._list(live, rows, by_key[MAPS])
        live.write_indexes()
        self._put_cards(live)
        put_tables(changes, gathered, live.store, connection, self._present.name)

    def _list(self, live: LiveRows, rows: list[str], maps: set[str]) -> None:
        """Maps and paths that came as rows are in their indexes: in the order of the index that came with them."""
        for kind, known in ((MAPS, maps), (PATHS, set[str]())):
            came = [one for key in rows if (one := _id_in(kind, key)) is not None and one not in known]
            for identity in dict.fromkeys([*(one for one in self._listed[kind.index] if one in set(came)), *came]):
                live.list(kind, identity)

    def _put_cards(self, live: LiveRows) -> None:
        if not self._items and not self._history:
            return
        row = live.store.value(CARDS)
        document = CardsDocument() if row is None else CardsDocument(row)
        for (kind, key), text in self._items.items():
            document.put(kind, key, text)
        text = put_history(document.data().decode("utf-8", "surrogateescape"), self._history)
        live.put(CARDS, text)

    def _check_residue(self, live: LiveRows) -> None:
        """Rows that are named like residue and are none belong to somebody else."""
        first = live.first(RESIDUE_ROW)
        if first is not None and not is_residue(io.BytesIO(first)):
            raise TargetError(f"{self._present.name}: its rows {RESIDUE_ROW}… are no residue, but of another program.")

    def abandon(self) -> None:
        """Let go of everything without completing it."""
        super().abandon()
        remove(self._folder)


def _id_in(kind: Kind, key: str) -> str | None:
    """The id in the key of a row; None where the row is not of this kind."""
    return key.removeprefix(kind.prefix) if kind.holds(key) else None


def _values(changes: sqlite3.Connection) -> Iterator[tuple[str, Value]]:
    with closing(changes.execute("SELECT Key, Value FROM Storage ORDER BY rowid")) as cursor:
        yield from cursor


def _ids(data: bytes) -> list[str]:
    """The ids that an index names; none where it is none."""
    try:
        value = parse(decode(data)[0], _DEPTH).value
    except JsonTextError:
        return []
    return [one for one in value if is_text(one)] if isinstance(value, list) else []


@contextmanager
def _whole(present: Path) -> Iterator[None]:
    """Around reading the library: one that cannot be read is not changed."""
    try:
        yield
    except InputError as error:
        raise TargetError(f"{present.name} is not changed: {error.message}", hint=error.hint) from error
