"""From records to the model's blocks: what stands there, without interpretation.

What the model has no field for stays in attributes, their names begin with `@` (docs/formats/mnemo.md,
"Attributes").
"""

from __future__ import annotations

import sys
from typing import Any, Final

from converter.findings.problems import Problems
from converter.formats.mnemo.inline import normalised, runs_exact, runs_from
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
    Span,
    TableCellPayload,
    TablePayload,
    TextSpan,
    TwoColumnPayload,
    UnknownPayload,
)
from converter.formats.mnemo.tables import CellPart, Part, RowPart, table_from, unwrapped
from converter.formats.mnemo.types import DOTNET_BLANKS, TYPES
from converter.formats.mnemo.view import text_form
from converter.formats.mnemo.wire import payload_text, spans_text
from converter.model.blocks import Attrs, Blocks, Cell, Paragraph, Raw, Row
from converter.model.runs import Runs, plain_text
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
_EMPTY: Final = EmptyPayload()
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
        while top.index < len(records):
            frame = self._frames[-1]
            if frame.index < len(frame.records):
                record = frame.records[frame.index]
                if record.children:
                    self._frames.append(_Frame(record.children, record.type))
                else:
                    self._finish(frame, record, [])
            else:
                if len(self._frames) > DEEPEST:
                    self._add("nesting-deep", levels=str(len(self._frames)))
                self._frames.pop()
                outer = self._frames[-1]
                self._finish(outer, outer.records[outer.index], frame.made)
        return self._unwrapped(top.made)

    def _finish(self, frame: _Frame, record: BlockRecord, parts: list[Part]) -> None:
        frame.made.append(self._part(record, frame, parts))
        frame.index += 1

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
        attrs = (*self._meta(record, payload), *self._extras(record, frame), *attrs, *more)
        common: dict[str, Any] = {"id": record.id, "attrs": attrs, "runs": runs}
        if kind == "TableCell":
            children = self._unwrapped(parts)
            return CellPart(Cell(runs=runs, children=children, fill=payload.fill, id=record.id, attrs=attrs))
        if kind == "TableRow":
            return self._row(common, parts)
        if kind == "Table":
            self._stray(parts, RowPart)
            return table_from(payload, parts, common)
        if kind == "ColumnGroup" and frame.owner != "TwoColumn":
            self._add("stray-column")
        common["children"] = self._unwrapped(parts)
        return made_block(kind, payload, source, common)

    def _row(self, common: dict[str, Any], parts: list[Part]) -> RowPart:
        self._stray(parts, CellPart)
        cells = tuple(part.cell for part in parts if isinstance(part, CellPart))
        rest = unwrapped([part for part in parts if not isinstance(part, CellPart)])
        if common["runs"]:
            self._add("stray-table-part", type="TableRow")
            rest = (Paragraph(runs=common["runs"]), *rest)
        return RowPart(Row(cells=cells, id=common["id"], attrs=common["attrs"]), rest)

    def _unwrapped(self, parts: list[Part]) -> Blocks:
        for part in parts:
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
        own = OWN_PAYLOADS.get(record.type, _EMPTY)
        if type(payload) is type(own):
            return payload, _payload_attrs(payload)
        if isinstance(payload, EmptyPayload) and record.type == "TwoColumn":
            return self._row_payload(record), ()
        if isinstance(payload, EmptyPayload) and record.type == "Page":
            return PagePayload(_meta_string(record, "reference_note_id")), ()
        name = "@payload+" if isinstance(payload, _NEWER) else "@payload"
        return own, ((name, payload_text(payload)),)

    def _row_payload(self, record: BlockRecord) -> TwoColumnPayload:
        raw = record.meta.get("columnSplitRatio")
        ratio = 0.5 if raw is None else clamped_ratio(bytes(raw).decode())
        if ratio is None:
            self._add("number-repaired", member="meta/columnSplitRatio", value=bytes(raw or b"").decode())
        return TwoColumnPayload(0.5 if ratio is None else ratio)

    def _text(self, record: BlockRecord) -> tuple[Runs, str, Attrs]:
        """The runs, the source text of code and sketches, and the spans where the runs do not say them."""
        spans = normalised(record.spans)
        kind = record.type
        if kind in ("Equation", "Page") and spans:
            self._add("text-dropped", text=plain_text(runs_from(spans)))
            return (), "", ()
        runs = runs_from(spans)
        exact = runs_exact(spans)
        source = ""
        if kind in ("Code", "Sketch"):
            runs, source, exact = _source(record, spans, runs, exact)
        return runs, source, () if exact else (("@spans", spans_text(spans)),)


def _source(record: BlockRecord, spans: list[Span], runs: Runs, exact: bool) -> tuple[Runs, str, bool]:
    """The source, and runs only where they differ from it: blank text gives way to a source."""
    shown = plain_text(runs)
    source = record.payload.source if isinstance(record.payload, CodePayload) else shown
    hidden = source and source != shown and not shown.strip(DOTNET_BLANKS)
    if hidden or spans == ([TextSpan(source)] if source else []):
        return (), source, True
    return runs, source, exact


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
