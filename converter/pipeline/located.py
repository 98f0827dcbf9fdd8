"""What is found about links, with the places where they stand: those notes alone are read once more."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from converter.findings.finding import Finding
from converter.pipeline.bench import Places, Sought
from converter.pipeline.place.links import LinkBook
from converter.pipeline.session import Session

__all__ = ["link_findings"]


def link_findings(session: Session, book: LinkBook) -> Iterator[Finding]:
    """A finding for each place of a link that leads nowhere; one without a place where its format does not tell it."""
    keys: dict[str, None] = {}
    book.resolve_all(lambda finding: keys.setdefault(finding.item.partition("/")[2]))
    waiting: deque[list[Finding]] = deque()
    if keys and session.source_front.locate_links is not None:
        for found in session.crew.locate(_sought(session, book, keys, waiting)):
            yield from (found,) if isinstance(found, Finding) else _in_note(waiting.popleft(), found[1])
    for key in keys:
        yield from (finding for _, finding in book.faults(key))


def _sought(
    session: Session, book: LinkBook, keys: dict[str, None], waiting: deque[list[Finding]]
) -> Iterator[tuple[int, Sought] | Finding]:
    """What is to be found in each note; its findings wait, and its key is no longer among those that are left."""
    for stored in session.source.fetch(list(keys)):
        if isinstance(stored, Finding):
            yield stored
            continue
        keys.pop(stored.key, None)
        found = {(link.form, link.target, link.place, link.block): each for link, each in book.faults(stored.key)}
        waiting.append(list(found.values()))
        yield -1, Sought(stored, tuple(found))


def _in_note(found: list[Finding], places: Places) -> Iterator[Finding]:
    """The findings of a note in the order of their places."""
    placed = {number for number, _ in places}
    for number, place in places:
        yield msgspec.structs.replace(found[number], location=place)
    yield from (finding for number, finding in enumerate(found) if number not in placed)
