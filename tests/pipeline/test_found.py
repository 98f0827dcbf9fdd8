"""What reading a note gave, packed and unpacked."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings

from converter.findings.finding import Finding
from converter.formats.front import Segments
from converter.model.blocks import Paragraph, walk
from converter.model.items import Note
from converter.model.order import Output
from converter.model.runs import TextRun
from converter.pipeline.found import Found, unpacked
from converter.pipeline.learnt import pack
from converter.pipeline.residue.blocks import attached, bare
from converter.pipeline.residue.records import SCHEMA, Header, NoteRecord
from converter.pipeline.residue.trace import Group
from tests.json.strategies import notes

FINDINGS = (Finding(code="empty-block", item="notes/a.md"),)
CUT = Segments("---\n", ("One", "Two"), ("\n", ""), "\n")


@given(notes())
@settings(deadline=None)
def test_what_is_packed_says_what_it_said(note: Note) -> None:
    found = Found(note, FINDINGS, CUT)
    packed = unpacked(found.packed())

    assert (packed.note, packed.findings, packed.cut) == (note, FINDINGS, CUT)
    assert packed.count == found.count == sum(1 for _ in walk(note.blocks))
    assert packed.facts == msgspec.structs.replace(note, blocks=())
    for one in (found, packed):
        assert pack(msgspec.structs.replace(one.facts, blocks=one.said)) == pack(note)
        assert one.shows(note.blocks)
        assert not one.shows((*note.blocks, Paragraph()))


def test_a_note_shows_its_blocks_without_residue() -> None:
    plain = Note(key="a", title="A", blocks=(Paragraph(runs=(TextRun(text="One"),)),))
    record = NoteRecord(key="a.md", output=Output(key="a"))
    header = Header(schema=SCHEMA, origin="markdown")
    carrying = attached(plain, Segments("", ("One",), ("",), "\n"), [Group((0,), 0, 1)], record, header)
    assert carrying.blocks != plain.blocks
    assert bare(carrying).blocks == plain.blocks

    found = Found(carrying, (), carries=True)

    for one in (found, unpacked(found.packed())):
        assert one.note == carrying
        assert one.shows(plain.blocks)
        assert not one.shows(carrying.blocks)


def test_text_that_is_none_shows_nothing() -> None:
    note = Note(key="a", title="A", blocks=(Paragraph(runs=(TextRun(text="One"),)),))
    odd = (Paragraph(runs=(TextRun(text="\ud800"),)),)

    assert not unpacked(Found(note, ()).packed()).shows(odd)
