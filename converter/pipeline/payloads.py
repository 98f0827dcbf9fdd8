"""Payloads into a target: whole, part by part, or as residue where it has no place for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, cast

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Target
from converter.model.facts import PayloadFact
from converter.pipeline.diff.residue import is_residue
from converter.pipeline.pair import LOST_CODES
from converter.pipeline.plan import unit_end, unit_rule
from converter.pipeline.residue.book import unused
from converter.pipeline.residue.collect import Collector
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.residue.records import Header
from converter.pipeline.residue.sections import foreign_lines
from converter.pipeline.session import Session
from converter.pipeline.verify import Written
from converter.pipeline.work import unreadable
from converter.storage.digest import digest

if TYPE_CHECKING:
    from converter.formats.front import PartTarget

__all__ = ["Payloads"]

_HELD = 8 << 20
"""Bytes of residue that are held in memory; more goes to a temporary file."""

_Members = Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]


class Payloads:
    """Carries out what the plan says of payloads. Closed with the run.

    Residue of another system goes to the `recorder`. Within one system, and on the way back to where the target itself
    was carried as well, what the target has no place for is a parcel: residue of payloads alone.
    """

    def __init__(self, session: Session, written: Written, header: Header, recorder: Recorder | None) -> None:
        self._session = session
        self._written = written
        self._header = header
        self._recorder = recorder
        self._parcel: Collector | None = None

    def close(self) -> None:
        """Let go of what was carried."""
        if self._parcel is not None:
            self._parcel.close()

    def carry_out(self, target: Target | None) -> None:
        """Every payload of the source, and those that come back from residue."""
        session = self._session
        for payload in session.catalog.payloads:
            if is_residue(payload):
                continue
            ends = [unit_end(session, payload, unit) for unit in payload.units]
            if session.pair.by_parts(payload.type):
                self._by_parts(payload, ends, target)
            else:
                self._whole(payload, ends, target)
        if session.restorer is not None and target is not None:
            taken = self._written.notes.keys() | self._written.files.keys()
            for payload, members in session.restorer.payloads(taken):
                if not session.pair.takes(payload.type) and session.options.residue:
                    self._carry(payload, members)
                elif not session.pair.takes(payload.type):
                    session.add(unused(f"payloads/{payload.key}", "the target has no place for it but residue"))
                elif (refused := self._taken(payload, members, target)) is not None:
                    session.add(unused(f"payloads/{payload.key}", refused.message))

    def _whole(self, payload: PayloadFact, ends: list[str], target: Target | None) -> None:
        """Pass a payload with all its members, or carry it."""
        pair = self._session.pair
        keep = "" in ends or (not payload.units and pair.same_system and self._session.takes(payload))
        if (keep or "carried" in ends) and not self._readable(payload, keep=keep):
            ends = ["failed" if end in ("", "carried") else end for end in ends]
            keep = False
        refused = self._taken(payload, self._members(payload), target) if keep else None
        if refused is not None:
            self._session.add(unreadable(f"payloads/{payload.key}", refused))
            ends = [end or "failed" for end in ends]
        self._end_units(payload, ends)
        if "carried" in ends:
            self._carry(payload, self._members(payload))

    def _taken(self, payload: PayloadFact, members: _Members, target: Target | None) -> ItemError | None:
        """Give a payload to the target whole; the error where it is none that the target could hold."""
        try:
            if target is not None:
                target.payload(payload, members)
        except ItemError as error:
            for member in payload.members:
                self._written.members.pop(member.key, None)
            return error
        return None

    def _by_parts(self, payload: PayloadFact, ends: list[str], target: Target | None) -> None:
        """Pass the items of a payload one by one; one that has none which the other format knows is carried."""
        wanted = {(unit.kind, unit.key) for unit, end in zip(payload.units, ends, strict=True) if not end}
        if wanted and not self._readable(payload, keep=False):
            self._end_units(payload, [end or "failed" for end in ends])
            return
        made = self._parts(payload, wanted, target)
        if wanted and not made:
            carried = "carried" if self._session.carries_payloads else "lost"
            whole = msgspec.structs.replace(payload, type=f"{payload.type}.whole")
            self._whole(whole, [end or carried for end in ends], None)
            return
        for place, unit in enumerate(payload.units):
            if not ends[place] and unit.kind == "records" and (unit.kind, unit.key) not in made:
                ends[place] = "carried" if self._session.carries_payloads else "lost"
            if not ends[place] and (unit.kind, unit.key) not in made:
                why = (("why", "it cannot be read"),)
                self._session.add(Finding(code="item-unreadable", item=f"{unit.kind}/{unit.key}", details=why))
            ends[place] = ends[place] or made.get((unit.kind, unit.key), "failed")
        self._end_units(payload, [end if end != "created" else "" for end in ends])
        if "carried" in ends:
            left = tuple(unit for unit, end in zip(payload.units, ends, strict=True) if end == "carried")
            whole = msgspec.structs.replace(payload, type=f"{payload.type}.whole", units=left)
            self._carry(whole, self._members(payload))

    def _parts(
        self, payload: PayloadFact, wanted: set[tuple[str, str]], target: Target | None
    ) -> dict[tuple[str, str], str]:
        """How the items of a payload ended that could be read at all."""
        session = self._session
        made: dict[tuple[str, str], str] = {}
        parts = session.source_front.parts
        for part in parts(payload, session.open_member) if parts is not None and wanted else ():
            name = part.kind, part.key
            if name not in wanted:
                continue
            try:
                if target is not None:
                    cast("PartTarget", target).part(part)
            except ItemError as error:
                session.add(unreadable(f"{part.kind}/{part.key}", error))
                made[name] = "failed"
            else:
                made[name] = "created"
                self._written.parts.add((part.kind, part.key.lower()))
        return made

    def _carry(self, payload: PayloadFact, members: _Members) -> None:
        """Keep a payload as residue."""
        if self._recorder is not None:
            self._recorder.payload(payload, members)
            return
        if self._parcel is None:
            back = self._session.restorer is not None
            own = self._session.target_front if back else self._session.source_front
            self._parcel = Collector(msgspec.structs.replace(self._header, origin=own.id))
        self._parcel.payload(payload, members)

    def residue(self, target: Target) -> None:
        """Write the residue of this run, and pass on what the source has of others within its system."""
        session = self._session
        if self._recorder is not None:
            target.residue(self._recorder.finished())
            return
        passes = session.pair.same_system and session.options.residue
        found = [fact for fact in session.catalog.payloads if passes and is_residue(fact)]
        if self._parcel is None and not session.returned and not session.pair.crosses:
            for fact in found:
                self._whole(fact, [], target)
            return
        with SpooledTemporaryFile(max_size=_HELD) as lines:
            for fact in found:
                for member in fact.members:
                    with session.open_member(member.key) as stream:
                        lines.writelines(foreign_lines(stream, session.pair.source.system))
            if self._parcel is not None:
                copyfileobj(self._parcel.finished(), lines)
            if lines.tell():
                lines.seek(0)
                target.residue(lines)

    def _end_units(self, payload: PayloadFact, ends: list[str]) -> None:
        for unit, end in zip(payload.units, ends, strict=True):
            self._session.report.tally.end(unit.kind, end or "created")
            if end in ("lost", "carried"):
                details = (("what", unit.title or unit.key),)
                code = unit_rule(self._session, payload, unit).code or LOST_CODES.get(unit.kind, "payload-lost")
                self._session.add(Finding(code=code, item=f"{unit.kind}/{unit.key}", details=details))

    def _readable(self, payload: PayloadFact, *, keep: bool) -> bool:
        """Whether every member can be read to its end; digests of those that are kept serve the verification."""
        found: dict[str, str] = {}
        for member in payload.members:
            try:
                with self._session.open_member(member.key) as stream:
                    found[member.key] = digest(stream)[1]
            except ItemError as error:
                self._session.add(unreadable(f"payloads/{payload.key}", error))
                return False
        if keep:
            self._written.members.update(found)
        return True

    def _members(self, payload: PayloadFact) -> Iterator[tuple[str, AbstractContextManager[IO[bytes]]]]:
        return ((member.key, self._session.open_member(member.key)) for member in payload.members)
