"""Which items of a source are which items of the origin that its residue tells of (docs/residue.md, "Claims")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from converter.model.order import Output
from converter.pipeline.catalog import Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.residue.book import Held, ResidueBook
from converter.pipeline.residue.records import FolderRecord
from converter.pipeline.residue.settle import known_again, mark_of, split_marks
from converter.pipeline.residue.sound import is_sound_item

__all__ = ["Claim", "Claims", "Looks", "above_of"]

Looks = Callable[[list[str]], Iterable[tuple[str, list[bytes]]]]
"""Gives digests of the blocks of these notes."""

_ENOUGH = 0.5
"""The part of a note's blocks that must be known again for it to be the same note under another name."""


class Claim(msgspec.Struct, frozen=True, gc=False):
    """An item of the origin, by its kind and key there, and what it was when residue was written (`output`).

    `made` is that where no record tells it.
    """

    kind: str
    key: str
    made: Output | None = None
    held: Held | None = None
    folder: FolderRecord | None = None

    @property
    def output(self) -> Output:
        """What it was. That of a note is read each time it is asked for: there is one for every note."""
        if self.held is not None:
            return self.held.output
        told = self.folder.output if self.folder is not None else None
        return told or self.made or Output(key=self.key)

    @property
    def shown(self) -> str:
        """What the item was called in the target."""
        record = self.folder if self.held is None else self.held.record
        name = record.shown if record is not None else None
        return self.output.title if name is None else name


class Claims:
    """For each item of the source its claim, by kind and key; the first holder of a record has it.

    `looks` is asked for notes that only what they show can tell.

    `pair` is the way back. `made` gives the note of the origin for whose sake a folder is there ("": none), by the
    folder's key. `unsound` counts records whose keys no target can have, `copies` are notes that carry the record of
    another one, `left` are records that nothing claims, `pages` are those of notebooks' own pages.
    """

    def __init__(self, catalog: Catalog, book: ResidueBook, origin: str, pair: Pair, looks: Looks) -> None:
        self.items: dict[str, dict[str, Claim]] = {"folders": {}, "notes": {}}
        self.made: dict[str, str] = {}
        self.copies: list[str] = []
        self.pages: list[Held] = []
        self.left: list[Claim] = []
        self._catalog = catalog
        self._pair = pair
        self.unsound = 0
        self._notes: dict[str, Claim] = {}
        self._folders: dict[str, Claim] = {}
        self._settle_notes(book, origin)
        for record in book.folders.values():
            if record.output is not None and self._is_sound("folders", record.key):
                self._offer(Claim("folders", record.key, folder=record))
        self._by_key()
        self._by_id()
        self._by_look(looks)
        for made in book.made:
            if made.output.key in catalog.folders:
                self.made[made.output.key] = made.note
        while self._by_children():
            pass
        self.left = [*self._notes.values(), *self._folders.values(), *self._gone(book)]

    def _gone(self, book: ResidueBook) -> Iterable[Claim]:
        """Notes that took their records along."""
        there = {claim.key for items in self.items.values() for claim in items.values() if claim.kind == "notes"}
        gone = (stub for stub in book.stubs() if stub.key not in there)
        return [Claim("notes", stub.key, stub.output) for stub in gone if is_sound_item("notes", stub.key, self._pair)]

    def of(self, kind: str, key: str) -> Claim | None:
        """The claim of an item."""
        return self.items.get(kind, {}).get(key)

    def _settle_notes(self, book: ResidueBook, origin: str) -> None:
        """One record for each note: that of the note which is still where it was, else the first that carries it."""
        for output, several in book.notes():
            ours = [held for held in several if held.origin == origin]
            if not output:
                self.pages = [held for held in ours if self._is_sound("notes", held.record.key)]
                continue
            if not ours:
                continue
            held = next((one for one in ours if one.holder in ("", output)), ours[0])
            self.copies += [one.holder for one in ours if one is not held and one.holder]
            record = held.record
            if not self._is_sound("notes", record.key):
                continue
            claim = Claim("notes", record.key, held=held)
            if held.holder and held.holder in self._catalog.notes:
                self.items["notes"][held.holder] = claim
            else:
                self._offer(claim)

    def _is_sound(self, kind: str, key: str) -> bool:
        sound = is_sound_item(kind, key, self._pair)
        self.unsound += not sound
        return sound

    def _offer(self, claim: Claim) -> None:
        output = claim.output
        offered = self._folders if output.form == "folder" else self._notes
        offered.setdefault(output.key, claim)

    def _take(self, kind: str, key: str, offered: dict[str, Claim], output: str) -> None:
        self.items[kind][key] = offered.pop(output)

    def _by_key(self) -> None:
        for key in self._catalog.notes:
            if key in self._notes and key not in self.items["notes"]:
                self._take("notes", key, self._notes, key)
        for key in self._catalog.folders:
            if key in self._folders:
                self._take("folders", key, self._folders, key)

    def _free(self) -> list[str]:
        return [key for key in self._catalog.notes if key not in self.items["notes"]]

    def _by_id(self) -> None:
        """Notes that moved or were renamed, and have an id of their own."""
        ids = {own: output for output, claim in self._notes.items() if (own := claim.output.id)}
        for key in self._free():
            output = ids.pop(self._catalog.notes[key].id or "", None)
            if output is not None:
                self._take("notes", key, self._notes, output)

    def _by_look(self, looks: Looks) -> None:
        """Notes without ids that are still known by most of their blocks."""
        marks = {output: claim.held.record.marks for output, claim in self._notes.items() if claim.held is not None}
        index: dict[str, list[str]] = {}
        for output, mark in marks.items():
            for one in split_marks(mark):
                index.setdefault(one, []).append(output)
        for key, digests in looks(self._free()) if index else ():
            near = Counter(output for one in dict.fromkeys(digests) for output in index.get(mark_of(one), ()))
            for output, _ in near.most_common(3):
                known = known_again(marks[output], digests)
                if output in self._notes and known >= _ENOUGH * max(len(digests), len(split_marks(marks[output]))):
                    self._take("notes", key, self._notes, output)
                    break

    def _by_children(self) -> bool:
        """Places without ids of their own that were renamed: most of what they hold comes from one that is gone."""
        before = self._count()
        votes: dict[str, Counter[str]] = {}
        claimed = ((kind, *item) for kind, items in self.items.items() for item in items.items())
        for kind, key, claim in claimed:
            above = above_of(self._catalog, kind, key)
            then = claim.output
            was = then.parent or then.folder
            if above is not None and was is not None and (was in self._folders or was in self._notes):
                votes.setdefault(above, Counter())[was] += 1
        for key, counted in votes.items():
            output = counted.most_common(1)[0][0]
            kind, offered = ("notes", self._notes) if key in self._catalog.notes else ("folders", self._folders)
            if key not in self.items[kind] and output in offered:
                self._take(kind, key, offered, output)
        return self._count() > before

    def _count(self) -> int:
        return sum(map(len, self.items.values()))


def above_of(catalog: Catalog, kind: str, key: str) -> str | None:
    """What an item stands in: the note above it, else its folder; None at the top."""
    if kind == "folders":
        return catalog.folders[key].fact.parent
    entry = catalog.notes[key]
    return entry.parent or entry.folder
