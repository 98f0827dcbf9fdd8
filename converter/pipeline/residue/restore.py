"""A conversion back to where an archive came from: what is still as it was gets its bytes back (docs/residue.md)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Format, Rendered, SourceContext
from converter.model.blocks import Attrs
from converter.model.facts import PayloadFact
from converter.model.moment import Moment
from converter.model.order import Output
from converter.pipeline.catalog import AssetEntry, Catalog
from converter.pipeline.crew import Crew
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.pair import Pair
from converter.pipeline.place.links import LinkBook
from converter.pipeline.place.own_paths import own_path
from converter.pipeline.residue.book import ResidueBook, unused
from converter.pipeline.residue.claims import Claim, Claims, Looks
from converter.pipeline.residue.mirror import Mirror
from converter.pipeline.residue.places import Places, in_old_order, with_outputs
from converter.pipeline.residue.records import Header
from converter.pipeline.residue.sound import is_sound_file
from converter.pipeline.residue.tree import Tree
from converter.pipeline.residue.way import Back, Way
from converter.storage.names import Unique

if TYPE_CHECKING:
    from converter.pipeline.residue.give_back import GiveBack

__all__ = ["Restorer"]

Report = Callable[[Finding], None]
Member = tuple[str, AbstractContextManager[IO[bytes]]]


class Restorer:
    """Brings an archive back to its origin, with what was changed since."""

    def __init__(
        self,
        source: Format,
        reading: SourceContext,
        target: Format,
        book: ResidueBook,
        header: Header,
        catalog: Catalog,
        pair: Pair,
        report: Report,
        crew: Crew,
        looks: Looks,
    ) -> None:
        self._source = source
        self._target = target
        self._book = book
        self._catalog = catalog
        self._report = report
        self._origin = header.origin
        self._places: Places | None = None
        self.stamps: dict[str, Moment | None] = {}
        """Times of files by their places in the origin."""
        self.claims = Claims(catalog, book, header.origin, pair, looks)
        self.mirror = Mirror(target, source, header, reading, book, catalog.scratch)
        self.reading = self.mirror.reading
        self._payloads = list(self._sound_payloads(pair))
        book.members_that_come({member.key for fact in self._payloads for member in fact.members})
        for kind, key in self.mirror.learn(self.claims.items, crew, catalog.notes):
            del self.claims.items[kind][key]
            self._unused(f"{kind}/{key}", "its bytes cannot be read")
        self._report_copies()

    def _report_copies(self) -> None:
        if self.claims.unsound:
            self._unused("archive", "records of it name what cannot be", self.claims.unsound)
        for key in self.claims.copies:
            self._unused(f"notes/{key}", "the note is a copy")

    def _unused(self, item: str, why: str, count: int = 1) -> None:
        self._report(unused(item, why, count))

    def quiet(self, report: Report) -> Report:
        """A report that leaves out what is said of the places of items that come back to their old ones."""

        def told(finding: Finding) -> None:
            kind, _, key = finding.item.partition("/")
            if self.claims.of(kind, key) is None and not (kind == "folders" and key in self.claims.made):
                report(finding)

        return told

    def place_items(self, pair: Pair, report: Report) -> None:
        """Give every item its place in the origin."""
        folders = dict(self._book.folders)
        notes, rows = self.mirror.notes, pair.parameter("tree") in ("folders", "keys")
        tree = Tree(self._catalog, self.claims, notes, folders, rows=rows)
        self._places = Places(tree, self._catalog, pair, (notes, folders), report)
        with_outputs(self._places, self._catalog)
        self.mirror.settle(self._places, self._catalog, self.claims.left, self._book.assets)
        in_old_order(self._catalog, self.claims, self._book.note_keys(), folders)

    def pin(self, links: LinkBook, *, ids: bool) -> None:
        """Let links lead to places of notes by the names that these have in the origin."""
        for key, claim in self.claims.items["notes"].items():
            if claim.held is not None:
                names = claim.held.record.anchors
                back = {new: old if ids else old.removeprefix("^") for old, new in names.items()}
                links.pin(key, {new: old for new, old in back.items() if ids or not old.startswith("#")})

    def place_assets(self, pair: Pair) -> None:
        """Give the files that residue names their places and times in the origin."""
        root = pair.parameter("asset_root")
        homes: dict[str, list[str]] = {}
        entries = self._catalog.assets
        unique = Unique()
        for record in self._book.assets:
            if not is_sound_file(record.key, pair):
                self._unused("archive", "records of it name what cannot be")
                continue
            for at in record.at:
                if at in entries and not entries[at].end:
                    homes.setdefault(at, []).append(record.key)
                    self.stamps[own_path(record.key, root)] = record.stamp
        for at, keys in homes.items():
            paths = tuple(own_path(key, root) for key in keys)
            for path in paths:
                unique.reserve(posixpath.basename(path), posixpath.dirname(path))
            named = paths[0] if pair.parameter("tree") != "folders" else posixpath.basename(paths[0])
            entries[at].paths, entries[at].name = paths, named
        for key, entry in entries.items():
            if key not in homes and entry.paths and not entry.end:
                _set_apart(entry, unique)

    def is_ours(self, key: str) -> bool:
        """Whether something belongs to a folder that the first conversion made by itself."""
        return key.partition("/")[0] in self.claims.made

    def attrs(self, output: Output) -> Attrs:
        """The attributes that a folder had."""
        return self._places.attrs.get(output.key, ()) if self._places is not None else ()

    def _sound_payloads(self, pair: Pair) -> Iterator[PayloadFact]:
        seen: set[str] = set()
        for origin, fact in self._book.payloads:
            if origin != self._origin:
                continue
            keys = [member.key for member in fact.members]
            sound = all(is_sound_file(key, pair) for key in (*keys, *(member.name for member in fact.members)))
            fresh = len({*keys}) == len(keys) and seen.isdisjoint(keys)
            seen.update(keys)
            if sound and fresh and all(map(self._book.has_member, keys)):
                yield fact
            else:
                self._unused(f"payloads/{fact.key}", "its files are missing, or have names that cannot be")

    def payloads(self, taken: AbstractSet[str]) -> Iterator[tuple[PayloadFact, Iterator[Member]]]:
        """What travelled whole, with all its members; none of them may be in the place of what is `taken`."""
        for fact in self._payloads:
            keys = [member.key for member in fact.members]
            if taken.isdisjoint(keys):
                yield fact, ((key, self._book.open_member(key)) for key in keys)
            else:
                self._unused(f"payloads/{fact.key}", "something else has the names of its files")

    def ready(self, give_back: GiveBack) -> None:
        """Get ready for what comes back besides notes that are notes in the source."""
        self._finisher, self._editor = give_back.finisher, give_back.editor

    def way(self) -> Way:
        """The way back."""
        return Way(origin=self._target.id, reading=self.reading, mirror=self.mirror.pair)

    def gives_back(self, key: str) -> bool:
        """Whether a note has residue of its own."""
        claim = self.claims.of("notes", key)
        return claim is not None and claim.held is not None

    def back(self, key: str, entry: NoteEntry) -> Back | None:
        """The order by which a note may come back; None where no residue is its own."""
        claim = self.claims.of("notes", key)
        output = entry.output
        if claim is None or claim.held is None or output is None:
            return None
        then = self.mirror.stored(claim.held, output.key)
        mirrored = self.mirror.order(claim, then.key)
        retitled = self.mirror.retitled(mirrored)
        kept = self.mirror.kept(claim, then, entry.bench)
        return Back(then=then, kept=kept, mirrored=mirrored, retitled=retitled, partial=claim.held.partial)

    def hollow(self, key: str, output: Output) -> tuple[Rendered, bytes] | None:
        """A note that the source holds as a folder; None where there is none."""
        claim = self.claims.of("folders", key)
        if claim is not None and claim.folder is not None:
            return self._finisher.blank(output)
        if claim is None or claim.held is None:
            return None
        then = self.mirror.stored(claim.held, output.key)
        try:
            own = self.mirror.read(then)
        except ItemError:
            return None
        data = then.data
        if output.title != self._title_of(claim):
            data = self._editor.retitled(own, output.title)
        return self._finisher.finished(data, then, output, then.stamp)

    def _title_of(self, claim: Claim) -> str:
        entry = self.mirror.notes.get(claim.key)
        return entry.title if entry is not None else claim.output.title

    def pages(self) -> Iterator[tuple[Rendered, bytes]]:
        """Notebooks' own pages, of those notebooks that come back."""
        for held in self.claims.pages:
            then = self.mirror.stored(held)
            try:
                page = self.mirror.read(then)
            except (ItemError, RecursionError):
                continue
            if self._places is None or not page.folder or page.folder not in self._places.returned:
                continue
            output = Output(
                key=then.key, id=page.id, title=page.title, path=then.path, folder=page.folder, order=page.order
            )
            yield self._finisher.finished(then.data, then, output, then.stamp)


def _set_apart(entry: AssetEntry, unique: Unique) -> None:
    """Another name for a new file where an old one needs its own."""
    paths: list[str] = []
    for path in entry.paths:
        folder, name = posixpath.split(path)
        if unique.reserve(name, folder):
            paths.append(path)
            continue
        stem, extension = posixpath.splitext(name)
        paths.append(f"{folder}/{unique.take(stem, folder, extension=extension)}" if folder else name)
    if tuple(paths) != entry.paths:
        entry.name = entry.name.replace(posixpath.basename(entry.paths[0]), posixpath.basename(paths[0]))
        entry.paths = tuple(paths)
