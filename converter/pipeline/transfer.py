"""The second half of a run: notes, assets and payloads into a target beside its final place, commit, verify."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, cast

import msgspec

from converter.errors import InternalFaultError, ItemError
from converter.findings.finding import Finding
from converter.findings.report import Verification
from converter.formats.front import Stored, Target
from converter.model.blocks import Attrs
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.order import Output, WorkOrder, plain_order
from converter.pipeline.catalog import AssetEntry, NoteEntry
from converter.pipeline.diff.residue import is_residue
from converter.pipeline.pair import LOST_CODES
from converter.pipeline.plan import unit_end, unit_rule
from converter.pipeline.residue.book import unused
from converter.pipeline.residue.collect import Collector
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.residue.records import SCHEMA, Header
from converter.pipeline.residue.sections import foreign_lines
from converter.pipeline.session import Session
from converter.pipeline.verify import Written, verify
from converter.pipeline.work import Result, Workshop, digest_of_bytes, unreadable
from converter.storage.commit import CommitResult, Staging, check_target
from converter.storage.companion import check_companions, commit_with_companions
from converter.storage.digest import copy_digest, digest

if TYPE_CHECKING:
    from converter.formats.front import PartTarget

__all__ = ["Transfer"]

_RICHER = frozenset(
    ("list-flattened", "item-split", "table-as-code", "callout-as-quote", "columns-flattened", "color-lost")
)
"""Fallbacks that a richer profile of the target's format does not need."""

_HELD = 8 << 20
"""Bytes of one file that are held in memory while it passes; more goes to a temporary file."""


class Transfer:
    """Carries out the plan of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tally = session.report.tally
        self._written = Written()
        self._sources: dict[str, str] = {}
        self._blanks: dict[str, Output] = {}
        self._recorder: Recorder | None = None
        self._parcel: Collector | None = None
        """What the target has no place for, within one system, or on the way back to where it was carried as well."""
        self._workshop: Workshop

    def _prepare(self) -> None:
        """Get ready to write, once it is known whether the archive comes back to where it was."""
        session = self._session
        if session.carries:
            self._recorder = Recorder(session.source_front, self._header(), session.pair)
        self._workshop = Workshop(
            session.source_front,
            session.reading,
            session.target_front,
            session.writing,
            session.pair,
            self._recorder.carrier if self._recorder is not None else None,
            clean=session.pair.same_system and not session.options.residue,
        )
        if session.restorer is not None:
            session.restorer.ready(self._workshop, session.writing, session.pair.target)

    def _header(self) -> Header:
        """Where the archive comes from, and what its conversion depends on."""
        session = self._session
        return Header(
            schema=SCHEMA,
            origin=session.source_front.id,
            name=session.name(),
            zone=str(session.report.resolved["timezone"]),
            before=session.writing.origin if session.writing.origin != session.source_front.id else "",
            options={name: value for name, value in session.profile_options.items() if value},
        )

    def check(self) -> None:
        """Whether the target may be written at all."""
        options = self._session.options
        if not options.dry_run:
            folder = not self._session.target_front.single_file
            check_target(Path(options.source), Path(options.target), options.overwrite_output, folder=folder)
            self._check_companion(Path(options.target))

    def run(self) -> None:
        """Place, write, commit, verify what was indexed. A dry run renders everything and writes nothing."""
        try:
            self._run()
        finally:
            if self._recorder is not None:
                self._recorder.close()
            if self._parcel is not None:
                self._parcel.close()

    def _run(self) -> None:
        session, options = self._session, self._session.options
        final = Path(options.target)
        self._prepare()
        session.place()
        if options.dry_run:
            self._everything(None)
            self._close_books()
            return
        for_target = Staging.for_file if session.target_front.single_file else Staging.for_folder
        with for_target(final) as staging:
            if staging.leftovers:
                session.report.about["leftovers"] = list(staging.leftovers)
            target = session.target_front.open_target(staging.path, session.writing)
            try:
                self._everything(target)
                self._residue(target)
                target.finish()
            except BaseException:
                target.abandon()
                raise
            self._close_books()
            done = self._commit(staging)
        if done.backup is not None:
            session.report.resolved["backup"] = str(done.backup)
        if options.verify:
            self._verify(final)

    def _check_companion(self, final: Path) -> None:
        beside, options = self._session.target_front.beside, self._session.options
        if beside is not None and not options.inline:
            check_companions(final, beside(final.name), options.overwrite_output)

    def _commit(self, staging: Staging) -> CommitResult:
        beside, options = self._session.target_front.beside, self._session.options
        if beside is None or options.inline:
            return staging.commit(options.overwrite_output, options.backup)
        return commit_with_companions(staging, beside(staging.final.name), options.overwrite_output, options.backup)

    def _everything(self, target: Target | None) -> None:
        self._folders(target)
        self._notes(target)
        self._assets(target)
        self._payloads(target)

    def _folders(self, target: Target | None) -> None:
        for key, entry in self._session.catalog.folders.items():
            self._tally.end("folders", entry.end or "created")
            if not entry.end and self._recorder is not None:
                self._recorder.folder(key, entry.fact, entry.output, self._blank_title)
            if entry.output is None:
                continue
            self._remember_id("folders", entry.fact.id, entry.output)
            same = self._session.pair.same_system or self._session.pair.holds_all
            if entry.output.form == "folder":
                self._folder(target, entry.output, entry.fact.attrs if same else ())
            else:
                self._blank(target, key, entry.output)
        for output in self._session.catalog.made:
            self._folder(target, output, ())
            if self._recorder is not None:
                self._recorder.made(output, self._session.catalog.made_for.get(output.key, ""))

    def _blank_title(self, output: Output) -> str:
        return self._workshop.blank_note(plain_order(output)).title

    def _blank(self, target: Target | None, key: str, output: Output) -> None:
        """A note without text, for a folder in a target that has none."""
        restorer = self._session.restorer
        known = restorer.hollow(key, output) if restorer is not None else None
        rendered, found = known or self._workshop.blank(plain_order(output))
        self._written.notes[output.key] = found
        self._blanks[output.key] = output
        if target is not None:
            target.note(rendered)

    def _folder(self, target: Target | None, output: Output, attrs: Attrs) -> None:
        """Write a folder with these attributes; one that comes back has those that it had."""
        self._written.folders.add(output.key)
        if self._session.restorer is not None:
            attrs = self._session.restorer.attrs(output)
        if target is None:
            return
        folder = Folder(
            key=output.key,
            name=output.title,
            id=output.id,
            parent=output.folder,
            order=output.order,
            attrs=attrs,
        )
        target.folder(folder, output.path or output.key)

    def _remember_id(self, kind: str, old: str | None, output: Output) -> None:
        if old and output.id and old != output.id:
            self._session.report.spool.add_id(kind, old, output.id)

    def _notes(self, target: Target | None) -> None:
        session, notes = self._session, self._session.catalog.notes
        session.progress.stage("Converting", len(notes))
        self._pages()
        for entry in notes.values():
            if entry.end:
                self._tally.end("notes", entry.end)
        self._hollow_notes(target)
        if session.restorer is not None:
            self._restored_pages(target)
        wanted = [key for key, entry in notes.items() if not entry.end and not _becomes_folder(entry)]
        for stored in session.source.fetch(wanted):
            if isinstance(stored, Finding):
                self._failed(stored.item.partition("/")[2], stored)
                continue
            result = self._convert(stored, notes[stored.key])
            if result is not None and target is not None:
                target.note(result.rendered)
            session.progress.advance(notes[stored.key].title or stored.key)
        self._name_richer_target()

    def _hollow_notes(self, target: Target | None) -> None:
        """Notes that become folders: their blocks, which say nothing, are in the target with them."""
        hollow = [key for key, entry in self._session.catalog.notes.items() if not entry.end and _becomes_folder(entry)]
        for stored in self._session.source.fetch(hollow) if self._recorder is not None else ():
            if isinstance(stored, Stored) and self._recorder is not None:
                self._recorder.hollow(stored, self._order(self._session.catalog.notes[stored.key]))
        for key in hollow:
            entry = self._session.catalog.notes[key]
            if entry.output is None:
                continue
            self._folder(target, entry.output, ())
            self._remember_id("notes", entry.id, entry.output)
            self._tally.end("notes", "created")
            blocks = self._session.catalog.outline(key).blocks
            self._tally.read("blocks", blocks)
            self._tally.end("blocks", "created", blocks)

    def _pages(self) -> None:
        """Notebooks' own pages, which nothing stands for, travel as residue."""
        pages = [key for key, entry in self._session.catalog.notes.items() if entry.page]
        if self._recorder is None or not pages:
            return
        for stored in self._session.source.fetch(pages):
            if isinstance(stored, Stored):
                self._session.catalog.notes[stored.key].end = "carried"
                self._recorder.page(stored)

    def _restored_pages(self, target: Target | None) -> None:
        restorer = self._session.restorer
        for rendered, found in restorer.pages() if restorer is not None else ():
            self._written.notes[rendered.key] = found
            if target is not None:
                target.note(rendered)

    def _name_richer_target(self) -> None:
        """Say once that another profile of the same format would have kept more."""
        richer = self._session.pair.parameter("richer")
        if richer and _RICHER & set(self._session.report.spool.codes):
            self._session.add(Finding(code="richer-target", item="archive", details=(("what", richer),)))

    def _failed(self, key: str, finding: Finding) -> None:
        self._session.add(finding)
        self._session.catalog.notes[key].end = "failed"
        self._tally.end("notes", "failed")

    def _convert(self, stored: Stored, entry: NoteEntry) -> Result | None:
        order = self._order(entry)
        try:
            result = self._restored(stored, entry, order) or self._workshop.convert(stored, order)
        except ItemError as error:
            self._failed(stored.key, unreadable(f"notes/{stored.key}", error))
            return None
        for finding in result.findings:
            self._session.add(finding)
        self._count(result)
        self._remember_id("notes", entry.id, order.output)
        self._written.notes[order.output.key] = result.digest
        self._sources[order.output.key] = entry.key
        if self._recorder is not None:
            self._written.origins[order.output.key] = digest_of_bytes(stored.data)
            self._recorder.note(result.residue)
        return result

    def _restored(self, stored: Stored, entry: NoteEntry, order: WorkOrder) -> Result | None:
        restorer = self._session.restorer
        return None if restorer is None else restorer.note(stored, entry, order)

    def _order(self, entry: NoteEntry) -> WorkOrder:
        if entry.output is None:
            raise InternalFaultError(f"The plan has no place for notes/{entry.key}.")
        return WorkOrder(
            key=entry.key,
            output=entry.output,
            identity=entry.id or entry.key,
            goals=self._session.links.goals(entry.key),
            anchors=self._session.links.anchors(entry.key),
            blocks=self._session.catalog.outline(entry.key).blocks,
            dropped=entry.dropped,
        )

    def _count(self, result: Result) -> None:
        tally, counts = self._tally, result.counts
        tally.end("notes", "created")
        tally.read("blocks", counts.read)
        tally.end("blocks", "created", counts.written)
        tally.end("blocks", "lost", counts.lost)
        tally.approximated("blocks", counts.approximated)
        if result.approximated:
            tally.approximated("notes")

    def _assets(self, target: Target | None) -> None:
        session = self._session
        session.progress.stage("Copying files", len(session.catalog.assets))
        for key, entry in session.catalog.assets.items():
            end = entry.end or self._asset(key, entry, target)
            self._tally.end("assets", end)
            session.progress.advance(key)

    def _asset(self, key: str, entry: AssetEntry, target: Target | None) -> str:
        """Copy one file to its places; it is read to its end before a byte of it reaches the target."""
        root = self._session.pair.parameter("asset_root")
        stamps = self._session.restorer.stamps if self._session.restorer is not None else {}
        wanted = [path for path in entry.paths if root + path not in self._written.files]
        with SpooledTemporaryFile(max_size=_HELD) as held:
            try:
                with self._session.source.open_asset(key) as stream:
                    _, found = copy_digest(stream, held)
            except ItemError as error:
                self._session.add(unreadable(f"assets/{key}", error))
                return "failed"
            for path in wanted:
                self._written.files[root + path] = found
                if target is not None:
                    held.seek(0)
                    target.asset(path, held, stamps.get(path, entry.fact.stamp))
        if self._recorder is not None:
            self._recorder.asset(key, entry)
        return "created"

    def _payloads(self, target: Target | None) -> None:
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

    def _taken(
        self,
        payload: PayloadFact,
        members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]],
        target: Target | None,
    ) -> ItemError | None:
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

    def _carry(self, payload: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Keep a payload as residue."""
        if self._recorder is not None:
            self._recorder.payload(payload, members)
            return
        if self._parcel is None:
            back = self._session.restorer is not None
            own = self._session.target_front if back else self._session.source_front
            self._parcel = Collector(msgspec.structs.replace(self._header(), origin=own.id))
        self._parcel.payload(payload, members)

    def _residue(self, target: Target) -> None:
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
            self._tally.end(unit.kind, end or "created")
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

    def _close_books(self) -> None:
        """The law, at the end of all counting: what was read is what ended."""
        broken = self._tally.law_breaks()
        if broken:
            raise InternalFaultError("The law is broken: " + " ".join(broken))

    def _verify(self, final: Path) -> None:
        session = self._session
        items, differences = verify(
            session.target_front,
            final,
            session.reading if session.restorer is None else session.restorer.reading,
            self._written,
            self._expected,
            session.progress,
        )
        status = "failed" if differences else "passed"
        session.report.verification = Verification(status=status, items=items, differences=differences)
        if differences:
            told = "; ".join(differences[:3])
            hint = "The target was written and is kept; please report this."
            raise InternalFaultError(f"The target is not what was to be written: {told}", hint=hint)

    def _expected(self, target_key: str) -> Note:
        """Make the lowered note of a target key once more."""
        if target_key in self._blanks:
            return self._workshop.blank_note(plain_order(self._blanks[target_key]))
        entry = self._session.catalog.notes[self._sources[target_key]]
        stored = next(iter(self._session.source.fetch([entry.key])))
        if isinstance(stored, Finding):
            raise InternalFaultError(f"The source changed while it was converted: {stored.item}.")
        note = self._workshop.read(stored)
        return self._workshop.expected(stored, note, self._order(entry))


def _becomes_folder(entry: NoteEntry) -> bool:
    return entry.output is not None and entry.output.form == "folder"
