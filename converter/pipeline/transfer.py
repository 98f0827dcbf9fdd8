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
from converter.formats.front import Rendered, Stored, Target
from converter.model.blocks import Attrs
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.order import Output, WorkOrder, plain_order
from converter.pipeline.apply import check_planned
from converter.pipeline.catalog import AssetEntry, NoteEntry
from converter.pipeline.destination import Destination, check_destination
from converter.pipeline.diff.residue import is_residue
from converter.pipeline.into.merge import Merge
from converter.pipeline.plan import plan_of, unit_end, unit_rule
from converter.pipeline.residue.collect import Collector
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.residue.records import SCHEMA, Header
from converter.pipeline.residue.sections import foreign_lines
from converter.pipeline.session import Session
from converter.pipeline.verify import Written, verify
from converter.pipeline.work import Result, Workshop, digest_of_bytes, unreadable
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
        self._merge: Merge | None = None
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
        check_destination(self._session)

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
        session.look_into_target()
        self._prepare()
        session.place()
        self._settle()
        if options.dry_run:
            self._everything(None)
            self._close_books()
            return
        with Destination(session) as destination:
            self._everything(destination.target)
            self._close_books()
            check_planned(plan_of(session), options)
            if options.into and not self._changes():
                return
            self._residue(destination.target)
            destination.target.finish()
            session.opened.close()
            done = destination.commit()
        if done.backup is not None:
            session.report.resolved["backup"] = str(done.backup)
        if options.verify:
            self._verify(Path(options.target))

    def _settle(self) -> None:
        """Where the target exists: decide what becomes of items that are there already."""
        session = self._session
        if session.present is not None:
            self._merge = Merge(session, session.present, Made(self, session))
            self._merge.settle()

    def _changes(self) -> bool:
        """Whether anything of the target is to change."""
        return bool(self._tally.total("created") + self._tally.total("duplicated") + self._tally.total("overwritten"))

    def _everything(self, target: Target | None) -> None:
        self._folders(target)
        self._notes(target)
        self._assets(target)
        self._payloads(target)

    def _folders(self, target: Target | None) -> None:
        for key, entry in self._session.catalog.folders.items():
            self._tally.end("folders", entry.end or entry.way)
            if not entry.end and self._recorder is not None:
                self._recorder.folder(key, entry.fact, entry.output, self._blank_title)
            if entry.output is None or entry.end:
                continue
            self._remember_id("folders", entry.fact.id, entry.output)
            same = self._session.pair.same_system or self._session.pair.holds_all
            if entry.output.form == "folder":
                self._folder(target, entry.output, entry.fact.attrs if same else ())
            else:
                self._blank(target, key, entry.output)
        for output in self._session.catalog.made:
            if self._merge is not None and self._merge.is_there(output):
                continue
            self._folder(target, output, ())
            if self._recorder is not None:
                self._recorder.made(output, self._session.catalog.made_for.get(output.key, ""))

    def _blank_title(self, output: Output) -> str:
        return self._workshop.blank_note(plain_order(output)).title

    def _blank(self, target: Target | None, key: str, output: Output) -> None:
        """A note without text, for a folder in a target that has none."""
        rendered, found = self.blank(key, output)
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
                self._end_note(entry)
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
            self._tally.end("notes", entry.way)
            self._count_blocks(entry, entry.way)

    def _end_note(self, entry: NoteEntry) -> None:
        """A note that is not written; where the target has it already, its blocks were read as well."""
        self._tally.end("notes", entry.end)
        if entry.end == "unchanged":
            self._count_blocks(entry, entry.end)

    def _count_blocks(self, entry: NoteEntry, end: str) -> None:
        blocks = self._session.catalog.outline(entry.key).blocks
        self._tally.read("blocks", blocks)
        self._tally.end("blocks", end, blocks)

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
            result = self.work(stored, entry, order)
        except ItemError as error:
            self._failed(stored.key, unreadable(f"notes/{stored.key}", error))
            return None
        for finding in result.findings:
            self._session.add(finding)
        self._count(result, entry.way)
        self._remember_id("notes", entry.id, order.output)
        self._written.notes[order.output.key] = result.digest
        self._sources[order.output.key] = entry.key
        if self._recorder is not None:
            self._written.origins[order.output.key] = digest_of_bytes(stored.data)
            self._recorder.note(result.residue)
        return result

    def work(self, stored: Stored, entry: NoteEntry, order: WorkOrder | None = None) -> Result:
        """Make a note, and enter it nowhere; raises `ItemError` where it cannot be made."""
        order = order or self._order(entry)
        if self._merge is not None:
            stored = self._merge.copies.renamed(stored, entry)
        return self._restored(stored, entry, order) or self._workshop.convert(stored, order)

    def blank(self, key: str, output: Output) -> tuple[Rendered, bytes]:
        """A note without text for a folder, and its digest."""
        restorer = self._session.restorer
        known = restorer.hollow(key, output) if restorer is not None else None
        return known or self._workshop.blank(plain_order(output))

    def _restored(self, stored: Stored, entry: NoteEntry, order: WorkOrder) -> Result | None:
        restorer = self._session.restorer
        return None if restorer is None else restorer.note(stored, entry, order)

    def _order(self, entry: NoteEntry) -> WorkOrder:
        if entry.output is None:
            raise InternalFaultError(f"The plan has no place for notes/{entry.key}.")
        return WorkOrder(
            key=entry.key,
            output=entry.output,
            identity=entry.salt or entry.id or entry.key,
            goals=self._session.links.goals(entry.key),
            anchors=self._session.links.anchors(entry.key),
            blocks=self._session.catalog.outline(entry.key).blocks,
            dropped=entry.dropped,
            copy=entry.way == "duplicated",
        )

    def _count(self, result: Result, way: str) -> None:
        tally, counts = self._tally, result.counts
        tally.end("notes", way)
        tally.read("blocks", counts.read)
        tally.end("blocks", way, counts.written)
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
        return entry.way

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
                if session.pair.takes(payload.type):
                    target.payload(payload, members)
                else:
                    self._carry(payload, members)

    def _whole(self, payload: PayloadFact, ends: list[str], target: Target | None) -> None:
        """Pass a payload with all its members, or carry it."""
        pair = self._session.pair
        keep = "" in ends or (not payload.units and pair.same_system and pair.takes(payload.type))
        if (keep or "carried" in ends) and not self._readable(payload, keep=keep):
            ends = ["failed" if end in ("", "carried") else end for end in ends]
            keep = False
        self._end_units(payload, ends)
        if "carried" in ends:
            self._carry(payload, self._members(payload))
        if keep and target is not None:
            target.payload(payload, self._members(payload))

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
            if not ends[place] and (unit.kind, unit.key) not in made:
                why = (("why", "it cannot be read"),)
                self._session.add(Finding(code="item-unreadable", item=f"{unit.kind}/{unit.key}", details=why))
            ends[place] = ends[place] or made.get((unit.kind, unit.key), "failed")
        self._end_units(payload, [end if end != "created" else "" for end in ends])

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
            self._parcel = Collector(self._header())
        self._parcel.payload(payload, members)

    def _residue(self, target: Target) -> None:
        """Write the residue of this run, and pass on what the source has of others within its system."""
        session = self._session
        if self._recorder is not None:
            target.residue(self._recorded(self._recorder))
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

    def _recorded(self, recorder: Recorder) -> IO[bytes]:
        """The residue of what was written, behind that of what stays."""
        present = self._session.present
        if present is None:
            return recorder.finished()
        return recorder.behind(present.source.open_residue(), self._written.notes.keys() | self._written.files.keys())

    def _end_units(self, payload: PayloadFact, ends: list[str]) -> None:
        for unit, end in zip(payload.units, ends, strict=True):
            self._tally.end(unit.kind, end or "created")
            if end in ("lost", "carried"):
                details = (("what", unit.title or unit.key),)
                code = unit_rule(self._session, payload, unit).code
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
            alone=not session.options.into,
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


class Made:
    """Items of a run as they would be written (`pipeline.into.merge.Converts`)."""

    def __init__(self, transfer: Transfer, session: Session) -> None:
        self._transfer = transfer
        self._session = session

    def note(self, stored: Stored, entry: NoteEntry) -> Result:
        """A note of the source by its present output."""
        with self._session.quiet():
            return self._transfer.work(stored, entry)

    def blank(self, key: str, output: Output) -> Rendered:
        """A note without text for a folder."""
        with self._session.quiet():
            return self._transfer.blank(key, output)[0]


def _becomes_folder(entry: NoteEntry) -> bool:
    return entry.output is not None and entry.output.form == "folder"
