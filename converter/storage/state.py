"""A short digest of what stands at a place, by which a later run sees whether it has changed."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from converter.storage.digest import digest
from converter.storage.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["quick_state", "state_of"]


def state_of(places: Iterable[Path]) -> str:
    """The state of files and folders: "" where none of them is there.

    A file counts by its bytes; what is in a folder by its path, size and time. Raises EnvironmentFaultError.
    """
    state = sha256()
    found = False
    for place in places:
        try:
            for line in _lines(place):
                found = True
                state.update(line)
        except OSError as error:
            raise fault(error, "Cannot read", place) from error
    return state.hexdigest() if found else ""


def quick_state(place: Path) -> str:
    """The state of one place, of a file by its size and time alone. Raises EnvironmentFaultError.

    What is in the write-ahead log of a database counts.
    """
    if not place.is_file():
        return state_of([place])
    try:
        status = place.stat()
        log = place.with_name(place.name + "-wal")
        logged = log.stat() if log.exists() else None
    except OSError as error:
        raise fault(error, "Cannot read", place) from error
    newer = f" {logged.st_size} {logged.st_mtime_ns}" if logged is not None and logged.st_size else ""
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}{newer}"


def _lines(place: Path) -> Iterator[bytes]:
    if place.is_file():
        with place.open("rb") as stream:
            yield f"file {digest(stream)[1]}\n".encode()
    elif place.is_dir():
        yield b"folder\n"
        yield from _entries(os.fspath(place), "")


def _entries(folder: str, above: str) -> Iterator[bytes]:
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        name = above + entry.name
        status = entry.stat(follow_symlinks=False)
        if entry.is_dir(follow_symlinks=False):
            yield os.fsencode(f"{name}/\0")
            yield from _entries(entry.path, name + "/")
        else:
            yield os.fsencode(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0")
