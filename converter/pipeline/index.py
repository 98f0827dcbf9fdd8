"""The index pass: every fact of the store, every note read once for its anchors and links."""

from __future__ import annotations

from collections.abc import Callable

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Format, Source, SourceContext, Stored
from converter.model.facts import AssetFact, FolderFact, JunkFact, NoteFact, PayloadFact
from converter.model.items import Note
from converter.model.profile import Profile
from converter.pipeline.catalog import Catalog, NoteEntry, titled
from converter.pipeline.law import Answers
from converter.pipeline.lift.rules import lift
from converter.pipeline.outline import outline, says_nothing
from converter.pipeline.progress import Progress
from converter.pipeline.residue.book import ResidueBook
from converter.pipeline.work import too_deep, unreadable

__all__ = ["build_catalog"]

Report = Callable[[Finding], None]
_NESTING = ("documents", "keys")
"""Trees in which notes hold notes."""


def build_catalog(
    front: Format,
    source: Source,
    context: SourceContext,
    lifts: Profile | None,
    report: Report,
    progress: Progress,
    book: ResidueBook | None = None,
    *,
    tells: bool = False,
) -> Catalog:
    """Enter everything that the source holds. `lifts` is the profile to lift by, None within one system.

    `book` takes the residue that the source carries. `tells`: what was found while notes were read is reported too.
    """
    catalog = Catalog(front.names)
    progress.stage("Listing", None)
    for fact in source.facts():
        match fact:
            case Finding():
                report(fact)
            case FolderFact():
                catalog.add_folder(fact)
            case NoteFact(key=key, path=path, size=size):
                catalog.add_note(NoteEntry(key=key, path=path, size=size))
            case AssetFact():
                catalog.add_asset(fact)
            case PayloadFact():
                catalog.payloads.append(fact)
            case JunkFact():
                catalog.junk.append(fact)
    if book is not None:
        book.open(source)
    progress.stage("Reading", len(catalog.notes))
    for stored in source.fetch():
        if isinstance(stored, Finding):
            report(stored)
            catalog.notes[stored.item.partition("/")[2]].end = "failed"
            continue
        _describe(catalog, front, stored, context, lifts, report, book, tells=tells)
        progress.advance(stored.key)
    return catalog


def _describe(
    catalog: Catalog,
    front: Format,
    stored: Stored,
    context: SourceContext,
    lifts: Profile | None,
    report: Report,
    book: ResidueBook | None,
    *,
    tells: bool,
) -> None:
    entry, found = catalog.notes[stored.key], tuple[Finding, ...]()
    try:
        note, found = front.read(stored, context)
        if book is not None:
            book.visit(stored.key, note)
        lifted = _lifted(note, lifts)
        catalog.describe(entry, note, outline(lifted))
        entry.hollow = lifts is not None and lifts.parameters.get("tree") in _NESTING and says_nothing(lifted)
    except RecursionError:
        _fail(entry, ItemError(too_deep(stored.key)), report)
    except ItemError as error:
        _fail(entry, error, report)
    for finding in found if tells else ():
        report(titled(finding, entry.title))


def _fail(entry: NoteEntry, error: ItemError, report: Report) -> None:
    report(unreadable(f"notes/{entry.key}", error))
    entry.end = "failed"


def _lifted(note: Note, lifts: Profile | None) -> Note:
    return note if lifts is None else lift(note, lifts, Answers())
