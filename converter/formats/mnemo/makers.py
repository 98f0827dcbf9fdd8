"""A block of the model from a payload and text, by type (docs/formats/mnemo.md, "Blocks and the model")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

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
    Attrs,
    Block,
    Blocks,
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
from converter.model.runs import Runs

__all__ = ["made_block"]

_Id: TypeAlias = str | None
_Maker: TypeAlias = Callable[[Any, str, Runs, Blocks, _Id, Attrs], Block]
"""Takes a payload, the source of code, and what all blocks have: in places, for this is done for every block."""


def made_block(
    kind: str, payload: Payload, source: str, runs: Runs, children: Blocks, own: str | None, attrs: Attrs
) -> Block:
    """The block of a type, a paragraph for an undefined one; `own` is its id, `source` the text of code."""
    return _MAKERS.get(kind, _paragraph)(payload, source, runs, children, own, attrs)


def _paragraph(_payload: Payload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Paragraph(runs=runs, children=children, id=own, attrs=attrs)


def _heading(level: int) -> _Maker:
    def make(_payload: Payload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
        return Heading(level=level, runs=runs, children=children, id=own, attrs=attrs)

    return make


def _item(*, ordered: bool) -> _Maker:
    def make(_payload: Payload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
        return ListItem(ordered=ordered, runs=runs, children=children, id=own, attrs=attrs)

    return make


def _task(payload: ChecklistPayload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return ListItem(checked=payload.checked, runs=runs, children=children, id=own, attrs=attrs)


def _plain(kind: type[Quote | Rule | Column]) -> _Maker:
    def make(_payload: Payload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
        return kind(runs=runs, children=children, id=own, attrs=attrs)

    return make


def _code(payload: CodePayload, source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Code(
        source=source,
        language=payload.language,
        caption=payload.caption,
        runs=runs,
        children=children,
        id=own,
        attrs=attrs,
    )


def _image(payload: ImagePayload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Image(
        target=payload.path,
        alt=payload.alt,
        width=payload.width,
        align=payload.align,
        crop=bytes(payload.crop).decode(),
        runs=runs,
        children=children,
        id=own,
        attrs=attrs,
    )


def _columns(payload: TwoColumnPayload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Columns(ratio=payload.split_ratio, runs=runs, children=children, id=own, attrs=attrs)


def _formula(payload: EquationPayload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Formula(tex=payload.latex, runs=runs, children=children, id=own, attrs=attrs)


def _page(payload: PagePayload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Page(target=payload.reference_note_id, runs=runs, children=children, id=own, attrs=attrs)


def _sketch(payload: SketchPayload, source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Sketch(
        source=source,
        width=payload.width,
        align=payload.align,
        runs=runs,
        children=children,
        id=own,
        attrs=attrs,
    )


def _callout(payload: CalloutPayload, _source: str, runs: Runs, children: Blocks, own: _Id, attrs: Attrs) -> Block:
    return Callout(type=payload.tone or "note", icon=payload.emoji, runs=runs, children=children, id=own, attrs=attrs)


_MAKERS: Final[dict[str, _Maker]] = {
    "Text": _paragraph,
    "Heading1": _heading(1),
    "Heading2": _heading(2),
    "Heading3": _heading(3),
    "Heading4": _heading(4),
    "BulletList": _item(ordered=False),
    "NumberedList": _item(ordered=True),
    "Checklist": _task,
    "Quote": _plain(Quote),
    "Code": _code,
    "Divider": _plain(Rule),
    "Image": _image,
    "ColumnGroup": _plain(Column),
    "TwoColumn": _columns,
    "Equation": _formula,
    "Page": _page,
    "Sketch": _sketch,
    "Callout": _callout,
}
