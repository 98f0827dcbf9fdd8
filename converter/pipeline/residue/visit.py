"""What the blocks of one note carry of residue: gathered where the note is read, entered where all is known."""

from __future__ import annotations

import msgspec

from converter.model.items import Note
from converter.pipeline.residue.blocks import Gathered, gathered, is_damaged

__all__ = ["Visit", "visit_of"]


class Visit(msgspec.Struct, frozen=True):
    """What a note carries; without it, that what it carries is damaged."""

    gathered: Gathered | None = None


def visit_of(note: Note) -> Visit | None:
    """The residue of a note; None where it carries none."""
    found = gathered(note.blocks)
    if found is not None:
        return Visit(found)
    return Visit() if is_damaged(note.blocks) else None
