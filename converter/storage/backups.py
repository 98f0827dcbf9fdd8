"""Where what was replaced is kept: `NAME.bak-1` beside `NAME`, `NAME.bak-2` …, never overwritten."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["backup_hint", "backups", "free_backup", "is_backup_name"]

_MARK = ".bak-"


def free_backup(final: Path) -> Path:
    """The first name for a backup of this target that is free."""
    names = (final.with_name(f"{final.name}{_MARK}{number}") for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def is_backup_name(name: str, of: str) -> bool:
    """Whether a name is that of a backup of something called `of`."""
    number = name.removeprefix(of + _MARK)
    return number != name and number.isascii() and number.isdigit()


def backups(final: Path) -> tuple[Path, ...]:
    """The backups of a target, the oldest first. What cannot be listed has none."""
    try:
        found = [entry for entry in final.absolute().parent.iterdir() if is_backup_name(entry.name, final.name)]
    except OSError:
        return ()
    return tuple(sorted(found, key=lambda entry: int(entry.name.rpartition("-")[2])))


def backup_hint(final: Path, otherwise: str) -> str:
    """What to do about a target that is gone or damaged: a sentence that names its newest backup, where it has any."""
    found = backups(final)
    return f"Its newest backup is {found[-1]} ({len(found)} in all)." if found else otherwise
