"""The schema of a block, as strict as the application that reads it (docs/formats/mnemo.md, "Blocks")."""

from __future__ import annotations

from typing import Any, Final

from converter.formats.mnemo.schemas.parts import FINITE, Schema, document, ref, text
from converter.formats.mnemo.schemas.payloads import PAYLOAD
from converter.formats.mnemo.types import TYPES

__all__ = ["BLOCKS", "BLOCK_LIST", "SPANS", "block_schema", "plain_block"]

_FLAGS: Final = {
    "bold": "Bold.",
    "italic": "Italic.",
    "underline": "Underlined.",
    "strikethrough": "Struck through.",
    "code": "In the font of code.",
    "highlight": "Marked as with a pen; wins over a background colour.",
    "suppressAutoLink": "An address in this text was turned back into text.",
    "subscript": "Lowered; written only when true.",
    "superscript": "Raised; written only when true.",
}
_STYLE: Final[Schema] = {
    "description": "How a span looks. Only `true` sets a mark and only a text sets a colour or a link; every other "
    "value is passed over.",
    "properties": {
        **{name: {"description": said, "default": False} for name, said in _FLAGS.items()},
        "backgroundColor": {"description": "`swatch1` to `swatch10`, or a colour.", "examples": ["swatch2"]},
        "foregroundColor": {"description": "0.8: the colour of the text, as above.", "examples": ["swatch5"]},
        "linkUrl": {"description": "Where the text leads.", "examples": ["https://example.com"]},
    },
}
_KIND_IS: Final = {
    kind: {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]}
    for kind in ("equation", "fraction")
}
_SPAN: Final[Schema] = {
    "description": "A piece of a line: text, an `equation` or a `fraction`. What is no object is passed over.",
    "properties": {
        "kind": {
            "description": "Which of the three; anything else is read as text.",
            "type": ["string", "null"],
            "anyOf": [{"enum": ["text", "equation", "fraction"]}, {}],
        },
        "style": ref("style"),
    },
    "allOf": [
        {"if": _KIND_IS["equation"], "then": {"properties": {"latex": text("The formula, without dollar signs.")}}},
        {
            "if": _KIND_IS["fraction"],
            "then": {
                "properties": {
                    "numerator": {"description": "The whole number above.", "type": "number"},
                    "denominator": {"description": "The whole number below, from 1.", "type": "number"},
                }
            },
        },
        {
            "if": {"not": {"anyOf": list(_KIND_IS.values())}},
            "then": {"properties": {"text": text("The text; a line break is a line feed.")}},
        },
    ],
}
_META: Final[Schema] = {
    "description": "Anything else, by free keys; kept as it is. What is no object is passed over.",
    "properties": {
        "listNumberIndex": {"description": "0.6: the number that a numbered item shows.", "examples": [1]},
        "listStart": {"description": "0.8: where a numbered list starts, on its first item.", "examples": [3]},
        "nativeTwoColumn": {"description": "On TwoColumn: it stays when a column becomes empty."},
    },
}

SPANS: Final[dict[str, Schema]] = {"span": _SPAN, "style": _STYLE}
"""Definitions of a line of text."""


def _old(kind: str, member: str, said: str, without: Schema) -> Schema:
    """A block of the first months keeps in `meta` what later stands in its payload."""
    value = {"description": said, **FINITE, "type": ["number", "null"]}
    return {
        "if": {"type": "object", "properties": {"type": {"const": kind}}, "required": ["type"], "not": without},
        "then": {"properties": {"meta": {"properties": {member: value}}}},
    }


_ANY_PAYLOAD: Final[Schema] = {"required": ["payload"]}
_FULL_PAYLOAD: Final[Schema] = {
    "required": ["payload"],
    "properties": {
        "payload": {
            "type": "object",
            "properties": {"kind": {"not": {"enum": ["empty", "", None]}}},
            "required": ["kind"],
        }
    },
}
_BLOCK: Final[Schema] = {
    "description": "A block: one paragraph, list item, picture and so on. Null in a list of blocks is passed over. "
    "Members that are not listed are dropped by the application.",
    "type": ["object", "null"],
    "properties": {
        "id": text("Its id; without one it gets a new one on reading.", "6f1c2f0e-8b5e-4c62-9f0c-3f6f0b6a7a11"),
        "sid": text("0.8: a short id, unique in its note."),
        "type": {
            "description": "Its type by name. A number is the numbering of the first months, where the block has "
            "neither `spans` nor `payload`. What is unknown is read as Text; 0.8 keeps an unknown name.",
            "anyOf": [{"enum": list(TYPES)}, {}],
        },
        "order": {
            "description": "Its place among its siblings.",
            "type": "integer",
            "minimum": -(2**31),
            "maximum": 2**31 - 1,
            "default": 0,
        },
        "spans": {"description": "Its text. What is no array is passed over.", "items": ref("span")},
        "payload": ref("payload"),
        "meta": _META,
        "children": {
            "description": "Blocks inside this one: two ColumnGroup in a TwoColumn, TableRow in a Table, TableCell in "
            "a TableRow; below all others only 0.8 shows them. What is no array is passed over.",
            "items": ref("block"),
        },
        "content": {"description": "The first months: its text, where there are no `spans` and no `inlineRuns`."},
        "inlineRuns": {"description": "The first months: pieces of text, where there are no `spans`."},
    },
    "allOf": [
        {
            "if": {"properties": {"spans": {"type": "array"}}, "required": ["spans"]},
            "else": {
                "properties": {
                    "inlineRuns": {
                        "items": {"properties": {"text": text("The text of the piece."), "style": ref("style")}}
                    }
                }
            },
        },
        _old("Image", "imageWidth", "The width in pixels.", _ANY_PAYLOAD),
        _old("TwoColumn", "columnSplitRatio", "The share of the left column.", _FULL_PAYLOAD),
    ],
}

BLOCKS: Final[dict[str, Schema]] = {"block": _BLOCK, "payload": PAYLOAD, **SPANS}
"""Definitions of a block."""

BLOCK_LIST: Final[Schema] = {"type": ["array", "null"], "items": ref("block")}
"""Blocks, or null."""


def plain_block(identity: str, kind: str, words: str, **members: Any) -> dict[str, Any]:
    """A block for an example, with one plain span."""
    style = dict.fromkeys(("bold", "italic", "underline", "strikethrough", "code", "highlight"), False)
    made = {
        "id": identity,
        "type": kind,
        "order": 0,
        "spans": [{"kind": "text", "text": words, "style": {**style, "suppressAutoLink": False}}],
        "payload": {"kind": "empty"},
        "meta": {},
    }
    return made | members


def block_schema() -> Schema:
    """The JSON Schema of a block of a note."""
    cell = plain_block("c1", "TableCell", "Ion", payload={"kind": "tableCell", "fill": "blue"})
    layout = {"kind": "table", "columnWidths": [180], "headerRows": [True], "headerColumns": [False]}
    columns = [
        plain_block(f"g{side}", "ColumnGroup", "", children=[plain_block(f"t{side}", "Text", words)])
        for side, words in enumerate(("left", "right"))
    ]
    examples = [
        plain_block("b1", "Text", "Hi"),
        plain_block("b2", "Code", "print(1)", payload={"kind": "code", "language": "python", "source": "print(1)"}),
        plain_block("b3", "TwoColumn", "", payload={"kind": "twoColumn", "splitRatio": 0.5}, children=columns),
        plain_block(
            "b4", "Table", "", payload=layout, children=[plain_block("r1", "TableRow", "", children=[cell])], order=3
        ),
        {"type": 10, "content": "", "meta": {"imagePath": "/home/anna/images/b5.png", "imageWidth": 300}},
    ]
    return document(
        "block-1",
        "A block of a Mnemo note",
        "One block with all that is inside it, as notes, cards and packages hold it: as the applications 0.6 and 0.8 "
        "write it, and older forms that they still read. It refuses what 0.6 cannot read, where a schema can say so.",
        {"type": "object", **ref("block"), "$defs": BLOCKS},
        examples,
    )
