"""The schema of a deck with its cards (docs/formats/mnemo.md, "Items of payloads")."""

from __future__ import annotations

from typing import Any, Final

from converter.formats.mnemo.schemas.blocks import BLOCK_LIST, BLOCKS, plain_block
from converter.formats.mnemo.schemas.parts import (
    COMMON,
    Schema,
    described,
    document,
    maybe,
    nullable,
    own_spelling,
    ref,
    text,
)

__all__ = ["deck_schema"]

_TAGS: Final[Schema] = {
    "description": "Its tags, each without a comma. Null or nothing ends an import: write `[]`.",
    "type": "array",
    "items": {"type": ["string", "null"]},
}
_MAYBE_WHEN: Final = {
    "createdAt": described(maybe("date"), "0.8: when it was made."),
    "updatedAt": described(maybe("date"), "0.8: when it was last changed."),
}
_ATTACHMENT: Final[Schema] = {
    "description": "0.8: a file of a card.",
    "type": ["object", "null"],
    "properties": {
        "id": text("Its id."),
        "side": text("The side that shows it: `front` or `back`.", "front"),
        "fileName": text("Its name below `assets/images/` of the payload."),
        "displayName": text("Its name for people."),
        "sizeBytes": {"description": "How many bytes it has.", "type": "integer"},
        "caption": text("What stands below."),
    },
}
_SOURCE: Final[Schema] = {
    "description": "What the card was made from.",
    "type": ["object", "null"],
    "properties": {
        "sourceType": text("What it is.", "note"),
        "sourceId": text("Its id."),
        "displayLabel": text("Its name for people."),
    },
}
_CARD: Final[Schema] = {
    "description": "A card.",
    "type": "object",
    **own_spelling("tags"),
    "properties": {
        "id": text("Its id, unique in its deck."),
        "deckId": text("The id of its deck; the application goes by the deck that it stands in."),
        "front": text("The front as plain text; a gap is `{{c1::hidden}}`.", "The {{c1::stroma}} holds enzymes."),
        "back": text("The back as plain text."),
        "type": described(
            ref("enumeration"), "0 front and back, 1 with gaps, 2 with covered parts of a picture (0.8)."
        ),
        "tags": _TAGS,
        "dueDate": described(ref("date"), "When it is due."),
        "stability": described(maybe("number"), "Days or a factor, by the algorithm."),
        "difficulty": described(maybe("number"), "1 to 10, or the ease of SM-2."),
        "retrievability": described(maybe("number"), "0 to 1."),
        "sourceInfo": ref("source"),
        "frontBlocks": {"description": "The front as blocks.", **BLOCK_LIST},
        "backBlocks": {"description": "The back as blocks.", **BLOCK_LIST},
        "reviewCount": described(maybe("int32"), "How often it was asked."),
        "lapseCount": described(maybe("int32"), "How often it was forgotten."),
        "leitnerBox": described(maybe("int32"), "Its box, 1 to 7."),
        "lastReviewedAt": described(maybe("date"), "When it was last asked."),
        "fsrsState": described(maybe("enumeration"), "0 new, 1 learning, 2 review, 3 relearning."),
        "attachments": nullable("0.8: its files.", "array", items=ref("attachment")),
        "state": described(ref("enumeration"), "0.8: 0 active, 1 suspended."),
        "isFlagged": {"description": "0.8: marked with a flag.", "type": "boolean"},
        "factId": text("0.8: the fact that it is made from."),
        "layoutKey": text("0.8: which card of its fact it is.", "c1"),
        "learningStepIndex": described(maybe("int32"), "0.8: its learning step."),
        "buriedUntil": described(maybe("date"), "0.8: put off until then."),
        **_MAYBE_WHEN,
    },
}
_DECK: Final[dict[str, Schema]] = {
    "id": text("Its id."),
    "name": text("Its name.", "Cells"),
    "folderId": text("The id of its folder; null at the top."),
    "description": text("What it is about."),
    "tags": _TAGS,
    "lastStudied": described(maybe("date"), "When it was last practised."),
    "retentionScore": described(ref("int32"), "How well it is known, 0 to 100."),
    "cards": {
        "description": "Its cards. Null or nothing ends an import: write `[]`.",
        "type": "array",
        "items": ref("card"),
    },
    "schedulingAlgorithm": described(ref("enumeration"), "0 Baseline, 1 FSRS, 2 SM-2, 3 Leitner; 0.8 knows only 1."),
    "presetId": text("0.8: the preset of its schedule.", "preset-standard"),
    "icon": text("0.8: its icon."),
    "sortOrder": described(maybe("int32"), "0.8: its place among its siblings."),
    **_MAYBE_WHEN,
}


def deck_schema() -> Schema:
    """The JSON Schema of a row of a package's decks."""
    card: dict[str, Any] = {
        "id": "c1",
        "deckId": "d1",
        "front": "2+2?",
        "back": "4",
        "type": 0,
        "tags": [],
        "dueDate": "2026-05-18T10:00:00+00:00",
        **dict.fromkeys(("stability", "difficulty", "retrievability", "sourceInfo")),
        "frontBlocks": [plain_block("b1", "Text", "2+2?")],
        "backBlocks": None,
        **dict.fromkeys(("reviewCount", "lapseCount", "leitnerBox", "lastReviewedAt", "fsrsState")),
    }
    deck = {
        "id": "d1",
        "name": "Cells",
        "folderId": "0a1b",
        "description": None,
        "tags": ["biology"],
        "lastStudied": None,
        "retentionScore": 0,
        "cards": [card],
        "schedulingAlgorithm": 1,
    }
    newer = {"attachments": [], "state": 1, "isFlagged": True, "factId": "f1", "layoutKey": "recognition"}
    return document(
        "deck-1",
        "A deck of flashcards in a .mnemo package",
        "The column `Json` of the table `Decks` in `flashcards.db`, as the applications 0.6 and 0.8 write it, and all "
        "that 0.6 imports. Members that are not listed are dropped by the application.",
        {
            "type": "object",
            **own_spelling("tags", "cards"),
            "properties": _DECK,
            "$defs": {"card": _CARD, "attachment": _ATTACHMENT, "source": _SOURCE, **COMMON, **BLOCKS},
        },
        [deck, {**deck, "cards": [{**card, **newer}], "presetId": "preset-standard", "icon": "🧪", "sortOrder": 2}],
    )
