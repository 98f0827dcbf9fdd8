"""A document cut at its blocks, and the parts of a lowered one (docs/residue.md, "Segments")."""

from __future__ import annotations

import msgspec

from converter.formats.cut import cut_json
from converter.formats.front import Segments, TargetContext
from converter.formats.siyuan.build import block_nodes
from converter.formats.siyuan.document import document_bytes
from converter.formats.siyuan.written import encode
from converter.model.items import Note

__all__ = ["frame", "pieces", "segments"]


class _Shell(msgspec.Struct, gc=False):
    """A document of which only the blocks are looked at, as they stand."""

    children: list[msgspec.Raw] = msgspec.field(name="Children", default_factory=list)


_NO_CHILDREN = ',"Children":[]}'
_decode = msgspec.json.Decoder(_Shell).decode


def segments(data: bytes, count: int) -> Segments | None:
    """Cut a document of `count` blocks; None where its nodes are not its blocks one by one."""
    return cut_json(data, count, lambda text: _decode(text).children)


def pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """The node of each block of a lowered note."""
    return tuple([encode(node).decode("utf-8") for node in block_nodes(note.blocks)])


def frame(note: Note, context: TargetContext) -> tuple[str, str]:
    """What a lowered note has before and after its blocks: the document's own node."""
    bare = document_bytes(msgspec.structs.replace(note, blocks=()), context.zone).decode("utf-8")
    return bare.removesuffix(_NO_CHILDREN) + ',"Children":[', "]}"
