"""A note of the origin with what was changed in the source: visible text wins (docs/residue.md, "Edits")."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from converter.findings.finding import Finding
from converter.formats.front import Format, Segments, Stored, TargetContext
from converter.model.blocks import Block, walk
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.model.profile import Profile
from converter.model.runs import TextRun
from converter.pipeline.found import AnyFound
from converter.pipeline.law import InnerCounts
from converter.pipeline.residue.align import Kept, Part, arranged
from converter.pipeline.residue.assemble import assembled
from converter.pipeline.residue.blocks import bare
from converter.pipeline.residue.case import Case, Patcher
from converter.pipeline.residue.facts import Names, facts_differ, merged_facts
from converter.pipeline.residue.fits import by_parts, by_place
from converter.pipeline.residue.settle import digests_of
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

    def read(self, stored: Stored) -> Note:
        """A note of the origin; raises `ItemError` where its bytes are none."""
        return self._mirror.read(stored)

    def edit(
        self,
        stored: Stored,
        own: Note,
        found: AnyFound,
        mirrored: WorkOrder,
        order: WorkOrder,
        path: str,
        retitled: Mapping[tuple[str, str], str],
    ) -> Edit:
        """The note that was `stored` in its origin, and said `own`, as it must be now that the source says `found`.

        `retitled` gives links, as target and place, that name notes which are called otherwise now.
        Raises `ItemError` where the bytes are no note.
        """
        lowered = self._mirror.lower(own, mirrored, path, traced=True)
        then = lowered.note
        stale = _stale(own, retitled)
        untouched = not stale and not facts_differ(then, found.facts, self._source_names)
        if untouched and found.shows(then.blocks):
            return _as_it_was(stored, lowered)
        now = bare(found.note)
        wanted = digests_of(now.blocks, self._ignored)
        if untouched and digests_of(then.blocks, self._ignored) == wanted:
            return _as_it_was(stored, lowered)
        ordered = self._in_order(stored)
        if ordered is not stored:
            own = self._mirror.read(ordered)
            lowered = self._mirror.lower(own, mirrored, path, traced=True)
        anew = self._workshop.lower(now, order, path, traced=True)
        facts = self._facts(own, then, now, anew.note, order, path)
        case = Case(ordered, own, mirrored, order, facts, lowered, anew, wanted, self._ignored, path)
        return self._kept(case, stale) or self._rendered(case)

    def _facts(self, own: Note, then: Note, now: Note, anew: Note, order: WorkOrder, path: str) -> Note:
        before = self._workshop.lower(msgspec.structs.replace(then, blocks=()), order, path).note
        title = now.title if now.title != then.title else None
        return merged_facts(own, before, anew, self._names, title)

    def _kept(self, case: Case, stale: frozenset[int]) -> Edit | None:
        """The note with all segments that still fit."""
        cut = self._target.segments(case.stored.data, len(case.own.blocks))
        if cut is None:
            return None
        frame = self._frame(case, cut)
        patcher = Patcher(self._target, self._workshop, self._writing, case, cut)
        refused = frozenset(group.source[0] for group in case.lowered.groups if not stale.isdisjoint(group.source))
        close = True
        for _ in range(_ROUNDS):
            parts = arranged(patcher.patched(case.parts(refused), refused), case.lowered.groups)
            text = assembled(cut, parts, patcher.pieces_of(parts), frame, self._target.gap, close=close)
            data = text.encode("utf-8", "surrogateescape")
            bad = self._misfits(case, data, parts)
            if not bad:
                return self._done(case, data, parts)
            if close and not any(isinstance(part, Kept) and part.text is not None for part in parts):
                close = False
            elif bad <= refused:
                break
            else:
                refused |= bad
        return None

    def _frame(self, case: Case, cut: Segments) -> tuple[str, str]:
        if _same_facts(case.facts, case.own) and cut.texts:
            return cut.head, cut.tail
        head, tail = self._target.frame(case.facts, self._writing)
        return head, cut.tail if cut.texts else tail

    def _misfits(self, case: Case, data: bytes, parts: list[Part]) -> frozenset[int]:
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
            return by_parts(parts, sizes, worked.groups, shown, case.wanted)
        return by_place(parts, shown, case.wanted)

    def _done(self, case: Case, data: bytes, parts: list[Part]) -> Edit:
        silent = sum(isinstance(part, Kept) and not part.count and part.text is None for part in parts)
        made = any(not isinstance(part, Kept) or part.text is not None for part in parts)
        findings = case.anew.findings if made else ()
        return Edit(data, changed=True, silent=silent, counts=case.anew.counts, findings=findings)

    def _rendered(self, case: Case) -> Edit:
        """The note with its facts, and its text made anew."""
        note = msgspec.structs.replace(case.facts, blocks=case.anew.note.blocks)
        data = self._target.render(note, self._writing).data
        return Edit(data, changed=True, counts=case.anew.counts, findings=case.anew.findings)

    def retitled(self, own: Note, title: str) -> bytes:
        """The bytes of a note under another title."""
        return self._target.render(msgspec.structs.replace(own, title=title), self._writing).data


def _as_it_was(stored: Stored, lowered: Worked) -> Edit:
    return Edit(stored.data, silent=sum(not group.count for group in lowered.groups))


def in_place(note: Note) -> Note:
    """The note with its blocks in the order in which they stand, whatever numbers they brought along."""
    blocks = tuple(
        msgspec.structs.replace(block, attrs=tuple(pair for pair in block.attrs if pair[0] != _ORDER))
        if any(name == _ORDER for name, _ in block.attrs)
        else block
        for block in note.blocks
    )
    return msgspec.structs.replace(note, blocks=blocks)


def _stale(own: Note, retitled: Mapping[tuple[str, str], str]) -> frozenset[int]:
    """Blocks of a note in which a reference repeats the title of a note that is called something else now."""
    if not retitled:
        return frozenset()
    return frozenset(number for number, block in enumerate(own.blocks) if _repeats(block, retitled))


def _repeats(block: Block, names: Mapping[tuple[str, str], str]) -> bool:
    for inner in walk((block,)):
        for run in inner.runs:
            reference = run.style.reference
            if isinstance(run, TextRun) and reference is not None and reference.shows == "title":
                title = names.get((reference.target, reference.place))
                if title is not None and not reference.place and run.text != title:
                    return True
    return False


def _same_facts(left: Note, right: Note) -> bool:
    return msgspec.structs.replace(left, blocks=()) == msgspec.structs.replace(right, blocks=())
