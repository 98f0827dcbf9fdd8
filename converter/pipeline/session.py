"""One run from source to plan: detection, index, selection, placing. Nothing is written yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from converter.findings.codes import CODES, code_of
from converter.findings.codes.entry import ERROR, LOST
from converter.findings.finding import Finding
from converter.findings.report import Place, Report
from converter.findings.tally import Tally
from converter.formats.front import Format, Source, TargetContext
from converter.model.facts import PayloadFact, UnitFact
from converter.model.items import INNER_KINDS, OUTER_KINDS
from converter.model.moment import Moment
from converter.pipeline.bench import Bench, Reading, Writing
from converter.pipeline.catalog import Catalog, titled
from converter.pipeline.circumstances import (
    clock_of,
    file_digest,
    origin_of,
    profile_options_of,
    reading_of,
    sound,
    version,
)
from converter.pipeline.crew import Crew, crew_of
from converter.pipeline.detect import detect_source, detect_target, file_of
from converter.pipeline.index import listed, read_notes
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.options import Options
from converter.pipeline.pair import Pair, takes
from converter.pipeline.place.assets import place_assets
from converter.pipeline.place.items import place_items
from converter.pipeline.place.links import LinkBook
from converter.pipeline.progress import Progress, Silent
from converter.pipeline.residue.book import ResidueBook
from converter.pipeline.residue.carry import Carrier
from converter.pipeline.residue.records import Header
from converter.pipeline.residue.settle import digests_of
from converter.pipeline.select import Selection
from converter.storage.digest import digest
from converter.storage.faults import reading_whole
from converter.storage.room import check_settled
from converter.storage.scratch import Scratch

if TYPE_CHECKING:
    from converter.pipeline.into.known import Known
    from converter.pipeline.into.present import Present
    from converter.pipeline.residue.restore import Restorer

__all__ = ["Session", "open_session"]

_PAYLOAD_KINDS = frozenset(("decks", "maps", "databases", "settings", "records", "payloads", "folders"))
"""Kinds of units of payloads."""
_ABOVE = 3
"""Folders above a source that it may be a part of: a notebook lies in `data`, which lies in a workspace."""


class Session:
    """What a run knows between its stages.

    Where another session was `before` it and is still open, its crew works on, and what it read of the same source in
    the same way is not read again.
    """

    def __init__(
        self, options: Options, command: str, progress: Progress | None = None, before: Session | None = None
    ) -> None:
        self.options = options
        self._before = before
        self.progress: Progress = progress or Silent()
        self.selection = Selection(options)
        self.reading = reading_of(options)
        self.clock = clock_of(options.clock)
        self.untimed: Moment | None = None
        """The time that files get which have none; without it that of the moment in which they are written."""
        self.report = Report(command=command, fail_on=options.fail_on, dry_run=options.dry_run)
        self.report.tally = Tally((*OUTER_KINDS, *INNER_KINDS))
        self.report.source = Place(path=options.source)
        self.source_front: Format
        self.source: Source
        self.target_front: Format
        self.pair: Pair
        self.catalog: Catalog
        self.carries = False
        self.carries_payloads = False
        self.profile_options: dict[str, str] = {}
        self.returned: set[str] = set()
        """Members of payloads that travel in the source's residue, within its own system."""
        self.book: ResidueBook | None = None
        self.restorer: Restorer | None = None
        self.present: Present | None = None
        self.seen = ""
        self.opened = ExitStack()
        self._closing = ExitStack()
        self.crew: Crew
        self.notes_read: Reading
        self._muted = False
        self._notes: Mapping[str, NoteEntry] = {}
        self.links: LinkBook
        self.writing: TargetContext

    def add(self, finding: Finding) -> None:
        """Take a finding; a note that people do not know by its key is named by its title as well.

        What the target loses and residue keeps is carried. Nothing is taken while the session is quiet.
        """
        if self._muted or not self._selects(finding):
            return
        keeps = self.carries or (self.carries_payloads and finding.item.partition("/")[0] in _PAYLOAD_KINDS)
        if keeps and (code := CODES.get(finding.code)) is not None and code.outcome == LOST:
            finding = msgspec.structs.replace(
                finding, code="carried", details=(("what", code.render(finding.details)), ("code", code.name))
            )
        kind, _, key = finding.item.partition("/")
        entry = self._notes.get(key) if kind == "notes" else None
        self.report.spool.add(finding if entry is None else titled(finding, entry.title))

    def _selects(self, finding: Finding) -> bool:
        """Whether findings of its code are asked for; errors always are, for what cannot be read cannot be checked."""
        select = self.options.select
        return not select or finding.code in select or code_of(finding.code).severity == ERROR

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """For work that is done to see what would come of it: its findings are not taken."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def detect(self) -> None:
        """Settle both formats, and say in the report what the result depends on."""
        options, report = self.options, self.report
        path = Path(options.source)
        self.source_front, seen = detect_source(path, options.source_format)
        report.source = Place(path=options.source, format=self.source_front.id, sha256=file_digest(path))
        report.about["detected"] = seen.why
        profile_options = self.profile_options = profile_options_of(options)
        own = self.source_front.profile(profile_options)
        self.target_front = self.source_front
        if options.target:
            self.target_front = detect_target(options.target, options.target_format)
            target_file = file_of(self.target_front, options.target)
            options = self.options = msgspec.structs.replace(options, target=target_file)
            report.target = Place(path=options.target, format=self.target_front.id)
            if "pictures" in self.target_front.profile(profile_options).parameters:
                profile_options["place"] = str(Path(options.target).absolute().parent)
        target = self.target_front.profile(profile_options)
        origin = origin_of(self.source_front, path)
        self.pair = Pair(own, target, self.reading.zone, origin=origin.profile(profile_options))
        self.carries_payloads = bool(options.target) and options.residue
        self.carries = self.carries_payloads and not self.pair.same_system
        self.writing = TargetContext(
            profile=target,
            clock=self.clock,
            zone=self.reading.zone,
            version=version(),
            origin=origin.id,
            inline=options.inline,
        )
        report.resolved = self._resolved()

    def _resolved(self) -> dict[str, object]:
        options = self.options
        return {
            "dialect": options.dialect,
            "timezone": getattr(self.reading.zone, "key", None) or str(self.reading.zone),
            "clock": self.clock.iso(),
            "mnemo_target": options.mnemo_target,
            "images_dir": options.images_dir or None,
            "only": list(options.only),
            "include": list(options.include),
            "exclude": list(options.exclude),
            "tags": list(options.tags),
            "strict_unknown": options.strict_unknown,
            **({"select": list(options.select)} if options.select else {}),
            **({"salvage": True} if options.salvage else {}),
            **({"skip_unsafe": True} if options.skip_unsafe else {}),
            **({"zip_encoding": options.zip_encoding} if options.zip_encoding else {}),
            "residue": self.carries,
            **({"into": True, "on_conflict": options.on_conflict} if options.into else {}),
        }

    def index(self, *, tells: bool = False) -> None:
        """Read the whole source once; `tells`: with what is found in the notes themselves."""
        reads_residue = not (self.options.ignore_residue or self.pair.same_system)
        self.notes_read = Reading(
            format=self.source_front.id,
            context=self.reading,
            lifts=None if self.pair.same_system else self.pair.source,
            visits=reads_residue,
            tells=tells,
            cuts=self.carries and self.pair.parameter("residue") == "blocks",
        )
        before = self._before
        if before is not None and self._reads_as(before):
            self._go_on_from(before)
        else:
            self._read_all(reads_residue=reads_residue)
        self._count_source()

    def _reads_as(self, before: Session) -> bool:
        """Whether all that there is to read was read already."""
        asked = [(one.source, one.ignore_residue, one.parcels, one.select) for one in (self.options, before.options)]
        return asked[0] == asked[1] and self.notes_read == before.notes_read

    def _go_on_from(self, before: Session) -> None:
        """Take what was read, with what was found."""
        self.source, self.catalog, self.crew = before.source, before.catalog, before.crew
        self.book, self.returned = before.book, before.returned
        self._notes = self.catalog.notes
        for finding in before.report.spool.places():
            self.add(finding)

    def _read_all(self, *, reads_residue: bool) -> None:
        if reads_residue:
            self.book = self._new_book()
        # Workers begin as copies of this process: before it holds anything.
        self.crew = self._before.crew if self._before is not None else self._new_crew()
        scratch = self._closing.enter_context(closing(Scratch()))
        self.catalog = listed(self.source_front, self.source, scratch, self.add, self.progress)
        self._notes = self.catalog.notes
        read_notes(self.catalog, self.source, self.crew, self.notes_read, self.add, self.progress, self.book)
        self._take_returned()
        for finding in self.book.problems() if reads_residue and self.book is not None else ():
            self.add(finding)
        self._tell_junk()

    def _new_book(self) -> ResidueBook:
        return self._closing.enter_context(closing(ResidueBook()))

    def _new_crew(self) -> Crew:
        return self._closing.enter_context(closing(crew_of(Path(self.options.source), self.options.jobs)))

    def _take_returned(self) -> None:
        """Take payloads that only residue of the source's system holds: they are of the source as all others are."""
        own = self.pair.source
        ignored = self.options.ignore_residue and not self.options.parcels
        if ignored or "payloads" not in own.parameters:
            return
        if self.book is None:
            self.book = self._new_book()
            self.book.open(self.source)
        there = {member.key for payload in self.catalog.payloads for member in payload.members}
        for origin, fact in self.book.payloads:
            from converter.pipeline.residue.sections import is_of_system

            keys = {member.key for member in fact.members}
            ours = is_of_system(origin, own.system) and not takes(own, fact.type)
            if ours and there.isdisjoint(keys) and all(map(self.book.has_member, keys)):
                there |= keys
                self.returned |= keys
                self.catalog.payloads.append(fact)

    def takes(self, payload: PayloadFact) -> bool:
        """Whether the target has a place for a payload; one that was carried whole has none beside its own parts."""
        kind, whole, _ = payload.type.partition(".whole")
        parted = bool(whole) and any(one.type == kind and one.units for one in self.catalog.payloads)
        return self.pair.takes(payload.type) and not parted

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A member of a payload, from the source or from its residue."""
        if self.book is not None and key in self.returned:
            return self.book.open_member(key)
        return self.source.open_member(key)

    def _count_source(self) -> None:
        """Count the outer units, as the store itself has them."""
        tally, catalog = self.report.tally, self.catalog
        tally.read("folders", len(catalog.folders))
        tally.read("notes", len(catalog.notes))
        tally.read("assets", len(catalog.assets))
        for unit in self.units():
            tally.read(unit.kind)
        for left in catalog.junk:
            tally.read(left.kind)
            tally.end(left.kind, "skipped")

    def _tell_junk(self) -> None:
        junk = sorted(junk.key for junk in self.catalog.junk if not junk.told)
        if junk:
            details = (("what", ", ".join(junk[:3])),)
            self.add(Finding(code="junk-skipped", item="archive", details=details, count=len(junk)))

    def units(self) -> Iterator[UnitFact]:
        """The units of all payloads."""
        for payload in self.catalog.payloads:
            yield from payload.units

    def origin(self) -> Header | None:
        """Where the source came from, as far as its residue tells: the target's format, else that of most notes."""
        if not self.book or self.pair.same_system or self.options.ignore_residue:
            return None
        if self.target_front.id in self.book.headers:
            return self.book.headers[self.target_front.id]
        name, count = self.book.origins.most_common(1)[0]
        return self.book.headers[name] if 2 * count > len(self.catalog.notes) else None

    def restore(self, header: Header) -> None:
        """Bring the source back to where it came from: from now on everything happens in the way of its header."""
        book = self.book
        if book is None:
            return
        from converter.pipeline.residue.restore import Restorer

        self.carries = self.carries_payloads = False
        self.restorer = Restorer(
            self.source_front,
            self.reading,
            self.target_front,
            book,
            header,
            self.catalog,
            self.pair,
            self.add,
            self.crew,
            self._looks_of,
        )
        zone, before = self.restorer.reading.zone, header.before or header.origin
        self.writing = msgspec.structs.replace(self.writing, zone=zone, origin=before)

    def _looks_of(self, keys: list[str]) -> Iterator[tuple[str, list[bytes]]]:
        """Digests of the blocks of these notes."""
        for stored in self.source.fetch(keys):
            if not isinstance(stored, Finding):
                yield stored.key, digests_of(self.source_front.read(stored, self.reading)[0].blocks)

    def bench(self, carrier: Carrier | None) -> Bench:
        """Get everyone ready to make notes; a bench of this process."""
        writing = Writing(
            format=self.target_front.id,
            context=self.writing,
            pair=self.pair,
            carrier=carrier,
            clean=self.pair.same_system and not self.options.residue,
            digests=self.options.verify or self.options.into,
            way=self.restorer.way() if self.restorer is not None else None,
        )
        self.crew.ready(self.notes_read, writing)
        bench = self._closing.enter_context(closing(Bench()))
        bench.ready(self.notes_read, writing)
        return bench

    def open(self) -> None:
        """Open the source."""
        opened = self.source_front.open_source(Path(self.options.source), self.reading)
        self.source = self._closing.enter_context(closing(opened))

    def let_go(self) -> None:
        """Let go of what is known of the source, which has been dealt with; those who worked on it go on to others."""
        if self.book is not None:
            self.book.close()
        self.book, self.restorer, self._notes = None, None, {}
        del self.catalog
        vars(self).pop("links", None)

    def close(self) -> None:
        """Let go of everything but the report."""
        self.opened.close()
        self._closing.close()
        self.progress.close()

    def places_of_target(self) -> list[Path]:
        """The target, and what may stand beside it and belongs to it."""
        final, beside = Path(self.options.target), self.target_front.beside
        return [final, *(final.with_name(name) for name in (beside(final.name) if beside is not None else ()))]

    def look_into_target(self) -> None:
        """See what stands in the target that takes the source's items; raises `TargetError` where it cannot be read."""
        if self.options.into:
            from converter.pipeline.into.present import look_into
            from converter.storage.state import quick_state

            self.opened.enter_context(reading_whole(self.places_of_target()))
            self.seen = quick_state(Path(self.options.target))
            found = look_into(self.target_front, Path(self.options.target), sound(self.reading), self.pair.target)
            self.present = self.opened.enter_context(found)

    def place(self) -> None:
        """Decide where everything goes."""
        restorer = self.restorer
        known = self._known()
        report = self.add if restorer is None else restorer.quiet(self.add)
        there = self.present.notes if self.present is not None and self.pair.parameter("tree") == "folders" else ()
        self.links = LinkBook(self.catalog, self.pair, self.source_front.resolve, there)
        self.selection.apply(self.catalog, self._assets_named_by)
        place_items(self.catalog, self.pair, self.clock, self.name(), report, known)
        if restorer is not None:
            restorer.place_items(self.pair, self.add)
        self.links.resolve_all(self.add)
        if restorer is not None:
            restorer.pin(self.links, ids=self.pair.has_ids)
        place_assets(self.catalog, self.pair, self.clock, self.asset_digest, report, known)
        if restorer is not None:
            restorer.place_assets(self.pair)
        self._report_order()
        placeholders = self.pair.parameter("target") == "0.6" and not self.pair.parameter("images_dir")
        if placeholders and any(asset.shown and not asset.end for asset in self.catalog.assets.values()):
            self.add(Finding(code="images-need-directory", item="archive"))

    def _known(self) -> Known | None:
        """What is known of the target that takes the source's items; None where there is none."""
        if self.present is None:
            return None
        from converter.pipeline.into.known import Known

        return Known(self.present, self.source_front.id)

    def name(self) -> str:
        """What the top of the target is called: as asked, else as the source is called."""
        source = Path(self.options.source).resolve()
        return self.options.notebook or (source.name if source.is_dir() else source.stem) or "Notes"

    def _assets_named_by(self, key: str) -> set[str]:
        found = (self.source_front.resolve(self.catalog, key, link) for link in self.catalog.links(key))
        return {one.key for one in found if one.kind == "asset"}

    def asset_digest(self, key: str) -> str:
        """The SHA-256 of a file of the source; raises `ItemError` where it cannot be read."""
        with self.source.open_asset(key) as stream:
            return digest(stream)[1]

    def _report_order(self) -> None:
        """Siblings whose order the target cannot keep: told once a folder."""
        rule = self.pair.fact("order")
        if rule.exact or self.pair.same_system or self.restorer is not None:
            return
        siblings: dict[str | None, list[tuple[int, str]]] = {}
        for entry in self.catalog.notes.values():
            order, output = entry.order, entry.output
            if output is not None and order is not None:
                siblings.setdefault(output.folder, []).append((order, output.path.casefold()))
        for folder, rows in sorted(siblings.items(), key=lambda item: item[0] or ""):
            if [path for _, path in sorted(rows)] != sorted(path for _, path in rows):
                self.add(Finding(code=rule.code, item=f"folders/{folder or ''}"))


@contextmanager
def open_session(session: Session) -> Iterator[Session]:
    """Detect, open the source, and close it again whatever happens. One in the middle of a change is refused."""
    check_settled(Path(session.options.source), above=_ABOVE)
    session.detect()
    session.open()
    try:
        yield session
    finally:
        session.close()
