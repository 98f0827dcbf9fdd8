"""Whatever a document can hold is written, read back as the same note, and written the same again."""

from __future__ import annotations

from hypothesis import given, settings

from converter.findings.problems import Problems
from converter.formats.siyuan.document import document_bytes, read_document
from converter.model.items import Note
from converter.pipeline.verify import first_difference
from tests.siyuan.strategies import NOTE_ID, ZONE, notes
from tests.siyuan.structure import document_faults


@given(notes())
@settings(deadline=None, max_examples=300, derandomize=True)
def test_what_is_written_is_read_back(note: Note) -> None:
    written = document_bytes(note, ZONE)
    problems = Problems("n")
    again = read_document(written, NOTE_ID, problems, {}, ZONE)

    assert again == note, first_difference(note.blocks, again.blocks)
    assert problems.findings() == ()
    assert document_bytes(again, ZONE) == written
    assert document_faults(written, f"{NOTE_ID}.sy") == []
