"""One of the two archives of a comparison: its session, its spots, and its notes as they are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Stored
from converter.model.blocks import Attrs
from converter.model.facts import LinkFact
from converter.model.items import Note
from converter.patterns import pattern
from converter.pipeline.diff.residue import is_own_name
from converter.pipeline.diff.spots import Spots, spots_of
from converter.pipeline.law import Answers
from converter.pipeline.lift.rules import lift
from converter.pipeline.pair import Pair
from converter.pipeline.session import Session
from converter.pipeline.work import too_deep, unreadable
from converter.storage.digest import digest
from converter.storage.names import fold

__all__ = ["TOP", "Side"]

TOP = "\0top"
"""What the only notebook of an archive is called: it is the archive itself."""

_ADDRESS = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
"""How a link begins that leads out of every archive, or to a place that it does not name."""


class Side:
    """An archive that is compared with another; `labels` say of its files what they are called in the comparison."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.labels: dict[str, str] = {}
        self.notebook_labels: dict[str, str] = {}
        self.failed: set[str] = set()
        self.spots = Spots()
        self.other: Side

    def index(self, other: Side) -> None:
        """Read everything once, lifted: a system's own habits are compared as what they mean."""
        session, self.other = self.session, other
        session.pair = Pair(session.pair.source, other.session.pair.source, session.reading.zone)
        self._system = session.pair.same_system
        session.pair.same_system = False
        session.index()
        self.failed = {key for key, entry in session.catalog.notes.items() if entry.end == "failed"}

    @property
    def same_system(self) -> bool:
        """Whether both archives are of one system."""
        return self._system

    @property
    def notebooks(self) -> int | None:
        """How many folders stand at the top, where these are notebooks; None elsewhere."""
        if self.session.pair.source.parameters.get("top") != "notebooks":
            return None
        return sum(entry.fact.parent is None for entry in self.session.catalog.folders.values())

    def settle(self) -> None:
        """Give every item its spot. A notebook is a folder where the other archive has several or none, too."""
        pair = self.session.pair
        pair.same_system = self.notebooks is not None and (self.other.notebooks or 1) != (self.notebooks or 1)
        pair.leaves_notebooks = self.notebooks is not None and not pair.same_system
        self.spots = spots_of(self.session.catalog, pair)
        pair.same_system = False
        top = [key for key, entry in self.session.catalog.folders.items() if entry.fact.parent is None]
        if self.notebooks == 1 and not any(spot.kind == "folders" and spot.key in top for spot in self.spots.folders):
            self.notebook_labels = dict.fromkeys(top, TOP)

    def read(self, keys: Sequence[str] | None = None) -> Iterator[Note]:
        """These notes (all: None) in the store's order, lifted. What cannot be read is reported and left out."""
        wanted = [key for key in self.session.catalog.notes if key not in self.failed] if keys is None else keys
        if not wanted:
            return
        for stored in self.session.source.fetch(wanted):
            if isinstance(stored, Finding):
                self._fail(stored.item.partition("/")[2], stored)
                continue
            note = self._lifted(stored)
            if note is not None:
                yield note

    def _lifted(self, stored: Stored) -> Note | None:
        try:
            note, _ = self.session.source_front.read(stored, self.session.reading)
            return lift(note, self.session.pair.source, Answers())
        except RecursionError:
            self._fail(stored.key, unreadable(f"notes/{stored.key}", ItemError(too_deep(stored.key))))
        except ItemError as error:
            self._fail(stored.key, unreadable(f"notes/{stored.key}", error))
        return None

    def _fail(self, key: str, finding: Finding) -> None:
        self.failed.add(key)
        self.session.add(finding)

    def told_key(self, key: str) -> str:
        """A key in words that both archives share: a notebook in a path by what it is matched with."""
        first, slash, rest = key.partition("/")
        return f"{self.notebook_labels.get(first, first)}{slash}{rest}"

    def data_of(self, key: str) -> bytes | None:
        """The bytes of a note as they lie in the store, where they can be had."""
        stored = next(iter(self.session.source.fetch([key])), None)
        return stored.data if isinstance(stored, Stored) else None

    def __call__(self, note: str, link: LinkFact) -> tuple[str, str] | None:
        """What a link names, in words that both archives share: a label and a place; None outside of any archive."""
        session, catalog = self.session, self.session.catalog
        found = session.source_front.resolve(catalog, note, link)
        if found.kind == "missing" or (found.kind == "outside" and link.target and not _ADDRESS.match(link.target)):
            return f"missing {fold(link.target)}", fold(link.place)
        if found.kind == "outside":
            return None
        if found.kind == "asset":
            return f"file {self.labels.get(found.key) or fold(catalog.assets[found.key].fact.name)}", found.anchor
        spot = self.spots.by_note.get(found.key)
        label = spot.label if spot is not None and spot.label else fold(catalog.notes[found.key].title)
        return f"note {label}", self._place(found.key, found.anchor)

    def _place(self, key: str, anchor: str) -> str:
        """A place in a note: a heading by its text, others by the id that both archives know, else only as places."""
        if not anchor:
            return ""
        place = self.session.catalog.places(key).with_key(anchor)
        if place is not None and place.level and place.text:
            return f"#{fold(place.text)}"
        spot = self.spots.by_note.get(key)
        mate = spot.mate if spot is not None else None
        known = mate is not None and self.other.session.catalog.places(mate).with_key(anchor) is not None
        return f"^{anchor}" if known else "^"

    def kept(self, attrs: Attrs) -> Attrs:
        """What of a block's free attributes is content: nothing where the other system knows none of them."""
        if not attrs or not self._system:
            return ()
        return tuple(sorted(pair for pair in attrs if pair[0] not in self._ignored and not is_own_name(pair[0])))

    @cached_property
    def palette(self) -> dict[str, str]:
        """The system's own tokens of colours, as CSS."""
        tokens = self.session.pair.source.parameters.get("palette", "").split()
        return {name: css for name, _, css in (token.partition("=") for token in tokens)}

    @cached_property
    def _ignored(self) -> frozenset[str]:
        parameters = self.session.pair.source.parameters
        return frozenset(f"{parameters.get('ignorable_block_attrs', '')} {parameters.get('number_attrs', '')}".split())

    def digest_of(self, key: str) -> str:
        """The SHA-256 of a file; "" where it cannot be read, which is reported."""
        entry = self.session.catalog.assets[key]
        if not entry.digest:
            try:
                with self.session.source.open_asset(key) as stream:
                    entry.digest = digest(stream)[1]
            except ItemError as error:
                self.session.add(unreadable(f"assets/{key}", error))
        return entry.digest
