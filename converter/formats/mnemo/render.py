"""Blocks of the model as Mnemo's JSON, without decisions (docs/formats/mnemo.md, "Blocks")."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from converter.errors import InternalFaultError
from converter.formats.mnemo.inline import normalised, runs_from, runs_text
from converter.formats.mnemo.records import (
    CalloutPayload,
    ChecklistPayload,
    CodePayload,
    EmptyPayload,
    EquationPayload,
    ImagePayload,
    PagePayload,
    Payload,
    SketchPayload,
    Span,
    TableCellPayload,
    TwoColumnPayload,
)
from converter.formats.mnemo.tables import table_payload
from converter.formats.mnemo.wire import BLANK, payload_text
from converter.model.blocks import (
    Attrs,
    Block,
    Blocks,
    Callout,
    Cell,
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
    Raw,
    Row,
    Rule,
    Sketch,
    Table,
    kind_of,
)
from converter.model.runs import Runs, TextRun
from converter.text.json_text import quote

__all__ = ["blocks_text"]

_Node = Block | Row | Cell
_NAMESPACE: Final = uuid.UUID("5d1b4f3e-9a0c-5b7e-8f61-6a2f0c9d7e44")
_SPANS: Final = msgspec.json.Decoder(list[Span])
_EMPTY: Final = EmptyPayload()


class _Place(msgspec.Struct, frozen=True, gc=False):
    """Where a node stands: the order that the application gives it there, and its place in the note."""

    node: _Node
    order: int
    path: str


def blocks_text(blocks: Blocks, seed: str) -> str:
    """A block list as JSON. A block without id gets one that derives from `seed` and its place in the note.

    Raises InternalFaultError for a block or run that Mnemo does not have.
    """
    parts: list[str] = ["["]
    stack: list[str | _Place] = ["]", *_siblings(blocks, seed)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        parts.append(_raw_text(item.node) if isinstance(item.node, Raw) else _opening(item))
        children = _children(item.node)
        if children:
            parts.append(',"children":[')
            stack += ["]}", *_siblings(children, item.path, columns=isinstance(item.node, Columns))]
        elif not isinstance(item.node, Raw):
            parts.append("}")
    return "".join(parts)


def _siblings(nodes: Sequence[_Node], path: str, *, columns: bool = False) -> list[str | _Place]:
    """The nodes and the commas between them, last first. Columns all have the order 0."""
    items: list[str | _Place] = []
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        order = 0 if columns and isinstance(node, Column) else index
        items += [_Place(node, order, f"{path}/{index}"), ","]
    return items[:-1]


def _children(node: _Node) -> Sequence[_Node]:
    if isinstance(node, Row):
        return node.cells
    if isinstance(node, Table):
        return (*node.rows, *node.children)
    return node.children


def _raw_text(block: Raw) -> str:
    if block.format != "mnemo":
        raise InternalFaultError(f"raw {block.format} reached the Mnemo writer: lowering let it pass")
    return block.source


def _opening(place: _Place) -> str:
    """A block up to its children."""
    node = place.node
    maker = _KINDS.get(type(node))
    if maker is None:
        kind = kind_of(node) if isinstance(node, Block) else type(node).__name__
        raise InternalFaultError(f"a block of kind {kind} reached the Mnemo writer: lowering let it pass")
    extras, meta = _split(node.attrs)
    name, payload = maker(node, extras)
    identity = str(uuid.uuid5(_NAMESPACE, place.path)) if node.id is None else node.id
    other = extras.get("@payload") or extras.get("@payload+")
    return (
        f'{{"id":{quote(identity)}'
        + (f',"sid":{quote(extras["@sid"])}' if "@sid" in extras else "")
        + f',"type":{quote(extras.get("@type", name))},"order":{extras.get("@order", place.order)}'
        + f',"spans":{_spans_text(node, extras)},"payload":{other or payload_text(payload)},"meta":{meta}'
    )


def _split(attrs: Attrs) -> tuple[dict[str, str], str]:
    """Our own attributes by name, and the JSON of `meta`."""
    if not attrs:
        return {}, "{}"
    extras = {name: text for name, text in attrs if name[:1] == "@" and name[:2] != "@@"}
    members = [f"{quote(name[1:] if name[:2] == '@@' else name)}:{text}" for name, text in attrs if name not in extras]
    return extras, "{" + ",".join(members) + "}"


def _spans_text(node: _Node, extras: dict[str, str]) -> str:
    """The spans; those that were read, where the runs cannot say them and still agree with them."""
    if isinstance(node, (Row, Formula, Page)):
        return BLANK
    runs = node.runs
    kept = extras.get("@spans")
    if kept is not None and runs_from(normalised(_SPANS.decode(kept))) == runs:
        return kept
    return runs_text(_source_runs(node.source) if isinstance(node, (Code, Sketch)) and not runs else runs)


def _source_runs(source: str) -> Runs:
    return (TextRun(text=source),) if source else ()


def _item(item: ListItem, _extras: dict[str, str]) -> tuple[str, Payload]:
    if item.checked is not None:
        return "Checklist", ChecklistPayload(item.checked)
    return "NumberedList" if item.ordered else "BulletList", _EMPTY


def _code(code: Code, extras: dict[str, str]) -> tuple[str, Payload]:
    wrap, numbers = "@wrap" in extras, "@numbers" in extras
    return "Code", CodePayload(code.language, code.source, wrap, numbers, code.caption)


def _image(image: Image, _extras: dict[str, str]) -> tuple[str, Payload]:
    crop = msgspec.Raw(image.crop.encode())
    return "Image", ImagePayload(image.target, image.alt, image.width, image.align, crop)


def _plain(name: str) -> Callable[[Any, dict[str, str]], tuple[str, Payload]]:
    return lambda _node, _extras: (name, _EMPTY)


_KINDS: Final[dict[type, Callable[[Any, dict[str, str]], tuple[str, Payload]]]] = {
    Paragraph: _plain("Text"),
    Heading: lambda heading, _: (f"Heading{min(heading.level, 4)}", _EMPTY),
    ListItem: _item,
    Quote: _plain("Quote"),
    Code: _code,
    Rule: _plain("Divider"),
    Image: _image,
    Column: _plain("ColumnGroup"),
    Columns: lambda row, _: ("TwoColumn", TwoColumnPayload(row.ratio)),
    Formula: lambda formula, _: ("Equation", EquationPayload(formula.tex)),
    Page: lambda page, _: ("Page", PagePayload(page.target)),
    Sketch: lambda sketch, _: ("Sketch", SketchPayload(sketch.width, sketch.align)),
    Callout: lambda callout, _: ("Callout", CalloutPayload(callout.icon, callout.type)),
    Table: lambda table, extras: ("Table", table_payload(table, full_width="@fullWidth" in extras)),
    Row: _plain("TableRow"),
    Cell: lambda cell, _: ("TableCell", TableCellPayload(cell.fill)),
}
