"""A folder that belongs to a target of one file and stands beside it: for what the file does not hold itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from converter.storage.commit import CommitResult, Staging
from converter.storage.target import check_kind, refuse_occupied

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_companion", "commit_with_companion"]


def check_companion(final: Path, name: str, overwrite: bool) -> None:
    """Refuse a target whose companion's place is taken, as `check_target` does for the target. Raises TargetError."""
    beside = final.with_name(name)
    check_kind(beside, folder=True)
    if not overwrite:
        refuse_occupied(beside)


def commit_with_companion(staging: Staging, name: str, overwrite: bool, backup: bool) -> CommitResult:
    """Put a staged file in its place, after the folder of this name that was staged beside it.

    The folder comes first, so that there is never a file without what it names; that of a file which was replaced by
    one without a folder goes last, to a backup as the file did. Raises as `Staging.commit` does.
    """
    made, final = staging.path.with_name(name), staging.final.with_name(name)
    if not os.path.lexists(made):
        done = staging.commit(overwrite, backup)
        if overwrite and final.is_dir():
            _retire(final, backup)
        return done
    check_kind(staging.final, folder=False)
    if not overwrite:
        refuse_occupied(staging.final)
    with Staging.for_folder(final) as beside:
        made.rename(beside.path)
        beside.commit(overwrite, backup)
    return staging.commit(overwrite, backup)


def _retire(final: Path, backup: bool) -> None:
    """Replace a folder by nothing."""
    with Staging.for_folder(final) as beside:
        beside.path.mkdir()
        beside.commit(True, backup)
    final.rmdir()
