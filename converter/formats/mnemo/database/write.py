"""Writing a library: rows as the application writes them, files beside them (docs/formats/mnemo.md, "Library")."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Final

from converter.errors import InternalFaultError, ItemError
from converter.formats.entries import set_time
from converter.formats.front import Part, Rendered, TargetContext
from converter.formats.mnemo.database.layout import (
    CARDS,
    DDL,
    EMPTY_CARDS,
    FOLDER_ROW,
    FOLDERS_INDEX,
    HISTORY,
    MAP_ROW,
    MAPS_INDEX,
    NOTE_ROW,
    NOTES_INDEX,
    OWN_TABLES,
    PACKED_SETTINGS,
    RESIDUE_ROW,
    ROW,
    ROW_BLOB,
    ROW_NULL,
    TABLE,
    is_folder_row,
    is_note_row,
    is_secret,
    is_setting,
    name_of,
)
from converter.formats.mnemo.database.store import Table, table_from
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.history import put_history
from converter.formats.mnemo.notes import folder_text, note_text
from converter.formats.mnemo.spelling import stored
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.patterns import pattern
from converter.storage import sqlite
from converter.storage.faults import writing
from converter.storage.names import check_member
from converter.text.json_text import JsonTextError, JsonValue, dump, quote

__all__ = ["LibraryTarget", "open_target", "render"]

_CHUNK: Final = 1 << 20
"""Bytes of residue in one row."""

_WORDS: Final = pattern(r"[A-Za-z0-9_ ]*(?:\([0-9]+(?:, *[0-9]+)?\))?", re.ASCII)
"""Types of columns that are taken over; others are left out, which changes no value."""

_DEPTH: Final = 64
"""Levels that the application reads."""


def render(note: Note, _context: TargetContext) -> Rendered:
    """A note as the row of a library: pure, and exact on a lowered note."""
    return Rendered(note.key, note_text(note, Dialect.STORAGE).encode("ascii"))


def open_target(path: Path, context: TargetContext) -> LibraryTarget:
    """Begin a library at `path`, which must not exist; it is complete after `finish`."""
    return LibraryTarget(path, context)


class LibraryTarget:
    """A library in the making: rows as they come, indexes at the end."""

    _verb = "INSERT"
    """How rows come in: what comes twice is an error of the plan."""

    def __init__(self, path: Path, context: TargetContext) -> None:
        self._path = path
        self._root = path.parent
        self._clock = context.clock
        self._notes: list[str] = []
        self._folders: list[str] = []
        self._maps: list[str] = []
        self._decks: dict[str, list[JsonValue]] = {"Folders": [], "Decks": []}
        self._cards: bytes | None = None
        self._respelled: dict[str, Part] = {}
        self._history = ""
        self._connection = sqlite.create(path)
        for statement in DDL:
            self._execute(statement)

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        try:
            with sqlite.writing(self._path):
                self._connection.execute(statement, values)
        except UnicodeEncodeError as error:
            raise InternalFaultError(f"a text of the library is no UTF-8: {error}") from error

    def _put(self, key: str, value: str | bytes | None, *, again: bool = False) -> None:
        """A row of `Storage`; bytes are text that need not be UTF-8.

        `again`: it may be there, from a package that passed a setting on as a text: the library's own row counts.
        """
        sign = sqlite.text_sign(value)
        verb = "INSERT OR REPLACE" if again else self._verb
        try:
            self._connection.execute(f"{verb} INTO Storage VALUES (?, {sign})", (key, value))
        except sqlite3.IntegrityError:
            raise InternalFaultError(f"two rows of Storage have the key {key!r}: the plan let it pass") from None
        except sqlite3.Error:
            self._execute(f"{verb} INTO Storage VALUES (?, {sign})", (key, value))

    def folder(self, folder: Folder, _path: str) -> None:
        """Add a folder."""
        own = folder.key if folder.id is None else folder.id
        self._put(FOLDER_ROW + own, folder_text(folder, Dialect.STORAGE))
        self._folders.append(own)

    def note(self, rendered: Rendered) -> None:
        """Add a note as `render` gave it."""
        self._put(NOTE_ROW + rendered.key, rendered.data)
        self._notes.append(rendered.key)

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Add a file beside the database: `images/<name>`, `files/<name>`."""
        if check_member(path) or "/" not in path:
            raise InternalFaultError(f"{path!r} is no place for a file beside the library: the plan let it pass")
        final = self._root / path
        with writing(self._path):
            final.parent.mkdir(parents=True, exist_ok=True)
            with final.open("xb") as out:
                shutil.copyfileobj(stream, out)
            set_time(final, stamp)

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Add a payload as it stood in a library: its rows and tables, or residue.

        Raises ItemError for what is no such payload.
        """
        for key, opened in members:
            with opened as stream:
                if fact.type == "residue":
                    self.residue(stream)
                elif key == HISTORY:
                    self._history = stream.read().decode("utf-8", "replace")
                elif key.startswith(TABLE):
                    self._table(iter(stream.readline, b""), key)
                else:
                    self._row(key, stream.read())

    def _row(self, member: str, data: bytes) -> None:
        kind = next((kind for kind in (ROW, ROW_BLOB, ROW_NULL) if member.startswith(kind)), None)
        if kind is None:
            raise _strange(member)
        key = name_of(kind, member)
        if is_note_row(key) or is_folder_row(key) or key in (NOTES_INDEX, FOLDERS_INDEX) or is_secret(key):
            raise _strange(member)
        if key == CARDS and kind == ROW:
            self._cards = data
        elif kind == ROW:
            self._put(key, data, again=is_setting(key))
        elif kind == ROW_NULL:
            self._put(key, None)
        else:
            self._execute(f"{self._verb} INTO Storage VALUES (?, ?)", (key, data))

    def _table(self, lines: Iterator[bytes], member: str) -> None:
        """A table: as the application makes it where it is one of its own, else with the same columns and key."""
        try:
            table, rows = table_from(lines)
            if table.name.lower() in ("storage", "dbversion") or name_of(TABLE, member) != table.name:
                raise _strange(member)
            for statement in OWN_TABLES.get(table.name, (_created(table),)):
                self._execute(statement)
            signs = ", ".join("?" for _ in table.columns)
            for row in rows:
                self._insert(table, signs, row)
        except (ValueError, KeyError, TypeError) as error:
            raise _strange(member) from error

    def _insert(self, table: Table, signs: str, row: tuple[Any, ...]) -> None:
        told = tuple(
            one.encode("utf-8", "surrogateescape") if isinstance(one, str) and sqlite.is_broken_text(one) else one
            for one in row
        )
        cast = signs if told == row else ", ".join(_sign(new, old) for new, old in zip(told, row, strict=True))
        self._execute(f"{self._verb} INTO {sqlite.quoted(table.name)} VALUES ({cast})", told)

    def part(self, part: Part) -> None:
        """Add a deck, a folder of decks, a map or a setting. Raises ItemError where it cannot be stored safely."""
        _TAKEN[part.kind](self, part)

    def _stored(self, part: Part) -> JsonValue:
        try:
            return stored(part.kind, part.data, _DEPTH)
        except JsonTextError as error:
            raise ItemError(f"{part.kind}/{part.key}: {error.message}") from None
        except ItemError as error:
            raise ItemError(f"{part.kind}/{part.key}: {error.message}") from None

    def _take_cards(self, part: Part) -> None:
        self._decks[Dialect.STORAGE.spelled(part.kind)].append(self._stored(part))

    def _take_map(self, part: Part) -> None:
        self._put(MAP_ROW + part.key, dump(self._stored(part)))
        self._maps.append(part.key)

    def _take_setting(self, part: Part) -> None:
        """A setting under the spelling that the application reads; of several in other spellings the right one counts.

        The others keep their own, as in an import.
        """
        known = {name.lower(): name for name in PACKED_SETTINGS}
        key = known.get(part.key.lower(), part.key)
        if not is_setting(key) or is_secret(key):
            raise ItemError(f"settings/{part.key}: no setting of Mnemo has such a name")
        other = self._respelled.get(key)
        if other is None or key != part.key:
            self._put(key if other is None else part.key, part.data)
        else:
            self._put(other.key, other.data)
            self._put(key, part.data, again=True)
        self._respelled.setdefault(key, part)

    def residue(self, lines: IO[bytes]) -> None:
        """Keep residue in rows that the application never asks for."""
        held: list[bytes] = []
        number = size = 0
        for line in iter(lines.readline, b""):
            if held and size + len(line) > _CHUNK:
                self._put(f"{RESIDUE_ROW}{number:06}", b"".join(held))
                number, held, size = number + 1, [], 0
            held.append(line)
            size += len(line)
        if held:
            self._put(f"{RESIDUE_ROW}{number:06}", b"".join(held))

    def finish(self) -> None:
        """Write the indexes and the document of all flashcards."""
        for index, ids in ((FOLDERS_INDEX, self._folders), (NOTES_INDEX, self._notes), (MAPS_INDEX, self._maps)):
            if ids:
                self._put(index, _index(ids))
        self._put(CARDS, self._all_cards())
        self._execute("INSERT INTO DbVersion VALUES (1, ?)", (self._applied(),))
        with sqlite.writing(self._path):
            self._connection.commit()
            self._connection.close()

    def _applied(self) -> str:
        """The time of the run as `DbVersion` tells it."""
        return f"{self._clock.iso()[:19]}.{self._clock.ticks % 10_000_000:07}Z"

    def _all_cards(self) -> str | bytes:
        if self._cards is None:
            if not any(self._decks.values()):
                return put_history(EMPTY_CARDS, self._history)
            folders, decks = (f"[{','.join(map(dump, self._decks[name]))}]" for name in ("Folders", "Decks"))
            document = f'{{"Folders":{folders},"Decks":{decks},"SessionHistory":[]}}'
            return put_history(document, self._history)
        if not self._history:
            return self._cards
        return put_history(self._cards.decode("utf-8", "replace"), self._history)

    def abandon(self) -> None:
        """Let go of everything without completing it."""
        self._connection.close()


_TAKEN: Final[dict[str, Callable[[LibraryTarget, Part], None]]] = {
    "decks": LibraryTarget._take_cards,  # noqa: SLF001
    "folders": LibraryTarget._take_cards,  # noqa: SLF001
    "maps": LibraryTarget._take_map,  # noqa: SLF001
    "settings": LibraryTarget._take_setting,  # noqa: SLF001
}


def _index(ids: list[str]) -> str:
    return f"[{','.join(map(quote, ids))}]"


def _created(table: Table) -> str:
    """A table of these columns. Their types are words; what else a schema may say is left out."""
    columns = [
        f"{sqlite.quoted(name)} {kind if _WORDS.fullmatch(kind) else ''}{' NOT NULL' * not_null}"
        for name, kind, not_null, _ in table.columns
    ]
    key = [sqlite.quoted(name) for name, _, _, place in sorted(table.columns, key=lambda one: one[3]) if place]
    if key:
        columns.append(f"PRIMARY KEY ({', '.join(key)})")
    return f"CREATE TABLE {sqlite.quoted(table.name)} ({', '.join(columns)})"


def _sign(new: object, old: object) -> str:
    return "CAST(? AS TEXT)" if isinstance(new, bytes) and isinstance(old, str) else "?"


def _strange(member: str) -> ItemError:
    return ItemError(f"{member!r} is nothing that a library has there: it is damaged or forged")
