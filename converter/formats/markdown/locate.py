"""Where the links of a file stand, by line and column (docs/formats/markdown.md, "Names inside items")."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from converter.findings.finding import Location
from converter.formats.front import LinkKey, Stored
from converter.formats.markdown.encoding import decoded
from converter.formats.markdown.relink import file_places
from converter.text.positions import Positions

__all__ = ["locate_links"]


def locate_links(stored: Stored, keys: Collection[LinkKey]) -> Iterator[tuple[LinkKey, Location]]:
    """The places of the targets of these links, in reading order; of one that stands in a definition, that place."""
    text = decoded(stored.data).text
    positions = Positions(text)
    for place in sorted(file_places(text), key=lambda one: one.start):
        for form in place.forms:
            key = (form, place.target, place.place, "")
            if key in keys:
                line, column = positions.of(place.start)
                yield key, Location(file=stored.path, line=line, column=column)
