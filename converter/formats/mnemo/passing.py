"""Blocks that pass between the formats of Mnemo as they are (docs/formats/mnemo.md, "Two spellings").

Names inside blocks are the same in every format, so blocks of the usual kinds need no model in between: what they say
is written again in the application's own spelling. The bytes are those that the model would give.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Raw, UnsetType

from converter.formats.front import Stored
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.inline import OLD_HIGHLIGHTS
from converter.formats.mnemo.records import NoteRecord
from converter.formats.mnemo.strict import SIMPLE
from converter.patterns import pattern
from converter.text.json_text import escaped

__all__ = ["body", "stored_body"]


class _Style(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A style with the members that are always there, and those that mean the same in all versions."""

    bold: bool
    italic: bool
    underline: bool
    strikethrough: bool
    code: bool
    highlight: bool
    background_color: str | UnsetType = UNSET
    link_url: str | UnsetType = UNSET
    suppress_auto_link: bool


class _Kind(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel", tag_field="kind"):
    """What is told apart by its member `kind`."""


class _Text(_Kind, frozen=True, gc=False, tag="text"):
    text: str
    style: _Style


class _InlineEquation(_Kind, frozen=True, gc=False, tag="equation"):
    latex: str
    style: _Style


class _Empty(_Kind, frozen=True, gc=False, tag="empty"):
    pass


class _Equation(_Kind, frozen=True, gc=False, tag="equation"):
    latex: str


class _Code(_Kind, frozen=True, gc=False, tag="code"):
    language: str
    source: str


class _Checklist(_Kind, frozen=True, gc=False, tag="checklist"):
    checked: bool


class _Block(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A block of a usual kind, without children."""

    id: str
    type: Literal[
        "Text",
        "Heading1",
        "Heading2",
        "Heading3",
        "Heading4",
        "BulletList",
        "NumberedList",
        "Checklist",
        "Quote",
        "Code",
        "Divider",
        "Equation",
    ]
    order: int
    spans: list[_Text | _InlineEquation]
    payload: _Empty | _Equation | _Code | _Checklist
    meta: dict[str, Raw]


def _decoder(rename: Literal["camel", "pascal"]) -> msgspec.json.Decoder[Any]:
    """Reads a note whose members all have their exact names: none of them can be another one's double."""
    fields = [
        (field.name, list[_Block] if field.name == "blocks" else field.type, field.default)
        for field in msgspec.structs.fields(NoteRecord)
    ]
    return msgspec.json.Decoder(
        msgspec.defstruct("_Note", fields, rename=rename, forbid_unknown_fields=True, frozen=True, gc=False)
    )


_DECODERS: Final = {Dialect.PACKAGE: _decoder("camel"), Dialect.STORAGE: _decoder("pascal")}
_encode: Final = msgspec.json.Encoder().encode
_PLAIN: Final = _Style(
    bold=False,
    italic=False,
    underline=False,
    strikethrough=False,
    code=False,
    highlight=False,
    suppress_auto_link=False,
)
_PAYLOADS: Final[dict[str, type]] = {"Checklist": _Checklist, "Code": _Code, "Equation": _Equation}
_ESCAPED: Final = pattern(r'\\(?:[\\"]|u[0-9a-f]{4})')


def body(stored: Stored) -> str | None:
    """The blocks of a note of a package as any format of Mnemo writes them, without the brackets around them.

    None where the model has to look at them.
    """
    return _body(stored.data, Dialect.PACKAGE)


def stored_body(stored: Stored) -> str | None:
    """The same of a note of a database."""
    return _body(stored.data, Dialect.STORAGE)


def _body(data: bytes, dialect: Dialect) -> str | None:
    try:
        blocks: list[_Block] = _DECODERS[dialect].decode(data).blocks
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    for index, block in enumerate(blocks):
        if block.order != index or not block.id or type(block.payload) is not _PAYLOADS.get(block.type, _Empty):
            return None
        if block.meta and not _stays(block.meta):
            return None
        if not _are_settled(block):
            return None
    return _spelled(_encode(blocks).decode())[1:-1] if blocks else None


def _stays(meta: dict[str, Raw]) -> bool:
    """Whether the members of `meta` stand for themselves; a plus sign outside of strings would be escaped."""
    return all(name[:1] != "@" and SIMPLE.fullmatch(value) and b"+" not in bytes(value) for name, value in meta.items())


def _are_settled(block: _Block) -> bool:
    """Whether the spans are what reading makes of them."""
    spans, kind = block.spans, block.type
    if len(spans) == 1 and type(spans[0]) is _Text and spans[0].style == _PLAIN:
        text = spans[0].text
        if isinstance(block.payload, _Code):
            return text == block.payload.source
        return not text or kind != "Equation"
    if not spans or kind in ("Code", "Equation"):
        return False
    before: _Style | None = None
    for span in spans:
        style = span.style
        color = style.background_color
        if color is not UNSET and (not color or color.lower() in OLD_HIGHLIGHTS):
            return False
        if type(span) is not _Text:
            before = None
        elif not span.text or style == before:
            return False
        else:
            before = style
    return True


def _spelled(text: str) -> str:
    """JSON as the application spells it: none of the characters that it escapes stands outside of strings here."""
    return escaped(_ESCAPED.sub(_escape, text) if "\\" in text else text)


def _escape(found: re.Match[str]) -> str:
    """An escape of the encoder as the application writes it."""
    text = found[0]
    return r"\u0022" if text == r"\"" else text if text == r"\\" else r"\u" + text[2:].upper()
