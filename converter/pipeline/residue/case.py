"""One note that was changed: what it was, what it is, and its parts made of both (docs/residue.md, "Edits")."""

from __future__ import annotations

from functools import cached_property

import msgspec

from converter.formats.front import Format, Segments, Stored, TargetContext
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.pipeline.residue.align import Kept, Part, Rendered, parts_of
from converter.pipeline.residue.patch import patched
from converter.pipeline.residue.settle import digests_of
from converter.pipeline.residue.trace import Group
from converter.pipeline.work import Worked, Workshop

__all__ = ["Case", "Patcher"]


class Case(msgspec.Struct, frozen=True, dict=True):
    """All that is known of one note that was changed."""

    stored: Stored
    own: Note
    mirrored: WorkOrder
    order: WorkOrder
    facts: Note
    lowered: Worked
    anew: Worked
    wanted: list[bytes]
    ignored: frozenset[str]
    path: str

    @cached_property
    def digests(self) -> list[bytes]:
        """The digest of each block that the note was lowered to."""
        return digests_of(self.lowered.note.blocks, self.ignored)

    def parts(self, refused: frozenset[int]) -> list[Part]:
        """The parts of the note, without the refused ones."""
        digests = self.digests
        claimed = {group.first + one for group in self.lowered.groups if group.count for one in range(group.count)}
        dated = frozenset(range(len(digests))) - claimed
        return parts_of(self.lowered.groups, digests, self.wanted, self.anew.groups, refused, dated)


class Patcher:
    """Changes segments inside, where what was changed can be told line by line or node by node."""

    def __init__(self, target: Format, workshop: Workshop, writing: TargetContext, case: Case, cut: Segments) -> None:
        self._target = target
        self._workshop = workshop
        self._writing = writing
        self._case = case
        self._cut = cut
        self.pieces = self._pieces(case.anew.note)

    def _pieces(self, note: Note) -> tuple[str, ...]:
        return self._target.pieces(msgspec.structs.replace(self._case.facts, blocks=note.blocks), self._writing)

    @cached_property
    def _before(self) -> Worked:
        """What the note as it was would become."""
        case = self._case
        return self._workshop.lower(case.lowered.note, case.order, case.path, traced=True)

    @cached_property
    def _groups(self) -> dict[int, Group]:
        """The groups of the note by their first segments."""
        return {group.source[0]: group for group in self._case.lowered.groups}

    @cached_property
    def _homes(self) -> dict[int, Group]:
        """For each block that the note was lowered to, the group of what it would become."""
        return {number: group for group in self._before.groups for number in group.source}

    @cached_property
    def _old_pieces(self) -> tuple[str, ...]:
        return self._pieces(self._before.note)

    def pieces_of(self, parts: list[Part]) -> tuple[str, ...]:
        """The texts of what is made anew. A block that stands for another one keeps its id, so that it stays known."""
        blocks = list(self._case.anew.note.blocks)
        named = False
        for part in parts:
            if isinstance(part, Rendered) and len(part.instead) == 1:
                own = self._case.own.blocks[part.instead[0]].id
                if own and blocks[part.first].id:
                    blocks[part.first] = msgspec.structs.replace(blocks[part.first], id=own)
                    named = True
        if not named:
            return self.pieces
        return self._pieces(msgspec.structs.replace(self._case.anew.note, blocks=tuple(blocks)))

    def patched(self, parts: list[Part], refused: frozenset[int]) -> list[Part]:
        """The parts, with segments in the place of what would be made anew, where that can be done."""
        made: list[Part] = []
        for part in parts:
            tried = isinstance(part, Rendered) and part.instead and refused.isdisjoint(part.instead)
            texts = self._patch(part) if tried and isinstance(part, Rendered) else None
            if texts is None or not isinstance(part, Rendered):
                made.append(part)
                continue
            pairs = zip(part.instead, texts, strict=True)
            run = part.blocks[0], len(part.blocks)
            made += [Kept((number,), *run, text) for number, text in pairs if text.strip()]
        return made

    def _patch(self, part: Rendered) -> tuple[str, ...] | None:
        groups = [self._groups[number] for number in part.instead if number in self._groups]
        blocks = {group.first + one for group in groups for one in range(group.count)}
        before = {self._homes[number] for number in blocks if number in self._homes}
        home = next(iter(before)) if len(before) == 1 else None
        if home is None or set(home.source) != blocks or home.count != part.count:
            return None
        gap = self._target.gap
        old = gap.join(self._old_pieces[home.first : home.first + part.count])
        new = gap.join(self.pieces[part.first : part.first + part.count])
        return patched([self._cut.texts[number] for number in part.instead], old, new, lines="\n" in gap)
