"""Folder trees: walked in order, never following links, never leaving the root (docs/formats/containers.md, "Folders")."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from converter.errors import InputError
from converter.storage.limits import Limits, exceeded

__all__ = ["Entry", "open_below", "walk"]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a tree.

    `rel` is its path below the root with `/`; `kind` is `file`, `folder`, `junk` (a whole folder at times), `symlink`,
    `special` or `unreadable`, with the `reason` where there is one. Sizes are bytes, times nanoseconds since 1970.
    """

    rel: str
    kind: str
    size: int = 0
    mtime_ns: int = 0
    reason: str = ""


def walk(root: Path, limits: Limits, *, junk: Callable[[str, bool], bool]) -> Iterator[Entry]:
    """Every entry below `root`, in the order of names, folders before what is in them.

    `junk(rel, is_folder)` names what is not looked into. Links are told and not followed, so loops cannot be.
    """
    count = 0
    stack: list[Iterator[os.DirEntry[str]]] = []
    names = _listed(root, "")
    if isinstance(names, Entry):
        raise InputError(f"The folder {root} cannot be read: {names.reason}.")
    stack.append(iter(names))
    above: list[str] = [""]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            above.pop()
            continue
        count += 1
        if count > limits.files:
            exceeded(limits, "files", f"the folder {root}", count)
        made = _entry(entry, above[-1] + entry.name, junk, limits)
        if made.kind == "folder":
            listed = _listed(Path(entry.path), made.rel)
            if isinstance(listed, Entry):
                yield listed
                continue
            if len(above) > limits.depth:
                exceeded(limits, "depth", made.rel, len(above))
            stack.append(iter(listed))
            above.append(made.rel + "/")
        yield made


def _listed(folder: Path, rel: str) -> list[os.DirEntry[str]] | Entry:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        return Entry(rel, "unreadable", reason=error.strerror or str(error))


def _entry(entry: os.DirEntry[str], rel: str, junk: Callable[[str, bool], bool], limits: Limits) -> Entry:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Entry(rel, "unreadable", reason=error.strerror or str(error))
    if stat.S_ISLNK(status.st_mode):
        return Entry(rel, "symlink", reason="a link is not followed")
    folder = stat.S_ISDIR(status.st_mode)
    if not folder and not stat.S_ISREG(status.st_mode):
        return Entry(rel, "special", reason="neither a file nor a folder")
    if junk(rel, folder):
        return Entry(rel, "junk")
    if folder:
        return Entry(rel, "folder")
    if status.st_size > limits.file_bytes:
        exceeded(limits, "file_bytes", rel, status.st_size)
    return Entry(rel, "file", status.st_size, status.st_mtime_ns)


def open_below(root: Path, rel: str) -> IO[bytes]:
    """Open a file below `root`; raises `InputError` for a path that leaves it or goes through a link."""
    parts = PurePosixPath(rel).parts
    if not parts or ".." in parts or rel.startswith("/"):
        raise InputError(f"The path {rel!r} leaves the folder {root}.")
    at = root
    for part in parts:
        at = at / part
        if at.is_symlink():
            raise InputError(f"The path {rel!r} goes through a link, which is not followed.")
    return at.open("rb")
