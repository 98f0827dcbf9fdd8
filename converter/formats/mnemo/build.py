"""From records to the model's blocks: what stands there, without interpretation.

What the model has no field for stays in attributes, their names begin with `@` (docs/formats/mnemo.md,
"Attributes").
"""

from __future__ import annotations

import sys
from typing import Any, Final

from converter.findings.problems import Problems
from converter.formats.mnemo.inline import normalised, runs_from, runs_of
from converter.formats.mnemo.makers import made_block
from converter.formats.mnemo.old_payloads import clamped_ratio
from converter.formats.mnemo.records import (
    OWN_PAYLOADS,
    RAW_BLOCK,
    BlockRecord,
    CalloutPayload,
    CodePayload,
    EmptyPayload,
    PagePayload,
    Payload,
    TableCellPayload,
    TablePayload,
    TwoColumnPayload,
    UnknownPayload,
)
from converter.formats.mnemo.tables import PARTS_OF_TABLES, CellPart, Part, RowPart, table_from, unwrapped
from converter.formats.mnemo.types import DOTNET_BLANKS, TYPES
from converter.formats.mnemo.view import text_form
from converter.formats.mnemo.wire import payload_text, spans_text
from converter.model.blocks import Attrs, Blocks, Cell, Paragraph, Raw, Row
from converter.model.runs import Runs, TextRun, plain_text
from converter.text.json_text import parse

__all__ = ["DEEPEST", "blocks_built"]

DEEPEST: Final = 30
"""Levels of blocks that the application can write; with more, its limit of 64 levels of JSON is passed."""

_NEVER_WRITTEN: Final = {
    "Image": ("imagePath", "imageAlt", "imageWidth", "imageAlign"),
    "TwoColumn": ("columnSplitRatio",),
    "Page": ("reference_note_id",),
}
_TYPES: Final = frozenset(TYPES)
_TABULAR: Final = frozenset(("Table", "TableRow", "TableCell"))
_USUAL: Final = _TYPES - {"ColumnGroup"}
"""Types whose blocks have their place among their siblings for a number."""
_EMPTY: Final = EmptyPayload()
_OWN_TYPES: Final = {kind: type(payload) for kind, payload in OWN_PAYLOADS.items()}
_FLAGGED: Final = (CodePayload, TablePayload)
_NO_PARTS: Final[list[Part]] = []
_NEWER: Final = (CalloutPayload, TablePayload, TableCellPayload, UnknownPayload)


def blocks_built(records: list[BlockRecord], problems: Problems) -> Blocks:
    """The blocks of a note."""
    return _Builder(problems).blocks(records)


class _Frame:
    """A list of siblings in the making."""

    __slots__ = ("index", "made", "owner", "records")

    def __init__(self, records: list[BlockRecord], owner: str) -> None:
        self.records = records
        self.owner = owner
        self.index = 0
        self.made: list[Part] = []


class _Builder:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._frames: list[_Frame] = []

    def blocks(self, records: list[BlockRecord]) -> Blocks:
        top = _Frame(records, "")
        self._frames = [top]
        while True:
            frame = self._frames[-1]
            inner = self._next_inner(frame)
            if inner is not None:
                self._frames.append(inner)
                continue
            if frame is top:
                return self._unwrapped(top.made)
            if len(self._frames) > DEEPEST:
                self._add("nesting-deep", levels=str(len(self._frames)))
            self._frames.pop()
            outer = self._frames[-1]
            outer.made.append(self._part(outer.records[outer.index], outer, frame.made))
            outer.index += 1

    def _next_inner(self, frame: _Frame) -> _Frame | None:
        """Make the next blocks of a frame, up to one that holds others: the frame of these; None at the end."""
        records, made = frame.records, frame.made
        for index in range(frame.index, len(records)):
            frame.index = index
            record = records[index]
            if record.children:
                return _Frame(record.children, record.type)
            made.append(self._part(record, frame, _NO_PARTS))
        frame.index = len(records)
        return None

    def _pointer(self) -> str:
        frames = [frame for frame in self._frames if frame.index < len(frame.records)]
        return "/blocks/" + "/children/".join(str(frame.index) for frame in frames)

    def _add(self, code: str, **details: str) -> None:
        self._problems.add(code, self._pointer(), **details)

    def _part(self, record: BlockRecord, frame: _Frame, parts: list[Part]) -> Part:
        kind = record.type
        if kind == RAW_BLOCK:
            return Raw(format="mnemo", source=payload_text(record.payload))
        payload, attrs = self._payload(record)
        runs, source, more = self._text(record)
        if more:
            attrs += more
        if record.meta or record.order != frame.index or record.sid or kind not in _USUAL:
            attrs = (*self._meta(record, payload), *self._extras(record, frame), *attrs)
        if kind in _TABULAR:
            return self._part_of_table(record, payload, parts, runs, attrs)
        if kind == "ColumnGroup" and frame.owner != "TwoColumn":
            self._add("stray-column")
        children = self._unwrapped(parts) if parts else ()
        return made_block(kind, payload, source, runs, children, record.id, attrs)

    def _part_of_table(self, record: BlockRecord, payload: Any, parts: list[Part], runs: Runs, attrs: Attrs) -> Part:
        if record.type == "TableCell":
            children = self._unwrapped(parts)
            return CellPart(Cell(runs=runs, children=children, fill=payload.fill, id=record.id, attrs=attrs))
        common: dict[str, Any] = {"id": record.id, "attrs": attrs, "runs": runs}
        if record.type == "TableRow":
            return self._row(common, parts)
        self._stray(parts, RowPart)
        return table_from(payload, parts, common)

    def _row(self, common: dict[str, Any], parts: list[Part]) -> RowPart:
        self._stray(parts, CellPart)
        cells = tuple(part.cell for part in parts if isinstance(part, CellPart))
        rest = unwrapped([part for part in parts if not isinstance(part, CellPart)])
        if common["runs"]:
            self._add("stray-table-part", type="TableRow")
            rest = (Paragraph(runs=common["runs"]), *rest)
        return RowPart(Row(cells=cells, id=common["id"], attrs=common["attrs"]), rest)

    def _unwrapped(self, parts: list[Part]) -> Blocks:
        for part in () if PARTS_OF_TABLES.isdisjoint(map(type, parts)) else parts:
            if isinstance(part, (RowPart, CellPart)):
                self._add("stray-table-part", type="TableRow" if isinstance(part, RowPart) else "TableCell")
        return unwrapped(parts)

    def _stray(self, parts: list[Part], proper: type) -> None:
        strange = next((part for part in parts if not isinstance(part, proper)), None)
        if strange is not None:
            self._add("stray-table-part", type=type(strange).__name__.removesuffix("Part"))

    def _meta(self, record: BlockRecord, payload: Payload) -> Attrs:
        """The members of `meta` but for those that are written in the payload instead."""
        if not record.meta:
            return ()
        moved = _NEVER_WRITTEN.get(record.type, ())
        texts = [(name, bytes(raw).decode()) for name, raw in record.meta.items()]
        for name, text in texts:
            if name in moved and text not in ("null", '""') and text not in payload_text(payload):
                self._add("unknown-member", member=f"meta/{name}")
        return tuple(("@" + name if name[:1] == "@" else name, text) for name, text in texts if name not in moved)

    def _extras(self, record: BlockRecord, frame: _Frame) -> Attrs:
        extras: list[tuple[str, str]] = []
        expected = 0 if record.type == "ColumnGroup" and frame.owner == "TwoColumn" else frame.index
        if record.order != expected:
            extras.append(("@order", str(record.order)))
        if record.sid:
            extras.append(("@sid", record.sid))
        if record.type not in _TYPES:
            extras.append(("@type", record.type))
        return tuple(extras)

    def _payload(self, record: BlockRecord) -> tuple[Any, Attrs]:
        """The payload that belongs to the type, and what is remembered of another that stands there."""
        payload: Payload = record.payload
        if type(payload) is _OWN_TYPES.get(record.type, EmptyPayload):
            return payload, _payload_attrs(payload) if isinstance(payload, _FLAGGED) else ()
        if isinstance(payload, EmptyPayload) and record.type == "TwoColumn":
            return self._row_payload(record), ()
        if isinstance(payload, EmptyPayload) and record.type == "Page":
            return PagePayload(_meta_string(record, "reference_note_id")), ()
        name = "@payload+" if isinstance(payload, _NEWER) else "@payload"
        return OWN_PAYLOADS.get(record.type, _EMPTY), ((name, payload_text(payload)),)

    def _row_payload(self, record: BlockRecord) -> TwoColumnPayload:
        raw = record.meta.get("columnSplitRatio")
        ratio = 0.5 if raw is None else clamped_ratio(bytes(raw).decode())
        if ratio is None:
            self._add("number-repaired", member="meta/columnSplitRatio", value=bytes(raw or b"").decode())
        return TwoColumnPayload(0.5 if ratio is None else ratio)

    def _text(self, record: BlockRecord) -> tuple[Runs, str, Attrs]:
        """The runs, the source text of code and sketches, and the spans where the runs do not say them."""
        kind = record.type
        runs = runs_of(record.spans)
        if runs is None:
            return self._odd_text(record)
        if kind in ("Equation", "Page") and runs:
            self._add("text-dropped", text=plain_text(runs))
            return (), "", ()
        if kind in ("Code", "Sketch"):
            shown = plain_text(runs)
            source = _source(record, shown)
            replaced = _gives_way(shown, source) or runs == ((TextRun(text=source),) if source else ())
            return () if replaced else runs, source, ()
        return runs, "", ()

    def _odd_text(self, record: BlockRecord) -> tuple[Runs, str, Attrs]:
        """The same of spans that runs cannot say."""
        spans = normalised(record.spans)
        runs = runs_from(spans)
        if record.type in ("Equation", "Page"):
            self._add("text-dropped", text=plain_text(runs))
            return (), "", ()
        source = ""
        if record.type in ("Code", "Sketch"):
            shown = plain_text(runs)
            source = _source(record, shown)
            if _gives_way(shown, source):
                return (), source, ()
        return runs, source, (("@spans", spans_text(spans)),)


def _source(record: BlockRecord, shown: str) -> str:
    """The source text: the payload's own, else the text that is shown."""
    return record.payload.source if isinstance(record.payload, CodePayload) else shown


def _gives_way(shown: str, source: str) -> bool:
    """Whether the text that is shown is blank, and a source is there: then it is no text of its own."""
    return bool(source) and source != shown and not shown.strip(DOTNET_BLANKS)


def _payload_attrs(payload: Payload) -> Attrs:
    """Flags of 0.8 for which the model has no field."""
    flags = {"@wrap": False, "@numbers": False, "@fullWidth": False}
    if isinstance(payload, CodePayload):
        flags |= {"@wrap": payload.wrap, "@numbers": payload.numbers}
    elif isinstance(payload, TablePayload):
        flags["@fullWidth"] = payload.full_width
    return tuple((name, "true") for name, flag in flags.items() if flag)


def _meta_string(record: BlockRecord, name: str) -> str:
    raw = record.meta.get(name)
    return "" if raw is None else text_form(parse(bytes(raw).decode(), sys.maxsize).value)
