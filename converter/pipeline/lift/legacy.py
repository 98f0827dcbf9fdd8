"""Older shapes of a system's own data, read as what they mean."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Blocks, Column, Columns
from converter.model.items import Note
from converter.model.profile import Profile
from converter.pipeline.law import Answers

__all__ = ["column_pairs", "content_as_blocks", "order_by_number"]


_ORDER = "@order"


def order_by_number(note: Note, _source: Profile, answers: Answers) -> Note:
    """Blocks in the order of their numbers (`@order`, where it differs from their place), and without them."""
    blocks = _ordered(note.blocks, answers)
    return note if blocks is note.blocks else msgspec.structs.replace(note, blocks=blocks)


def _ordered(blocks: Blocks, answers: Answers) -> Blocks:
    numbered: list[tuple[int, Block]] = []
    changed = False
    for place, block in enumerate(blocks):
        children = _ordered(block.children, answers) if block.children else block.children
        said = _attr(block, _ORDER)
        made = block
        if children is not block.children or said is not None:
            attrs = tuple(pair for pair in block.attrs if pair[0] != _ORDER)
            made = msgspec.structs.replace(block, children=children, attrs=attrs)
            answers.became(block, made)
            changed = True
        numbered.append((place if said is None else int(said), made))
    if not changed:
        return blocks
    return tuple(block for _, block in sorted(numbered, key=lambda entry: entry[0]))


def _attr(block: Block, name: str) -> str | None:
    """The first attribute of this name."""
    for own, value in block.attrs:
        if own == name:
            return value
    return None


def content_as_blocks(note: Note, _source: Profile, _answers: Answers) -> Note:
    """Text of a note that has no blocks is Markdown, as the notes of old times were written."""
    content = _text(dict(note.attrs).get("content", ""))
    attrs = tuple(pair for pair in note.attrs if pair[0] != "content")
    if note.blocks or not content.strip():
        return note if content.strip() else msgspec.structs.replace(note, attrs=attrs)
    from converter.text.markdown.parse import parse

    return msgspec.structs.replace(note, attrs=attrs, blocks=parse(content).blocks)


def _text(value: str) -> str:
    """The text of a JSON string; "" for anything else."""
    found = msgspec.json.decode(value) if value.startswith('"') else ""
    return found if isinstance(found, str) else ""


def column_pairs(note: Note, _source: Profile, answers: Answers) -> Note:
    """Two neighbours marked `Left` and `Right` of one pair are two columns."""
    made: list[Block] = []
    for block in note.blocks:
        left = made[-1] if made else None
        if left is not None and _side(left) == "Left" and _side(block) == "Right" and _pair(left) == _pair(block):
            made[-1] = _joined(left, block, answers)
        else:
            made.append(block)
    if len(made) == len(note.blocks):
        return note
    return msgspec.structs.replace(note, blocks=tuple(made))


_PAIR_KEYS = ("columnPairId", "columnSide", "columnSplitRatio")


def _side(block: Block) -> str:
    return dict(block.attrs).get("columnSide", "").strip('"') if block.attrs else ""


def _pair(block: Block) -> str:
    return dict(block.attrs).get("columnPairId", "")


def _joined(left: Block, right: Block, answers: Answers) -> Columns:
    columns: list[Block] = []
    for block in (left, right):
        bare = msgspec.structs.replace(block, attrs=tuple(p for p in block.attrs if p[0] not in _PAIR_KEYS))
        answers.became(block, bare)
        columns.append(Column(children=(bare,)))
    try:
        ratio = float(dict(left.attrs).get("columnSplitRatio", "0.5"))
    except ValueError:
        ratio = 0.5
    return Columns(ratio=min(max(ratio, 0.1), 0.9), children=tuple(columns))
