"""Ids of items and blocks in targets that have them."""

from __future__ import annotations

from hashlib import blake2b
from itertools import count

import msgspec

from converter.errors import ItemError
from converter.model.blocks import Block, Blocks, Raw, Table, same_blocks
from converter.model.order import WorkOrder
from converter.model.timed_id import is_timed_id, numbered_id

__all__ = ["Numbers", "derived_id", "with_ids", "with_timed_ids", "without_ids"]


def derived_id(*parts: str) -> str:
    """A GUID that follows from these parts: the same for the same, in every run."""
    digest = blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    version = f"8{digest[13:16]}"
    variant = "89ab"[int(digest[16], 16) & 3] + digest[17:20]
    return f"{digest[:8]}-{digest[8:12]}-{version}-{variant}-{digest[20:]}"


def with_ids(blocks: Blocks, identity: str) -> Blocks:
    """The blocks, each with an id: its own, or one that follows from the note's identity and its number."""
    numbers = count()
    return tuple(_with_id(block, identity, numbers) for block in blocks)


def without_ids(blocks: Blocks, kept: frozenset[str]) -> Blocks:
    """The blocks without the ids that they came with, but for these: a duplicate has ids of its own."""
    made: list[Block] = []
    for block in blocks:
        changes: dict[str, object] = {} if block.id is None or block.id in kept else {"id": None}
        if block.children:
            children = without_ids(block.children, kept)
            if not same_blocks(children, block.children):
                changes["children"] = children
        made.append(msgspec.structs.replace(block, **changes) if changes else block)
    return tuple(made)


def _with_id(block: Block, identity: str, numbers: count[int]) -> Block:
    number = next(numbers)
    changes: dict[str, object] = {}
    if block.id is None and not isinstance(block, Raw):  # what is kept as it stands has no place for one
        changes["id"] = derived_id("block", identity, str(number))
    if block.children:
        children = tuple(_with_id(child, identity, numbers) for child in block.children)
        if not same_blocks(children, block.children):
            changes["children"] = children
    if isinstance(block, Table):
        changes["rows"] = _rows_with_ids(block, identity, numbers)
    return msgspec.structs.replace(block, **changes) if changes else block


def _rows_with_ids(table: Table, identity: str, numbers: count[int]) -> tuple[object, ...]:
    rows: list[object] = []
    for row in table.rows:
        cells = []
        name = row.id or derived_id("row", identity, str(next(numbers)))
        for cell in row.cells:
            own = cell.id or derived_id("cell", identity, str(next(numbers)))
            children = tuple(_with_id(child, identity, numbers) for child in cell.children)
            cells.append(msgspec.structs.replace(cell, id=own, children=children))
        rows.append(msgspec.structs.replace(row, id=name, cells=tuple(cells)))
    return tuple(rows)


class Numbers:
    """New ids of one note's blocks that tell their time: the numbers behind those of the source's own blocks."""

    def __init__(self, order: WorkOrder) -> None:
        self._prefixes = order.output.prefixes
        self._next = order.blocks

    def take(self) -> str:
        """The next id; raises `ItemError` where a note becomes more blocks than were set apart for it."""
        self._next += 1
        try:
            return numbered_id(self._prefixes, self._next)
        except IndexError:
            raise ItemError("It becomes more blocks than one document can hold.") from None


def with_timed_ids(blocks: Blocks, order: WorkOrder, numbers: Numbers) -> Blocks:
    """The blocks, each with an id that no other block has: its own where it may keep it, else a new one."""
    seen = set(order.dropped)
    return tuple(_timed(block, seen, numbers) for block in blocks)


def _timed(block: Block, seen: set[str], numbers: Numbers) -> Block:
    changes: dict[str, object] = {}
    own = block.id
    if own is None or own in seen or not is_timed_id(own):
        own = changes["id"] = numbers.take()
    seen.add(own)
    if block.children:
        children = tuple(_timed(child, seen, numbers) for child in block.children)
        if not same_blocks(children, block.children):
            changes["children"] = children
    return msgspec.structs.replace(block, **changes) if changes else block
