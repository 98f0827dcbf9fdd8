"""Residue on its way into a target: the records of what is written (docs/residue.md, "Writing")."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.digests import digest_of_bytes
from converter.formats.front import Segments, Stored
from converter.formats.registry import load
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.pipeline.residue.blocks import attached, whole
from converter.pipeline.residue.records import Header, NoteRecord, Text, encode_record
from converter.pipeline.residue.settle import marks_of
from converter.pipeline.residue.trace import Group

__all__ = ["Carrier"]


class Carrier:
    """Gives each note its residue: in its blocks, or as a record that stands beside the notes.

    `source` is the id of the format that notes come from. `marked` asks for digests of the blocks, by which a note is
    known again where it has no id.
    """

    def __init__(self, source: str, header: Header, *, in_blocks: bool, marked: bool) -> None:
        self.in_blocks = in_blocks
        self._source = source
        self._header = header
        self._marked = marked

    def carried(
        self,
        stored: Stored,
        order: WorkOrder,
        blocks: int,
        lowered: Note,
        groups: Sequence[Group],
        cut: Segments | None = None,
    ) -> tuple[Note, bytes]:
        """The note as it is to be written, and its record as a line. `cut` is what its bytes were cut to before."""
        record = self._record(stored, order, marks_of(lowered.blocks) if self._marked else "")
        if lowered.title != order.output.title:
            record = msgspec.structs.replace(record, shown=lowered.title)
        cut = (cut or self._cut(stored.data, blocks)) if self.in_blocks else None
        if cut is None:
            return lowered, encode_record(msgspec.structs.replace(record, content=Text.of(stored.data)))
        framed = msgspec.structs.replace(record, head=cut.head, tail=cut.tail, slices=len(cut.texts))
        return attached(lowered, cut, groups, framed, self._header), encode_record(_stub(record))

    def record(self, stored: Stored, order: WorkOrder) -> bytes:
        """The record of a note that has no blocks in the target, as a line."""
        return encode_record(msgspec.structs.replace(self._record(stored, order, ""), content=Text.of(stored.data)))

    def _record(self, stored: Stored, order: WorkOrder, marks: str) -> NoteRecord:
        return NoteRecord(
            key=stored.key,
            output=order.output,
            path=stored.path,
            stamp=stored.stamp,
            folder=stored.folder,
            parent=stored.parent,
            order=stored.order,
            beside=tuple((name, digest_of_bytes(data).hex()) for name, data in stored.beside),
            anchors=order.anchors,
            blocks=order.blocks,
            dropped=tuple(sorted(order.dropped)),
            marks=marks,
            copy=order.copy,
        )

    def _cut(self, data: bytes, blocks: int) -> Segments | None:
        return load(self._source).segments(data, blocks) or whole(data)


def _stub(record: NoteRecord) -> NoteRecord:
    """What tells of a note that is deleted with all its blocks: what it was, and what links to it lead to."""
    return NoteRecord(key=record.key, output=record.output, copy=record.copy)
