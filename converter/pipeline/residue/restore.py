"""A conversion back to where an archive came from: what is still as it was gets its bytes back (docs/residue.md)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import IO

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.formats.front import Format, Rendered, SourceContext, Stored, TargetContext
from converter.model.blocks import Attrs, walk
from converter.model.facts import PayloadFact
from converter.model.items import Note
from converter.model.moment import Moment
from converter.model.order import Output, WorkOrder, plain_order
from converter.model.profile import Profile
from converter.pipeline.catalog import AssetEntry, Catalog, NoteEntry
from converter.pipeline.law import Answers, InnerCounts
from converter.pipeline.lift.legacy import order_by_number
from converter.pipeline.lower.inside import inside
from converter.pipeline.pair import Pair
from converter.pipeline.place.links import LinkBook
from converter.pipeline.place.own_paths import own_path
from converter.pipeline.residue.blocks import bare
from converter.pipeline.residue.book import ResidueBook, unused
from converter.pipeline.residue.claims import Claim, Claims
from converter.pipeline.residue.edits import Edit, Editor, in_place
from converter.pipeline.residue.mirror import Mirror
from converter.pipeline.residue.places import Places, in_old_order, with_outputs
from converter.pipeline.residue.records import Header
from converter.pipeline.residue.sound import is_sound_file
from converter.pipeline.residue.tree import Tree
from converter.pipeline.work import Result, Workshop, digest_of
from converter.storage.names import Unique

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
    ) -> None:
        self._source = source
        self._source_reading = reading
        self._target = target
        self._book = book
        self._catalog = catalog
        self._report = report
        self._origin = header.origin
        self._places: Places | None = None
        self.stamps: dict[str, Moment | None] = {}
        """Times of files by their places in the origin."""
        self.claims = Claims(catalog, book, header.origin, pair)
        self.mirror = Mirror(target, source, header, reading, book)
        self.reading = self.mirror.reading
        self._payloads = list(self._sound_payloads(pair))
        book.members_that_come({member.key for fact in self._payloads for member in fact.members})
        for item in self.mirror.learn(self.claims.items):
            del self.claims.items[item]
            self._unused("/".join(item), "its bytes cannot be read")
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
        known = {f"{kind}/{key}" for kind, key in self.claims.items}
        known |= {f"folders/{key}" for key in self.claims.made}

        def told(finding: Finding) -> None:
            if finding.item not in known:
                report(finding)

        return told

    def place_items(self, pair: Pair, report: Report) -> None:
        """Give every item its place in the origin."""
        folders = dict(self._book.folders)
        notes, rows = self.mirror.notes, pair.parameter("tree") in ("folders", "keys")
        tree = Tree(self._catalog, self.claims, notes, folders, rows=rows)
        self._places = Places(tree, self._catalog, pair, (notes, folders), report)
        with_outputs(self._places, self._catalog)
        in_old_order(self._catalog, self.claims, self._book.note_keys(), folders)
        self.mirror.settle(self._places, self._catalog, self.claims.left, self._book.assets)

    def pin(self, links: LinkBook, *, ids: bool) -> None:
        """Let links lead to places of notes by the names that these have in the origin."""
        for (kind, key), claim in self.claims.items.items():
            if kind == "notes" and claim.held is not None:
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

    def ready(self, workshop: Workshop, writing: TargetContext, target: Profile) -> None:
        """Get ready for notes: the workshop makes anew what was changed."""
        self._finisher = _Finisher(self._target, self.reading, writing, Pair(target, target, self.reading.zone))
        mirror = Workshop(self._target, self.reading, self._source, writing, self.mirror.pair)
        own = self.mirror.pair.source
        ways = (self._finisher.in_order, self.mirror.stale)
        self._editor = Editor(self._target, own, mirror, workshop, writing, *ways)

    def note(self, stored: Stored, entry: NoteEntry, order: WorkOrder) -> Result | None:
        """A note as it was in its origin, with what was changed since; None where no residue fits."""
        claim = self.claims.of("notes", stored.key)
        if claim is None or claim.held is None or entry.output is None:
            return None
        read, found = self._source.read(stored, self._source_reading)
        now = bare(read)
        then = self.mirror.stored(claim.held, entry.output.key)
        edit = self._edit(claim, then, now, stored.path, order)
        if edit is None:
            self._unused(f"notes/{stored.key}", "it does not fit the note")
            return None
        changed = edit.changed or claim.held.partial
        self._tell(stored.key, edit, changed=changed)
        stamp = now.updated or now.stamp if changed else then.stamp
        rendered, digest = self._finisher.finished(edit.data, then, entry.output, stamp)
        blocks = sum(1 for _ in walk(read.blocks))
        counts = edit.counts or InnerCounts(blocks, blocks, 0, 0)
        return Result(rendered, digest, counts, (*found, *edit.findings), approximated=bool(edit.findings))

    def _edit(self, claim: Claim, then: Stored, now: Note, path: str, order: WorkOrder) -> Edit | None:
        try:
            return self._editor.edit(then, now, self.mirror.order(claim, then.key), order, path)
        except (ItemError, UnicodeError, RecursionError):
            return None

    def _tell(self, key: str, edit: Edit, *, changed: bool) -> None:
        if changed:
            self._report(Finding(code="residue-edited", item=f"notes/{key}"))
        if edit.silent:
            self._report(Finding(code="residue-hidden", item=f"notes/{key}", count=edit.silent))

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
            node = self._places.folder(page.folder) if self._places is not None and page.folder else None
            if node is None or node.output is None:
                continue
            output = Output(
                key=then.key, id=page.id, title=page.title, path=then.path, folder=page.folder, order=page.order
            )
            yield self._finisher.finished(then.data, then, output, then.stamp)


class _Finisher:
    """Makes what the target stores of bytes that come back."""

    def __init__(self, target: Format, reading: SourceContext, writing: TargetContext, same: Pair) -> None:
        self._target = target
        self._reading = reading
        self._writing = writing
        self._same = same
        self._workshop = Workshop(target, reading, target, writing, same)

    def blank(self, output: Output) -> tuple[Rendered, bytes]:
        """A note without text."""
        return self._workshop.blank(plain_order(output))

    def finished(self, data: bytes, then: Stored, output: Output, stamp: Moment | None) -> tuple[Rendered, bytes]:
        """The note as stored, and the digest of what it says; where bytes never pass they are written anew."""
        stored = msgspec.structs.replace(
            then,
            key=output.key,
            data=data,
            path=output.path or then.path,
            folder=output.folder,
            parent=output.parent,
            order=output.order,
            stamp=stamp,
        )
        note, _ = self._target.read(stored, self._reading)
        if data is not then.data:
            note = in_place(note)
        if self._target.keeps is not None:
            return Rendered(output.key, data, output.path or output.key, stored.stamp, output.order), digest_of(note)
        lowered = self._as_written(note, output)
        return self._target.render(lowered, self._writing), digest_of(lowered)

    def in_order(self, then: Stored) -> Stored:
        """A note with its blocks in the order of their numbers, where its format writes every note anew."""
        if self._target.keeps is not None:
            return then
        note = order_by_number(self._target.read(then, self._reading)[0], self._same.source, Answers())
        data = self._target.render(note, self._writing).data
        return msgspec.structs.replace(then, data=data)

    def _as_written(self, note: Note, output: Output) -> Note:
        return inside(note, plain_order(output), self._same, Answers()).note


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
