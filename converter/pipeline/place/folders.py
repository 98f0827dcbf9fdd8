"""Folders and notes in the target: parents, names, ids, order."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from converter.findings.finding import Finding
from converter.model.order import Output
from converter.pipeline.catalog import Catalog, FolderEntry, NoteEntry
from converter.pipeline.lower.finish import derived_id
from converter.pipeline.pair import Pair
from converter.storage.names import Unique, safe_segment

__all__ = ["place_folders_and_notes"]

_SPOILED_IDS = re.compile(r"folder_.*|folders_index", re.DOTALL)
_LINK_SIGNS = "#^[]"
"""Characters that a wikilink cannot name."""

Report = Callable[[Finding], None]


def place_folders_and_notes(catalog: Catalog, pair: Pair, report: Report) -> None:
    """Give every selected folder and note its output. Broken trees are mended, and reported."""
    folder_parents = _mended(
        {key: entry.fact.parent for key, entry in catalog.folders.items()},
        lambda key, what: report(_tree_finding("folders", key, what)),
    )
    note_parents = _mended(
        {key: entry.parent for key, entry in catalog.notes.items()},
        lambda key, what: report(_tree_finding("notes", key, "parent-missing")) if what else None,
    )
    for entry in catalog.notes.values():
        if entry.folder is not None and entry.folder not in catalog.folders:
            report(Finding(code="folder-missing", item=f"notes/{entry.key}", details=(("what", entry.folder),)))
    placer = _Placer(catalog, pair, report, folder_parents, note_parents)
    placer.folders()
    placer.notes()


def _tree_finding(kind: str, key: str, what: str) -> Finding:
    return Finding(code=what, item=f"{kind}/{key}", details=(("what", key),))


def _mended(parents: dict[str, str | None], complain: Callable[[str, str], None]) -> dict[str, str | None]:
    """The parents without unknown ones and without circles; each breach is told once, at the key that was cut."""
    made: dict[str, str | None] = {}
    for key, parent in parents.items():
        if parent is not None and parent not in parents:
            complain(key, "folder-missing")
            parent = None
        made[key] = parent
    settled: set[str] = set()
    for key in made:
        path: dict[str, None] = {}
        at: str | None = key
        while at is not None and at not in settled:
            if at in path:
                complain(at, "folder-cycle")
                made[at] = None
                break
            path[at] = None
            at = made[at]
        settled.update(path)
    return made


class _Placer:
    """Hands out ids, names and places; keeps what is taken."""

    def __init__(
        self,
        catalog: Catalog,
        pair: Pair,
        report: Report,
        folder_parents: dict[str, str | None],
        note_parents: dict[str, str | None],
    ) -> None:
        self._catalog = catalog
        self._pair = pair
        self._report = report
        self._folder_parents = folder_parents
        self._note_parents = note_parents
        self._paths = pair.parameter("tree") == "paths"
        self._taken_ids: set[str] = set()
        self._unique = Unique()
        self._positions: dict[str | None, int] = {}
        self._stems: dict[str, int] = {}
        self._prefixes = self._numbered() if pair.parameter("number_prefix") else {}

    def _numbered(self) -> dict[tuple[str, str], str]:
        """`01 `, `02 ` … for siblings that have an order, folders and notes of one level counted together."""
        levels: dict[tuple[str, str | None], list[tuple[int, str, str]]] = {}
        for key, folder in self._catalog.folders.items():
            if not folder.end and folder.fact.order is not None:
                level = ("folder", self._folder_parents[key])
                levels.setdefault(level, []).append((folder.fact.order, "folders", key))
        for key, note in self._catalog.notes.items():
            if not note.end and note.order is not None:
                parent = self._note_parents[key]
                level = ("folder", note.folder) if parent is None else ("note", parent)
                levels.setdefault(level, []).append((note.order, "notes", key))
        made: dict[tuple[str, str], str] = {}
        for siblings in levels.values():
            width = max(2, len(str(len(siblings))))
            for number, (_, kind, key) in enumerate(sorted(siblings), 1):
                made[kind, key] = f"{number:0{width}d} "
        return made

    def folders(self) -> None:
        """Folders, parents before children."""
        for key in self._top_down(self._folder_parents):
            entry = self._catalog.folders[key]
            if not entry.end:
                self._folder(entry, self._folder_parents[key])

    def _top_down(self, parents: dict[str, str | None]) -> list[str]:
        """Keys with every parent before its children, otherwise in the store's order."""
        ordered: dict[str, None] = {}
        for key in parents:
            path: list[str] = []
            at: str | None = key
            while at is not None and at not in ordered:
                path.append(at)
                at = parents[at]
            for one in reversed(path):
                ordered[one] = None
        return list(ordered)

    def _parent_output(self, parent: str | None) -> Output | None:
        entry = self._catalog.folders.get(parent) if parent is not None else None
        return entry.output if entry is not None else None

    def _folder(self, entry: FolderEntry, parent: str | None) -> None:
        fact, above = entry.fact, self._parent_output(parent)
        if self._paths:
            entry.output = self._folder_path(fact.key, fact.name, above)
            return
        ids = fact.id if self._pair.same_system else fact.id or derived_id("folder", fact.key)
        own = self._own_id(ids or fact.key, "folders", fact.key)
        trail = f"{above.folder_path} / {fact.name}" if above is not None else fact.name
        entry.output = Output(
            key=own,
            id=own,
            title=fact.name,
            folder=parent if self._pair.same_system else above.key if above is not None else None,
            order=fact.order if fact.order is not None else self._next(above.key if above else None),
            folder_path=trail,
        )

    def _folder_path(self, key: str, name: str, above: Output | None) -> Output:
        base = above.path if above is not None else ""
        segment = self._segment("folders", key, name, base, "")
        path = f"{base}/{segment}" if base else segment
        return Output(key=path, title=name, path=path, folder=base or None)

    def _segment(self, kind: str, key: str, name: str, base: str, suffix: str) -> str:
        """A file name for a title: portable, and unique in its folder."""
        prefix = self._prefixes.get((kind, key), "")
        wanted = safe_segment(prefix + name, avoid=_LINK_SIGNS if suffix else "")
        segment = self._unique.take(wanted, base, extension=suffix)
        if segment != prefix + name + suffix:
            code = "name-changed" if wanted != prefix + name else "duplicate-name"
            details = (("what", name), ("became", segment))
            self._report(Finding(code=code, item=f"{kind}/{key}", details=details))
        return segment

    def _next(self, folder: str | None) -> int:
        position = self._positions.get(folder, 0)
        self._positions[folder] = position + 1
        return position

    def _own_id(self, wanted: str, kind: str, key: str) -> str:
        """The id itself where it is free and harmless, else one that follows from the item's key."""
        own = wanted
        if own in self._taken_ids or _SPOILED_IDS.fullmatch(own) or not own.strip():
            code = "duplicate-id" if own in self._taken_ids else "id-changed"
            own = derived_id(kind, key, wanted)
            self._report(Finding(code=code, item=f"{kind}/{key}", details=(("what", wanted), ("became", own))))
        self._taken_ids.add(own)
        return own

    def notes(self) -> None:
        """Notes, parents before their pages; names last, when all paths are known."""
        self._taken_ids = set()
        if self._pair.same_system:
            for entry in self._catalog.notes.values():
                if not entry.end:
                    entry.output = self._as_it_was(entry)
            return
        keys = self._top_down(self._note_parents)
        if not self._paths:
            keys.sort(key=lambda key: self._twin_of(self._catalog.notes[key]) is None)
        for key in keys:
            entry = self._catalog.notes[key]
            if not entry.end:
                entry.output = self._note_path(entry) if self._paths else self._note_row(entry)
        if self._paths:
            self._shortest_names()

    def _as_it_was(self, entry: NoteEntry) -> Output:
        """Within one system nothing moves; only an id that stands twice is renewed."""
        own = self._own_id(entry.id, "notes", entry.key) if entry.id is not None and not self._paths else entry.id
        return Output(
            key=entry.key if self._paths else own or entry.key,
            id=own,
            title=entry.title,
            path=entry.path,
            name=entry.path,
            folder=entry.folder,
            parent=entry.parent,
            order=entry.order,
        )

    def _note_path(self, entry: NoteEntry) -> Output:
        parent = self._note_parents[entry.key]
        above = self._catalog.notes[parent].output if parent is not None else None
        if above is not None:
            base = above.path.removesuffix(".md")
        else:
            folder = self._parent_output(entry.folder)
            base = folder.path if folder is not None else ""
        segment = self._segment("notes", entry.key, entry.title, base, ".md")
        path = f"{base}/{segment}" if base else segment
        stem = segment.removesuffix(".md")
        self._stems[stem.casefold()] = self._stems.get(stem.casefold(), 0) + 1
        title = entry.title or stem
        return Output(key=path, id=entry.id, title=title, path=path, name=stem, folder=base or None)

    def _shortest_names(self) -> None:
        for entry in self._catalog.notes.values():
            output = entry.output
            if output is not None and self._stems[output.name.casefold()] > 1:
                entry.output = msgspec.structs.replace(output, name=output.path.removesuffix(".md"))

    def _note_row(self, entry: NoteEntry) -> Output:
        own = self._own_id(entry.id or derived_id("note", entry.key), "notes", entry.key)
        folder = self._home_of(entry)
        above = self._parent_output(folder)
        parent = self._note_parents[entry.key]
        above_note = self._catalog.notes[parent].output if parent is not None else None
        home = above.key if above is not None else None
        return Output(
            key=own,
            id=own,
            title=entry.title,
            folder=home,
            parent=above_note.key if above_note is not None else None,
            order=entry.order if entry.order is not None else self._next(home),
            folder_path=above.folder_path if above is not None else "",
        )

    def _home_of(self, entry: NoteEntry) -> str | None:
        """A note beside a folder of its own name goes into it, as its first: they are one note with children."""
        twin = self._twin_of(entry)
        if twin is None:
            return entry.folder
        self._report(Finding(code="note-children-as-folder", item=f"notes/{entry.key}"))
        return twin

    def _twin_of(self, entry: NoteEntry) -> str | None:
        """The folder of a note's own name beside it."""
        twin = entry.path.removesuffix(".md")
        return twin if entry.path and twin != entry.path and twin in self._catalog.folders else None
