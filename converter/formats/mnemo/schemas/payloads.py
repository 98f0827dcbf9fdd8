"""The schema of a block's payload, by its kind (docs/formats/mnemo.md, "Blocks")."""

from __future__ import annotations

from typing import Final

from converter.formats.mnemo.schemas.parts import FINITE, Schema, text

__all__ = ["PAYLOAD"]

_WIDTH: Final[Schema] = {"description": "The width in pixels; 0 is the natural size.", **FINITE}
_ALIGN: Final = text("`left`, `center` or `right`; anything else is shown as `left`.", "center")
_FLAGS: Final[Schema] = {"type": "array", "items": {"type": "boolean"}}
_KINDS: Final[dict[str, tuple[str, dict[str, Schema]]]] = {
    "empty": ("No payload: texts, headings, lists, quotes, dividers, columns and rows of tables.", {}),
    "equation": ("A formula on lines of its own.", {"latex": text("Its LaTeX, without dollar signs.", "E=mc^2")}),
    "image": (
        "A picture; its caption is the spans of the block.",
        {
            "path": text("Its file: an absolute path (0.6), or the bare name of a packed file (0.8).", "0f3a.png"),
            "alt": text("The caption as plain text."),
            "width": _WIDTH,
            "align": _ALIGN,
            "crop": {
                "description": "0.8: the part that is shown, `x`, `y`, `w`, `h` as fractions of 1, and its `aspect`. "
                "What is no such object crops nothing."
            },
        },
    ),
    "code": (
        "Source code, which the spans hold as well.",
        {
            "language": text("The language.", "python"),
            "source": text("The code."),
            "wrap": {"description": "0.8: long lines are wrapped.", "type": "boolean"},
            "numbers": {"description": "0.8: lines are numbered.", "type": "boolean"},
            "caption": text("0.8: what stands below."),
        },
    ),
    "checklist": (
        "The state of a task.",
        {"checked": {"description": "Done. Anything but `true` is read as open.", "examples": [True, False]}},
    ),
    "twoColumn": (
        "How two columns share the width.",
        {
            "splitRatio": {
                "description": "The share of the left one; the editor keeps it from 0.1 to 0.9.",
                **FINITE,
                "examples": [0.5],
            }
        },
    ),
    "page": (
        "Another note, shown as a page of this one.",
        {"referenceNoteId": {"description": "The id of that note; what is no text is read as none."}},
    ),
    "sketch": ("The layout of a diagram; its source is the text of the block.", {"width": _WIDTH, "align": _ALIGN}),
    "callout": (
        "0.8: tone and icon of a callout; its body is the spans and children of the block.",
        {"emoji": text("The icon.", "💡"), "tone": text("`note`, `warn` or a word of another tool.", "note")},
    ),
    "table": (
        "0.8: the layout of a table, whose rows are the children of the block.",
        {
            "columnWidths": {
                "description": "Widths of the columns in pixels.",
                "type": "array",
                "items": {"type": "number"},
            },
            "headerRows": {"description": "For each row whether it is a header.", **_FLAGS},
            "headerColumns": {"description": "For each column whether it is a header.", **_FLAGS},
            "fullWidth": {"description": "Whether it is as wide as the page.", "type": "boolean"},
        },
    ),
    "tableCell": (
        "0.8: how a cell is filled; its text is the spans of the block.",
        {"fill": text("`grey`, `red`, `amber`, `green`, `teal`, `blue`, `violet`, `pink`, or nothing.", "blue")},
    ),
}

PAYLOAD: Final[Schema] = {
    "description": "What the type of the block needs besides text; the member `kind` says which. Application 0.8 "
    "keeps a kind that it does not know, 0.6 refuses the whole note. What is no object is read as `empty`.",
    "properties": {
        "kind": {
            "description": "Which payload this is; missing, null or empty is `empty`.",
            "type": ["string", "null"],
            "anyOf": [{"enum": list(_KINDS)}, {}],
        }
    },
    "allOf": [
        {
            "if": {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"description": said, "properties": members},
        }
        for kind, (said, members) in _KINDS.items()
        if members
    ],
}
"""A payload."""
