"""The law, from inside an item: every block that was read must be answered for.

`lift` and `lower` say in an `Answers` what became of each block; the law walks the tree as it was read and
complains of every block without an answer. Blocks are told apart by identity, so answers live no longer than the
note that they speak of.
"""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Blocks, kind_of, walk

__all__ = ["Answers", "InnerCounts"]

_WRITTEN, _LOST = "written", "lost"


class InnerCounts(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What became of an item's blocks: how many were read, written, lost, and written with a fallback.

    `unanswered` names the blocks (kind and position) for which nobody answered: the law is broken.
    """

    read: int
    written: int
    lost: int
    approximated: int
    unanswered: tuple[str, ...] = ()


class Answers:
    """Who became what, and how it ended. The first answer for a block stands, a later `approximated` joins it."""

    def __init__(self) -> None:
        self._ends: dict[int, str] = {}
        self._approximated: set[int] = set()
        self._became: dict[int, int] = {}
        self._kept: list[Block] = []

    def became(self, source: Block, result: Block) -> None:
        """`lift` made `result` out of `source`: the answer for the one holds for the other."""
        if source is not result:
            self._became[id(source)] = id(result)
            self._kept.append(result)

    def result_of(self, block: Block) -> int:
        """The identity of what `lift` made of a block in the end; its own where nothing was made of it."""
        key = id(block)
        while (result := self._became.get(key)) is not None:
            key = result
        return key

    def written(self, block: Block) -> None:
        """The block is in the target, exactly or by a fallback."""
        self._ends.setdefault(id(block), _WRITTEN)

    def approximated(self, block: Block) -> None:
        """Some of the block needed a fallback."""
        self._approximated.add(id(block))

    def tree_written(self, block: Block) -> None:
        """The block and all below it are in the target as they are."""
        for inner in walk((block,)):
            self._ends.setdefault(id(inner), _WRITTEN)

    def tree_lost(self, block: Block) -> None:
        """The block and all below it are lost."""
        for inner in walk((block,)):
            self._ends.setdefault(id(inner), _LOST)

    def of(self, block: Block) -> tuple[str, bool]:
        """How the block ended ("" where nobody answered), and whether a fallback was needed."""
        became, fallback = self._became, self._approximated
        key = id(block)
        approximated = key in fallback
        while (result := became.get(key)) is not None:
            key = result
            approximated = approximated or key in fallback
        return self._ends.get(key, ""), approximated

    def counted(self, read: Blocks) -> InnerCounts:
        """How the blocks of a forest ended, those of all depths."""
        total = written = lost = approximated = 0
        unanswered: list[str] = []
        ends, became, fallback = self._ends, self._became, self._approximated
        for block in walk(read):
            total += 1
            key = id(block)
            end, by_fallback = self.of(block) if key in became else (ends.get(key, ""), key in fallback)
            if end == _WRITTEN:
                written += 1
                approximated += by_fallback
            elif end == _LOST:
                lost += 1
            else:
                unanswered.append(f"{kind_of(block)} {total}")
        return InnerCounts(total, written, lost, approximated, tuple(unanswered))
