"""Errors of the operating system, as errors of ours that say what failed, where, and what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from converter.errors import ConverterError, EnvironmentFaultError, InputError, ItemError

__all__ = ["check_space", "check_whole", "fault", "opening", "reading_item", "reading_whole", "writing"]

_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_GONE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
_WHOLE: Final[ContextVar[tuple[Path, ...]]] = ContextVar("whole", default=())
"""Places of which everything has to be read."""
_HINTS: Final = {
    errno.EACCES: "Check the permissions.",
    errno.EPERM: "Check the permissions.",
    errno.EROFS: "The file system is read-only: choose another target.",
    errno.ENAMETOOLONG: "The path is too long for this system: choose a shorter one.",
    errno.EMFILE: "Too many files are open: raise the limit (ulimit -n).",
}


def fault(error: OSError, doing: str, path: str | os.PathLike[str], *, needed: int = 0) -> EnvironmentFaultError:
    """The error of ours for one of the system's: `doing` is a phrase ("Cannot write"), `needed` is in bytes."""
    reason = error.strerror or str(error)
    message = f"{doing} {path}: {reason}"
    if error.errno in _FULL:
        free = _free_bytes(Path(path))
        wants = f"at least {needed:,} bytes are needed" if needed else "more bytes are needed"
        return EnvironmentFaultError(f"{message}; {wants}, {free} are free.", hint="Make room or choose another place.")
    return EnvironmentFaultError(message + ".", hint=_HINTS.get(error.errno or 0, ""))


def check_space(place: Path, final: Path, needed: int) -> None:
    """Raise EnvironmentFaultError when the file system of a folder has less than `needed` bytes free."""
    if needed and _free(place) < needed:
        raise fault(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "Cannot write", final, needed=needed)


def _free(place: Path) -> int:
    from shutil import disk_usage

    return disk_usage(place).free


def _free_bytes(path: Path) -> str:
    for place in (path, *path.parents):
        try:
            return f"{_free(place):,}"
        except OSError:
            continue
    return "unknown how many"


@contextmanager
def opening(path: Path, kind: str) -> Iterator[None]:
    """Around the opening of a source: what is not there or no file is refused, the rest is the environment's."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"{path}: There is no such file.", hint="Check the path.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder, not {kind}.") from error
    except OSError as error:
        raise fault(error, "Cannot read", path) from error


@contextmanager
def reading_whole(places: Iterable[Path]) -> Iterator[None]:
    """While this lasts, what the system refuses to read at or below these places ends the run.

    Elsewhere only an item is lost with it. Of a target that is changed, or looked at again, that would be wrong: an
    item that is not seen would be taken for one that is not there.
    """
    token = _WHOLE.set((*_WHOLE.get(), *(place.absolute() for place in places)))
    try:
        yield
    finally:
        _WHOLE.reset(token)


def check_whole(error: OSError, path: str | os.PathLike[str]) -> None:
    """Raise EnvironmentFaultError where a file or folder that was not read lies where everything has to be.

    One that is not there, or not reached without following a link, is no matter of the system.
    """
    places = _WHOLE.get()
    if not places or error.errno is None or error.errno in _GONE:
        return
    here = Path(path).absolute()
    if any(place == here or place in here.parents for place in places):
        raise fault(error, "Cannot read", path) from error


@contextmanager
def reading_item(what: str) -> Iterator[None]:
    """Around the reading of one item: an error of the system fails this item and not the run."""
    try:
        yield
    except OSError as error:
        check_whole(error, error.filename or what)
        raise ItemError(f"{what} cannot be read: {error.strerror or error}.") from error


@contextmanager
def writing(path: Path, *, needed: int = 0) -> Iterator[None]:
    """Around writing a target."""
    try:
        yield
    except ConverterError:
        raise
    except OSError as error:
        raise fault(error, "Cannot write", path, needed=needed) from error
