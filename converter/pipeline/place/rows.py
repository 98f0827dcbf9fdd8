"""Folders and notes in a target that keeps them as rows with ids: Mnemo."""

from __future__ import annotations

from converter.findings.finding import Finding
from converter.model.order import Output
from converter.pipeline.catalog import Catalog
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.place.names import OwnIds, Report
from converter.pipeline.place.tree import Branch

__all__ = ["place_rows"]


def place_rows(roots: list[Branch], catalog: Catalog, report: Report) -> None:
    """Give every branch its row. A note that holds others is the first in a folder of its name."""
    placer = _Placer(catalog, report)
    waiting: list[tuple[Output | None, NoteEntry | None, list[Branch]]] = [(None, None, roots)]
    while waiting:
        above, own, branches = waiting.pop()
        holders = [branch for branch in branches if _holds(branch)]
        waiting += [(placer.folder(one, above, place), _own(one), one.children) for place, one in enumerate(holders)]
        notes = [] if own is None else [own]
        notes += [branch.note for branch in branches if branch.note is not None and not _holds(branch)]
        for position, note in enumerate(notes, len(holders)):
            placer.note(note, above, position)


def _holds(branch: Branch) -> bool:
    """Whether the branch needs a folder."""
    return branch.folder is not None or bool(branch.children)


def _own(branch: Branch) -> NoteEntry | None:
    """The note that goes into the branch's own folder."""
    return None if branch.is_folder else branch.note


class _Placer:
    """Hands out ids and rows."""

    def __init__(self, catalog: Catalog, report: Report) -> None:
        self._catalog = catalog
        self._report = report
        self._folder_ids = OwnIds("folders", report)
        self._note_ids = OwnIds("notes", report)

    def folder(self, branch: Branch, above: Output | None, position: int) -> Output:
        """The row of a branch that holds others."""
        fact = branch.folder.fact if branch.folder is not None else None
        key = fact.key if fact is not None else branch.key
        own = self._folder_ids.take((fact.id if fact is not None else None) or derived_id("folder", key), key)
        name = fact.name if fact is not None else branch.name
        output = Output(
            key=own,
            id=own,
            title=name,
            folder=above.key if above is not None else None,
            order=fact.order if fact is not None and fact.order is not None else position,
            folder_path=f"{above.folder_path} / {name}" if above is not None else name,
            form="folder",
        )
        if branch.folder is not None:
            branch.folder.output = output
        elif branch.is_folder and branch.note is not None:
            branch.note.output = output
        else:
            self._catalog.made.append(output)
            self._catalog.made_for[output.key] = branch.key
        if not branch.is_folder:
            self._report(Finding(code="note-children-as-folder", item=f"notes/{branch.key}"))
        return output

    def note(self, entry: NoteEntry, above: Output | None, position: int) -> None:
        """The row of a note."""
        own = self._note_ids.take(entry.id or derived_id("note", entry.key), entry.key)
        entry.output = Output(
            key=own,
            id=own,
            title=entry.title,
            folder=above.key if above is not None else None,
            order=position,
            folder_path=above.folder_path if above is not None else "",
        )
