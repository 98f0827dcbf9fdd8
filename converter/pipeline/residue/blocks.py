"""Residue in the blocks of a target, where each slice goes with its block (docs/residue.md, "In blocks")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import msgspec

from converter.digests import blake2b
from converter.formats.front import Segments
from converter.model.blocks import Block, Blocks, Paragraph, has_text
from converter.model.items import Note
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.residue.records import Header, NoteRecord
from converter.pipeline.residue.trace import Group
from converter.text.json_text import quote

__all__ = ["BlockResidue", "Gathered", "attached", "bare", "gathered", "is_damaged", "whole"]

_ATTR = "converter"
_MOST = 1 << 30
"""More characters than any slice of ours has."""


class BlockResidue(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one block carries: slices (number, text, what stands behind it), and the frame in the outer ones.

    `tag` says of which note; `alone` that the block is there for the residue's sake.
    """

    v: int
    tag: str
    slices: tuple[tuple[int, str, str], ...] = ()
    frame: NoteRecord | None = None
    header: Header | None = None
    alone: bool = False


_encode = msgspec.json.Encoder().encode
_text = msgspec.json.Decoder(str).decode
_VERSION = 1


@cache
def _decoder() -> msgspec.json.Decoder[BlockResidue]:
    """Made for the first block that may carry any: many archives have none."""
    return msgspec.json.Decoder(BlockResidue)


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
            alone=not note.blocks,
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
    """What the blocks of a note carried: its record, the text that the slices which are left make, and what was wrong.

    `foreign` counts slices of other notes, and copies; `partial` tells that some are gone.
    """

    record: NoteRecord
    header: Header
    text: str
    foreign: int = 0
    partial: bool = False


def bare(note: Note) -> Note:
    """The note without residue in its blocks, and without a block that only carries it."""
    blocks = tuple(map(_without, note.blocks))
    if len(blocks) == 1 and not has_text(blocks) and isinstance(blocks[0], Paragraph) and _is_alone(note.blocks[0]):
        blocks = ()
    return msgspec.structs.replace(note, blocks=blocks)


def _is_alone(block: Block) -> bool:
    found = (_read(text) for name, text in block.attrs if name == _ATTR)
    return any(one is not None and one.alone for one in found)


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
    record = framed.frame
    partial = len(slices) < record.slices
    return Gathered(record, framed.header, _joined(record, slices), foreign, partial)


def _joined(record: NoteRecord, slices: dict[int, tuple[str, str]]) -> str:
    """The slices in their order; where some are missing, the usual gap stands between their neighbours."""
    usual = Counter(gap for _, gap in slices.values() if gap).most_common(1)
    parts = [record.head]
    for number in sorted(slices):
        text, gap = slices[number]
        if len(parts) > 1 and number - 1 not in slices and usual:
            parts[-1] = max(parts[-1], usual[0][0], key=len)
        parts += [text, gap]
    if slices and max(slices) != record.slices - 1:
        parts[-1] = ""
    return "".join((*parts, record.tail))


def is_damaged(blocks: Blocks) -> bool:
    """Whether some block carries what can only be residue; asked where none of it can be used."""
    return any(name == _ATTR and text.startswith('"{') for block in blocks for name, text in block.attrs)


def _read(text: str) -> BlockResidue | None:
    """What the attribute of a block holds; None where that is not ours or was damaged."""
    if not text.startswith('"') or len(text) > _MOST:
        return None
    try:
        made = _decoder().decode(_text(text))
    except (msgspec.DecodeError, ValueError):
        return None
    return made if made.v == _VERSION else None
