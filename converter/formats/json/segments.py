"""A line cut at its blocks, and the parts of a lowered note (docs/residue.md, "Segments")."""

from __future__ import annotations

import msgspec

from converter.formats.cut import cut_json
from converter.formats.front import Segments, TargetContext
from converter.formats.json.encode import line_of
from converter.model.items import Note

__all__ = ["frame", "pieces", "segments"]


class _Shell(msgspec.Struct, gc=False):
    """A note of which only the blocks are looked at, as they stand."""

    blocks: list[msgspec.Raw] = msgspec.field(default_factory=list)


_decode = msgspec.json.Decoder(_Shell).decode


def segments(data: bytes, count: int) -> Segments | None:
    """Cut the line of a note of `count` blocks; None where it cannot be cut."""
    return cut_json(data, count, lambda text: _decode(text).blocks)


def pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """The JSON of each block of a lowered note."""
    cut = segments(line_of("note", note), len(note.blocks))
    return cut.texts if cut is not None else ()


def frame(note: Note, _context: TargetContext) -> tuple[str, str]:
    """What a lowered note has before and after its blocks: its other members."""
    bare = line_of("note", msgspec.structs.replace(note, blocks=())).decode("utf-8")
    return (bare.removesuffix("}") + ',"blocks":[', "]}") if note.blocks else (bare, "")
