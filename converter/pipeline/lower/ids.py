"""Ids of items and blocks in targets that have them."""

from __future__ import annotations

from operator import is_

import msgspec

from converter.digests import blake2b
from converter.errors import ItemError
from converter.model.blocks import Block, Blocks, Cell, Raw, Row, Table, same_blocks
from converter.model.order import WorkOrder
from converter.model.timed_id import is_timed_id, numbered_id

__all__ = ["Numbers", "derived_id", "with_ids", "with_timed_ids", "without_ids"]


def derived_id(*parts: str) -> str:
    """A GUID that follows from these parts: the same for the same, in every run."""
    return _as_guid(_digest_of(*parts).hexdigest())


def _digest_of(*parts: str) -> blake2b:
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16)


def _as_guid(digest: str) -> str:
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:]}"


def with_ids(blocks: Blocks, identity: str) -> Blocks:
    """The blocks, each with an id: its own, or one that follows from the note's identity and its number."""
    return _with_ids(blocks, _Derived(identity))


class _Derived:
    """Ids that follow from a note's identity and a number that counts its blocks, rows and cells."""

    def __init__(self, identity: str) -> None:
        self._ids = {kind: _digest_of(kind, identity, "") for kind in ("block", "row", "cell")}
        self._next = 0

    def number(self) -> str:
        """The next number."""
        self._next += 1
        return str(self._next - 1)

    def id(self, kind: str, number: str) -> str:
        """`derived_id` of the kind, the identity and a number."""
        digest = self._ids[kind].copy()
        digest.update(number.encode("ascii"))
        return _as_guid(digest.hexdigest())


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


def _with_ids(blocks: Blocks, derived: _Derived) -> Blocks:
    made: list[Block] = []
    for block in blocks:
        number = derived.number()
        own = block.id
        if own is None and not isinstance(block, Raw):  # what is kept as it stands has no place for one
            own = derived.id("block", number)
        children = _with_ids(block.children, derived) if block.children else block.children
        if own is not block.id or children is not block.children:
            block = msgspec.structs.replace(block, id=own, children=children)
        if isinstance(block, Table):
            block = msgspec.structs.replace(block, rows=_rows_with_ids(block, derived))
        made.append(block)
    return blocks if all(map(is_, made, blocks)) else tuple(made)


def _rows_with_ids(table: Table, derived: _Derived) -> tuple[Row, ...]:
    rows: list[Row] = []
    for row in table.rows:
        cells: list[Cell] = []
        name = row.id or derived.id("row", derived.number())
        for cell in row.cells:
            own = cell.id or derived.id("cell", derived.number())
            cells.append(msgspec.structs.replace(cell, id=own, children=_with_ids(cell.children, derived)))
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
    return _timed(blocks, set(order.dropped), numbers)


def _timed(blocks: Blocks, seen: set[str], numbers: Numbers) -> Blocks:
    made: list[Block] = []
    for block in blocks:
        own = block.id
        if own is None or own in seen or not is_timed_id(own):
            own = numbers.take()
        seen.add(own)
        children = _timed(block.children, seen, numbers) if block.children else block.children
        if own is not block.id or children is not block.children:
            block = msgspec.structs.replace(block, id=own, children=children)
        made.append(block)
    return blocks if all(map(is_, made, blocks)) else tuple(made)
