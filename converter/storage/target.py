"""Which places can be a target: judged before anything is read, and again before anything is renamed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from converter.errors import TargetError
from converter.storage.room import check_settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["check_kind", "check_target", "is_occupied", "refuse_occupied"]


def check_target(source: Path, final: Path, overwrite: bool, *, folder: bool | None = None) -> None:
    """Refuse a target that cannot be meant, and one that exists already unless it may be overwritten.

    That is: the source itself, a place inside the source or around it, a link, neither file nor folder, a file where
    a folder is to be made or the reverse (`folder`; None when that is not known yet), one in the middle of a change.
    Missing parents are fine: they are made. Raises TargetError.
    """
    check_kind(final, folder=folder)
    here, there = source.resolve(), final.resolve()
    if here == there or _same(here, there):
        raise TargetError(f"The target {final} is the source itself.", hint="Name another target.")
    if here.is_dir() and _is_among(here, there.parents):
        raise TargetError(f"The target {final} lies inside the source {source}.", hint="Name a target outside of it.")
    if _is_among(there, here.parents):
        raise TargetError(f"The source {source} lies inside the target {final}.", hint="Name another target.")
    for parent in there.parents:
        if os.path.lexists(parent):
            if not parent.is_dir():
                raise TargetError(f"The target {final} cannot be made: {parent} is not a folder.")
            break
    if not overwrite:
        check_settled(final)
        refuse_occupied(final)


def _same(left: Path, right: Path) -> bool:
    """Whether two paths lead to one file, on file systems that ignore case too."""
    try:
        return left.samefile(right)
    except OSError:
        return False


def _is_among(path: Path, others: Sequence[Path]) -> bool:
    return any(path == other or _same(path, other) for other in others)


def check_kind(final: Path, *, folder: bool | None) -> None:
    """Refuse a place at which a link stands, or something of another kind. Raises TargetError."""
    try:
        mode = final.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISLNK(mode):
        raise TargetError(f"The target {final} is a link.", hint="Name the place that it leads to.")
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise TargetError(f"The target {final} is neither a file nor a folder.", hint="Name another target.")
    if folder is not None and stat.S_ISDIR(mode) is not folder:
        found, wanted = ("a file", "a folder") if folder else ("a folder", "a file")
        hint = "Name another target, or move what stands there."
        raise TargetError(f"The target {final} is {found}, and {wanted} is to be made there.", hint=hint)


def refuse_occupied(final: Path) -> None:
    """Raise TargetError when something stands at the target."""
    if is_occupied(final):
        hint = "Name a new place, or replace it with --overwrite-output (a backup is kept)."
        raise TargetError(f"The target {final} exists already.", hint=hint)


def is_occupied(path: Path) -> bool:
    """Whether a file with content or a folder with entries stands there."""
    if path.is_dir():
        with os.scandir(path) as entries:
            return next(entries, None) is not None
    return path.exists() and path.stat().st_size > 0
