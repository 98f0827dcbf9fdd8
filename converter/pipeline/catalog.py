"""The index of a source: one compact entry per item, with lookups for resolving links.

Links and anchors of a note are kept packed in a scratch file and unpacked when they are looked at, so that memory
grows by little more than the names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from converter.findings.finding import Finding
from converter.formats.places import Places
from converter.model.facts import Anchor, AssetFact, FolderFact, JunkFact, LinkFact, Outline, PayloadFact
from converter.model.order import Output
from converter.pipeline.learnt import Learnt
from converter.pipeline.note_entry import NoteEntry, Shelf
from converter.storage.known_names import Names
from converter.storage.scratch import Scratch

__all__ = ["AssetEntry", "Catalog", "FolderEntry", "titled"]

_T = TypeVar("_T")
_NEAR = 16
"""Notes whose outlines are at hand because they were asked for a moment ago."""

_NOTHING = Outline()
_outline = msgspec.msgpack.Decoder(Outline).decode


class FolderEntry(msgspec.Struct, gc=False):
    """A folder, where it goes, and how it ended; `way` is how it ends when it is written."""

    fact: FolderFact
    output: Output | None = None
    end: str = ""
    way: str = "created"


def titled(finding: Finding, title: str) -> Finding:
    """The finding of a note with the note's title, where its key does not say it."""
    if not title or title in finding.item.partition("/")[2]:
        return finding
    return msgspec.structs.replace(finding, details=(*finding.details, ("title", title)))


class AssetEntry(msgspec.Struct, gc=False):
    """An asset: where it goes (several places at times), whether notes show or name it, and how it ended.

    `way` is how it ends when it is written.
    """

    fact: AssetFact
    digest: str = ""
    shown: bool = False
    named: bool = False
    paths: tuple[str, ...] = ()
    name: str = ""
    end: str = ""
    way: str = "created"


class Catalog:
    """Everything that the index pass learnt. Implements `formats.front.Lookup`."""

    def __init__(self, names: Callable[[str, str], tuple[str, ...]], scratch: Scratch) -> None:
        self.scratch = scratch
        self._shelf = Shelf(scratch)
        self.folders: dict[str, FolderEntry] = {}
        self.notes: dict[str, NoteEntry] = {}
        self.assets: dict[str, AssetEntry] = {}
        self.note_bytes = 0
        """Bytes of all notes in the source."""
        self.payloads: list[PayloadFact] = []
        self.junk: list[JunkFact] = []
        self.made: list[Output] = []
        """Folders of the target that no folder of the source became."""
        self.made_for: dict[str, str] = {}
        """The note for whose sake a made folder is there, by the folder's key."""
        self._names = names
        self._note_names: Names[str] = Names()
        self._asset_names: Names[str] = Names()
        self._holders: Names[str] | None = None
        self._made_once: dict[tuple[str, ...], Any] = {}

    def add_folder(self, fact: FolderFact) -> None:
        """Enter a folder."""
        self.folders[fact.key] = FolderEntry(fact)

    def add_asset(self, fact: AssetFact) -> None:
        """Enter an asset under its lookup names."""
        self.assets[fact.key] = AssetEntry(fact, fact.digest)
        for name in self._names("asset", fact.key):
            self._asset_names.add(name, fact.key)

    def enter(self, key: str, path: str) -> NoteEntry:
        """Enter a note, under its key only."""
        entry = self.notes[key] = NoteEntry(key, path, self._shelf, self._shelf.row())
        return entry

    def add_note(self, key: str, path: str) -> NoteEntry:
        """Enter a note under its lookup names."""
        return self.adopt(NoteEntry(key, path, self._shelf, self._shelf.row()))

    def adopt(self, entry: NoteEntry) -> NoteEntry:
        """Enter under its lookup names what another index knows of a note."""
        for name in self._names("note", entry.key):
            self._note_names.add(name, entry.key)
        self.notes[entry.key] = entry
        return entry

    def describe(self, learnt: Learnt, bench: int) -> None:
        """Fill in what reading a note taught, and at which bench it is kept."""
        entry = self.notes[learnt.key]
        entry.outlined = self.scratch.keep(learnt.outline) if learnt.outline else -1
        entry.known = msgspec.structs.replace(learnt.known, bench=bench)
        entry.blank, entry.hollow = learnt.blank, learnt.hollow

    def has_note(self, key: str) -> bool:
        """Whether the source has this note."""
        return key in self.notes

    def notes_named(self, name: str) -> Sequence[str]:
        """Keys of the notes with this lookup name."""
        return self._note_names.keys(name)

    def notes_with_block(self, block: str) -> Sequence[str]:
        """Keys of the notes that hold a block with this id. Only ids that links of the source name are known."""
        if self._holders is None:
            self._holders = self._find_holders()
        return self._holders.keys(block)

    def _find_holders(self) -> Names[str]:
        named: Names[str] = Names()
        for key in self.notes:
            for link in self.links(key):
                target = link.target
                named.add(target, "")
                if "/" in target:
                    named.add(target.rpartition("/")[2], "")
        holders: Names[str] = Names()
        for key in self.notes:
            for anchor in self.anchors(key):
                if anchor.key in named:
                    holders.add(anchor.key, key)
        return holders

    def has_asset(self, key: str) -> bool:
        """Whether the source has this asset."""
        return key in self.assets

    def assets_named(self, name: str) -> Sequence[str]:
        """Keys of the assets with this lookup name."""
        return self._asset_names.keys(name)

    def anchors(self, key: str) -> Sequence[Anchor]:
        """The anchors of a note."""
        return _outline_at(self.scratch, self.notes[key].outlined).anchors

    def places(self, key: str) -> Places:
        """The places in a note that links can name."""
        return _places_at(self.scratch, self.notes[key].outlined)

    def once(self, what: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What was made of this before, or is made now."""
        if what not in self._made_once:
            self._made_once[what] = make()
        made: _T = self._made_once[what]
        return made

    def links(self, key: str) -> Sequence[LinkFact]:
        """The links of a note."""
        return _outline_at(self.scratch, self.notes[key].outlined).links


@lru_cache(maxsize=_NEAR)
def _outline_at(scratch: Scratch, place: int) -> Outline:
    return _outline(scratch.piece(place)) if place >= 0 else _NOTHING


@lru_cache(maxsize=_NEAR)
def _places_at(scratch: Scratch, place: int) -> Places:
    return Places(_outline_at(scratch, place).anchors)
