"""Whether the application has a workspace open (docs/formats/siyuan.md, "Workspace")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.storage.system import is_locked

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["in_use"]

_LOCK = ".lock"


def in_use(path: Path) -> str:
    """Why a workspace, its data folder or a notebook in it cannot be written now; "" where it can.

    A running kernel holds a lock on a file of the workspace. One-shot commands of the application hold none.
    """
    path = path.absolute()
    for workspace in (path, path.parent, path.parent.parent):
        if (workspace / "data").is_dir() and is_locked(workspace / _LOCK):
            return f"{workspace} is in use: a running SiYuan holds its lock"
    return ""
