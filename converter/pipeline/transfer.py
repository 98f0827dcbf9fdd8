"""The second half of a run: notes, assets and payloads into a target beside its final place, commit, verify."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from converter.digests import digest_of_bytes
from converter.errors import EnvironmentFaultError, InternalFaultError
from converter.findings.finding import Finding
from converter.findings.report import Verification
from converter.formats.front import Rendered, Stored, Target
from converter.model.blocks import Attrs
from converter.model.items import Folder, Note
from converter.model.order import Output, plain_order
from converter.pipeline.bench import Bench, Made, Task
from converter.pipeline.circumstances import unbounded
from converter.pipeline.copying import copy_files
from converter.pipeline.destination import Destination, check_destination
from converter.pipeline.foretold import refusals
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.payloads import Payloads
from converter.pipeline.residue.recorder import Recorder
from converter.pipeline.residue.records import SCHEMA, Header
from converter.pipeline.session import Session
from converter.pipeline.tasks import Tasks
from converter.pipeline.verify import Written, verify
from converter.pipeline.work import Result
from converter.storage.faults import reading_whole

__all__ = ["Transfer"]

_RICHER = frozenset(
    ("list-flattened", "item-split", "table-as-code", "callout-as-quote", "columns-flattened", "color-lost")
)
"""Fallbacks that a richer profile of the target's format does not need."""


class Transfer:
    """Carries out the plan of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tally = session.report.tally
        self._written = Written()
        self._sources: dict[str, str] = {}
        self._blanks: dict[str, Output] = {}
        self._recorder: Recorder | None = None
        self._bench: Bench
        self._tasks: Tasks
        self._payloads: Payloads | None = None

    def _prepare(self) -> None:
        """Get ready to write, once it is known whether the archive comes back to where it was."""
        session = self._session
        if session.carries:
            self._recorder = Recorder(session.source_front, self._header(), session.pair)
        self._tasks = Tasks(session, records=self._recorder is not None)
        self._bench = session.bench(self._recorder.carrier if self._recorder is not None else None)
        if session.restorer is not None:
            session.restorer.ready(self._bench.give_back)

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
            if self._payloads is not None:
                self._payloads.close()

    def _run(self) -> None:
        session, options = self._session, self._session.options
        session.look_into_target()
        for finding in refusals(session):
            session.add(finding)
        self._prepare()
        session.place()
        self._settle()
        payloads = self._payloads = Payloads(session, self._written, self._recorder, self._tasks.merge, self._header)
        if options.dry_run:
            self._rehearse(payloads)
            self._close_books()
            return
        with Destination(session) as destination:
            self._everything(destination.target, payloads)
            self._close_books()
            if options.planned:
                _check_plan(session)
            if options.into and not self._changes():
                return
            payloads.residue(destination.target)
            destination.target.finish()
            self._remember_others()
            session.opened.close()
            done = destination.commit()
        if done.backup is not None:
            session.report.resolved["backup"] = str(done.backup)
        if options.verify:
            self._verify(Path(options.target))

    def _rehearse(self, payloads: Payloads) -> None:
        """Everything but the writing. Items that the target's own writer may refuse go to one that is thrown away."""
        session = self._session
        self._folders(None)
        self._notes(None)
        copy_files(session, self._written, self._recorder, self._tasks.merge, None)
        if not (session.pair.same_system and session.target_front.parts is not None and session.catalog.payloads):
            payloads.write(None)
            return
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="mnemo-converter-") as folder:
            target = session.target_front.open_target(Path(folder) / Path(session.options.target).name, session.writing)
            try:
                payloads.write(target)
            finally:
                target.abandon()

    def _remember_others(self) -> None:
        """What the notes are that stay in a target of one file, which is written around them."""
        session = self._session
        if session.present is not None and session.target_front.single_file and session.options.verify:
            self._written.kept = session.present.digests(self._written.notes.keys())

    def _settle(self) -> None:
        """Where the target exists: decide what becomes of items that are there already."""
        session = self._session
        if session.present is not None:
            from converter.pipeline.into.merge import Merge

            merge = self._tasks.merge = Merge(session, session.present, ToBe(self, session))
            merge.settle()

    def _changes(self) -> bool:
        """Whether anything of the target is to change."""
        return self._tally.total("written") > 0

    def _everything(self, target: Target, payloads: Payloads) -> None:
        self._folders(target)
        self._notes(target)
        copy_files(self._session, self._written, self._recorder, self._tasks.merge, target)
        payloads.write(target)

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
            if self._tasks.merge is not None and self._tasks.merge.is_there(output):
                continue
            self._folder(target, output, ())
            if self._recorder is not None:
                self._recorder.made(output, self._session.catalog.made_for.get(output.key, ""))

    def _blank_title(self, output: Output) -> str:
        return self._bench.workshop.blank_note(plain_order(output)).title

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
        for done in session.crew.make(self._tasks.of(wanted)):
            if isinstance(done, Finding):
                self._failed(done.item.partition("/")[2], done)
                continue
            task, made = done
            if made.result is None and made.failure is None:
                task, made = self._made_here(task)
            if made.failure is not None:
                self._failed(task.order.key, made.failure)
            elif made.result is not None:
                self._take(task, made.result)
                if target is not None:
                    target.note(made.result.rendered)
            session.progress.advance(notes[task.order.key].title or task.order.key)
        self._name_richer_target()

    def _made_here(self, task: Task) -> tuple[Task, Made]:
        """A note whose bytes are needed after all."""
        stored = next(iter(self._session.source.fetch([task.order.key])))
        if isinstance(stored, Finding):
            return task, Made(failure=stored)
        whole = self._tasks.whole(stored, self._session.catalog.notes[task.order.key]).anew()
        return whole, self._bench.make(whole)

    def _hollow_notes(self, target: Target | None) -> None:
        """Notes that become folders: their blocks, which say nothing, are in the target with them."""
        hollow = [key for key, entry in self._session.catalog.notes.items() if not entry.end and _becomes_folder(entry)]
        for stored in self._session.source.fetch(hollow) if self._recorder is not None else ():
            if isinstance(stored, Stored) and self._recorder is not None:
                self._recorder.hollow(stored, self._tasks.order(self._session.catalog.notes[stored.key]))
        for key in hollow:
            entry = self._session.catalog.notes[key]
            output = entry.output
            if output is None:
                continue
            self._folder(target, output, ())
            self._remember_id("notes", entry.id, output)
            self._tally.end("notes", entry.way)
            self._count_blocks(entry, entry.way)

    def _end_note(self, entry: NoteEntry) -> None:
        """A note that is not written; where the target has it already, its blocks were read as well."""
        self._tally.end("notes", entry.end)
        if entry.end == "unchanged":
            self._count_blocks(entry, entry.end)

    def _count_blocks(self, entry: NoteEntry, end: str) -> None:
        blocks = entry.blocks
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

    def _take(self, task: Task, result: Result) -> None:
        """Enter what came of a note."""
        session, order = self._session, task.order
        entry = session.catalog.notes[order.key]
        for finding in result.findings:
            session.add(finding)
        self._count(result, entry.way)
        self._remember_id("notes", entry.id, order.output)
        if self._recorder is not None:
            self._recorder.note(result.residue)
        if session.options.verify:
            self._written.notes[order.output.key] = result.digest
            self._sources[order.output.key] = entry.key
            if self._recorder is not None:
                self._written.origins[order.output.key] = digest_of_bytes(task.stored.data)

    def work(self, stored: Stored, entry: NoteEntry) -> Result:
        """Make a note, and enter it nowhere; raises `ItemError` where it cannot be made."""
        return self._bench.work(self._tasks.whole(stored, entry).anew())

    def blank(self, key: str, output: Output) -> tuple[Rendered, bytes]:
        """A note without text for a folder, and its digest."""
        restorer = self._session.restorer
        known = restorer.hollow(key, output) if restorer is not None else None
        return known or self._bench.workshop.blank(plain_order(output))

    def _count(self, result: Result, way: str) -> None:
        tally, counts = self._tally, result.counts
        tally.end("notes", way)
        tally.read("blocks", counts.read)
        tally.end("blocks", way, counts.written)
        tally.end("blocks", "lost", counts.lost)
        tally.approximated("blocks", counts.approximated)
        if result.approximated:
            tally.approximated("notes")

    def _close_books(self) -> None:
        """The law, at the end of all counting: what was read is what ended."""
        broken = self._tally.law_breaks()
        if broken:
            raise InternalFaultError("The law is broken: " + " ".join(broken))

    def _verify(self, final: Path) -> None:
        session = self._session
        reading = session.reading if session.restorer is None else session.restorer.reading
        with _reading_again(session.places_of_target()):
            items, differences = verify(
                session.target_front,
                final,
                unbounded(reading),
                self._written,
                self._expected,
                session.crew,
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
            return self._bench.workshop.blank_note(plain_order(self._blanks[target_key]))
        entry = self._session.catalog.notes[self._sources[target_key]]
        stored = next(iter(self._session.source.fetch([entry.key])))
        if isinstance(stored, Finding):
            raise InternalFaultError(f"The source changed while it was converted: {stored.item}.")
        renamed = self._tasks.renamed(stored, entry)
        note = self._bench.workshop.read(renamed)
        return self._bench.workshop.expected(renamed, note, self._tasks.order(entry))


class ToBe:
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


def _check_plan(session: Session) -> None:
    """Refuse to commit anything but what was planned."""
    from converter.pipeline.apply import check_planned
    from converter.pipeline.plan import plan_of

    check_planned(plan_of(session), session.options)


@contextmanager
def _reading_again(places: list[Path]) -> Iterator[None]:
    """Around reading what was written: where the system does not let us, nothing is known to be wrong with it."""
    try:
        with reading_whole(places):
            yield
    except (EnvironmentFaultError, OSError) as error:
        why = error.message if isinstance(error, EnvironmentFaultError) else f"{error.strerror or error}."
        message = f"The target {places[0]} was written as a whole, but could not be read again to verify it: {why}"
        raise EnvironmentFaultError(
            message, hint="The target is kept. Compare it with `diff` when it can be read."
        ) from error


def _becomes_folder(entry: NoteEntry) -> bool:
    output = entry.output
    return output is not None and output.form == "folder"
