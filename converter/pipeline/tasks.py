"""What is to be made of notes: each with the order that says all there is to know, for whoever keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from converter.errors import InternalFaultError
from converter.findings.finding import Finding
from converter.formats.front import LinkKey, Stored
from converter.model.order import Goal, WorkOrder
from converter.pipeline.bench import Task
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.session import Session

if TYPE_CHECKING:
    from converter.pipeline.into.merge import Merge

__all__ = ["Tasks"]


class Tasks:
    """The tasks of a session. `merge` is there where the target is; `records` says that residue is written."""

    def __init__(self, session: Session, *, records: bool) -> None:
        self.merge: Merge | None = None
        self._session = session
        self._records = records

    def of(self, keys: Iterable[str]) -> Iterator[tuple[int, Task] | Finding]:
        """The tasks for notes, each with the number of the bench that keeps the note, -1: any."""
        notes = self._session.catalog.notes
        for bare, some in groupby(keys, self._needs_no_bytes):
            for stored in map(self._without_bytes, some) if bare else self._session.source.fetch(list(some)):
                if isinstance(stored, Finding):
                    yield stored
                    continue
                entry = notes[stored.key]
                task = self._task(stored, entry, whole=not bare)
                yield (entry.bench if task.kept >= 0 else -1), task

    def _needs_no_bytes(self, key: str) -> bool:
        """Whether a note comes back, for which those bytes that it has now are hardly ever needed."""
        restorer = self._session.restorer
        if restorer is None or self.merge is not None or self._records:
            return False
        return self._session.catalog.notes[key].kept >= 0 and restorer.gives_back(key)

    def _without_bytes(self, key: str) -> Stored:
        return Stored(key, b"", self._session.catalog.notes[key].path)

    def whole(self, stored: Stored, entry: NoteEntry) -> Task:
        """The task for a note with its bytes."""
        return self._task(stored, entry, whole=True)

    def _task(self, stored: Stored, entry: NoteEntry, *, whole: bool) -> Task:
        """A note to be made; a copy under other names has to be read again."""
        renamed = self.renamed(stored, entry)
        restorer = self._session.restorer
        return Task(
            renamed,
            self.order(entry),
            entry.kept if renamed is stored else -1,
            restorer.back(stored.key, entry) if restorer is not None else None,
            whole,
        )

    def renamed(self, stored: Stored, entry: NoteEntry) -> Stored:
        """A note under the names that it gets where the target is there."""
        return stored if self.merge is None else self.merge.copies.renamed(stored, entry)

    def order(self, entry: NoteEntry) -> WorkOrder:
        """The order for a note."""
        output = entry.output
        if output is None:
            raise InternalFaultError(f"The plan has no place for notes/{entry.key}.")
        return WorkOrder(
            key=entry.key,
            output=output,
            identity=entry.salt or entry.id or entry.key,
            goals=self._goals(entry),
            anchors=self._session.links.anchors(entry.key),
            blocks=entry.blocks,
            dropped=entry.dropped,
            copy=entry.way == "duplicated",
        )

    def _goals(self, entry: NoteEntry) -> dict[LinkKey, Goal]:
        goals = self._session.links.goals(entry.key)
        return goals if self.merge is None or not goals else self.merge.copies.goals(entry, goals)
