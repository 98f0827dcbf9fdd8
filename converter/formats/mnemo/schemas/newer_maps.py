"""The schema of a map of application 0.8 (docs/formats/mnemo.md, "Maps of 0.8")."""

from __future__ import annotations

from typing import Any, Final

from converter.formats.mnemo.schemas.parts import Schema, described, maybe, nullable, ref, text

__all__ = ["ELEMENTS", "newer_example"]

_NUMBER: Final[Schema] = {"type": "number"}
_FLAG: Final[Schema] = {"type": "boolean", "default": False}
_WORDS: Final = {
    "text": text("The text without its styles."),
    "runs": nullable("The text as spans.", "array", items=ref("span")),
}
_STRING: Final[Schema] = {"type": "string"}
_CONTENTS: Final[dict[str, tuple[str, dict[str, Schema], tuple[str, ...]]]] = {
    "text": ("A text.", _WORDS, ()),
    "freeText": ("A text without a frame.", _WORDS, ()),
    "task": (
        "A task.",
        {**_WORDS, "done": {"description": "Done.", **_FLAG}, "due": text("When it is due.")},
        (),
    ),
    "image": (
        "A picture.",
        {"assetId": {"description": "The name of its file.", **_STRING}, "caption": text("What stands below.")},
        ("assetId",),
    ),
    "canvasImage": (
        "A picture that is no node.",
        {
            "assetId": {"description": "The name of its file.", **_STRING},
            "crop": nullable("The part that is shown.", "object"),
        },
        ("assetId",),
    ),
    "link": ("An address.", {"url": text("The address."), "title": text("Its name.")}, ()),
    "flashcard": (
        "A card.",
        {
            "deckId": {"description": "The id of its deck.", **_STRING},
            "cardId": {"description": "Its id.", **_STRING},
        },
        ("deckId", "cardId"),
    ),
    "note": (
        "A note, or a block of it.",
        {"noteId": {"description": "The id of the note.", **_STRING}, "blockId": text("The id of the block.")},
        ("noteId",),
    ),
    "code": ("Source code.", {"language": text("The language."), "source": text("The code.")}, ()),
    "math": ("A formula.", {"latex": text("Its LaTeX.")}, ()),
    "shape": ("A drawn shape.", {"shape": text("Which one."), **_WORDS}, ()),
    "frame": (
        "A frame around elements.",
        {
            "title": text("Its name."),
            "childIds": nullable("The ids of what is in it.", "array", items=_STRING),
        },
        (),
    ),
}

_CONTENT: Final[Schema] = {
    "description": "What an element says or shows. A kind that is not known is kept as it is.",
    "type": "object",
    "properties": {"$type": {"description": "What it is.", "anyOf": [{"enum": list(_CONTENTS)}, _STRING]}},
    "required": ["$type"],
    "allOf": [
        {
            "if": {"properties": {"$type": {"const": kind}}, "required": ["$type"]},
            "then": {"description": said, "properties": members, "required": list(needed)},
        }
        for kind, (said, members, needed) in _CONTENTS.items()
    ],
}
_ELEMENT: Final[Schema] = {
    "description": "Something on the canvas. Members that are zero, false or null are left out.",
    "type": "object",
    "properties": {
        "id": {"description": "Its id, unique in the map.", **_STRING, "examples": ["a1b2"]},
        "kind": {"description": "A node where it is missing.", "enum": ["node", "shape", "text", "image", "frame"]},
        "content": ref("newerContent"),
        "x": {"description": "From the left.", **_NUMBER},
        "y": {"description": "From the top.", **_NUMBER},
        "width": nullable("Its width; null is its own.", "number"),
        "height": nullable("Its height; null is its own.", "number"),
        "pinned": {"description": "It stays where it is.", **_FLAG},
        "collapsed": {"description": "What is below it is not shown.", **_FLAG},
        "style": nullable("How it looks.", "object"),
        "meta": nullable("Anything else: texts by free keys.", "object"),
    },
    "required": ["id", "content"],
}
_EDGE: Final[Schema] = {
    "description": "A line between two elements.",
    "type": "object",
    "properties": {
        "id": {"description": "Its id.", **_STRING},
        "fromId": {"description": "The id of the element that it starts at.", **_STRING},
        "toId": {"description": "The id of the element that it ends at.", **_STRING},
        "kind": {"description": "Whether the second element is below the first.", "enum": ["hierarchy", "link"]},
        "label": text("What stands on it."),
        "style": nullable(
            "How it looks.",
            "object",
            properties={
                "line": {"description": "Its stroke.", "enum": ["solid", "dashed", "dotted", "double", None]},
                "routing": {"description": "Its way.", "enum": ["curve", "straight", "orthogonal", None]},
                "startCap": {"description": "How it starts.", "enum": ["none", "arrow", "dot", None]},
                "endCap": {"description": "How it ends.", "enum": ["none", "arrow", "dot", None]},
                "color": text("Its colour."),
            },
        ),
    },
    "required": ["id", "fromId", "toId"],
}
_MAP: Final[Schema] = {
    "description": "A map of application 0.8: a row of the table `Maps`. Its names are read only as they are here.",
    "type": "object",
    "properties": {
        "schemaVersion": {"description": "2; a higher number is of a newer application.", "type": "integer"},
        "id": {"description": "Its id.", **_STRING},
        "title": text("Its title."),
        "revision": {"description": "How often it was saved.", "type": "integer"},
        "elements": nullable("What is on the canvas.", "array", items=ref("element")),
        "edges": nullable("Its lines.", "array", items=ref("newerEdge")),
        "clusters": nullable(
            "How what is below an element is laid out.",
            "array",
            items={"type": "object", "properties": {"rootId": text("The id of the element at the top.")}},
        ),
        "canvas": nullable("What is behind: `dots`, `grid` or `plain`, and defaults.", "object"),
        "createdAt": described(maybe("date"), "When it was made."),
        "modifiedAt": described(maybe("date"), "When it was last saved."),
    },
    "required": ["id"],
}

ELEMENTS: Final[dict[str, Schema]] = {
    "newerMap": _MAP,
    "element": _ELEMENT,
    "newerContent": _CONTENT,
    "newerEdge": _EDGE,
}
"""Definitions of a map of 0.8."""


def newer_example() -> dict[str, Any]:
    """A small map of application 0.8."""
    return {
        "schemaVersion": 2,
        "id": "m1",
        "title": "Plan",
        "revision": 4,
        "elements": [
            {"id": "a1b2", "content": {"$type": "text", "text": "Plan"}, "x": 400, "y": 300},
            {"id": "c3d4", "content": {"$type": "task", "text": "Step", "done": True}, "x": 400, "y": 420.5},
            {"id": "e5f6", "content": {"$type": "note", "noteId": "6f1c2f0e-8b5e-4c62-9f0c-3f6f0b6a7a11"}},
        ],
        "edges": [{"id": "g7h8", "fromId": "a1b2", "toId": "c3d4", "style": {"line": "dashed", "endCap": "arrow"}}],
        "clusters": [{"rootId": "a1b2"}],
        "createdAt": "2026-08-01T10:00:00Z",
    }
