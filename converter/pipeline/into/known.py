"""What items of a source are already known as in the target, from what an earlier import remembered there."""

from __future__ import annotations

import posixpath
from collections import Counter

import msgspec

from converter.model.order import Output
from converter.pipeline.catalog import Catalog
from converter.pipeline.into.present import Present
from converter.pipeline.residue.records import NoteRecord

__all__ = ["Known"]


class Known:
    """Answers which item of the target an item of the source became before."""

    def __init__(self, present: Present, origin: str) -> None:
        """`origin` is the id of the format that the source's items come from."""
        self._present = present
        self._notes: dict[str, tuple[str, str | None]] = {}
        self._folders: dict[str, tuple[str, str | None]] = {}
        self._assets: dict[str, tuple[str, ...]] = {}
        book = present.book
        if origin not in book.headers:
            return
        for stub in book.stubs():
            self._enter(stub)
        for held in (one for _, several in book.notes() for one in several if one.origin == origin):
            self._enter(held.record)
        for folder in book.folders.values():
            if folder.output is not None:
                self._folders.setdefault(folder.key, (folder.output.key, folder.output.id))
        for asset in (one for one in book.assets if not one.copy):
            self._assets.setdefault(asset.key, asset.at)

    def _enter(self, record: NoteRecord) -> None:
        if not record.copy:
            self._notes.setdefault(record.key, (record.output.key, record.output.id))

    def note(self, key: str, identity: str | None) -> str | None:
        """The key in the target of a note of the source, by what was remembered, else by its own id."""
        return self._found(self._notes.get(key), identity)

    def folder(self, key: str, identity: str | None) -> str | None:
        """The key in the target of the note that a folder of the source became."""
        return self._found(self._folders.get(key), identity)

    def _found(self, remembered: tuple[str, str | None] | None, identity: str | None) -> str | None:
        """Where it was put, else wherever its id is now."""
        place, given = remembered or ("", None)
        if place in self._present.notes:
            return place
        found = self._present.note_with_id(given) if given else None
        return found or (self._present.note_with_id(identity) if identity else None)

    def parents(self) -> tuple[dict[str, str | None], dict[str, str | None]]:
        """What holds each folder of the target; and its notes, of which any can hold others."""
        return self._present.parents, dict.fromkeys(self._present.notes)

    def made(self, name: str) -> Output | None:
        """The top of the target of this name: one that an import made, else one that people made."""
        for output in (record.output for record in self._present.book.made if not record.note):
            if output.title == name and output.key in self._present.folders:
                return output
        named = [fact for fact in self._present.folders.values() if fact.name == name and fact.parent is None]
        if len(named) != 1:
            return None
        fact = named[0]
        return Output(key=fact.key, id=fact.id, title=fact.name, path=fact.key, order=fact.order, form="folder")

    def asset(self, key: str) -> str | None:
        """The key in the target of a file of the source."""
        return next((path for path in self._assets.get(key, ()) if path in self._present.assets), None)

    def settle_paths(self, catalog: Catalog) -> None:
        """Let notes that are in a tree of files already keep their paths, and links name them unmistakably."""
        outputs = {key: entry.output for key, entry in catalog.notes.items() if not entry.end and entry.output}
        taken = {output.key for output in outputs.values()}
        for key, output in outputs.items():
            there = self.note(key, catalog.notes[key].id) if not output.form else None
            if there is None or there == output.key or there in taken:
                continue
            taken.add(there)
            stem = posixpath.basename(there).removesuffix(".md")
            outputs[key] = msgspec.structs.replace(output, key=there, path=there, name=stem)
        paths = set(self._present.notes) | {output.path for output in outputs.values() if not output.form}
        stems = Counter(posixpath.basename(path).removesuffix(".md").casefold() for path in paths)
        for key, output in outputs.items():
            if not output.form and "/" not in output.name and stems[output.name.casefold()] > 1:
                output = msgspec.structs.replace(output, name=output.path.removesuffix(".md"))
            catalog.notes[key].output = output
