"""The records of Mnemo's JSON: notes, folders, blocks, payloads and spans, as its own writers spell them.

The structs decode canonical texts directly and refuse everything else; `tolerant` makes the same records from
texts of older writers and from damaged ones. See docs/formats/mnemo.md, "Blocks".
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

__all__ = [
    "OWN_PAYLOADS",
    "RAW_BLOCK",
    "BlockRecord",
    "CalloutPayload",
    "ChecklistPayload",
    "CodePayload",
    "EmptyPayload",
    "EquationPayload",
    "EquationSpan",
    "FolderRecord",
    "FractionSpan",
    "ImagePayload",
    "NoteRecord",
    "PagePayload",
    "Payload",
    "SketchPayload",
    "Span",
    "StyleRecord",
    "TableCellPayload",
    "TablePayload",
    "TextSpan",
    "TwoColumnPayload",
    "UnknownPayload",
]

RAW_BLOCK: Final = "@raw"
"""Type of an element of a block list that is no object; its JSON stands in an `UnknownPayload`."""


class StyleRecord(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    """The style of a span; the colours and the link are None where the member is absent."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strikethrough: bool = False
    code: bool = False
    highlight: bool = False
    background_color: str | None = None
    foreground_color: str | None = None
    link_url: str | None = None
    suppress_auto_link: bool = False
    subscript: bool = False
    superscript: bool = False


class _Kind(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel", tag_field="kind"):
    """What is told apart by its member `kind`."""


class TextSpan(_Kind, frozen=True, gc=False, tag="text"):
    """A stretch of text."""

    text: str
    style: StyleRecord = StyleRecord()


class EquationSpan(_Kind, frozen=True, gc=False, tag="equation"):
    """An inline formula."""

    latex: str
    style: StyleRecord = StyleRecord()


class FractionSpan(_Kind, frozen=True, gc=False, tag="fraction"):
    """A fraction of two integers."""

    numerator: int
    denominator: int
    style: StyleRecord = StyleRecord()


Span = TextSpan | EquationSpan | FractionSpan


class EmptyPayload(_Kind, frozen=True, gc=False, tag="empty"):
    """No payload."""


class EquationPayload(_Kind, frozen=True, gc=False, tag="equation"):
    """A display formula."""

    latex: str = ""


class ImagePayload(_Kind, frozen=True, gc=False, tag="image"):
    """A picture; `crop` is JSON that is kept as it stands."""

    path: str = ""
    alt: str = ""
    width: float = 0.0
    align: str = "left"
    crop: Raw = Raw()


class CodePayload(_Kind, frozen=True, gc=False, tag="code"):
    """Code; the last three members are of application 0.8."""

    language: str = "csharp"
    source: str = ""
    wrap: bool = False
    numbers: bool = False
    caption: str = ""


class ChecklistPayload(_Kind, frozen=True, gc=False, tag="checklist"):
    """The state of a task."""

    checked: bool = False


class TwoColumnPayload(_Kind, frozen=True, gc=False, tag="twoColumn"):
    """The left column's share of the width."""

    split_ratio: float = 0.5


class PagePayload(_Kind, frozen=True, gc=False, tag="page"):
    """The note that a page block shows."""

    reference_note_id: str = ""


class SketchPayload(_Kind, frozen=True, gc=False, tag="sketch"):
    """The layout of a diagram; its source is the block's text."""

    width: float = 0.0
    align: str = "left"


class CalloutPayload(_Kind, frozen=True, gc=False, tag="callout"):
    """Tone and icon of a callout (0.8)."""

    emoji: str = ""
    tone: str = "note"


class TablePayload(_Kind, frozen=True, gc=False, tag="table"):
    """Widths in pixels and header flags of a table (0.8)."""

    column_widths: tuple[float, ...] = ()
    header_rows: tuple[bool, ...] = ()
    header_columns: tuple[bool, ...] = ()
    full_width: bool = False


class TableCellPayload(_Kind, frozen=True, gc=False, tag="tableCell"):
    """The fill of a cell (0.8): a colour's name."""

    fill: str = ""


class UnknownPayload(_Kind, frozen=True, gc=False, tag="?"):
    """A payload of a kind that is not known here, as compact JSON."""

    text: str = "{}"


Payload = (
    EmptyPayload
    | EquationPayload
    | ImagePayload
    | CodePayload
    | ChecklistPayload
    | TwoColumnPayload
    | PagePayload
    | SketchPayload
    | CalloutPayload
    | TablePayload
    | TableCellPayload
    | UnknownPayload
)


class BlockRecord(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A block. `type` is a name; the values of `meta` are JSON texts."""

    id: str | None
    type: str
    order: int
    spans: list[Span]
    payload: Payload
    meta: dict[str, Raw]
    children: list[BlockRecord] = []
    sid: str = ""


class NoteRecord(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    """A note. Dates are texts; the members from `sid` on are of application 0.8."""

    note_id: str | None
    title: str | None
    folder_id: str | None
    parent_note_id: str | None
    order: int
    folder_path: str | None
    content: str | None
    blocks: list[BlockRecord] | None
    created_at: str | None
    modified_at: str | None
    is_favorite: bool
    sid: str | UnsetType | None = UNSET
    ver: int | UnsetType = UNSET
    emoji: str | UnsetType | None = UNSET
    cover: str | UnsetType | None = UNSET
    cover_crop: str | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType | None = UNSET


OWN_PAYLOADS: Final[dict[str, Payload]] = {
    "Checklist": ChecklistPayload(),
    "Code": CodePayload(language=""),
    "Image": ImagePayload(),
    "TwoColumn": TwoColumnPayload(),
    "Equation": EquationPayload(),
    "Page": PagePayload(),
    "Sketch": SketchPayload(),
    "Callout": CalloutPayload(),
    "Table": TablePayload(),
    "TableCell": TableCellPayload(),
}
"""The payload of each type, with what is assumed where another one stands; all other types have none."""


class FolderRecord(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    """A folder."""

    folder_id: str | None
    name: str | None
    parent_id: str | None
    order: int
