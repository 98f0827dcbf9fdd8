"""Which items of a source are in the target already, and what becomes of each: before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import msgspec

from converter.digests import digest_of_bytes
from converter.errors import ItemError, TargetError
from converter.findings.finding import Finding
from converter.formats.front import Rendered, Stored
from converter.model.order import Output
from converter.pipeline.catalog import FolderEntry
from converter.pipeline.into.copies import Copies
from converter.pipeline.into.files import settle_files
from converter.pipeline.into.look import Look
from converter.pipeline.into.members import Members
from converter.pipeline.into.parts import Parts
from converter.pipeline.into.policy import Policy, is_newer
from converter.pipeline.into.present import Present
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.session import Session
from converter.pipeline.work import Result

__all__ = ["Converts", "Merge"]

_NAMED = 5
"""How many items a refusal names."""


class Converts(Protocol):
    """How items of the run are made, as often as one likes: nothing is reported."""

    def note(self, stored: Stored, entry: NoteEntry) -> Result:
        """A note of the source by its present output; raises `ItemError`."""

    def blank(self, key: str, output: Output) -> Rendered:
        """A note without text for a folder."""


class Merge:
    """Settles the outputs of a session that was placed, against what is present."""

    def __init__(self, session: Session, present: Present, converts: Converts) -> None:
        self._session = session
        self._catalog = session.catalog
        self._policy = Policy(session)
        self._converts = converts
        self.present = present
        self.copies = Copies(session, present)
        self.members = Members(session, present, self.copies, self._policy)
        self.parts = Parts(session, present, self.copies, self._policy)

    def settle(self) -> None:
        """Decide for every item; raises `TargetError` where conflicts are to stop the run."""
        settle_files(self._session, self.present, self.copies, self._policy)
        self.members.settle()
        self._folders()
        self._blanks()
        self._notes()
        self.parts.settle()
        settle_files(self._session, self.present, self.copies, self._policy, linking=True)
        self.copies.follow()
        if self._policy.refused:
            raise _refusal(self._session.options.target, self._policy.refused)

    def is_there(self, output: Output) -> bool:
        """Whether a folder that only the target needs is there already."""
        return output.key in self.present.folders

    def _places(self) -> Iterator[tuple[str, str, FolderEntry | NoteEntry, Output]]:
        """Items that become folders of the target, with their kinds and keys."""
        kinds: tuple[tuple[str, Mapping[str, FolderEntry | NoteEntry]], ...] = (
            ("folders", self._catalog.folders),
            ("notes", self._catalog.notes),
        )
        for kind, entries in kinds:
            for key, entry in entries.items():
                output = entry.output
                if not entry.end and output is not None and output.form == "folder":
                    yield kind, key, entry, output

    def _folders(self) -> None:
        """Folders say a name and where they stand, and nothing that could be older or newer."""
        in_files = self.present.tree == "paths"
        for folder in self._catalog.folders.values():
            if folder.output is None and not folder.end:
                folder.end = "unchanged"
        for kind, key, entry, output in self._places():
            there = self.present.taken(output.key) if in_files else output.key
            fact = self.present.folders.get(there or "")
            if fact is None:
                if output.id in self.copies.elsewhere:
                    entry.end = "unchanged"
                continue
            parents = fact.parent, self.present.parents[fact.key]
            same = in_files or (fact.name == output.title and (output.folder or None) in parents)
            if (same and self._policy.name != "duplicate-all") or in_files:
                entry.end = "unchanged"
            elif self._policy.name == "duplicate" and self.present.tree == "documents":
                self._keep(kind, key, entry)
            elif self._policy.duplicates:
                self.copies.folder(kind, entry)
            else:
                self._decide(kind, key, entry, newer=False)

    def _blanks(self) -> None:
        """Folders that become notes without text: one of the same title is the same, whatever was written into it."""
        waiting = {
            key: entry.output.key
            for key, entry in self._catalog.folders.items()
            if not entry.end and entry.output is not None and not entry.output.form
        }
        looks = self.present.looks(key for key in waiting.values())
        for key, place in waiting.items():
            entry = self._catalog.folders[key]
            if place not in self.present.notes or entry.output is None:
                continue
            rendered = self._converts.blank(key, entry.output)
            new = self.present.look_at(_stored(rendered))
            old = looks.get(place)
            if old is not None and new is not None and old.title == new.title and self._policy.name != "duplicate-all":
                entry.end = "unchanged"
            elif self._policy.duplicates:
                self.copies.folder("folders", entry)
            else:
                self._decide("folders", key, entry, newer=False)

    def _notes(self) -> None:
        places = {key: place for key, entry in self._catalog.notes.items() if (place := self._place(entry)) is not None}
        looks = self.present.looks(places.values())
        copied = self._copied(places, looks)
        homeless = self._set_apart(places, copied)
        changed: dict[str, Look | None] = {}
        linked: dict[str, Look] = {}
        again = self._policy.name == "duplicate-all"
        for key in () if again else copied:
            self._catalog.notes[key].end = "unchanged"
        for stored in self._session.source.fetch([key for key in places if again or key not in copied]):
            if isinstance(stored, Finding) or (new := self._look(stored)) is None:
                continue
            key, old = stored.key, looks.get(places[stored.key])
            entry = self._catalog.notes[key]
            self._stay_at(entry, places[key])
            same = old is not None and (self._is_same(old, new) or self._is_copy(stored, old))
            if same and not again:
                entry.end = "unchanged"
            elif not self._policy.duplicates:
                self._decide("notes", key, entry, newer=is_newer(new.updated, old.updated if old is not None else None))
                self._keep_number(entry, old)
            elif old is not None and old.bare == new.bare and self._policy.name == "duplicate":
                linked[key] = old
            else:
                changed[key] = old
        self._duplicate([*changed, *homeless], linked)

    def _copied(self, places: Mapping[str, str], looks: Mapping[str, Look]) -> set[str]:
        """Notes of which the target has the very bytes, be they such that this run would write other ones."""
        if self._session.source_front is not self._session.target_front:
            return set()
        found: set[str] = set()
        for stored in self._session.source.fetch(list(places)):
            old = None if isinstance(stored, Finding) else looks.get(places[stored.key])
            if old is None or isinstance(stored, Finding) or digest_of_bytes(stored.data) != old.raw:
                continue
            if not self.copies.shows(stored, self._catalog.notes[stored.key]):
                found.add(stored.key)
        return found

    def _set_apart(self, places: Mapping[str, str], copied: set[str]) -> list[str]:
        """Renew ids of blocks that stand in other notes as well; notes whose own id does, and which are not there."""
        notes = self._catalog.notes
        coming = [key for key, entry in notes.items() if entry.output is not None and not entry.end]
        if self.present.tree != "documents" or not self._session.pair.same_system or copied.issuperset(coming):
            return []
        holders, seen = self.present.holders(), set[str]()
        homeless: list[str] = []
        for stored in self._session.source.fetch(coming):
            if isinstance(stored, Finding):
                continue
            key, place = stored.key, places.get(stored.key, "")
            if key not in copied and self.copies.apart(stored, notes[key], holders, place, seen) and not place:
                homeless.append(key)
            seen.update(self.copies.own_ids(stored))
        return homeless

    def _place(self, entry: NoteEntry) -> str | None:
        """The key of what stands where a note is to go."""
        output = entry.output
        if entry.end or output is None or output.form == "folder":
            return None
        there = self.present.taken(output.key) if self.present.tree == "paths" else output.key
        return there if there in self.present.notes else None

    def _stay_at(self, entry: NoteEntry, place: str) -> None:
        """A note that is there keeps its place, whatever the case of its letters."""
        output = entry.output
        if output is not None and output.key != place and self.present.tree == "paths":
            entry.output = msgspec.structs.replace(output, key=place, path=place)

    def _keep_number(self, entry: NoteEntry, old: Look | None) -> None:
        """What replaces a document stays where that was among its siblings."""
        output = entry.output
        if output is not None and old is not None and self.present.tree == "documents":
            entry.output = msgspec.structs.replace(output, order=old.order)

    def _look(self, stored: Stored) -> Look | None:
        """How a note of the source would look in the target; None where it cannot be made."""
        try:
            result = self._converts.note(stored, self._catalog.notes[stored.key])
        except ItemError:
            return None
        return self.present.look_at(_stored(result.rendered))

    def _is_copy(self, stored: Stored, old: Look) -> bool:
        """Whether the target has what the source has, be it such that this run would write something else."""
        session = self._session
        if not session.pair.same_system:
            return False
        try:
            renamed = self.copies.renamed(stored, self._catalog.notes[stored.key], whole=True)
            note = session.source_front.read(renamed, session.reading)[0]
        except ItemError:
            return False
        return self._is_same(old, self.present.look(renamed.data, note))

    def _is_same(self, old: Look, new: Look) -> bool:
        if old.raw == new.raw:
            return True
        folder = old.folder in (new.folder, self.copies.moved("folders", new.folder))
        parent = old.parent in (new.parent, self.copies.moved("notes", new.parent))
        return old.said == new.said and folder and parent

    def _decide(self, kind: str, key: str, entry: FolderEntry | NoteEntry, *, newer: bool) -> None:
        item = f"{kind}/{key}"
        if self._policy.name == "fail":
            self._policy.refused.append(item)
        elif self._policy.replaces(newer=newer):
            entry.way = "overwritten"
            self._policy.overwritten(item)
        else:
            self._keep(kind, key, entry)

    def _keep(self, kind: str, key: str, entry: FolderEntry | NoteEntry) -> None:
        entry.end = "skipped"
        self._policy.kept(f"{kind}/{key}")

    def _duplicate(self, changed: list[str], linked: dict[str, Look]) -> None:
        """Give notes that differ new names; those that only link to such notes differ if they would link otherwise."""
        while True:
            self._spread(changed, linked)
            self._number(changed)
            linked = self._differing(linked)
            if not linked:
                return
            changed += linked
            linked = {}

    def _spread(self, changed: list[str], linked: dict[str, Look]) -> None:
        """Files that name duplicates are duplicates as well, and so are the notes that show such files."""
        fresh = list(changed)
        while True:
            for stored in self._session.source.fetch(fresh) if fresh else ():
                if not isinstance(stored, Finding):
                    self.copies.note(stored, self._catalog.notes[stored.key], 1)
            if not self.members.spread():
                return
            fresh = list(self._showing(linked))
            changed += fresh

    def _showing(self, linked: dict[str, Look]) -> Iterator[str]:
        """Notes that are to stay as they are and show files that get another name; they are not to stay."""
        notes = self._catalog.notes
        staying = [key for key, entry in notes.items() if entry.end == "unchanged" or key in linked]
        for stored in self._session.source.fetch(staying) if staying else ():
            if not isinstance(stored, Finding) and self.copies.shows(stored, notes[stored.key]):
                notes[stored.key].end = ""
                linked.pop(stored.key, None)
                yield stored.key

    def _number(self, changed: list[str]) -> None:
        """Final names for all duplicates: the first under which none meets anything else."""
        number = 1
        while True:
            for key in changed:
                self._catalog.notes[key].end = ""
            self._copy(changed)
            if not self.members.clash():
                return
            number += 1
            self.members.number(number)

    def _differing(self, linked: dict[str, Look]) -> dict[str, Look]:
        """Of notes that differ only in the names of others, those that do so with the names that these have now."""
        if not self.copies:
            return linked
        left = dict(linked)
        for stored in self._session.source.fetch(list(linked)) if linked else ():
            if isinstance(stored, Finding) or (new := self._look(stored)) is None:
                continue
            if self._is_same(linked[stored.key], new) or self._is_copy(stored, linked[stored.key]):
                self._catalog.notes[stored.key].end = "unchanged"
                del left[stored.key]
        return left

    def _copy(self, keys: list[str]) -> None:
        """New outputs for notes; where a run before made the same copy, that one stays."""
        number = 1
        while keys:
            for stored in self._session.source.fetch(keys):
                if not isinstance(stored, Finding):
                    self.copies.note(stored, self._catalog.notes[stored.key], number)
            taken = {key: place for key in keys if (place := self.copies.taken(key)) is not None}
            looks = self.present.looks(taken.values())
            keys = []
            for stored in self._session.source.fetch(list(taken)):
                if isinstance(stored, Finding):
                    continue
                new, old = self._look(stored), looks.get(taken[stored.key])
                same = old is not None and new is not None and self._is_same(old, new)
                if same and self._policy.name != "duplicate-all":
                    self.copies.stays(stored.key)
                else:
                    keys.append(stored.key)
            number += 1


def _stored(rendered: Rendered) -> Stored:
    return Stored(rendered.key, rendered.data, rendered.path, rendered.stamp, order=rendered.order)


def _refusal(target: str, items: list[str]) -> TargetError:
    named = ", ".join(items[:_NAMED]) + (f" and {len(items) - _NAMED} more" if len(items) > _NAMED else "")
    hint = "Choose another --on-conflict, or leave them out with --exclude. Nothing was written."
    return TargetError(f"In {target} there are already other versions of {named}.", hint=hint)
