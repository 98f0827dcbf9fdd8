"""Folders and notes where nothing moves: within one system, and in a target that takes the keys of any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.order import Output
from converter.pipeline.catalog import Catalog, FolderEntry
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import OwnIds, Report
from converter.pipeline.place.tree import parents_of

if TYPE_CHECKING:
    from converter.pipeline.into.known import Known

__all__ = ["place_as_it_was", "place_by_keys"]


def place_as_it_was(catalog: Catalog, pair: Pair, report: Report, known: Known | None = None) -> None:
    """Every item where it stood; only a broken tree is mended, and an id that stands twice is renewed.

    What is `known` in the target holds what says that it stands there.
    """
    paths = pair.parameter("tree") == "paths"
    ids = None if paths else OwnIds("folders", report)
    note_ids = None if paths else OwnIds("notes", report)
    there = known.parents() if known is not None and not paths else ({}, {})
    parents, _ = parents_of(catalog, report, there)
    for key, folder in catalog.folders.items():
        if not folder.end:
            folder.output = _folder(folder, parents[key], ids)
    for note in catalog.notes.values():
        if not note.end:
            note.output = _note(note, note_ids)


def place_by_keys(catalog: Catalog, pair: Pair, report: Report) -> None:
    """Every item under its own key; only a broken tree is mended.

    Where the source tells the order of siblings by that of its items, their numbers say it.
    """
    parents, above = parents_of(catalog, report)
    numbers: dict[str | None, int] = {}
    listed = pair.source.parameters.get("tree") == "documents"

    def folder_of(key: str | None) -> str | None:
        while key is not None and (key not in catalog.folders or catalog.folders[key].end):
            key = parents.get(key)
        return key

    def note_above(key: str | None) -> str | None:
        while key is not None and catalog.notes[key].end:
            key = above[key]
        return key

    for key, entry in catalog.folders.items():
        if not entry.end:
            fact, parent = entry.fact, folder_of(parents[key])
            entry.output = Output(key=key, id=fact.id, title=fact.name, folder=parent, order=fact.order, form="folder")
    for key, note in catalog.notes.items():
        if note.end:
            continue
        folder, parent = folder_of(note.folder), note_above(above[key])
        place = parent or folder
        numbers[place] = numbers.get(place, 0) + 1
        note.output = Output(
            key=key,
            id=note.id,
            title=note.title,
            name=key,
            folder=folder,
            parent=parent,
            order=numbers[place] if listed else note.order,
        )


def _folder(entry: FolderEntry, parent: str | None, ids: OwnIds | None) -> Output:
    fact = entry.fact
    if ids is None:
        return Output(key=fact.key, title=fact.name, path=fact.key, folder=parent, form="folder")
    own = ids.take(fact.id or fact.key, fact.key)
    return Output(key=own, id=own, title=fact.name, folder=parent, order=fact.order, form="folder")


def _note(entry: NoteEntry, ids: OwnIds | None) -> Output:
    own = entry.id if ids is None else ids.take(entry.key if entry.id is None else entry.id, entry.key)
    return Output(
        key=entry.key if ids is None else own or entry.key,
        id=own,
        title=entry.title,
        path=entry.path,
        name=entry.path,
        folder=entry.folder,
        parent=entry.parent,
        order=entry.order,
    )
