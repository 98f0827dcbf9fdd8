"""What the application says to each payload of a package (docs/formats/mnemo.md, "What the application refuses")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from typing import Final

import msgspec

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding, Location
from converter.formats.mnemo.app.objects import CARD_FOLDER, DECK, FOLDER, NOTE
from converter.formats.mnemo.app.quick import sound_deck, sound_note
from converter.formats.mnemo.app.shapes import WRITE, Shape
from converter.formats.mnemo.app.text import flaws_of
from converter.formats.mnemo.package.files import found
from converter.formats.mnemo.package.judged_documents import judge_maps, judge_settings
from converter.formats.mnemo.package.layout import fold
from converter.formats.mnemo.package.rows import Database
from converter.formats.mnemo.package.verdict import Handler, Unpacked, loses, missing, refuses
from converter.formats.mnemo.rows import Keys, Row, sniff
from converter.patterns import pattern
from converter.text.json_text import decode

__all__ = ["HANDLERS", "NEWER"]

NEWER: Final = ("proofing",)
"""Types of payloads that only application 0.8 knows."""

_DEPTH: Final = 10_000
_IMAGES: Final = "ASSETS/IMAGES/"
_NAME_BYTES: Final = 255
_SHADOWS: Final = pattern(r"folder_|folders_index\Z")
"""Ids of notes whose rows in a library are named as those of folders."""


class _Table(msgspec.Struct, frozen=True):
    """A table of JSON rows: its key column, the member that is the id, and what its rows are."""

    name: str
    key: str
    identity: str
    kind: str
    shape: Shape


_NOTE_TABLES: Final = (
    _Table("Notes", "NoteId", "noteId", "notes", NOTE),
    _Table("Folders", "FolderId", "folderId", "folders", FOLDER),
)
_CARD_TABLES: Final = (
    _Table("Decks", "DeckId", "id", "decks", DECK),
    _Table("Folders", "FolderId", "id", "folders", CARD_FOLDER),
)
_QUICK: Final[dict[str, Callable[[bytes], str | None]]] = {"notes": sound_note, "decks": sound_deck}
"""Give the ids of sound items."""


def _notes(item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, _newer: bool) -> Iterator[Finding]:
    member = found(files, "notes.db")
    if member:
        yield from _rows(item, member, unpacked, _NOTE_TABLES)
        yield from _images(files)
    else:
        yield missing(item, where, "notes.db")


def _images(files: Mapping[str, str]) -> Iterator[Finding]:
    """Files that are written into one folder, whatever folders they lie in."""
    taken: dict[str, str] = {}
    for inner, member in files.items():
        if not fold(inner).startswith(_IMAGES):
            continue
        name = inner.rpartition("/")[2]
        if name in (".", "..") or "\0" in name or len(name.encode(errors="replace")) > _NAME_BYTES:
            yield refuses(f"assets/{member}", Location(member=member), f"it cannot write a picture named {name[:60]!r}")
        first = taken.setdefault(name, member)
        if first != member:
            what = f"both {first} and this become {name} in the folder of pictures, and one overwrites the other"
            yield loses(f"assets/{member}", Location(member=member), what)


def _cards(item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, newer: bool) -> Iterator[Finding]:
    member = found(files, "flashcards.db")
    if not member:
        yield missing(item, where, "flashcards.db")
        return
    yield from _rows(item, member, unpacked, _CARD_TABLES, newer=newer)


def _rows(
    item: str, member: str, unpacked: Unpacked, tables: Iterable[_Table], *, newer: bool = False
) -> Iterator[Finding]:
    """All rows of all tables are read before anything is saved. 0.8 does without tables of cards that are empty.

    A member that is damaged was told of already.
    """
    where = Location(member=member)
    try:
        with closing(Database(unpacked.path(member), member)) as database:
            for table in tables:
                if newer and not database.has(table.name):
                    continue
                where = Location(member=member, table=table.name)
                yield from _table(table, database, where)
    except ItemError:
        return
    except InputError as error:
        yield refuses(item, where, error.message)


def _table(table: _Table, database: Database, where: Location) -> Iterator[Finding]:
    keys = Keys()
    quick = _QUICK.get(table.kind)
    for row in database.rows(table.name, table.key):
        if row.null:
            continue
        sound = None if quick is None else quick(row.data)
        identity = sniff(row.data, table.identity, _DEPTH).id if sound is None else sound
        key, repeated = keys.take(identity, row.key)
        shadows = table.kind == "notes" and identity is not None and _SHADOWS.match(identity)
        if sound is not None and not repeated and not shadows:
            continue
        place = Location(member=where.member, table=table.name, row=row.key)
        item = f"{table.kind}/{key}"
        if repeated and identity is not None:
            yield loses(item, place, "an earlier row has the same id, and this one overwrites it")
        if shadows:
            yield loses(item, place, f"a note with the id {identity} overwrites a row of the library's folders")
        if sound is None:
            yield from _row(table, row, item, place)


def _row(table: _Table, row: Row, item: str, place: Location) -> Iterator[Finding]:
    for flaw in flaws_of(decode(row.data)[0], table.shape):
        exact = msgspec.structs.replace(place, pointer=flaw.pointer)
        if flaw.stage == WRITE and table.kind == "decks":
            what = f"{flaw.what}: with it, no later change of any flashcard is saved"
            yield loses(item, exact, what)
        else:
            yield refuses(item, exact, flaw.what)


HANDLERS: Final[dict[str, Handler]] = {
    "notes": _notes,
    "flashcards": _cards,
    "mindmaps": judge_maps,
    "settings": judge_settings,
}
"""By the type of the payload."""
