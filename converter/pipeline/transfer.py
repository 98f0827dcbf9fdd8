"""The second half of a run: notes, assets and payloads into a target beside its final place, commit, verify."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile

from converter.errors import InternalFaultError, ItemError
from converter.findings.finding import Finding
from converter.findings.report import Verification
from converter.formats.front import Stored, Target
from converter.model.blocks import Attrs
from converter.model.items import Folder, Note
from converter.model.order import Output, WorkOrder, plain_order
from converter.pipeline.catalog import AssetEntry, NoteEntry
from converter.pipeline.payloads import Payloads
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.residue.records import SCHEMA, Header
from converter.pipeline.session import Session
from converter.pipeline.verify import Written, verify
from converter.pipeline.work import Result, Workshop, digest_of_bytes, unreadable
from converter.storage.commit import CommitResult, Staging, check_target
from converter.storage.companion import check_companions, commit_with_companions
from converter.storage.digest import copy_digest

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
        self._closing = ExitStack()
        self._payloads: Payloads
        self._workshop: Workshop

    def _prepare(self) -> None:
        """Get ready to write, once it is known whether the archive comes back to where it was."""
        session = self._session
        if session.carries:
            self._recorder = Recorder(session.source_front, self._header(), session.pair)
            self._closing.callback(self._recorder.close)
        self._workshop = Workshop(
            session.source_front,
            session.reading,
            session.target_front,
            session.writing,
            session.pair,
            self._recorder.carrier if self._recorder is not None else None,
            clean=session.pair.same_system and not session.options.residue,
        )
        self._payloads = Payloads(session, self._written, self._header(), self._recorder)
        self._closing.callback(self._payloads.close)
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
        with self._closing:
            self._run()

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
                self._payloads.residue(target)
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
        self._payloads.carry_out(target)

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
