"""Folders and notes within one system: nothing moves."""

from __future__ import annotations

from converter.model.order import Output
from converter.pipeline.catalog import Catalog, FolderEntry, NoteEntry
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import OwnIds, Report
from converter.pipeline.place.tree import parents_of

__all__ = ["place_as_it_was"]


def place_as_it_was(catalog: Catalog, pair: Pair, report: Report) -> None:
    """Every item where it stood; only a broken tree is mended, and an id that stands twice is renewed."""
    paths = pair.parameter("tree") == "paths"
    ids = None if paths else OwnIds("folders", report)
    note_ids = None if paths else OwnIds("notes", report)
    parents, _ = parents_of(catalog, report)
    for key, folder in catalog.folders.items():
        if not folder.end:
            folder.output = _folder(folder, parents[key], ids)
    for note in catalog.notes.values():
        if not note.end:
            note.output = _note(note, note_ids)


def _folder(entry: FolderEntry, parent: str | None, ids: OwnIds | None) -> Output:
    fact = entry.fact
    if ids is None:
        return Output(key=fact.key, title=fact.name, path=fact.key, folder=parent, form="folder")
    own = ids.take(fact.id or fact.key, fact.key)
    return Output(key=own, id=own, title=fact.name, folder=parent, order=fact.order, form="folder")


def _note(entry: NoteEntry, ids: OwnIds | None) -> Output:
    own = ids.take(entry.id, entry.key) if ids is not None and entry.id is not None else entry.id
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
