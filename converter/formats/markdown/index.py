"""What a folder of Markdown holds (docs/formats/markdown.md, "The folder")."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from converter.errors import InputError
from converter.findings.finding import Finding
from converter.formats.entries import odd_facts, read_note
from converter.formats.front import SourceContext, Stored
from converter.formats.markdown.residue import FOLDER, NAME, residue_fact
from converter.model.facts import AssetFact, Fact, FolderFact, NoteFact, PayloadFact
from converter.model.moment import moment_from_ns
from converter.storage.tree import Entry, open_below, walk

__all__ = ["FolderSource", "is_note", "open_source"]

_NOTE_ENDINGS = (".md", ".markdown")
_JUNK_FILES = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db"))


def is_note(name: str) -> bool:
    """Whether a file name is that of a note."""
    return name.lower().endswith(_NOTE_ENDINGS)


def _is_junk(rel: str, _folder: bool) -> bool:
    """Hidden files and folders (Obsidian shows none), and what file managers leave behind."""
    name = posixpath.basename(rel)
    return name.startswith(".") or name.lower() in _JUNK_FILES or name == "__MACOSX"


class FolderSource:
    """A folder of Markdown, opened for reading."""

    def __init__(self, path: Path, context: SourceContext) -> None:
        if not path.is_dir():
            raise InputError(f"{path} is not a folder.", hint="Name the folder that holds the Markdown files.")
        self.path = path
        self._context = context
        self._notes: list[str] = []
        self._residue: PayloadFact | None = None

    def facts(self) -> Iterator[Fact | Finding]:
        """Folders first, then notes and other files, each in path order; junk and odd entries as they come."""
        folders: list[str] = []
        files: list[Entry] = []
        self._residue = residue_fact(self.path)
        if self._residue is not None:
            yield self._residue
        for entry in walk(self.path, self._context.limits, junk=_is_junk):
            if self._residue is not None and entry.rel == FOLDER:
                continue
            if entry.kind == "folder":
                folders.append(entry.rel)
            elif entry.kind == "file":
                files.append(entry)
            else:
                yield from odd_facts(entry, entry.rel)
        self._notes = [entry.rel for entry in files if is_note(entry.rel)]
        shown = _folders_shown(folders, [entry.rel for entry in files], self._notes)
        for rel in folders:
            if rel in shown:
                parent = posixpath.dirname(rel) or None
                yield FolderFact(key=rel, name=posixpath.basename(rel), parent=parent, path=rel)
        for entry in files:
            if is_note(entry.rel):
                yield NoteFact(key=entry.rel, size=entry.size, path=entry.rel)
            else:
                yield AssetFact(
                    key=entry.rel,
                    name=posixpath.basename(entry.rel),
                    size=entry.size,
                    stamp=moment_from_ns(entry.mtime_ns),
                )

    def fetch(self, keys: Sequence[str] | None = None) -> Iterator[Stored | Finding]:
        """The files of these notes, in path order."""
        for key in self._notes if keys is None else keys:
            found = read_note(self.open_asset, key, self._context.limits)
            if isinstance(found, Finding):
                yield found
            else:
                data, stamp = found
                yield Stored(key, data, key, stamp)

    def open_asset(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file of the folder."""
        return open_below(self.path, key)

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A folder of Markdown has no payloads; a file all the same."""
        return open_below(self.path, key)

    def open_residue(self) -> AbstractContextManager[IO[bytes]] | None:
        """The residue in the folder."""
        return open_below(self.path, NAME) if self._residue is not None else None

    def close(self) -> None:
        """Nothing is held open."""


def _folders_shown(folders: list[str], files: list[str], notes: list[str]) -> set[str]:
    """Folders that hold a note somewhere below, and empty ones; a folder of attachments alone is no folder of notes."""
    shown: set[str] = set()
    for rel in notes:
        _add_above(rel, shown)
    occupied = {posixpath.dirname(rel) for rel in files} | {posixpath.dirname(rel) for rel in folders}
    for rel in folders:
        if rel not in occupied:
            shown.add(rel)
            _add_above(rel, shown)
    return shown


def _add_above(rel: str, shown: set[str]) -> None:
    above = posixpath.dirname(rel)
    while above and above not in shown:
        shown.add(above)
        above = posixpath.dirname(above)


def open_source(path: Path, context: SourceContext) -> FolderSource:
    """Open a folder; raises `InputError` where it is none."""
    return FolderSource(path, context)
