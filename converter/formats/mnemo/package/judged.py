"""What the application says to each payload of a package (docs/formats/mnemo.md, "What the application refuses")."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, Self

import msgspec

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding, Location
from converter.formats.mnemo.app.objects import CARD_FOLDER, DECK, FOLDER, MAPS, NOTE, SETTINGS
from converter.formats.mnemo.app.quick import is_sound_deck, is_sound_note
from converter.formats.mnemo.app.shapes import WRITE, Shape, at
from converter.formats.mnemo.app.text import flaws_of, value_of
from converter.formats.mnemo.package.files import found
from converter.formats.mnemo.package.layout import fold
from converter.formats.mnemo.package.rows import Database
from converter.formats.mnemo.rows import Keys, Row, sniff
from converter.storage.archive import ZipReader
from converter.text.json_text import Members, decode

__all__ = ["HANDLERS", "NEWER", "Unpacked", "loses", "refuses"]

NEWER: Final = ("proofing",)
"""Types of payloads that only application 0.8 knows."""

_DEPTH: Final = 10_000
_CHUNK_BYTES: Final = 1024 * 1024
_IMAGES: Final = "ASSETS/IMAGES/"
_NAME_BYTES: Final = 255
_ALLOWED: Final = frozenset(("app.language", "theme.current", "theme.mode", "ai.llamacpp.serverpath"))
"""Settings that an import takes, in lower case."""


def refuses(item: str, where: Location, what: str) -> Finding:
    """The application stops here."""
    return Finding(code="app-refuses", item=item, location=where, details=(("what", what),))


def loses(item: str, where: Location, what: str) -> Finding:
    """The application passes over this without a word."""
    return Finding(code="app-loses", item=item, location=where, details=(("what", what),))


class Unpacked:
    """Members of an archive as files on disk; a context manager."""

    def __init__(self, archive: ZipReader) -> None:
        self._archive = archive
        self._folder = tempfile.TemporaryDirectory(prefix="mnemo-converter-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def path(self, member: str) -> Path:
        """The member as a file; raises ItemError where it is damaged."""
        path = Path(self._folder.name) / "member"
        with self._archive.open(member) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, _CHUNK_BYTES)
        return path

    def text(self, member: str) -> str:
        """The member as text, with lone surrogates for bytes that are not UTF-8; raises ItemError likewise."""
        return self._archive.read(member).decode(errors="surrogateescape")


Handler = Callable[[str, Location, Mapping[str, str], Unpacked, bool], Iterator[Finding]]
"""Judges a payload: its item, its place in the manifest, its files, and whether it is of a schema of 0.8."""


class _Table:
    """A table of JSON rows: its key column, the member that is the id, and what its rows are."""

    def __init__(self, name: str, key: str, identity: str, kind: str, shape: Shape) -> None:
        self.name = name
        self.key = key
        self.identity = identity
        self.kind = kind
        self.shape = shape


_NOTE_TABLES: Final = (
    _Table("Notes", "NoteId", "noteId", "notes", NOTE),
    _Table("Folders", "FolderId", "folderId", "folders", FOLDER),
)
_CARD_TABLES: Final = (
    _Table("Decks", "DeckId", "id", "decks", DECK),
    _Table("Folders", "FolderId", "id", "folders", CARD_FOLDER),
)
_QUICK: Final[dict[str, Callable[[bytes], bool]]] = {"notes": is_sound_note, "decks": is_sound_deck}


def _missing(item: str, where: Location, name: str) -> Finding:
    return loses(item, where, f"it finds no {name} below this path, and imports nothing of the payload")


def _notes(item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, _newer: bool) -> Iterator[Finding]:
    member = found(files, "notes.db")
    if member:
        yield from _rows(item, member, unpacked, _NOTE_TABLES)
        yield from _images(files)
    else:
        yield _missing(item, where, "notes.db")


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
        yield _missing(item, where, "flashcards.db")
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
        key, repeated = keys.take(sniff(row.data, table.identity, _DEPTH).id, row.key)
        place = Location(member=where.member, table=table.name, row=row.key)
        item = f"{table.kind}/{key}"
        if repeated:
            yield loses(item, place, "an earlier row has the same id, and this one overwrites it")
        if quick is None or not quick(row.data):
            yield from _row(table, row, item, place)


def _row(table: _Table, row: Row, item: str, place: Location) -> Iterator[Finding]:
    for flaw in flaws_of(decode(row.data)[0], table.shape):
        exact = msgspec.structs.replace(place, pointer=flaw.pointer)
        if flaw.stage == WRITE and table.kind == "decks":
            what = f"{flaw.what}: with it, no later change of any flashcard is saved"
            yield loses(item, exact, what)
        else:
            yield refuses(item, exact, flaw.what)


def _maps(item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, _newer: bool) -> Iterator[Finding]:
    member = found(files, "data.json")
    if member:
        yield from _document(item, member, unpacked, MAPS)
    elif not found(files, "mindmaps.db"):
        yield _missing(item, where, "data.json")


def _settings(
    item: str, where: Location, files: Mapping[str, str], unpacked: Unpacked, _newer: bool
) -> Iterator[Finding]:
    member = found(files, "settings.json")
    if not member:
        yield _missing(item, where, "settings.json")
        return
    flawed = False
    for finding in _document(item, member, unpacked, SETTINGS):
        flawed = True
        yield finding
    value = None if flawed else value_of(unpacked.text(member))
    for name, _ in value.pairs if isinstance(value, Members) else ():
        if name.lower() not in _ALLOWED:
            where = Location(member=member, pointer=at("", name))
            yield loses(f"settings/{name}", where, f"the setting {name} is not among those that it takes")


def _document(item: str, member: str, unpacked: Unpacked, shape: Shape) -> Iterator[Finding]:
    try:
        text = unpacked.text(member)
    except ItemError:
        return
    for flaw in flaws_of(text, shape):
        yield refuses(item, Location(member=member, pointer=flaw.pointer), flaw.what)


HANDLERS: Final[dict[str, Handler]] = {
    "notes": _notes,
    "flashcards": _cards,
    "mindmaps": _maps,
    "settings": _settings,
}
"""By the type of the payload."""
