"""What is found about links, with the places where they stand: those notes alone are read once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from converter.findings.finding import Finding
from converter.formats.front import LinkKey, LinkLocator, Stored
from converter.model.facts import LinkFact
from converter.pipeline.place.links import LinkBook
from converter.pipeline.session import Session

__all__ = ["link_findings"]


def link_findings(session: Session, book: LinkBook) -> Iterator[Finding]:
    """A finding for each place of a link that leads nowhere; one without a place where its format does not tell it."""
    keys: dict[str, None] = {}
    book.resolve_all(lambda finding: keys.setdefault(finding.item.partition("/")[2]))
    locate = session.source_front.locate_links
    for stored in session.source.fetch(list(keys)) if keys and locate is not None else ():
        if isinstance(stored, Finding):
            yield stored
        elif locate is not None:
            keys.pop(stored.key, None)
            yield from _in_note(stored, book.faults(stored.key), locate)
    for key in keys:
        yield from (finding for _, finding in book.faults(key))


def _in_note(stored: Stored, faults: Iterable[tuple[LinkFact, Finding]], locate: LinkLocator) -> Iterator[Finding]:
    """The findings of a note in the order of their places."""
    found = {(link.form, link.target, link.place, link.block): finding for link, finding in faults}
    placed: set[LinkKey] = set()
    for key, place in locate(stored, found.keys()):
        placed.add(key)
        yield msgspec.structs.replace(found[key], location=place)
    yield from (finding for key, finding in found.items() if key not in placed)
