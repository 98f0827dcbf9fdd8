"""Ids of items and blocks in targets that have them."""

from __future__ import annotations

from hashlib import blake2b
from itertools import count

import msgspec

from converter.model.blocks import Block, Blocks, Table, same_blocks

__all__ = ["derived_id", "with_ids"]


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


def _with_id(block: Block, identity: str, numbers: count[int]) -> Block:
    number = next(numbers)
    changes: dict[str, object] = {}
    if block.id is None:
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
