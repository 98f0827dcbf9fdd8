"""Which items a run converts: `--only`, `--include`, `--exclude`, `--tag`."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

from converter.errors import UsageError
from converter.pipeline.catalog import Catalog
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.options import Options

__all__ = ["ONLY", "Selection"]

_DEEPEST = 200
"""How far up a path is followed; what lies deeper is in a circle, or as good as."""

ONLY = {
    "notes": ("notes", "folders", "assets"),
    "flashcards": ("decks",),
    "mindmaps": ("maps",),
    "settings": ("settings",),
}
"""What `--only` names, as kinds of units."""


class Selection:
    """The selection of one run; without options everything is in it."""

    def __init__(self, options: Options) -> None:
        unknown = [name for name in options.only if name not in ONLY]
        if unknown:
            raise UsageError(f"--only knows {', '.join(ONLY)}, not {unknown[0]!r}.")
        self._kinds = {kind for name in options.only for kind in ONLY[name]} or None
        self._include = [re.compile(translate(glob)) for glob in options.include]
        self._exclude = [re.compile(translate(glob)) for glob in options.exclude]
        self._tags = {tag.removeprefix("#").casefold() for tag in options.tags}
        self.whole = self._kinds is None and not (self._include or self._exclude or self._tags)
        self._narrow = bool(self._include or self._exclude or self._tags)

    def kind(self, kind: str) -> bool:
        """Whether units of this kind are wanted at all."""
        return self._kinds is None or kind in self._kinds

    def _path(self, path: str) -> bool:
        if self._include and not any(glob.match(path) for glob in self._include):
            return False
        return not any(glob.match(path) for glob in self._exclude)

    def _note(self, entry: NoteEntry, path: str) -> bool:
        if not (self.kind("notes") and self._path(path)):
            return False
        if not self._tags:
            return True
        tags = {tag.casefold() for tag in entry.tags}
        return any(tag == want or tag.startswith(want + "/") for tag in tags for want in self._tags)

    def apply(self, catalog: Catalog, named_by: Callable[[str], set[str]]) -> None:
        """Mark what is not selected as skipped. Folders stay that hold a selected note, or all without a filter.

        `named_by` gives the keys of the assets that a note names.
        """
        if self.whole:
            return
        for entry in catalog.notes.values():
            if not entry.end and not self._note(entry, entry.path or _path_of(catalog, entry)):
                entry.end = "skipped"
        held = _folders_held(catalog)
        for key, folder in catalog.folders.items():
            if not self.kind("folders") or (self._narrow and key not in held):
                folder.end = "skipped"
        used: set[str] = set()
        if self._narrow:
            used.update(*(named_by(key) for key, entry in catalog.notes.items() if not entry.end))
        for key, asset in catalog.assets.items():
            if not self.kind("assets") or (self._narrow and key not in used and not self._asset(key)):
                asset.end = "skipped"

    def _asset(self, key: str) -> bool:
        """A file that is named by its own path; a filter by tag never names one."""
        return not self._tags and bool(self._include) and self._path(key)


def _path_of(catalog: Catalog, entry: NoteEntry) -> str:
    """A path for notes of stores that have none: the names of all that is above, and the note's own title."""
    parts, note = [entry.title], entry
    while note.parent in catalog.notes and len(parts) < _DEEPEST:
        note = catalog.notes[note.parent]
        parts.append(note.title)
    at = note.folder
    while at in catalog.folders and len(parts) < _DEEPEST:
        folder = catalog.folders[at]
        parts.append(folder.fact.name)
        at = folder.fact.parent
    return "/".join(reversed(parts))


def _folders_held(catalog: Catalog) -> set[str]:
    held: set[str] = set()
    for entry in catalog.notes.values():
        at = entry.folder if not entry.end else None
        while at is not None and at not in held:
            held.add(at)
            folder = catalog.folders.get(at)
            at = folder.fact.parent if folder is not None else None
    return held
