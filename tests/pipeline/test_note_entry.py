from __future__ import annotations

import pytest

from converter.model.order import Output
from converter.pipeline.learnt import Indexed
from converter.pipeline.note_entry import NoteEntry, Shelf
from converter.storage.scratch import Scratch


@pytest.mark.parametrize("title", ["Plan", "no text: \ud800"])
def test_an_entry_gives_what_it_was_given(title: str) -> None:
    shelf = Shelf(Scratch())
    other, entry = (NoteEntry(key, key, shelf, shelf.row()) for key in ("a.md", "b.md"))
    assert (entry.known, entry.output) == (Indexed(), None)

    known, output = Indexed(title=title, tags=("one",), order=0), Output(key="b", title=title, prefixes=("x",))
    entry.known, entry.output = known, output

    assert (entry.known, entry.output, entry.title, entry.tags) == (known, output, title, ("one",))
    entry.output = None
    entry.blank, entry.page, entry.salt, entry.dropped = True, True, "salt", frozenset(("x",))
    entry.page = False
    assert entry.output is None
    assert (entry.blank, entry.page, entry.hollow, entry.salt, entry.dropped) == (True, False, False, "salt", {"x"})
    assert (other.known, other.output) == (Indexed(), None)
    assert (other.blank, other.page, other.hollow, other.salt, other.dropped) == (False, False, False, "", frozenset())
