"""The way from an origin to a source, once more, over what is there now (docs/residue.md, "Validity").

Whatever comes back from residue is lowered again as the first conversion did it, with links that lead where they would
lead in the target. What differs from what the source shows is not what it was.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, tzinfo

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Format, SourceContext, Stored
from converter.model.facts import AssetFact
from converter.model.items import Note
from converter.model.order import Output, WorkOrder
from converter.pipeline.bench import Reading
from converter.pipeline.catalog import AssetEntry, Catalog
from converter.pipeline.crew import Crew
from converter.pipeline.learnt import Indexed
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.pair import Pair
from converter.pipeline.place.links import LinkBook
from converter.pipeline.residue.book import Held, ResidueBook
from converter.pipeline.residue.claims import Claim
from converter.pipeline.residue.places import Places
from converter.pipeline.residue.records import AssetRecord, Header
from converter.pipeline.residue.tree import Node, each
from converter.storage.scratch import Scratch

__all__ = ["Mirror", "zone_of"]


def zone_of(name: str) -> tzinfo:
    """The zone that a header names; UTC where this system does not know it."""
    if name.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


class Mirror:
    """The origin as residue tells of it: its notes by their keys there, and orders to lower them into the source."""

    def __init__(
        self,
        origin: Format,
        source: Format,
        header: Header,
        reading: SourceContext,
        book: ResidueBook,
        scratch: Scratch,
    ) -> None:
        self.reading = msgspec.structs.replace(reading, zone=zone_of(header.zone))
        self.pair = Pair(origin.profile(header.options), source.profile(header.options), self.reading.zone)
        self.notes: dict[str, NoteEntry] = {}
        self._origin = origin
        self._book = book
        self._scratch = scratch
        self._links: LinkBook | None = None
        self._renamed: set[str] = set()

    def stored(self, held: Held, key: str = "") -> Stored:
        """A note as the origin's store would give it, under its old key or this one."""
        record = held.record
        stored = record.stored(held.content, self._book.beside(record))
        if not key or key == stored.key:
            return stored
        return msgspec.structs.replace(stored, key=key, path=key if stored.path else "")

    def read(self, stored: Stored) -> Note:
        """A note of the origin; raises `ItemError` where its bytes are none."""
        return self._origin.read(stored, self.reading)[0]

    def learn(
        self, claims: Mapping[str, Mapping[str, Claim]], crew: Crew, there: Mapping[str, NoteEntry]
    ) -> list[tuple[str, str]]:
        """Read the notes of these claims, each where the note that is `there` now is kept.

        The items whose notes cannot be read.
        """
        failed: list[tuple[str, str]] = []
        held = [
            (kind, key, claim, claim.held)
            for kind, items in claims.items()
            for key, claim in items.items()
            if claim.held is not None
        ]
        catalog = Catalog(self._origin.names, self._scratch)
        reading = Reading(format=self._origin.id, context=self.reading, lifts=self.pair.source)
        notes = (self.stored(one) for *_, one in held)
        homes = {claim.key: there[key].bench for kind, key, claim, _ in held if kind == "notes"}
        studies = crew.learn(notes, reading, lambda stored: homes.get(stored.key, -1))
        for (kind, key, claim, one), study in zip(held, studies, strict=True):
            if isinstance(study, Finding) or study[1].failure is not None:
                failed.append((kind, key))
                continue
            bench, learnt = study
            own, path = claim.key, one.record.path
            catalog.enter(own, own if path == own else path)
            catalog.describe(learnt, bench)
        self.notes = catalog.notes
        return failed

    def settle(self, places: Places, catalog: Catalog, left: Iterable[Claim], assets: Iterable[AssetRecord]) -> None:
        """Make the index of the target to be, in which each item leads to what stands for it in the source.

        What the source no longer has is in it as well, at its old place: links to it dangle on both sides.
        """
        mirror = Catalog(self._origin.names, self._scratch)
        self._renamed = {key for _, key, node in each(places.nodes) if node.renamed}
        for kind, key, node in each(places.nodes):
            entry = catalog.notes[key] if kind == "notes" else catalog.folders[key]
            if node.kind != "notes" or node.output is None or node.entry is not entry:
                continue
            known = self.notes.get(node.claim.key) if node.claim is not None else None
            if known is not None and known.key == node.output.key:
                made = mirror.adopt(known)
            else:
                made = mirror.add_note(node.output.key, node.output.path)
                if known is None:
                    made.known = Indexed(title=node.name)
                else:
                    made.told, made.outlined = known.told, known.outlined
            made.output = _present(node, key, catalog)
        for claim in left:
            if claim.kind == "notes" and claim.key not in mirror.notes:
                path = claim.key if self.pair.source.parameters.get("tree") == "paths" else ""
                made = mirror.add_note(claim.key, path)
                made.known, made.output = Indexed(title=claim.output.title), claim.output
        root = self.pair.parameter("asset_root")
        for record in assets:
            fact = AssetFact(key=record.key, name=posixpath.basename(record.key))
            paths = tuple(path.removeprefix(root) for path in record.at)
            mirror.add_asset(fact)
            mirror.assets[record.key] = AssetEntry(fact, paths=paths or (record.name,), name=record.name)
        pinned = dict(_pinned(places))
        places.forget()
        self._links = LinkBook(mirror, self.pair, self._origin.resolve)
        self._links.resolve_all(lambda _finding: None)
        for key, anchors in pinned.items():
            self._links.pin(key, anchors)

    def retitled(self, order: WorkOrder) -> dict[tuple[str, str], str]:
        """Links of a note, as target and place, that name notes which are called otherwise now, and how."""
        if not self._renamed:
            return {}
        return {link[1:3]: goal.title for link, goal in order.goals.items() if goal.key in self._renamed}

    def kept(self, claim: Claim, stored: Stored, bench: int) -> int:
        """Where a bench keeps a note of the origin that is read as this; -1 where it does not."""
        entry = self.notes.get(claim.key)
        return entry.kept if entry is not None and entry.bench == bench and stored.key == claim.key else -1

    def order(self, claim: Claim, key: str) -> WorkOrder:
        """The order of a note, now under this key in the target."""
        if claim.held is None or self._links is None:
            raise ItemError(f"notes/{key} has no residue.")
        record = claim.held.record
        entry = self.notes.get(claim.key)
        return WorkOrder(
            key=key,
            output=claim.output,
            identity=(entry.id if entry is not None else None) or claim.key,
            goals=self._links.goals(key),
            anchors=self._links.anchors(key),
            blocks=record.blocks,
            dropped=frozenset(record.dropped),
        )


def _pinned(places: Places) -> Iterator[tuple[str, dict[str, str]]]:
    """Notes whose places had names, by their keys in the target, with these."""
    for _, _, node in each(places.nodes):
        if node.output is not None and node.claim is not None and node.claim.held is not None:
            anchors = node.claim.held.record.anchors
            if anchors:
                yield node.output.key, anchors


def _present(node: Node, key: str, catalog: Catalog) -> Output:
    """What stands for a note in the source now, as an output of the first conversion."""
    claim = node.claim
    if isinstance(node.entry, NoteEntry):
        entry = node.entry
        name = posixpath.basename(entry.path).removesuffix(".md") if entry.path.endswith(".md") else entry.id or ""
        made = Output(key=key, id=entry.id, title=entry.title, path=entry.path, name=name, folder=entry.folder)
    else:
        made = Output(key=key, id=key, title=catalog.folders[key].fact.name, path=key, form="folder")
    if claim is None:
        return made
    if claim.output.key == key:
        return msgspec.structs.replace(claim.output, title=made.title)
    return msgspec.structs.replace(
        claim.output, key=key, id=made.id, title=made.title, path=made.path, name=made.name, folder=made.folder
    )
