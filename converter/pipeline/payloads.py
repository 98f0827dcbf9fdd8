"""Payloads on their way: whole, item by item, or as residue; and the residue itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from io import BytesIO
from typing import IO, TYPE_CHECKING, cast

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.findings.tally import WRITTEN
from converter.formats.front import Part, Target
from converter.model.facts import MemberFact, PayloadFact, UnitFact
from converter.pipeline.diff.residue import is_residue
from converter.pipeline.pair import LOST_CODES
from converter.pipeline.plan import unit_end, unit_rule
from converter.pipeline.residue.book import unused
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.residue.records import Header, kept_lines
from converter.pipeline.session import Session
from converter.pipeline.verify import Written
from converter.pipeline.work import unreadable
from converter.storage.digest import digest

if TYPE_CHECKING:
    from converter.formats.front import PartTarget
    from converter.pipeline.into.merge import Merge
    from converter.pipeline.residue.collect import Collector

__all__ = ["Payloads"]

_HELD = 8 << 20

Opened = tuple[str, AbstractContextManager[IO[bytes]]]


class Payloads:
    """Carries out the plan for payloads. Closed with the run."""

    def __init__(
        self,
        session: Session,
        written: Written,
        recorder: Recorder | None,
        merge: Merge | None,
        header: Callable[[], Header],
    ) -> None:
        self._session = session
        self._written = written
        self._recorder = recorder
        self._merge = merge
        self._header = header
        self._parcel: Collector | None = None
        """What the target has no place for, within one system, or on the way back to where it was carried as well."""

    def close(self) -> None:
        """Let go of what was gathered."""
        if self._parcel is not None:
            self._parcel.close()

    def write(self, target: Target | None) -> None:
        """Pass on every payload; without a target see how each would end."""
        session = self._session
        for payload in session.catalog.payloads:
            if is_residue(payload):
                continue
            ends = [unit_end(session, payload, unit) for unit in payload.units]
            if self._passes_by_items(payload):
                self._by_parts(payload, ends, target)
            else:
                self._whole(payload, ends, target)
        if session.restorer is None:
            return
        taken = self._written.notes.keys() | self._written.files.keys()
        for payload, members in session.restorer.payloads(taken):
            if not session.pair.takes(payload.type) and session.options.residue:
                self._carry(payload, members)
            elif not session.pair.takes(payload.type):
                session.add(unused(f"payloads/{payload.key}", "the target has no place for it but residue"))
            elif (refused := self._taken(payload, members, target)) is not None:
                session.add(unused(f"payloads/{payload.key}", refused.message))

    def _passes_by_items(self, payload: PayloadFact) -> bool:
        from converter.pipeline.into.parts import by_items

        return by_items(self._session, payload, merges=self._merge is not None)

    def _whole(self, payload: PayloadFact, ends: list[str], target: Target | None) -> None:
        """Pass a payload with all its members, or carry it."""
        pair = self._session.pair
        keep = "" in ends or (not payload.units and pair.same_system and self._session.takes(payload))
        merges = keep and self._merge is not None
        if (keep or "carried" in ends) and not self._readable(payload, keep=keep and not merges):
            ends = ["failed" if end in ("", "carried") else end for end in ends]
            keep = merges = False
        if merges and self._merge is not None:
            ends = self._merged(payload, ends, self._merge, target)
        refused = self._taken(payload, self._members(payload), target) if keep and not merges else None
        if refused is not None:
            self._session.add(unreadable(f"payloads/{payload.key}", refused))
            ends = [end or "failed" for end in ends]
        self._end_units(payload, ends)
        if "carried" in ends:
            self._carry(payload, self._members(payload))

    def _taken(self, payload: PayloadFact, members: Iterable[Opened], target: Target | None) -> ItemError | None:
        """Give a payload to the target whole; the error where it is none that the target could hold."""
        try:
            if target is not None:
                target.payload(payload, members)
        except ItemError as error:
            for member in payload.members:
                self._written.members.pop(member.key, None)
            return error
        return None

    def _merged(self, payload: PayloadFact, ends: list[str], merge: Merge, target: Target | None) -> list[str]:
        """Pass those members that the target has not, or that change there; how the units end then."""
        from converter.pipeline.into.members import unit_way

        ways: dict[str, str] = {}
        made: list[MemberFact] = []
        opened: list[Opened] = []
        for member in payload.members:
            decided = merge.members.decide(payload, member)
            ways[member.key] = decided.way
            if decided.way not in WRITTEN:
                continue
            name = decided.name
            made.append(member if name == member.key else msgspec.structs.replace(member, key=name, name=name))
            opened.append((made[-1].key, self._opened(member, decided.data)))
            self._written.members[name] = ""
            if self._session.target_front.merges != "database":
                with self._opened(member, decided.data) as stream:
                    self._written.members[name] = digest(stream)[1]
        coming = msgspec.structs.replace(payload, members=tuple(made))
        refused = self._taken(coming, iter(opened), target) if made else None
        if refused is not None:
            self._session.add(unreadable(f"payloads/{payload.key}", refused))
            ways |= dict.fromkeys(ways, "failed")
        return [end or unit_way(payload, unit, ways) for unit, end in zip(payload.units, ends, strict=True)]

    def _opened(self, member: MemberFact, data: bytes | None) -> AbstractContextManager[IO[bytes]]:
        return self._session.open_member(member.key) if data is None else BytesIO(data)

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
        ends = [end or self._item_end(unit, made) for unit, end in zip(payload.units, ends, strict=True)]
        self._end_units(payload, ends)
        if "carried" in ends:
            left = tuple(unit for unit, end in zip(payload.units, ends, strict=True) if end == "carried")
            whole = msgspec.structs.replace(payload, type=f"{payload.type}.whole", units=left)
            self._carry(whole, self._members(payload))

    def _item_end(self, unit: UnitFact, made: Mapping[tuple[str, str], str]) -> str:
        found = made.get((unit.kind, unit.key))
        if found is None and unit.kind == "records":
            return "carried" if self._session.carries_payloads else "lost"
        if found is None:
            why = (("why", "it cannot be read"),)
            self._session.add(Finding(code="item-unreadable", item=f"{unit.kind}/{unit.key}", details=why))
        return found or "failed"

    def _parts(
        self, payload: PayloadFact, wanted: set[tuple[str, str]], target: Target | None
    ) -> dict[tuple[str, str], str]:
        """How the items of a payload ended that could be read at all."""
        session = self._session
        parts = session.source_front.parts
        made: dict[tuple[str, str], str] = {}
        for part in parts(payload, session.open_member) if parts is not None and wanted else ():
            if (part.kind, part.key) in wanted:
                made[part.kind, part.key] = self._part(part, target)
        return made

    def _part(self, part: Part, target: Target | None) -> str:
        """Pass one item; how it ended."""
        way, item = ("created", part) if self._merge is None else self._merge.parts.decide(part)
        if way not in WRITTEN:
            return way
        try:
            if target is not None:
                cast("PartTarget", target).part(item)
        except ItemError as error:
            self._session.add(unreadable(f"{part.kind}/{part.key}", error))
            return "failed"
        self._written.parts.add((item.kind, item.key.lower()))
        if item.key != part.key:
            self._session.report.spool.add_id(part.kind, part.key, item.key)
        return way

    def _carry(self, payload: PayloadFact, members: Iterable[Opened]) -> None:
        """Keep a payload as residue."""
        if self._recorder is not None:
            self._recorder.payload(payload, members)
            return
        if self._parcel is None:
            from converter.pipeline.residue.collect import Collector

            back = self._session.restorer is not None
            own = self._session.target_front if back else self._session.source_front
            self._parcel = Collector(msgspec.structs.replace(self._header(), origin=own.id))
        self._parcel.payload(payload, members)

    def residue(self, target: Target) -> None:
        """Write the residue of this run, behind that of what stays, and pass on what the source has of others."""
        session = self._session
        if self._recorder is not None:
            self._give(target, self._recorder.finished())
            return
        passes = session.pair.same_system and session.options.residue
        found = [fact for fact in session.catalog.payloads if passes and is_residue(fact)]
        if self._merge is None and self._parcel is None and not session.returned and not session.pair.crosses:
            for fact in found:
                self._whole(fact, [], target)
            return
        self._pass_on(found, target)

    def _pass_on(self, found: list[PayloadFact], target: Target) -> None:
        """Write residue of others that the source has, without that of its own system, and what is carried."""
        from shutil import copyfileobj
        from tempfile import SpooledTemporaryFile

        from converter.pipeline.residue.sections import foreign_lines

        session = self._session
        with SpooledTemporaryFile(max_size=_HELD) as lines:
            for fact in found:
                for member in fact.members:
                    with session.open_member(member.key) as stream:
                        lines.writelines(foreign_lines(stream, session.pair.source.system))
            if self._parcel is not None:
                copyfileobj(self._parcel.finished(), lines)
            if lines.tell():
                lines.seek(0)
                self._give(target, cast("IO[bytes]", lines))

    def _give(self, target: Target, lines: IO[bytes]) -> None:
        present = self._session.present
        before = present.source.open_residue() if present is not None else None
        if before is None:
            target.residue(lines)
            return
        from shutil import copyfileobj
        from tempfile import SpooledTemporaryFile

        replaced = self._written.notes.keys() | self._written.files.keys()
        with before as stream, SpooledTemporaryFile(max_size=_HELD) as joined:
            joined.writelines(kept_lines(stream, replaced))
            copyfileobj(lines, joined)
            joined.seek(0)
            target.residue(cast("IO[bytes]", joined))

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

    def _members(self, payload: PayloadFact) -> Iterator[Opened]:
        return ((member.key, self._session.open_member(member.key)) for member in payload.members)
