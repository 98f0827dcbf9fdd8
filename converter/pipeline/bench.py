"""Where notes are worked on, one by one, by orders that say all there is to know: in this process or in another.

A note is read and understood once: what reading made of it is kept for the work that follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.digests import digest_of_bytes
from converter.errors import ConverterError, EnvironmentFaultError, ItemError
from converter.findings.finding import Finding, Location
from converter.formats.front import Format, LinkKey, Segments, SourceContext, Stored, TargetContext
from converter.formats.registry import load
from converter.model.blocks import has_text
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.model.profile import Profile
from converter.pipeline.found import AnyFound, Found, unpacked
from converter.pipeline.law import Answers
from converter.pipeline.learnt import Indexed, Learnt, pack
from converter.pipeline.lift.rules import lift
from converter.pipeline.outline import outline, says_nothing
from converter.pipeline.pair import Pair
from converter.pipeline.residue.carry import Carrier
from converter.pipeline.residue.visit import visit_of
from converter.pipeline.residue.way import Back, Way
from converter.pipeline.work import Result, Workshop, digest_of, too_deep, unreadable
from converter.storage.scratch import Scratch

if TYPE_CHECKING:
    from converter.pipeline.memory import Memory
    from converter.pipeline.residue.give_back import GiveBack

__all__ = ["Bench", "Checked", "Made", "Reading", "Task", "Writing"]

_NESTING = ("documents", "keys")
"""Trees in which notes hold notes."""

_FEW = 256 << 10
"""Bytes of notes that are kept as they are; more are packed."""

_USUAL = 16 << 10
"""Bytes that most notes are packed in."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How notes of a source are read and understood.

    `lifts` is the profile to lift by, None within one system. `visits` asks for the residue that notes carry, `cuts`
    for their segments, `tells` for what is found while they are read.
    """

    format: str
    context: SourceContext
    lifts: Profile | None = None
    visits: bool = False
    cuts: bool = False
    tells: bool = False


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """How notes become those of a target: what a `Workshop` is made of, and the way back to their origin."""

    format: str
    context: TargetContext
    pair: Pair
    carrier: Carrier | None = None
    clean: bool = False
    digests: bool = True
    way: Way | None = None


class Task(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One note to be made, or given back. `kept` is where the bench has it, -1: it must be read again.

    `whole` says that its bytes are here: what comes back hardly ever needs those that it has now.
    """

    stored: Stored
    order: WorkOrder
    kept: int = -1
    back: Back | None = None
    whole: bool = True

    @property
    def size(self) -> int:
        """How many bytes of notes it holds."""
        return len(self.stored.data) + (0 if self.back is None else len(self.back.then.data))

    def anew(self) -> Task:
        """The task for another bench, where nothing is kept."""
        back = None if self.back is None else msgspec.structs.replace(self.back, kept=-1)
        return Task(self.stored, self.order, -1, back)


class Made(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What came of a task: a result, or why there is none; neither where the bytes of the note are needed."""

    result: Result | None = None
    failure: Finding | None = None


class Sought(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A note, and the links whose places in it are sought."""

    stored: Stored
    links: tuple[LinkKey, ...]


Places = tuple[tuple[int, Location], ...]
"""Where links stand: the number of each among those sought, in the order of the places."""


class Checked(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is in a target under one key: the digest of the note, and of the bytes that its residue gives back.

    `origin` is the key, in the target, of the note whose residue it is. `failure` says why it cannot be read.
    """

    key: str
    digest: bytes = b""
    origin: str = ""
    given: bytes = b""
    failure: str = ""


class Bench:
    """Reads notes, keeps them, and makes those of the target once it is ready. Knows nothing of the plan."""

    def __init__(self, few: int = _FEW) -> None:
        """Keep notes of a `few` bytes as they are."""
        self._kept = _Kept(few)
        self._memory: Memory | None = None
        self._reading: Reading
        self._source: Format
        self.workshop: Workshop
        self.give_back: GiveBack

    def reads(self, reading: Reading) -> None:
        """From now on read notes of this source."""
        self._reading = reading
        self._source = load(reading.format)
        if self._memory is not None:
            self._memory.reads(reading)

    def remember(self, *, cuts: bool) -> None:
        """From now on remember what was learnt of notes; `cuts`: with their segments."""
        from converter.pipeline.memory import Memory

        self._memory = Memory(cuts=cuts)

    def ready(self, reading: Reading, writing: Writing) -> None:
        """Get ready to make notes of those that were read so."""
        self.reads(reading)
        self.workshop = Workshop(
            self._source,
            reading.context,
            load(writing.format),
            writing.context,
            writing.pair,
            writing.carrier,
            clean=writing.clean,
            digests=writing.digests,
        )
        if writing.way is not None:
            from converter.pipeline.residue.give_back import GiveBack

            self.give_back = GiveBack(
                writing.way, reading.format, self.workshop, writing.context, digests=writing.digests
            )

    def learn(self, stored: Stored) -> Learnt:
        """Read a note, once."""
        memory = self._memory
        if memory is None:
            return self._study(stored)
        known = memory.recall(stored)
        if known is None:
            known = self._study(stored)
            memory.take(stored, known)
        return known

    def _study(self, stored: Stored) -> Learnt:
        found: tuple[Finding, ...] = ()
        try:
            note, found = self._source.read(stored, self._reading.context)
            return self._learnt(stored, note, found)
        except RecursionError:
            error = ItemError(too_deep(stored.key))
        except ItemError as refused:
            error = refused
        return Learnt(stored.key, findings=self._told(found), failure=unreadable(f"notes/{stored.key}", error))

    def _learnt(self, stored: Stored, note: Note, found: tuple[Finding, ...]) -> Learnt:
        reading = self._reading
        lifts = reading.lifts
        lifted = note if lifts is None else lift(note, lifts, Answers())
        outlined = outline(lifted)
        visit = visit_of(note) if reading.visits else None
        carries, cut = visit is not None, self._cut(stored, note)
        kept = Found(note, found, cut, carries)
        known = Indexed(
            title=note.title,
            id=note.id,
            folder=note.folder,
            parent=note.parent,
            order=note.order,
            created=note.created,
            stamp=note.stamp,
            tags=note.tags,
            blocks=outlined.blocks,
            kept=self._kept.keep(kept, len(stored.data)),
        )
        return Learnt(
            key=stored.key,
            known=known,
            outline=pack(outlined) if outlined.anchors or outlined.links else b"",
            blank=not has_text(note.blocks),
            hollow=lifts is not None and lifts.parameters.get("tree") in _NESTING and says_nothing(lifted),
            visit=visit,
            findings=self._told(found),
        )

    def _told(self, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return found if self._reading.tells else ()

    def _cut(self, stored: Stored, note: Note) -> Segments | None:
        """The segments of a note that was just read: formats still know where its blocks begin."""
        wanted = self._reading.cuts if self._memory is None else self._memory.cuts
        return self._source.segments(stored.data, len(note.blocks)) if wanted else None

    def check(self, stored: Stored) -> Checked:
        """Read a note that was written; raises `EnvironmentFaultError` where the system does not let it be read."""
        try:
            note, _ = self._source.read(stored, self._reading.context)
        except EnvironmentFaultError:
            raise
        except RecursionError:
            return Checked(stored.key, failure=too_deep(stored.key))
        except ConverterError as error:
            return Checked(stored.key, failure=error.message)
        visit = visit_of(note) if self._reading.visits else None
        found = visit.gathered if visit is not None else None
        if found is None:
            return Checked(stored.key, digest_of(note))
        given = digest_of_bytes(found.text.encode("utf-8", "surrogatepass"))
        return Checked(stored.key, digest_of(note), found.record.output.key, given)

    def locate(self, sought: Sought) -> Places:
        """Where links of a note stand; none where its format does not tell."""
        if self._source.locate_links is None:
            return ()
        numbers = {key: number for number, key in enumerate(sought.links)}
        return tuple((numbers[key], place) for key, place in self._source.locate_links(sought.stored, numbers.keys()))

    def make(self, task: Task) -> Made:
        """Make a note of the target, or give it back."""
        try:
            found = self._at_hand(task)
            given = self._given(task, found)
            if isinstance(given, Result):
                return Made(given)
            return Made(self._converted(task, found, given)) if task.whole else Made()
        except ItemError as error:
            return Made(failure=unreadable(f"notes/{task.stored.key}", error))

    def work(self, task: Task) -> Result:
        """Make a note of its bytes, or give it back; raises `ItemError` where it cannot be made."""
        found = self._at_hand(task)
        given = self._given(task, found)
        return given if isinstance(given, Result) else self._converted(task, found, given)

    def _at_hand(self, task: Task) -> AnyFound:
        return self._kept.read(task.kept) or Found(*self._source.read(task.stored, self._reading.context))

    def _given(self, task: Task, found: AnyFound) -> Result | Finding | None:
        """The note given back, or why its residue is of no use; None where it has none."""
        back = task.back
        if back is None:
            return None
        own = self._kept.read(back.kept)
        return self.give_back.note(task.stored, found, task.order, back, None if own is None else own.note)

    def _converted(self, task: Task, found: AnyFound, told: Finding | None) -> Result:
        result = self.workshop.convert(task.stored, task.order, found)
        return result if told is None else msgspec.structs.replace(result, findings=(told, *result.findings))

    def close(self) -> None:
        """Let go of what was kept."""
        self._kept.close()
        if self._memory is not None:
            self._memory.close()


class _Kept:
    """What reading gave, by the places where it is kept."""

    def __init__(self, few: int) -> None:
        self._few = few
        self._first: list[Found] = []
        self._scratch = Scratch(at_once=_USUAL)

    def keep(self, found: Found, size: int) -> int:
        """Keep what a note of so many bytes said: its place."""
        self._few -= size
        if self._few >= 0:
            self._first.append(found)
            return len(self._first) - 1
        return len(self._first) + self._scratch.keep(found.packed())

    def read(self, place: int) -> AnyFound | None:
        """What is kept at this place; None for -1."""
        if place < 0:
            return None
        first = len(self._first)
        return self._first[place] if place < first else unpacked(self._scratch.piece(place - first))

    def close(self) -> None:
        """Let go of everything."""
        self._scratch.close()
