"""A block of the model from a payload and text, by type (docs/formats/mnemo.md, "Blocks and the model")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from converter.formats.mnemo.records import (
    CalloutPayload,
    ChecklistPayload,
    CodePayload,
    EquationPayload,
    ImagePayload,
    PagePayload,
    Payload,
    SketchPayload,
    TwoColumnPayload,
)
from converter.model.blocks import (
    Block,
    Callout,
    Code,
    Column,
    Columns,
    Formula,
    Heading,
    Image,
    ListItem,
    Page,
    Paragraph,
    Quote,
    Rule,
    Sketch,
)

__all__ = ["made_block"]

_Common = dict[str, Any]


def made_block(kind: str, payload: Payload, source: str, common: _Common) -> Block:
    """The block of a type, a paragraph for an undefined one; `common`: id, attributes, runs, children."""
    return _MAKERS.get(kind, _paragraph)(payload, source, common)


def _paragraph(_payload: Payload, _source: str, common: _Common) -> Block:
    return Paragraph(**common)


def _heading(level: int) -> Callable[[Any, str, _Common], Block]:
    return lambda _payload, _source, common: Heading(level=level, **common)


def _task(payload: ChecklistPayload, _source: str, common: _Common) -> Block:
    return ListItem(checked=payload.checked, **common)


def _code(payload: CodePayload, source: str, common: _Common) -> Block:
    return Code(source=source, language=payload.language, caption=payload.caption, **common)


def _image(payload: ImagePayload, _source: str, common: _Common) -> Block:
    return Image(
        target=payload.path,
        alt=payload.alt,
        width=payload.width,
        align=payload.align,
        crop=bytes(payload.crop).decode(),
        **common,
    )


def _columns(payload: TwoColumnPayload, _source: str, common: _Common) -> Block:
    return Columns(ratio=payload.split_ratio, **common)


def _formula(payload: EquationPayload, _source: str, common: _Common) -> Block:
    return Formula(tex=payload.latex, **common)


def _page(payload: PagePayload, _source: str, common: _Common) -> Block:
    return Page(target=payload.reference_note_id, **common)


def _sketch(payload: SketchPayload, source: str, common: _Common) -> Block:
    return Sketch(source=source, width=payload.width, align=payload.align, **common)


def _callout(payload: CalloutPayload, _source: str, common: _Common) -> Block:
    return Callout(type=payload.tone or "note", icon=payload.emoji, **common)


_MAKERS: Final[dict[str, Callable[[Any, str, _Common], Block]]] = {
    "Text": _paragraph,
    "Heading1": _heading(1),
    "Heading2": _heading(2),
    "Heading3": _heading(3),
    "Heading4": _heading(4),
    "BulletList": lambda _payload, _source, common: ListItem(**common),
    "NumberedList": lambda _payload, _source, common: ListItem(ordered=True, **common),
    "Checklist": _task,
    "Quote": lambda _payload, _source, common: Quote(**common),
    "Code": _code,
    "Divider": lambda _payload, _source, common: Rule(**common),
    "Image": _image,
    "ColumnGroup": lambda _payload, _source, common: Column(**common),
    "TwoColumn": _columns,
    "Equation": _formula,
    "Page": _page,
    "Sketch": _sketch,
    "Callout": _callout,
}
