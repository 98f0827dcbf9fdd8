"""The text of a note cut at its blocks, and the parts of a lowered one (docs/residue.md, "Segments")."""

from __future__ import annotations

import msgspec

from converter.formats.cut import cut_json
from converter.formats.front import Segments, TargetContext
from converter.formats.mnemo.notes import note_text
from converter.model.items import Note

__all__ = ["frame", "pieces", "segments"]


class _Shell(msgspec.Struct, gc=False):
    """A note of which only the blocks are looked at, as they stand."""

    blocks: list[msgspec.Raw] = msgspec.field(default_factory=list)


_decode = msgspec.json.Decoder(_Shell).decode


def segments(data: bytes, count: int) -> Segments | None:
    """Cut a note of `count` blocks; None where the text is not as the application writes it."""
    return cut_json(data, count, lambda text: _decode(text).blocks)


def pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """The JSON of each block of a lowered note."""
    cut = segments(note_text(note).encode("ascii"), len(note.blocks))
    return cut.texts if cut is not None else ()


def frame(note: Note, _context: TargetContext) -> tuple[str, str]:
    """What a lowered note has before and after its blocks: its members."""
    head, found, tail = note_text(msgspec.structs.replace(note, blocks=())).partition('"blocks":[]')
    return head + found[:-1], "]" + tail
