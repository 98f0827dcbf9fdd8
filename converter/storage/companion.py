"""Folders that belong to a target of one file and stand beside it: for what the file does not hold itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from converter.storage.commit import CommitResult, Staging
from converter.storage.target import check_kind, refuse_occupied

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["check_companions", "commit_with_companions"]


def check_companions(final: Path, names: Sequence[str], overwrite: bool) -> None:
    """Refuse a target whose companions' places are taken, as `check_target` does for the target. Raises TargetError."""
    for name in names:
        beside = final.with_name(name)
        check_kind(beside, folder=True)
        if not overwrite:
            refuse_occupied(beside)


def commit_with_companions(staging: Staging, names: Sequence[str], overwrite: bool, backup: bool) -> CommitResult:
    """Put a staged file in its place, after the folders of these names that were staged beside it.

    The folders come first, so that there is never a file without what it names; those of a file which was replaced by
    one without them go last, to a backup as the file did. Raises as `Staging.commit` does.
    """
    made = [name for name in names if os.path.lexists(staging.path.with_name(name))]
    check_kind(staging.final, folder=False)
    if not overwrite:
        refuse_occupied(staging.final)
    for name in made:
        with Staging.for_folder(staging.final.with_name(name)) as beside:
            staging.path.with_name(name).rename(beside.path)
            beside.commit(overwrite, backup)
    done = staging.commit(overwrite, backup)
    for name in names:
        final = staging.final.with_name(name)
        if name not in made and overwrite and final.is_dir():
            _retire(final, backup)
    return done


def _retire(final: Path, backup: bool) -> None:
    """Replace a folder by nothing."""
    with Staging.for_folder(final) as beside:
        beside.path.mkdir()
        beside.commit(True, backup)
    final.rmdir()
