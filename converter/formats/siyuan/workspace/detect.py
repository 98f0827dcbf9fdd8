"""Tell a workspace, a data folder or a notebook by what is in it."""

from __future__ import annotations

from pathlib import Path

from converter.formats.front import Detection
from converter.formats.siyuan.workspace.layout import find_layout

__all__ = ["detect"]


def detect(path: Path) -> Detection | None:
    """A folder that SiYuan would know."""
    layout = find_layout(path) if path.is_dir() else None
    return Detection("siyuan", layout.what, 95) if layout is not None else None
