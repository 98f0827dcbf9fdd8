"""The text of a note cut at its blocks, and the parts of a lowered one (docs/residue.md, "Segments")."""

from __future__ import annotations

import msgspec

from converter.formats.front import Segments, TargetContext
from converter.formats.mnemo.notes import note_text
from converter.model.items import Note
from converter.text.json_segments import cut_array

__all__ = ["frame", "pieces", "segments"]


class _Shell(msgspec.Struct, gc=False):
    """A note of which only the blocks are looked at, as they stand."""

    blocks: list[msgspec.Raw] = msgspec.field(default_factory=list)


_decode = msgspec.json.Decoder(_Shell).decode


def segments(data: bytes, count: int) -> Segments | None:
    """Cut a note of `count` blocks; None where the text is not as the application writes it."""
    try:
        text = data.decode("utf-8")
        blocks = _decode(data).blocks
    except ValueError:
        return None
    cut = cut_array(text, blocks) if len(blocks) == count else None
    return None if cut is None else Segments(cut[0], tuple(cut[1]), tuple(cut[2]), cut[3])


def pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """The JSON of each block of a lowered note."""
    cut = segments(note_text(note).encode("ascii"), len(note.blocks))
    return cut.texts if cut is not None else ()


def frame(note: Note, _context: TargetContext) -> tuple[str, str]:
    """What a lowered note has before and after its blocks: its members."""
    head, found, tail = note_text(msgspec.structs.replace(note, blocks=())).partition('"blocks":[]')
    return head + found[:-1], "]" + tail
