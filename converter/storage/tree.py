"""Folder trees: walked in order, never following links, never leaving the root.

See docs/formats/containers.md, "Folders".
"""

from __future__ import annotations

import errno
import os
import stat
from typing import IO, TYPE_CHECKING, Final

import msgspec

from converter.errors import InputError, ItemError
from converter.storage.faults import check_whole, reading_item
from converter.storage.limits import DEFAULT_LIMITS, Limits, exceeded
from converter.storage.names import check_member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Entry", "open_below", "read_file", "walk"]

_BYTE_MARKS: Final = 0xEF00
"""Bytes of a name that are no UTF-8 stand as private characters from here on: U+EF80 to U+EFFF."""

_BYTES_TO_MARKS: Final = {0xDC00 + byte: _BYTE_MARKS + byte for byte in range(0x80, 0x100)}
_MARKS_TO_BYTES: Final = {mark: escape for escape, mark in _BYTES_TO_MARKS.items()}
_JUNCTION: Final = 0xA0000003
_OPEN_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_FOLDER_FLAGS: Final = _OPEN_FLAGS | getattr(os, "O_DIRECTORY", 0)
_BY_HANDLE: Final = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a tree.

    `rel` is its path below the root with `/`; `kind` is `file`, `folder`, `junk` (a whole folder at times), `symlink`,
    `special` or `unreadable`, with the `reason` where there is one. Sizes are bytes, times nanoseconds since 1970.
    A name that is no UTF-8 has private characters (U+EF80 and up) for its odd bytes, and a reason; `open_below` knows
    such a name.
    """

    rel: str
    kind: str
    size: int = 0
    mtime_ns: int = 0
    reason: str = ""


def walk(root: Path, limits: Limits, *, junk: Callable[[str, bool], bool]) -> Iterator[Entry]:
    """Every entry below `root`, in the order of names, folders before what is in them.

    `junk(rel, is_folder)` names what is not looked into. Links are told and not followed, so loops cannot be.
    Raises InputError when `root` is no folder that can be read, LimitError when the tree is too large.
    """
    count = 0
    listed = _listed(root)
    if isinstance(listed, str):
        raise InputError(f"The folder {root} cannot be read: {listed}.")
    stack = [("", iter(listed))]
    while stack:
        above, entries = stack[-1]
        found = next(entries, None)
        if found is None:
            stack.pop()
            continue
        count += 1
        if count > limits.files:
            exceeded(limits, "files", f"The folder {root}", count)
        entry = _entry(found, above, junk)
        if entry.kind == "folder":
            below = _listed(found.path)
            if isinstance(below, str):
                entry = Entry(entry.rel, "unreadable", reason=below)
            else:
                stack.append((entry.rel + "/", iter(below)))
        _check(entry, len(stack) - 1, limits)
        yield entry


def _listed(folder: str | os.PathLike[str]) -> list[os.DirEntry[str]] | str:
    """The entries of a folder by name, or why there are none to see."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=_name)
    except OSError as error:
        check_whole(error, folder)
        return error.strerror or str(error)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _entry(found: os.DirEntry[str], above: str, junk: Callable[[str, bool], bool]) -> Entry:
    name = found.name if found.name.isascii() else found.name.translate(_BYTES_TO_MARKS)
    rel = above + name
    try:
        status = found.stat(follow_symlinks=False)
    except OSError as error:
        check_whole(error, found.path)
        return Entry(rel, "unreadable", reason=error.strerror or str(error))
    mode = status.st_mode
    if stat.S_ISLNK(mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION:
        return Entry(rel, "symlink", reason="a link is not followed")
    folder = stat.S_ISDIR(mode)
    if not folder and not stat.S_ISREG(mode):
        return Entry(rel, "special", reason="neither a file nor a folder")
    kind = "junk" if junk(rel, folder) else "folder" if folder else "file"
    reason = "" if name == found.name else "its name is not UTF-8"
    return Entry(rel, kind, 0 if folder else status.st_size, status.st_mtime_ns, reason)


def _check(entry: Entry, depth: int, limits: Limits) -> None:
    if depth > limits.depth:
        exceeded(limits, "depth", f"The folder {entry.rel}", depth)
    if entry.kind == "file" and entry.size > limits.file_bytes:
        exceeded(limits, "file_bytes", f"The file {entry.rel}", entry.size)
    if len(entry.rel) * 4 > limits.name_bytes and len(entry.rel.encode()) > limits.name_bytes:
        exceeded(limits, "name_bytes", f"The path {entry.rel}", len(entry.rel.encode()))


def open_below(root: Path, rel: str) -> IO[bytes]:
    """Open the file that an `Entry` of this root names.

    Raises ItemError for a path that leaves the root, goes through a link or leads to something else than a file, and
    OSError where the system refuses.
    """
    if reason := check_member(rel):
        raise ItemError(f"The path {rel!r} below {root} is refused: it {reason}.")
    try:
        handle = _open(root, rel)
    except FileNotFoundError:
        odd = rel.translate(_MARKS_TO_BYTES)
        if odd == rel:
            raise
        handle = _open(root, odd)
    file = os.fdopen(handle, "rb")
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return file
    file.close()
    raise ItemError(f"{rel} below {root} is not a file.")


def _open(root: Path, rel: str) -> int:
    """Open step by step, so that no link in the path is followed even when it was put there a moment ago."""
    *folders, name = rel.split("/")
    try:
        if not _BY_HANDLE:
            return _open_by_path(root, [*folders, name])
        at = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            for folder in folders:
                above, at = at, os.open(folder, _FOLDER_FLAGS, dir_fd=at)
                os.close(above)  # no longer `at`: a signal that comes now does not have it closed twice
            return os.open(name, _OPEN_FLAGS, dir_fd=at)
        finally:
            os.close(at)
    except OSError as error:
        check_whole(error, root / rel)
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        raise ItemError(f"{rel} below {root} is reached through a link, which is not followed.") from error


def _open_by_path(root: Path, names: list[str]) -> int:
    at = root
    for name in names:
        at /= name
        status = at.lstat()
        if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION:
            raise OSError(errno.ELOOP, "a link is not followed")
    return os.open(at, _OPEN_FLAGS)


def read_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """All bytes of a file, which may be a link.

    Raises ItemError when it is none or cannot be read, LimitError above `load_bytes`.
    """
    with reading_item(str(path)):
        handle = os.open(path, _OPEN_FLAGS & ~getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb", buffering=0) as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise ItemError(f"{path} is not a file.")
            if status.st_size > limits.load_bytes:
                exceeded(limits, "load_bytes", f"The file {path}", status.st_size)
            return file.read()
