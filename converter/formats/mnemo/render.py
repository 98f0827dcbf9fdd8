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

__all__ = ["blocks_parts", "blocks_text"]

_Node = Block | Row | Cell
_NAMESPACE: Final = uuid.UUID("5d1b4f3e-9a0c-5b7e-8f61-6a2f0c9d7e44")
_SPANS: Final = msgspec.json.Decoder(list[Span])
_EMPTY: Final = payload_text(EmptyPayload())
_CHECKED: Final = {flag: payload_text(ChecklistPayload(flag)) for flag in (False, True)}
_NO_EXTRAS: Final[dict[str, str]] = {}


class _Frame:
    """Siblings on their way into the text: how far they are, and the place of their parent in the note."""

    __slots__ = ("columns", "index", "nodes", "path")

    def __init__(self, nodes: Sequence[_Node], path: str, *, columns: bool = False) -> None:
        self.nodes = nodes
        self.path = path
        self.columns = columns
        self.index = 0


def blocks_text(blocks: Blocks, seed: str) -> str:
    """A block list as JSON. A block without id gets one that derives from `seed` and its place in the note.

    Raises InternalFaultError for a block or run that Mnemo does not have.
    """
    return "".join(blocks_parts(blocks, seed))


def blocks_parts(blocks: Blocks, seed: str) -> list[str]:
    """The same in pieces, to be joined with others: the text of a note is long, and is to be there once."""
    parts: list[str] = ["["]
    frames = [_Frame(blocks, seed)]
    while True:
        inner = _write(frames[-1], parts)
        if inner is not None:
            parts.append(',"children":[')
            frames.append(inner)
            continue
        frames.pop()
        if not frames:
            parts.append("]")
            return parts
        parts.append("]}")


def _write(frame: _Frame, parts: list[str]) -> _Frame | None:
    """Write the next nodes of a frame, up to one that holds others: the frame of these; None at the end."""
    nodes = frame.nodes
    for index in range(frame.index, len(nodes)):
        node = nodes[index]
        if index:
            parts.append(",")
        # all columns have the order 0
        order = 0 if frame.columns and type(node) is Column else index
        parts.append(_raw_text(node) if isinstance(node, Raw) else _opening(node, order, frame.path, index))
        children = _children(node)
        if children:
            frame.index = index + 1
            return _Frame(children, f"{frame.path}/{index}", columns=type(node) is Columns)
        if type(node) is not Raw:
            parts.append("}")
    return None


def _children(node: _Node) -> Sequence[_Node]:
    if isinstance(node, Row):
        return node.cells
    if type(node) is Table:
        return (*node.rows, *node.children)
    return node.children


def _raw_text(block: Raw) -> str:
    if block.format != "mnemo":
        raise InternalFaultError(f"raw {block.format} reached the Mnemo writer: lowering let it pass")
    return block.source


def _opening(node: _Node, order: int, path: str, index: int) -> str:
    """A block up to its children; its parent stands at `path`, and it at `index` there."""
    maker = _KINDS.get(type(node))
    if maker is None:
        kind = kind_of(node) if isinstance(node, Block) else type(node).__name__
        raise InternalFaultError(f"a block of kind {kind} reached the Mnemo writer: lowering let it pass")
    extras, meta = _split(node.attrs) if node.attrs else (_NO_EXTRAS, "{}")
    name, payload = maker(node, extras)
    own = str(uuid.uuid5(_NAMESPACE, f"{path}/{index}")) if node.id is None else node.id
    spans = _spans_text(node, extras)
    if not extras:
        return f'{{"id":{quote(own)},"type":"{name}","order":{order},"spans":{spans},"payload":{payload},"meta":{meta}'
    other = extras.get("@payload") or extras.get("@payload+")
    return (
        f'{{"id":{quote(own)}'
        + (f',"sid":{quote(extras["@sid"])}' if "@sid" in extras else "")
        + f',"type":{quote(extras.get("@type", name))},"order":{extras.get("@order", order)}'
        + f',"spans":{spans},"payload":{other or payload},"meta":{meta}'
    )


def _split(attrs: Attrs) -> tuple[dict[str, str], str]:
    """Our own attributes by name, and the JSON of `meta`."""
    extras = {name: text for name, text in attrs if name[:1] == "@" and name[:2] != "@@"}
    members = [f"{quote(name[1:] if name[:2] == '@@' else name)}:{text}" for name, text in attrs if name not in extras]
    return extras, "{" + ",".join(members) + "}"


def _spans_text(node: _Node, extras: dict[str, str]) -> str:
    """The spans; those that were read, where the runs cannot say them and still agree with them."""
    if type(node) in _WITHOUT_TEXT:
        return BLANK
    runs: Runs = node.runs  # type: ignore[union-attr]
    kept = extras.get("@spans")
    if kept is not None and runs_from(normalised(_SPANS.decode(kept))) == runs:
        return kept
    if not runs and isinstance(node, (Code, Sketch)) and node.source:
        return runs_text((TextRun(text=node.source),))
    return runs_text(runs)


_WITHOUT_TEXT: Final = frozenset((Row, Formula, Page))


def _item(item: ListItem, _extras: dict[str, str]) -> tuple[str, str]:
    if item.checked is not None:
        return "Checklist", _CHECKED[item.checked]
    return "NumberedList" if item.ordered else "BulletList", _EMPTY


def _code(code: Code, extras: dict[str, str]) -> tuple[str, str]:
    wrap, numbers = "@wrap" in extras, "@numbers" in extras
    return "Code", payload_text(CodePayload(code.language, code.source, wrap, numbers, code.caption))


def _image(image: Image, _extras: dict[str, str]) -> tuple[str, str]:
    crop = msgspec.Raw(image.crop.encode())
    return "Image", payload_text(ImagePayload(image.target, image.alt, image.width, image.align, crop))


def _plain(name: str) -> Callable[[Any, dict[str, str]], tuple[str, str]]:
    made = (name, _EMPTY)
    return lambda _node, _extras: made


def _holding(name: str, payload: Callable[[Any], Payload]) -> Callable[[Any, dict[str, str]], tuple[str, str]]:
    return lambda node, _extras: (name, payload_text(payload(node)))


_KINDS: Final[dict[type, Callable[[Any, dict[str, str]], tuple[str, str]]]] = {
    Paragraph: _plain("Text"),
    Heading: lambda heading, _: (f"Heading{min(heading.level, 4)}", _EMPTY),
    ListItem: _item,
    Quote: _plain("Quote"),
    Code: _code,
    Rule: _plain("Divider"),
    Image: _image,
    Column: _plain("ColumnGroup"),
    Columns: _holding("TwoColumn", lambda row: TwoColumnPayload(row.ratio)),
    Formula: _holding("Equation", lambda formula: EquationPayload(formula.tex)),
    Page: _holding("Page", lambda page: PagePayload(page.target)),
    Sketch: _holding("Sketch", lambda sketch: SketchPayload(sketch.width, sketch.align)),
    Callout: _holding("Callout", lambda callout: CalloutPayload(callout.icon, callout.type)),
    Table: lambda table, extras: ("Table", payload_text(table_payload(table, full_width="@fullWidth" in extras))),
    Row: _plain("TableRow"),
    Cell: _holding("TableCell", lambda cell: TableCellPayload(cell.fill)),
}
"""What makes the name of a type and the text of its payload."""
