"""Errors of the operating system, as errors of ours that say what failed, where, and what to do."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from converter.errors import ConverterError, EnvironmentFaultError, InputError, ItemError

__all__ = ["check_space", "fault", "opening", "reading_item", "writing"]

_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
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
    if needed and shutil.disk_usage(place).free < needed:
        raise fault(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "Cannot write", final, needed=needed)


def _free_bytes(path: Path) -> str:
    for place in (path, *path.parents):
        try:
            return f"{shutil.disk_usage(place).free:,}"
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
def reading_item(what: str) -> Iterator[None]:
    """Around the reading of one item: an error of the system fails this item and not the run."""
    try:
        yield
    except OSError as error:
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
