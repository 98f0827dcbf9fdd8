"""The index pass: every fact of the store, every note read once for its anchors and links."""

from __future__ import annotations

from collections.abc import Callable

from converter.findings.finding import Finding
from converter.formats.front import Format, Source
from converter.model.facts import AssetFact, FolderFact, JunkFact, NoteFact, PayloadFact
from converter.pipeline.bench import Reading
from converter.pipeline.catalog import Catalog, titled
from converter.pipeline.crew import Crew
from converter.pipeline.progress import Progress
from converter.pipeline.residue.book import ResidueBook
from converter.storage.scratch import Scratch

__all__ = ["listed", "read_notes"]

Report = Callable[[Finding], None]


def listed(front: Format, source: Source, scratch: Scratch, report: Report, progress: Progress) -> Catalog:
    """A catalog of everything that the source holds; notes are known by their places only."""
    catalog = Catalog(front.names, scratch)
    progress.stage("Listing", None)
    for fact in source.facts():
        match fact:
            case Finding():
                report(fact)
            case FolderFact():
                catalog.add_folder(fact)
            case NoteFact(key=key, path=path, size=size):
                catalog.add_note(key, path)
                catalog.note_bytes += size
            case AssetFact():
                catalog.add_asset(fact)
            case PayloadFact():
                catalog.payloads.append(fact)
            case JunkFact():
                catalog.junk.append(fact)
    return catalog


def read_notes(
    catalog: Catalog,
    source: Source,
    crew: Crew,
    reading: Reading,
    report: Report,
    progress: Progress,
    book: ResidueBook | None = None,
) -> None:
    """Read every note once. `book` takes the residue that the source carries."""
    if book is not None:
        book.open(source)
    progress.stage("Reading", len(catalog.notes))
    for study in crew.learn(source.fetch(), reading):
        if isinstance(study, Finding):
            report(study)
            catalog.notes[study.item.partition("/")[2]].end = "failed"
            continue
        bench, learnt = study
        for finding in learnt.findings:
            report(titled(finding, learnt.known.title))
        if learnt.failure is not None:
            report(learnt.failure)
            catalog.notes[learnt.key].end = "failed"
            continue
        if book is not None:
            book.visit(catalog.notes[learnt.key].key, learnt.visit)
        catalog.describe(learnt, bench)
        progress.advance(learnt.key)
