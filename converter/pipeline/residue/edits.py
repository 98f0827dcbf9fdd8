"""A note of the origin with what was changed in the source: visible text wins (docs/residue.md, "Edits")."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from converter.findings.finding import Finding
from converter.formats.front import Format, Segments, Stored, TargetContext
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.model.profile import Profile
from converter.pipeline.law import InnerCounts
from converter.pipeline.residue.align import Kept, Part, matched, parts_of
from converter.pipeline.residue.assemble import assembled
from converter.pipeline.residue.facts import Names, facts_differ, merged_facts
from converter.pipeline.residue.settle import digests_of
from converter.pipeline.residue.trace import Group
from converter.pipeline.work import Worked, Workshop

__all__ = ["Edit", "Editor", "in_place"]

_ORDER = "@order"
_ROUNDS = 6
"""How often parts that turn out not to fit are made anew before the whole note is."""


class Edit(msgspec.Struct, frozen=True):
    """The bytes of a note in its origin; whether anything was changed, and how many segments show nothing."""

    data: bytes
    changed: bool = False
    silent: int = 0
    counts: InnerCounts | None = None
    findings: tuple[Finding, ...] = ()


class Editor:
    """Brings notes back, for one pair of formats."""

    def __init__(
        self,
        target: Format,
        own: Profile,
        mirror: Workshop,
        workshop: Workshop,
        writing: TargetContext,
        in_order: Callable[[Stored], Stored],
    ) -> None:
        self._target = target
        self._mirror = mirror
        self._workshop = workshop
        self._writing = writing
        self._in_order = in_order
        self._names = Names(own)
        self._source_names = Names(workshop.pair.source)
        self._ignored = workshop.pair.ignorable_attrs

    def edit(self, stored: Stored, now: Note, mirrored: WorkOrder, order: WorkOrder, path: str) -> Edit:
        """The note that was `stored` in its origin, as it must be now that the source shows it as `now`.

        Raises `ItemError` where the bytes are no note.
        """
        own = self._mirror.read(stored)
        lowered = self._mirror.lower(own, mirrored, path, traced=True)
        then = lowered.note
        wanted = digests_of(now.blocks, self._ignored)
        retold = facts_differ(then, now, self._source_names)
        if digests_of(then.blocks, self._ignored) == wanted and not retold:
            silent = sum(not group.count for group in lowered.groups)
            return Edit(stored.data, silent=silent)
        stored = self._in_order(stored)
        own = self._mirror.read(stored)
        lowered = self._mirror.lower(own, mirrored, path, traced=True)
        anew = self._workshop.lower(now, order, path, traced=True)
        facts = self._facts(own, then, now, anew.note, order, path)
        case = _Case(stored, own, mirrored, facts, lowered, anew, wanted, self._ignored, path)
        return self._kept(case) or self._rendered(case)

    def _facts(self, own: Note, then: Note, now: Note, anew: Note, order: WorkOrder, path: str) -> Note:
        before = self._workshop.lower(msgspec.structs.replace(then, blocks=()), order, path).note
        title = now.title if now.title != then.title else None
        return merged_facts(own, before, anew, self._names, title)

    def _kept(self, case: _Case) -> Edit | None:
        """The note with all segments that still fit."""
        cut = self._target.segments(case.stored.data, len(case.own.blocks))
        if cut is None:
            return None
        frame = self._frame(case, cut)
        pieces = self._target.pieces(msgspec.structs.replace(case.facts, blocks=case.anew.note.blocks), self._writing)
        refused: frozenset[int] = frozenset()
        for close in (True, *(False for _ in range(_ROUNDS))):
            parts = case.parts(refused)
            text = assembled(cut, parts, pieces, frame, self._target.gap, close=close)
            data = text.encode("utf-8", "surrogateescape")
            bad = self._misfits(case, data, parts)
            if not bad:
                return self._done(case, data, parts)
            if not close and bad <= refused:
                break
            refused = refused if close else refused | bad
        return None

    def _frame(self, case: _Case, cut: Segments) -> tuple[str, str]:
        if _same_facts(case.facts, case.own) and cut.texts:
            return cut.head, cut.tail
        head, tail = self._target.frame(case.facts, self._writing)
        return head, cut.tail if cut.texts else tail

    def _misfits(self, case: _Case, data: bytes, parts: list[Part]) -> frozenset[int]:
        """The first segments of kept parts that, lowered again, show something else than the source does."""
        note = self._mirror.read(msgspec.structs.replace(case.stored, data=data))
        if self._target.keeps is None:
            note = in_place(note)
        worked = self._mirror.lower(note, case.mirrored, case.path, traced=True)
        shown = digests_of(worked.note.blocks, case.ignored)
        if shown == case.wanted:
            return frozenset()
        sizes = [len(part.numbers) if isinstance(part, Kept) else part.count for part in parts]
        if sum(sizes) == len(note.blocks):
            return _by_parts(parts, sizes, worked.groups, shown, case.wanted)
        return _by_place(parts, shown, case.wanted)

    def _done(self, case: _Case, data: bytes, parts: list[Part]) -> Edit:
        silent = sum(isinstance(part, Kept) and not part.count for part in parts)
        made = any(not isinstance(part, Kept) for part in parts)
        findings = case.anew.findings if made else ()
        return Edit(data, changed=True, silent=silent, counts=case.anew.counts, findings=findings)

    def _rendered(self, case: _Case) -> Edit:
        """The note with its facts, and its text made anew."""
        note = msgspec.structs.replace(case.facts, blocks=case.anew.note.blocks)
        data = self._target.render(note, self._writing).data
        return Edit(data, changed=True, counts=case.anew.counts, findings=case.anew.findings)

    def retitled(self, own: Note, title: str) -> bytes:
        """The bytes of a note under another title."""
        return self._target.render(msgspec.structs.replace(own, title=title), self._writing).data


def in_place(note: Note) -> Note:
    """The note with its blocks in the order in which they stand, whatever numbers they brought along."""
    blocks = tuple(
        msgspec.structs.replace(block, attrs=tuple(pair for pair in block.attrs if pair[0] != _ORDER))
        if any(name == _ORDER for name, _ in block.attrs)
        else block
        for block in note.blocks
    )
    return msgspec.structs.replace(note, blocks=blocks)


class _Case(msgspec.Struct, frozen=True):
    """All that is known of one note that was changed."""

    stored: Stored
    own: Note
    mirrored: WorkOrder
    facts: Note
    lowered: Worked
    anew: Worked
    wanted: list[bytes]
    ignored: frozenset[str]
    path: str

    def parts(self, refused: frozenset[int]) -> list[Part]:
        """The parts of the note, without the refused ones."""
        digests = digests_of(self.lowered.note.blocks, self.ignored)
        claimed = {group.first + one for group in self.lowered.groups if group.count for one in range(group.count)}
        dated = frozenset(range(len(digests))) - claimed
        return parts_of(self.lowered.groups, digests, self.wanted, self.anew.groups, refused, dated)


def _same_facts(left: Note, right: Note) -> bool:
    return msgspec.structs.replace(left, blocks=()) == msgspec.structs.replace(right, blocks=())


def _by_parts(
    parts: list[Part], sizes: list[int], groups: Sequence[Group], shown: list[bytes], wanted: list[bytes]
) -> frozenset[int]:
    """Every part is there as its own blocks: what a kept one shows is compared with what the source shows there.

    What is made anew may show something else than it did: that is as near as the target can come.
    """
    owner = [index for index, size in enumerate(sizes) for _ in range(size)]
    bad: set[int] = set()
    spans: dict[int, list[bytes]] = {}
    for group in groups:
        owners = {owner[number] for number in group.source}
        if len(owners) > 1:
            bad |= owners
        spans.setdefault(owner[group.source[0]], []).extend(shown[group.first : group.first + group.count])
    for index, part in enumerate(parts):
        if isinstance(part, Kept) and sorted(spans.get(index, ())) != sorted(_span(part, wanted)):
            bad.add(index)
    return frozenset(part.numbers[0] for index in bad if isinstance(part := parts[index], Kept))


def _span(part: Kept, wanted: list[bytes]) -> list[bytes]:
    return wanted[part.first : part.first + part.count] if part.count else []


def _by_place(parts: list[Part], shown: list[bytes], wanted: list[bytes]) -> frozenset[int]:
    """Parts have run into each other: kept ones at or beside what does not stand where it should."""
    pairs = matched(shown, wanted)
    straight = {now for then, now in pairs.items() if pairs.get(then - 1, now - 1) == now - 1}
    bad = set(range(len(wanted))) - straight
    near = {place + one for place in bad for one in (-1, 0, 1)}
    kept = [part for part in parts if isinstance(part, Kept) and part.count]
    found = [part for part in kept if _shows(part, bad)] or [part for part in kept if _shows(part, near)]
    return frozenset(part.numbers[0] for part in found)


def _shows(part: Kept, places: set[int]) -> bool:
    return any(part.first + one in places for one in range(part.count))
