"""The paths that files had at their origin, for a target that is a tree of files as the origin was."""

from __future__ import annotations

from collections.abc import Iterator

from converter.pipeline.catalog import Catalog
from converter.storage.names import fold, safe_segment

__all__ = ["OwnPaths", "is_note_name", "own_path"]


def is_note_name(name: str) -> bool:
    """Whether a tree of files takes a file of this name for a note."""
    return name.lower().endswith((".md", ".markdown"))


def own_path(key: str, root: str) -> str:
    """Where an asset of a system stands, below the root that a target of this system adds by itself."""
    return key[max(key.lower().find("assets/"), 0) :] if root else key


class OwnPaths:
    """Hands out paths where the tree has room for them; folders and notes have theirs already."""

    def __init__(self, catalog: Catalog) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        outputs = [entry.output for entry in catalog.folders.values()]
        outputs += [entry.output for entry in catalog.notes.values()]
        for output in outputs:
            if output is not None:
                self._enter(output.path, file=not output.form)

    def take(self, path: str) -> bool:
        """Take exactly this path; False where it is none that a file of the tree can have."""
        parts = path.split("/")
        if any(safe_segment(part) != part for part in parts) or is_note_name(path):
            return False
        name = fold(path)
        if name in self._files or name in self._folders or any(above in self._files for above in _above(name)):
            return False
        self._enter(path, file=True)
        return True

    def _enter(self, path: str, *, file: bool) -> None:
        name = fold(path)
        (self._files if file else self._folders).add(name)
        self._folders.update(_above(name))


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
