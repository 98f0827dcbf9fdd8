"""Items that come in beside others of their name: their new outputs, and the new names inside all that is written."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping

import msgspec

from converter.digests import digest_of_bytes
from converter.findings.finding import Finding
from converter.formats.front import Found, LinkKey, Renaming, Stored
from converter.model.facts import LinkFact
from converter.model.order import Goal, Output
from converter.model.timed_id import NUMBERS, Prefixes, is_timed_id, numbered_id
from converter.pipeline.catalog import FolderEntry
from converter.pipeline.into.names import copy_of, respelled
from converter.pipeline.into.pictures import Pictures
from converter.pipeline.into.present import Present
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.session import Session
from converter.storage.names import fold

__all__ = ["Copies"]

Relink = Callable[[Stored, Renaming, Mapping[LinkKey, str]], bytes]

_FEW = 64
"""New names that are each sought in a note before it is taken apart."""


class Copies:
    """Gives duplicates their outputs, and answers what names became of old ones."""

    def __init__(self, session: Session, present: Present) -> None:
        self._session = session
        self._catalog = session.catalog
        self._present = present
        self._tree = present.tree
        self._before: dict[str, Output] = {}
        self._moved: dict[str, dict[str, str]] = {"folders": {}, "notes": {}}
        self._items: dict[str, dict[str, str]] = {}
        self._blocks: dict[str, dict[str, str]] = {}
        self._all_blocks: dict[str, str] = {}
        self._files: dict[str, tuple[str, str]] = {}
        self._file_names: dict[str, str] = {}
        """The new names of files, by their old ones or, in a tree of files, by their paths."""
        self._own = {fold(output.key) for output in self._outputs()}
        self.elsewhere = self._elsewhere() if self._tree == "documents" and session.pair.same_system else set()
        """Notebooks all of whose documents stand in others in the target: they are there already, as it were."""
        same = session.pair.same_system and session.source_front.relink is not None
        self._front = session.source_front if same else None
        self._pictures = Pictures(session.catalog, own=same and session.pair.parameter("tree") == "folders")

    def __bool__(self) -> bool:
        moved = self._moved["folders"] or self._moved["notes"]
        return bool(moved or self._files or self._items or self._blocks)

    def _elsewhere(self) -> set[str]:
        """Tops that the target has not, and in which nothing is to come although they hold something."""
        outputs = [output for output in self._outputs() if output.form != "folder"]
        homes = {output.folder for output in outputs}
        held = {entry.key.partition("/")[0] for entry in self._catalog.notes.values()}
        return held - homes - self._present.folders.keys()

    def _entries(self) -> Iterator[FolderEntry | NoteEntry]:
        yield from self._catalog.folders.values()
        yield from self._catalog.notes.values()

    def _outputs(self) -> Iterator[Output]:
        return (output for entry in self._entries() if (output := entry.output) is not None)

    def moved(self, kind: str, key: str | None) -> str | None:
        """The key that an item has now."""
        return self._moved[kind].get(key, key) if key is not None else None

    def file(self, key: str, old: str, new: str) -> None:
        """A file gets another name, both without folders."""
        self._files[key] = (old, new)
        if self._tree == "paths":
            self._file_names[key] = posixpath.join(posixpath.dirname(key), new)
        else:
            self._file_names[old] = new

    def item(self, kind: str, old: str, new: str) -> None:
        """An item that is neither a folder nor a note gets another id."""
        self._items.setdefault(kind, {})[old] = new

    def is_free(self, path: str) -> bool:
        """Whether nothing stands at a path of the target or comes there."""
        return self._present.taken(path) is None and fold(path) not in self._own

    def folder(self, kind: str, entry: FolderEntry | NoteEntry) -> None:
        """A new output for a folder; where a run before made the same copy, that one stays."""
        before = entry.output
        if before is None:
            return
        number = 0
        content = digest_of_bytes(f"{before.title}\0{before.folder}".encode("utf-8", "surrogatepass")).hex()
        made, again = before, self._session.options.on_conflict == "duplicate"
        while made.key == before.key or (self._stands(made.key) and not again):
            number += 1
            made = copy_of(before, kind, content, number, 0, self._session.pair)
        self._take(kind, before, made, entry)
        if self._stands(made.key):
            entry.end = "unchanged"

    def _stands(self, key: str) -> bool:
        return key in self._present.folders or key in self._present.notes

    def note(self, stored: Stored, entry: NoteEntry, number: int) -> None:
        """A new output for a note; `number` counts the attempts, from 1."""
        before = self._before.setdefault(entry.key, entry.output or Output(key=entry.key))
        content = digest_of_bytes(stored.data).hex()
        blocks = entry.blocks
        made = self._page(before, blocks)
        while made is before or (self._tree == "paths" and fold(made.key) in self._own):
            made = copy_of(before, "notes", content, number, blocks, self._session.pair)
            number += 1
        self._take("notes", before, made, entry)
        entry.salt = made.id or made.key
        entry.dropped |= {anchor.key for anchor in self._catalog.anchors(entry.key) if is_timed_id(anchor.key)}
        self._session.links.name_anchors(entry.key)
        if self._front is not None and self._front.own_ids is not None:
            own = self._front.own_ids(stored.data)
            renewed = {old: self._block_id(made, number, old) for number, old in enumerate(own)}
            if before.id in renewed and made.id:
                renewed[before.id] = made.id
            self._blocks[entry.key] = renewed
            self._all_blocks |= renewed

    def _page(self, before: Output, blocks: int) -> Output:
        """The output of a notebook's own page, which has the id of its notebook; of others that which they have."""
        new = self._moved["folders"].get(before.id or "")
        if new is None or before.path != f"{before.id}/{before.id}.sy":
            return before
        path = f"{new}/{new}.sy"
        prefixes = Prefixes().take(f"page {new}", new[:14], 8 * blocks + 64)
        return msgspec.structs.replace(before, key=path, path=path, id=new, name=new, folder=new, prefixes=prefixes)

    def _block_id(self, made: Output, number: int, old: str) -> str:
        if made.prefixes:
            return numbered_id(made.prefixes, number) if number < NUMBERS * len(made.prefixes) else old
        return derived_id("duplicate", old, made.key)

    def _take(self, kind: str, before: Output, made: Output, entry: FolderEntry | NoteEntry) -> None:
        self._moved[kind][before.key] = made.key
        if before.id and made.id:
            self._moved[kind][before.id] = made.id
        entry.output = self._followed(made)
        entry.way = "duplicated"

    def _followed(self, output: Output) -> Output:
        """The output with its place where the items above it are now."""
        if self._tree == "documents":
            return self._in_document(output)
        if self._tree == "paths":
            return output
        folder, parent = self.moved("folders", output.folder), self.moved("notes", output.parent)
        if (folder, parent) == (output.folder, output.parent):
            return output
        return msgspec.structs.replace(output, folder=folder, parent=parent)

    def _in_document(self, output: Output) -> Output:
        names = ChainMap(self._moved["notes"], self._moved["folders"])
        above, name = posixpath.split(output.path)
        parts = [names.get(part, part) for part in above.split("/") if part]
        if not parts or posixpath.join(*parts) == above:
            return output
        path = posixpath.join(*parts, name)
        parent = posixpath.dirname(path) + ".sy" if len(parts) > 1 else None
        return msgspec.structs.replace(output, key=path, path=path, folder=parts[0], parent=parent)

    def taken(self, key: str) -> str | None:
        """What stands where the copy of a note is to go."""
        output = self._catalog.notes[key].output
        if output is None:
            return None
        there = self._present.taken(output.key) if self._tree == "paths" else output.key
        return there if there in self._present.notes else None

    def stays(self, key: str) -> None:
        """The copy of a note is there already."""
        self._catalog.notes[key].end = "unchanged"

    def follow(self) -> None:
        """Put all that is new where the items above it are now, and say what is a duplicate."""
        if not self:
            return
        kinds = (("folders", self._catalog.folders), ("notes", self._catalog.notes))
        for kind, entries in kinds:
            for key, entry in entries.items():
                output = entry.output
                if entry.end or output is None or entry.way == "overwritten":
                    continue
                entry.output = output = self._followed(output)
                if entry.way == "duplicated":
                    became = output.path or output.key
                    self._session.add(Finding(code="duplicated", item=f"{kind}/{key}", details=(("became", became),)))

    def own_ids(self, stored: Stored) -> tuple[str, ...]:
        """The ids of a note and its blocks, where they go into the target as they are."""
        return self._front.own_ids(stored.data) if self._front is not None and self._front.own_ids is not None else ()

    def apart(self, stored: Stored, entry: NoteEntry, holders: Mapping[str, str], place: str, seen: set[str]) -> bool:
        """Renew ids of blocks that others have; whether the note itself has such an id.

        `holders` are the notes of the target by the ids in them, `place` is the key of the one that is this note, ""
        where it is not there. `seen` are the ids in notes before this one: what refers to them leads there.
        """
        own = self.own_ids(stored)
        taken = [one for one in own if one in seen or holders.get(one, place) != place]
        if taken:
            renewed = {old: self._free_id(entry.key, old, holders, place) for old in taken}
            self._blocks[entry.key] = renewed
            self._all_blocks |= {old: new for old, new in renewed.items() if old not in seen}
        return bool(taken) and taken[0] == own[0]

    def _free_id(self, key: str, old: str, holders: Mapping[str, str], place: str) -> str:
        number = 0
        while True:
            new = numbered_id(Prefixes().take(f"apart {key} {old} {number}", old[:14], 1), 0)
            if holders.get(new, place) == place:
                return new
            number += 1

    def shows(self, stored: Stored, entry: NoteEntry) -> bool:
        """Whether a note names files, or items that are no notes, which get other names."""
        if self._front is None or self._front.relink is None or not (self._files or self._items):
            return False
        if not self._files and self._names_none(stored.data):
            return False
        links = dict(self._links(stored, entry, whole=True))
        renaming = Renaming(ids=self._items, files={key[1]: new for key, new in links.items()})
        return self._front.relink(stored, renaming, links) is not stored.data

    def _names_none(self, data: bytes) -> bool:
        """Whether it is plain to see that no item is named. Each of many would have to be sought in each note."""
        if sum(map(len, self._items.values())) > _FEW or b"\\u" in data:
            return False
        return not any(old.encode() in data for one in self._items.values() for old in one)

    def renamed(self, stored: Stored, entry: NoteEntry, *, whole: bool = False) -> Stored:
        """A note of the same system with the names that items have in the target; a document has its new place too.

        Pictures whose places the target writes anew keep their names, which its work order goes by; `whole` renames
        them as well.
        """
        if self._front is None or self._front.relink is None:
            return stored
        if self:
            stored = self._relinked(stored, entry, self._front.relink, whole=whole)
        output = entry.output
        if self._tree != "documents" or output is None or output.form == "folder":
            return stored
        return msgspec.structs.replace(
            stored, key=output.key, path=output.key, folder=output.folder, parent=output.parent, order=output.order
        )

    def _relinked(self, stored: Stored, entry: NoteEntry, relink: Relink, *, whole: bool) -> Stored:
        links = dict(self._links(stored, entry, whole=whole))
        files = {key[1]: new for key, new in links.items()}
        renaming = Renaming(ids=self._ids(self._own_blocks(stored, entry)), files=files)
        data = relink(stored, renaming, links)
        if data is stored.data:
            return stored
        beside = tuple((self._now(name), self.renamed_file(name, content)) for name, content in stored.beside)
        return msgspec.structs.replace(stored, data=data, beside=beside)

    def _now(self, name: str) -> str:
        """The id that an item which is no note has now."""
        return next((one[name] for one in self._items.values() if name in one), name)

    def _own_blocks(self, stored: Stored, entry: NoteEntry) -> Mapping[str, str]:
        """What the blocks of a note are called; those of one that is no duplicate keep ids that others have too."""
        own = self._blocks.get(entry.key)
        if own is not None or not self._all_blocks or self._front is None or self._front.own_ids is None:
            return own or {}
        return {one: one for one in self._front.own_ids(stored.data)}

    def _ids(self, own: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
        """All new ids by kind; those of a note's own blocks go before those of other notes."""
        return {**self._moved, **self._items, "blocks": ChainMap(dict(own), self._all_blocks)}

    def named(self, kind: str) -> Mapping[str, str]:
        """The new ids of items of a kind that are neither folders nor notes."""
        return self._items.get(kind, {})

    def renamed_file(self, name: str, data: bytes, own: Mapping[str, Mapping[str, str]] | None = None) -> bytes:
        """The bytes of a file that passes whole with the names that items have in the target.

        `own`: what names of a kind are new in this file alone.
        """
        if self._front is None or self._front.relink_file is None or not (self or own):
            return data
        ids = {**self._ids({}), **(own or {})}
        return self._front.relink_file(name, data, Renaming(ids=ids, files=self._file_names))

    def is_linking(self, name: str) -> bool:
        """Whether a file names others, so that its bytes follow them."""
        return self._front is not None and name.lower().endswith(self._front.linking or ("\0",))

    def renamed_path(self, path: str) -> str:
        """Where a file that passes whole goes: parts of its path that are ids follow them."""
        names = ChainMap(*reversed(self._items.values()), self._moved["folders"])
        parts = path.split("/")
        stem, extension = posixpath.splitext(parts[-1])
        parts[-1] = names.get(stem, stem) + extension
        return "/".join(names.get(part, part) for part in parts)

    def goals(self, entry: NoteEntry, goals: Mapping[LinkKey, Goal]) -> dict[LinkKey, Goal]:
        """The goals of the links of a note as they are under its new names."""
        return self._pictures.goals(entry, goals, self._blocks.get(entry.key, {}))

    def pictures(self) -> Iterator[tuple[str, str]]:
        """Files that duplicates have for themselves: the key of each, and where its copy goes."""
        told: set[str] = set()
        for entry in self._catalog.notes.values():
            if entry.way == "duplicated" and not entry.end:
                founds = ((link, self._found(entry, link)) for link in self._catalog.links(entry.key))
                for key, path in self._pictures.copies(entry, founds, self._blocks.get(entry.key, {})):
                    if path not in told:
                        told.add(path)
                        yield key, path

    def _found(self, entry: NoteEntry, link: LinkFact) -> Found:
        return self._session.source_front.resolve(self._catalog, entry.key, link)

    def _links(self, stored: Stored, entry: NoteEntry, *, whole: bool) -> Iterator[tuple[LinkKey, str]]:
        """Links to items that have another name now, with the new text of their targets."""
        further = self._session.source_front.link_keys
        by_goal = self._session.pair.parameter("pictures") == "absolute" and not whole
        links = dict.fromkeys(self._catalog.links(entry.key))
        links |= dict.fromkeys(LinkFact(*key) for key in (further(stored) if further is not None else ()))
        for link in links:
            found = self._found(entry, link)
            names = None
            if found.kind == "asset" and not (by_goal and link.form == "image"):
                own = self._blocks.get(entry.key, {}).get(link.block, "")
                copy = self._pictures.path(entry, own, found) if link.form == "image" else ""
                names = (posixpath.basename(found.key), posixpath.basename(copy)) if copy else None
                names = names or self._files.get(found.key)
            elif found.kind == "note" and self._tree == "paths" and found.key in self._moved["notes"]:
                names = posixpath.basename(found.key), posixpath.basename(self._moved["notes"][found.key])
            if names is not None and (new := respelled(link.target, *names)) != link.target:
                yield (link.form, link.target, link.place, link.block), new
