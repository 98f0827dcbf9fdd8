"""The work on one note: read, lift, lower, render. Pure functions of bytes and a work order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from converter.digests import digest_of_bytes
from converter.errors import InternalFaultError, ItemError
from converter.findings.finding import Finding
from converter.formats.front import Format, Rendered, SourceContext, Stored, TargetContext
from converter.model.blocks import Raw, count_blocks
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.pipeline.found import AnyFound, Found
from converter.pipeline.law import Answers, InnerCounts
from converter.pipeline.lift.rules import lift
from converter.pipeline.lower.facts import same_facts
from converter.pipeline.lower.inside import inside
from converter.pipeline.pair import Pair
from converter.pipeline.residue.blocks import bare
from converter.pipeline.residue.carry import Carrier
from converter.pipeline.residue.trace import Group, groups_of

__all__ = [
    "Result",
    "Worked",
    "Workshop",
    "deep_recursion",
    "digest_of",
    "too_deep",
    "unreadable",
]

_encode = msgspec.msgpack.Encoder().encode


def digest_of(note: Note) -> bytes:
    """A digest of everything that a note says; the store's own time (`stamp`) is left out."""
    return digest_of_bytes(_encode(msgspec.structs.replace(note, stamp=None)))


class Result(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What came of one note. `residue` is its record, where that stands beside the notes."""

    rendered: Rendered
    digest: bytes
    counts: InnerCounts
    findings: tuple[Finding, ...]
    approximated: bool
    residue: bytes = b""


class Worked(msgspec.Struct, frozen=True, gc=False):
    """A note that was lowered: what was found, how its blocks ended, and which became which, where that was asked."""

    note: Note
    findings: tuple[Finding, ...]
    counts: InnerCounts
    groups: tuple[Group, ...] = ()


class Workshop:
    """Converts notes by their orders, for one pair of formats. Holds nothing of the plan.

    `carrier` gives each note its residue; None where none is to be written. `clean` takes away what blocks carry.
    `digests` asks for digests of what is made, by which it can be verified.
    """

    def __init__(
        self,
        source: Format,
        reading: SourceContext,
        target: Format,
        writing: TargetContext,
        pair: Pair,
        carrier: Carrier | None = None,
        *,
        clean: bool = False,
        digests: bool = True,
    ) -> None:
        self._source = source
        self._reading = reading
        self._target = target
        self._writing = writing
        self.pair = pair
        self._carrier = carrier
        self._clean = clean
        self._digests = digests

    def convert(self, stored: Stored, order: WorkOrder, read: AnyFound | None = None) -> Result:
        """One note, all the way, from what reading it gave where that was done before.

        Raises `ItemError` where it cannot be read, or is nested too deeply to be handled.
        """
        try:
            read = read or Found(*self._source.read(stored, self._reading))
            body = self._body(stored, order)
            return self._convert(stored, order, read) if body is None else self._with_body(body, stored, order, read)
        except RecursionError:
            raise ItemError(too_deep(stored.key)) from None

    def _convert(self, stored: Stored, order: WorkOrder, read: AnyFound) -> Result:
        note, found = self._cleaned(read.note), _told_of(read.findings, stored, order)
        if self._passes(found):
            return self._passed(stored, note, order, found)
        carrier = self._carrier
        worked = self.lower(note, order, stored.path, traced=carrier is not None and carrier.in_blocks)
        if worked.counts.unanswered:
            where = ", ".join(worked.counts.unanswered[:5])
            raise InternalFaultError(f"The law is broken: in notes/{note.key} nobody answered for {where}.")
        changed = any(finding.code not in _NO_LOSS for finding in worked.findings)
        lowered, record = worked.note, b""
        if carrier is not None:
            lowered, record = carrier.carried(stored, order, len(note.blocks), lowered, worked.groups, read.cut)
        rendered = self._target.render(lowered, self._writing)
        if self._is_untouched(note, lowered, found):
            rendered = msgspec.structs.replace(rendered, data=stored.data)
        return Result(rendered, self.digest(lowered), worked.counts, (*found, *worked.findings), changed, record)

    def _passes(self, found: tuple[Finding, ...]) -> bool:
        """Whether a note stays where it is within a system whose texts say nothing of their place."""
        own = self.pair.parameter("tree") == "paths" and self.pair.same_system and self._source is self._target
        keeps = self._target.keeps
        return own and keeps is not None and keeps(found)

    def _passed(self, stored: Stored, note: Note, order: WorkOrder, found: tuple[Finding, ...]) -> Result:
        path = order.output.key
        if path != note.key:
            note = self.read(msgspec.structs.replace(stored, key=path, path=path, folder=order.output.folder))
        blocks = count_blocks(note.blocks)
        rendered = Rendered(path, stored.data, path, note.stamp)
        return Result(rendered, self.digest(note), InnerCounts(blocks, blocks, 0, 0), found, approximated=False)

    def _body(self, stored: Stored, order: WorkOrder) -> str | None:
        """The text of a note's blocks, where it may go on as it is: within a system, and nothing gets another name."""
        own = self._source.body is not None and self._target.body is not None and self.pair.same_system
        if not own or order.goals or self._carrier is not None or self._clean:
            return None
        return self._source.body(stored) if self._source.body is not None else None

    def _with_body(self, body: str, stored: Stored, order: WorkOrder, read: AnyFound) -> Result:
        """A note whose blocks have their text already: only its facts are made anew."""
        facts = same_facts(read.facts, order, named=self.pair.parameter("note_ids") == "guid")
        blocks = (Raw(format=self.pair.target.system, source=body),)
        rendered = self._target.render(msgspec.structs.replace(facts, blocks=blocks), self._writing)
        digest = self.digest(msgspec.structs.replace(facts, blocks=read.said)) if self._digests else b""
        counts = InnerCounts(read.count, read.count, 0, 0)
        return Result(rendered, digest, counts, _told_of(read.findings, stored, order), approximated=False)

    def digest(self, note: Note) -> bytes:
        """The digest of a note that is made, where that is asked for."""
        return digest_of(note) if self._digests else b""

    def _is_untouched(self, note: Note, lowered: Note, found: tuple[Finding, ...]) -> bool:
        """Whether a note is what it was, and its bytes need nothing: then they are the target's as well."""
        keeps = self._target.keeps
        return self._source is self._target and keeps is not None and keeps(found) and lowered == note

    def blank(self, order: WorkOrder) -> tuple[Rendered, bytes]:
        """A note without text by its order, and its digest."""
        note = self.blank_note(order)
        return self._target.render(note, self._writing), self.digest(note)

    def blank_note(self, order: WorkOrder) -> Note:
        """A note without text, as the target holds it."""
        empty = Note(key=order.key, id=order.output.id, title=order.output.title, created=order.output.created)
        lowered = inside(empty, order, self.pair, Answers()).note
        if not self.pair.same_system:
            return lowered
        return msgspec.structs.replace(lowered, updated=order.output.created)

    def lower(self, note: Note, order: WorkOrder, path: str, *, traced: bool = False) -> Worked:
        """Lift and lower a note that was read; the law walks it as it was read."""
        answers = Answers()
        extra: list[Finding] = []
        lifted = note if self.pair.same_system else lift(note, self.pair.source, answers)
        if lifted.blocks and not note.blocks:
            extra.append(Finding(code="content-as-markdown", item=f"notes/{note.key}"))
        lowered = inside(lifted, order, self.pair, answers, path, traced=traced)
        counts = answers.counted(note.blocks)
        groups: list[Group] = []
        if traced:
            groups = groups_of(note.blocks, lifted.blocks, lowered.origins, lowered.joined, answers)
        return Worked(lowered.note, (*extra, *lowered.findings), counts, tuple(groups))

    def expected(self, stored: Stored, note: Note, order: WorkOrder) -> Note:
        """What a note that was read is in the target, once more."""
        carrier = self._carrier
        worked = self.lower(note, order, stored.path, traced=carrier is not None and carrier.in_blocks)
        if carrier is None:
            return worked.note
        return carrier.carried(stored, order, len(note.blocks), worked.note, worked.groups)[0]

    def read(self, stored: Stored) -> Note:
        """A note of the source as it stands."""
        return self._cleaned(self._source.read(stored, self._reading)[0])

    def _cleaned(self, note: Note) -> Note:
        return bare(note) if self._clean else note


def _told_of(found: tuple[Finding, ...], stored: Stored, order: WorkOrder) -> tuple[Finding, ...]:
    """What was found while a note was read, told of the note that is made of it."""
    if stored.key == order.key:
        return found
    return tuple(msgspec.structs.replace(finding, item=f"notes/{order.key}") for finding in found)


def unreadable(item: str, error: ItemError) -> Finding:
    """The finding for an item that cannot be read; `item` is its kind and key."""
    return Finding(code="item-unreadable", item=item, details=(("what", error.message),))


def too_deep(key: str) -> str:
    """What is said of a note that is nested beyond what can be handled."""
    return f"notes/{key} is nested too deeply: its blocks stand thousands of levels inside each other."


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let trees of a few thousand levels pass: walking them costs Python frames, not the machine's stack."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


_FRAMES = 20_000
_NO_LOSS = frozenset(("content-as-markdown",))
