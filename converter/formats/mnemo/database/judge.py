"""What the application says to a library: rows that it cannot read, and those that it can never save again.

See docs/formats/mnemo.md, "What the application refuses".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.formats.front import Source, SourceContext
from converter.formats.mnemo.app.objects import CARD_STATE, FOLDER, MAP, NOTE
from converter.formats.mnemo.app.quick import is_sound_note, is_sound_state
from converter.formats.mnemo.app.shapes import READ, USE, WRITE, Flaw, Shape
from converter.formats.mnemo.app.text import flaws_of
from converter.formats.mnemo.database.index import database_in
from converter.formats.mnemo.database.layout import (
    CARDS,
    FOLDER_ROW,
    MAP_ROW,
    NOTE_ROW,
    is_folder_row,
    is_note_row,
)
from converter.formats.mnemo.database.store import Store
from converter.formats.mnemo.dialect import Dialect
from converter.text.json_text import decode

__all__ = ["judge"]


class _Kind(msgspec.Struct, frozen=True):
    """Rows of one kind: how their keys begin, what they hold, and what a flaw at each stage comes to."""

    items: str
    prefix: str
    shape: Shape
    comes_to: dict[str, str]
    quick: Callable[[bytes], bool] | None = None


_SAVE: Final = "no later change of it is saved"
_NOTES: Final = _Kind(
    "notes",
    NOTE_ROW,
    NOTE,
    {READ: "the note is in no list", USE: "every import and export of notes stops at it", WRITE: _SAVE},
    partial(is_sound_note, dialect=Dialect.STORAGE),
)
_FOLDERS: Final = _Kind(
    "folders",
    FOLDER_ROW,
    FOLDER,
    {READ: "the folder is in no list", USE: "every import and export of notes stops at it", WRITE: _SAVE},
)
_MAPS: Final = _Kind("maps", MAP_ROW, MAP, {READ: "the map is in no list", USE: _SAVE, WRITE: _SAVE})
_CARDS: Final = _Kind(
    "records",
    "",
    CARD_STATE,
    {
        READ: "all flashcards are replaced by an empty document at the first look at them",
        USE: "no list of decks is shown",
        WRITE: "no later change of any flashcard is saved",
    },
    is_sound_state,
)


def judge(path: Path, context: SourceContext, _source: Source | None = None) -> Iterator[Finding]:
    """What the application would refuse in a library, and what it would lose."""
    with closing(Store(database_in(path), context.limits)) as store:
        rows, _ = store.rows()
        for row in rows:
            kind = _kind_of(row.key)
            if kind is None or not row.is_text:
                continue
            try:
                data = store.value(row.key) or b""
            except ItemError:
                continue
            yield from _row(kind, row.key, data)


def _kind_of(key: str) -> _Kind | None:
    if is_note_row(key):
        return _NOTES
    if is_folder_row(key):
        return _FOLDERS
    if key.startswith(MAP_ROW):
        return _MAPS
    return _CARDS if key == CARDS else None


def _row(kind: _Kind, key: str, data: bytes) -> Iterator[Finding]:
    if data.strip() == b"null" and kind is not _CARDS:
        return
    if kind.quick is not None and kind.quick(data):
        return
    item = f"{kind.items}/{key.removeprefix(kind.prefix)}"
    for flaw in _flaws(kind, data):
        where = Location(table="Storage", row=key, pointer=flaw.pointer)
        code = "app-loses" if flaw.stage == WRITE else "app-refuses"
        what = f"{flaw.what}: {kind.comes_to[flaw.stage]}"
        yield Finding(code=code, item=item, location=where, details=(("what", what),))


def _flaws(kind: _Kind, data: bytes) -> Iterator[Flaw]:
    text = decode(data)[0]
    if kind is _CARDS and text.strip() == "null":
        yield Flaw("", "the document is null")
    yield from flaws_of(text, kind.shape, Dialect.STORAGE)
