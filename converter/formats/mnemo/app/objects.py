"""The shapes of everything that a package or a library holds (docs/formats/mnemo.md, "Strictness")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from converter.formats.mnemo.app.blocks import block, block_in_card
from converter.formats.mnemo.app.shapes import (
    Flaw,
    Shape,
    anything,
    at,
    choice,
    date,
    flag,
    listed,
    long,
    mapped,
    number,
    optional,
    present,
    record,
    sound_names,
    text,
    whole,
)
from converter.formats.mnemo.dialect import Dialect
from converter.text.json_text import JsonValue, Members, dump, is_text

__all__ = [
    "CARD",
    "CARD_FOLDER",
    "CARD_STATE",
    "DECK",
    "FOLDER",
    "MANIFEST_SHAPE",
    "MAP",
    "MAPS",
    "NOTE",
    "SESSION",
    "SETTINGS",
]

NOTE: Final = record(
    {
        "noteId": present(text),
        "title": text,
        "folderId": text,
        "parentNoteId": text,
        "order": whole,
        "folderPath": text,
        "content": text,
        "blocks": listed(block),
        "createdAt": date,
        "modifiedAt": date,
        "isFavorite": flag,
    }
)

FOLDER: Final = record({"folderId": present(text), "name": text, "parentId": text, "order": whole})

CARD_FOLDER: Final = record({"id": present(text), "name": text, "parentId": text, "order": whole}, "id")

_SOURCE: Final = record({"sourceType": text, "sourceId": text, "displayLabel": text})

CARD: Final = record(
    {
        "id": text,
        "deckId": text,
        "front": text,
        "back": text,
        "type": choice,
        "tags": present(listed(text)),
        "dueDate": date,
        "stability": optional(number),
        "difficulty": optional(number),
        "retrievability": optional(number),
        "sourceInfo": _SOURCE,
        "frontBlocks": listed(block_in_card),
        "backBlocks": listed(block_in_card),
        "reviewCount": optional(whole),
        "lapseCount": optional(whole),
        "leitnerBox": optional(whole),
        "lastReviewedAt": optional(date),
        "fsrsState": optional(choice),
    },
    "tags",
)

DECK: Final = record(
    {
        "id": text,
        "name": text,
        "folderId": text,
        "description": text,
        "tags": present(listed(text)),
        "lastStudied": optional(date),
        "retentionScore": whole,
        "cards": present(listed(present(CARD))),
        "schedulingAlgorithm": choice,
    },
    "tags",
    "cards",
)


_SETUP: Final = record(
    {
        "sessionType": choice,
        "deckId": text,
        "cardCount": optional(whole),
        "timeLimitMinutes": optional(whole),
        "shuffle": flag,
        "testGradingMode": optional(choice),
    }
)
_RESULT: Final = record({"cardId": text, "grade": choice, "reviewedAt": date})
SESSION: Final = record(
    {
        "deckId": text,
        "sessionConfig": _SETUP,
        "startedAt": date,
        "completedAt": date,
        "cardResults": listed(_RESULT),
    }
)
CARD_STATE: Final = record(
    {
        "folders": present(listed(CARD_FOLDER)),
        "decks": present(listed(present(DECK))),
        "sessionHistory": present(listed(SESSION)),
    }
)
"""All flashcards of a library."""


def _content(value: JsonValue, pointer: str, dialect: Dialect) -> Iterator[Flaw]:
    """The content of a node: an object that names its type first, or null."""
    if value is None:
        return
    if not isinstance(value, Members):
        yield Flaw(pointer, f"content is {dump(value)[:60]}, not an object")
        return
    yield from sound_names(value, pointer)
    names = [name for name, _ in value.pairs]
    if names[:1] != ["$type"]:
        yield Flaw(pointer, 'content does not begin with its "$type"')
    elif not is_text(value.pairs[0][1]) or value.pairs[0][1] != "text":
        yield Flaw(at(pointer, "$type"), f'$type is {dump(value.pairs[0][1])[:60]}, and "text" is the only one known')
    elif names.count("$type") > 1 or "$id" in names:
        yield Flaw(pointer, "content has more than one $type, or an $id")
    yield from _CONTENT_MEMBERS(value, pointer, dialect)


_CONTENT_MEMBERS: Final = record({"text": text})

_NODE: Final = record(
    {
        "id": text,
        "nodeType": text,
        "content": _content,
        "metadata": mapped(anything),
        "style": mapped(text),
    }
)
_EDGE: Final = record({"id": text, "fromId": text, "toId": text, "kind": choice, "type": text, "label": text})
_PLACE: Final = record({"x": number, "y": number, "width": optional(number), "height": optional(number)})
_LAYOUT: Final = record({"algorithm": text, "nodes": mapped(_PLACE)})
MAP: Final = record(
    {
        "version": whole,
        "id": text,
        "title": text,
        "rootNodeId": text,
        "nodes": listed(_NODE),
        "edges": listed(_EDGE),
        "layout": _LAYOUT,
    }
)
MAPS: Final[Shape] = listed(MAP)
"""The document of a mind map payload."""

SETTINGS: Final[Shape] = mapped(text)
"""The document of a settings payload."""

_ENTRY: Final = record(
    {
        "payloadType": present(text),
        "itemCount": whole,
        "schemaVersion": whole,
        "path": text,
        "capabilities": listed(text),
    }
)
_ASSET: Final = record({"path": text, "sizeBytes": long, "checksumSha256": text})
MANIFEST_SHAPE: Final[Shape] = record(
    {
        "format": text,
        "version": whole,
        "createdAtUtc": date,
        "createdByAppVersion": text,
        "packageKind": text,
        "entries": present(listed(present(_ENTRY))),
        "assets": listed(_ASSET),
    }
)
