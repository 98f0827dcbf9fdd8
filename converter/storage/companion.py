"""Folders that belong to a target of one file and stand beside it: for what the file does not hold itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.storage.target import check_kind, refuse_occupied

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from converter.storage.commit import CommitResult, Staging

__all__ = ["check_companions", "commit_with_companions"]


def check_companions(final: Path, names: Sequence[str], overwrite: bool) -> None:
    """Refuse a target whose companions' places are taken, as `check_target` does for the target. Raises TargetError."""
    for name in names:
        beside = final.with_name(name)
        check_kind(beside, folder=True)
        if not overwrite:
            refuse_occupied(beside)


def commit_with_companions(staging: Staging, names: Sequence[str], overwrite: bool, backup: bool) -> CommitResult:
    """Put a staged file in its place, with the folders of these names that were staged beside it.

    All come in one change. Folders of a file which was replaced by one without them go to a backup as the file did.
    Raises as `Staging.commit` does.
    """
    return staging.commit(overwrite, backup, beside=tuple(names))
