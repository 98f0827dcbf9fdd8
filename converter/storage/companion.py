"""A folder that belongs to a target of one file and stands beside it: for what the file does not hold itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.storage.target import check_kind, refuse_occupied

if TYPE_CHECKING:
    from pathlib import Path

    from converter.storage.commit import CommitResult, Staging

__all__ = ["check_companion", "commit_with_companion"]


def check_companion(final: Path, name: str, overwrite: bool) -> None:
    """Refuse a target whose companion's place is taken, as `check_target` does for the target. Raises TargetError."""
    beside = final.with_name(name)
    check_kind(beside, folder=True)
    if not overwrite:
        refuse_occupied(beside)


def commit_with_companion(staging: Staging, name: str, overwrite: bool, backup: bool) -> CommitResult:
    """Put a staged file in its place, with the folder of this name that was staged beside it.

    Both come in one change. The folder of a file which was replaced by one without a folder goes to a backup as the
    file did. Raises as `Staging.commit` does.
    """
    return staging.commit(overwrite, backup, beside=(name,))
