"""Where the small objects of a package break the published schemas (docs/schemas.md, "In `validate`").

The manifest is held against its schema whenever a package is read (`manifest.py`), notes against shapes of our own
alone: a schema is slower than decoding by far. What stops the application is told by `judge`, and not once more here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from typing import Any, Final

import msgspec

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding, Location
from converter.findings.gathered import Gathered
from converter.formats.front import Source
from converter.formats.mnemo.app.objects import CARD_FOLDER, DECK, FOLDER, MAP, SETTINGS
from converter.formats.mnemo.app.shapes import Shape, anything
from converter.formats.mnemo.app.text import flaws_of
from converter.formats.mnemo.package.files import found
from converter.formats.mnemo.package.index import PackageSource
from converter.formats.mnemo.package.rows import Database
from converter.formats.mnemo.rows import Keys, sniff
from converter.formats.mnemo.schema_errors import errors
from converter.text.json_text import decode

__all__ = ["misfits"]

_BYTES: Final = 64 * 1024
"""How much of each kind is held against its schema."""
_LOADED: Final = 16 * _BYTES
"""How large a document may be that is loaded for it."""
_LEAST: Final = 64
_DEPTH: Final = 10_000


class _Kind(msgspec.Struct, frozen=True):
    """Objects of one kind: what their items are called, their schema, and the shape that `judge` holds them against.

    It holds nothing against those that only application 0.8 writes.
    """

    items: str
    schema: str
    shape: Shape


class _Table(msgspec.Struct, frozen=True):
    """Rows of a database in a payload: the table, its key column, and the member that is the id."""

    payload: str
    file: str
    name: str
    key: str
    identity: str
    kind: _Kind


_CARD_FOLDER: Final = "folder/cardFolder"
_TABLES: Final = (
    _Table("notes", "notes.db", "Folders", "FolderId", "folderId", _Kind("folders", "folder/noteFolder", FOLDER)),
    _Table("flashcards", "flashcards.db", "Decks", "DeckId", "id", _Kind("decks", "deck", DECK)),
    _Table("flashcards", "flashcards.db", "Folders", "FolderId", "id", _Kind("folders", _CARD_FOLDER, CARD_FOLDER)),
    _Table("mindmaps", "mindmaps.db", "Maps", "MapId", "id", _Kind("maps", "mindmap", anything)),
    _Table("mindmaps", "mindmaps.db", "Folders", "FolderId", "id", _Kind("folders", _CARD_FOLDER, anything)),
)
_MAPS: Final = _Kind("maps", "mindmap", MAP)
_SETTINGS: Final = _Kind("settings", "settings", SETTINGS)


def misfits(source: Source) -> Iterator[Finding]:
    """What does not fit its schema among folders, decks, maps and settings, of each kind as far as 64 KB.

    What cannot be read at all is told by whoever reads it.
    """
    if isinstance(source, PackageSource):
        for payload, files in source.files():
            yield from _payload(source, payload, files)


def _payload(source: PackageSource, payload: str, files: Mapping[str, str]) -> Iterator[Finding]:
    for table in _TABLES:
        member = found(files, table.file) if table.payload == payload else ""
        if member:
            with suppress(ItemError, InputError), closing(Database(source.on_disk(member), member)) as database:
                if database.has(table.name):
                    yield from _rows(table, database, member)
    document = {"settings": "settings.json", "mindmaps": "data.json"}.get(payload)
    member = found(files, document) if document else ""
    if member and source.archive.members[member].size <= _LOADED:
        with suppress(ItemError):
            data = source.archive.read(member)
            yield from _settings(member, data) if payload == "settings" else _maps(member, data)


def _rows(table: _Table, database: Database, member: str) -> Iterator[Finding]:
    keys, left = Keys(), _BYTES
    for row in database.rows(table.name, table.key):
        if left < _LEAST:
            break
        if row.null or len(row.data) > left:
            continue
        key, _ = keys.take(sniff(row.data, table.identity, _DEPTH).id, row.key)
        left -= len(row.data)
        where = Location(member=member, table=table.name, row=row.key)
        yield from _object(table.kind, f"{table.kind.items}/{key}", where, decode(row.data)[0])


def _settings(member: str, data: bytes) -> Iterator[Finding]:
    if len(data) <= _BYTES:
        yield from _object(_SETTINGS, "payloads/settings", Location(member=member), decode(data)[0])


def _maps(member: str, data: bytes) -> Iterator[Finding]:
    """The maps of application 0.6: elements of one document."""
    maps, keys, left = _value(decode(data)[0]), Keys(), _BYTES
    for index, element in enumerate(maps if isinstance(maps, list) else ()):
        text = json.dumps(element)
        if element is None or len(text) > left:
            continue
        left -= len(text)
        key, _ = keys.take(sniff(text.encode(), "id", _DEPTH).id, str(index))
        where = Location(member=member, pointer=f"/{index}")
        yield from _object(_MAPS, f"maps/{key}", where, text)


def _object(kind: _Kind, item: str, where: Location, text: str) -> Iterator[Finding]:
    value = _value(text)
    if value is None:
        return
    gathered, told = Gathered(), [flaw.pointer for flaw in flaws_of(text, kind.shape)]
    for pointer, what in errors(kind.schema, value):
        if not any(_related(pointer, other) for other in told):
            place = msgspec.structs.replace(where, pointer=where.pointer + pointer)
            details = (("schema", kind.schema.partition("/")[0]), ("what", what))
            gathered.add(Finding(code="schema-mismatch", item=item, location=place, details=details))
    yield from gathered.findings()


def _related(one: str, other: str) -> bool:
    """Whether one place is the other, or inside it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _value(text: str) -> Any:
    """The value of a text; None where it is no JSON, or deeper than a schema can be held against."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
