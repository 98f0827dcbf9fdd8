"""Residue in the blocks of a target, where each slice goes with its block (docs/residue.md, "In blocks")."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from converter.formats.front import Segments
from converter.model.blocks import Block, Blocks, Paragraph
from converter.model.items import Note
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.residue.records import Header, NoteRecord
from converter.pipeline.residue.trace import Group
from converter.text.json_text import quote

__all__ = ["BlockResidue", "Gathered", "attached", "bare", "gathered", "whole"]

_ATTR = "converter"
_MOST = 64 << 20
"""More characters than any slice of ours has."""


class BlockResidue(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one block carries: slices (number, text, what stands behind it), and the frame in the outer ones.

    `tag` says of which note.
    """

    v: int
    tag: str
    slices: tuple[tuple[int, str, str], ...] = ()
    frame: NoteRecord | None = None
    header: Header | None = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(BlockResidue).decode
_text = msgspec.json.Decoder(str).decode
_VERSION = 1


def tag_of(key: str) -> str:
    """What tells slices of one note from those of others."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def whole(data: bytes) -> Segments | None:
    """A note as one segment; None where it is no text."""
    try:
        return Segments("", (data.decode("utf-8"),), ("",))
    except UnicodeDecodeError:
        return None


def attached(note: Note, cut: Segments, groups: Sequence[Group], record: NoteRecord, header: Header) -> Note:
    """The lowered note with each slice on the first block that it became, and the frame on the first and the last."""
    blocks = list(note.blocks) or [Paragraph(id=derived_id("block", record.key, "residue"))]
    slices = _by_block(cut, groups, len(blocks))
    tag, last = tag_of(record.key), len(blocks) - 1
    for place in sorted({0, last, *slices}):
        outer = place in (0, last)
        made = BlockResidue(
            v=_VERSION,
            tag=tag,
            slices=tuple(slices.get(place, ())),
            frame=record if outer else None,
            header=header if outer else None,
        )
        text = quote(_encode(made).decode("utf-8"))
        block = blocks[place]
        blocks[place] = msgspec.structs.replace(block, attrs=(*block.attrs, (_ATTR, text)))
    return msgspec.structs.replace(note, blocks=tuple(blocks))


def _by_block(cut: Segments, groups: Sequence[Group], count: int) -> dict[int, list[tuple[int, str, str]]]:
    """The slices by the block that carries them; one without a block goes with the one before it."""
    homes = {number: group.first for group in groups if group.count for number in group.source}
    made: dict[int, list[tuple[int, str, str]]] = {}
    at = 0
    for number, (text, gap) in enumerate(zip(cut.texts, cut.gaps, strict=True)):
        at = min(homes.get(number, at), count - 1)
        made.setdefault(at, []).append((number, text, gap))
    return made


class Gathered(msgspec.Struct, frozen=True):
    """What the blocks of a note carried: its record, and the segments that are left; and what was wrong."""

    record: NoteRecord
    header: Header
    cut: Segments
    foreign: int = 0


def bare(note: Note) -> Note:
    """The note without residue in its blocks."""
    return msgspec.structs.replace(note, blocks=tuple(map(_without, note.blocks)))


def _without(block: Block) -> Block:
    if not any(name == _ATTR and _read(text) is not None for name, text in block.attrs):
        return block
    kept = tuple(pair for pair in block.attrs if pair[0] != _ATTR)
    return msgspec.structs.replace(block, attrs=kept)


def gathered(blocks: Blocks) -> Gathered | None:
    """The record and slices that blocks carry; None without a frame. The first of each slice counts."""
    found = [
        one for block in blocks for name, text in block.attrs if name == _ATTR and (one := _read(text)) is not None
    ]
    framed = next((one for one in found if one.frame is not None and one.header is not None), None)
    if framed is None or framed.frame is None or framed.header is None:
        return None
    slices: dict[int, tuple[str, str]] = {}
    foreign = 0
    for one in found:
        for number, text, gap in one.slices:
            if one.tag != framed.tag or number in slices:
                foreign += 1
            else:
                slices[number] = (text, gap)
    ordered = [slices[number] for number in sorted(slices)]
    texts, gaps = tuple(text for text, _ in ordered), tuple(gap for _, gap in ordered)
    record = framed.frame
    return Gathered(record, framed.header, Segments(record.head, texts, gaps, record.tail), foreign)


def _read(text: str) -> BlockResidue | None:
    """What the attribute of a block holds; None where that is not ours or was damaged."""
    if not text.startswith('"') or len(text) > _MOST:
        return None
    try:
        made = _decode(_text(text))
    except (msgspec.DecodeError, ValueError):
        return None
    return made if made.v == _VERSION else None
