"""Tell a folder of Markdown by what is in it."""

from __future__ import annotations

import os
from pathlib import Path

from converter.formats.front import Detection
from converter.formats.markdown.index import is_note

__all__ = ["detect"]

_LOOK_AT = 5_000
"""How many entries are looked at before the answer is no."""


def detect(path: Path) -> Detection | None:
    """A folder with a Markdown file in it; surer where Obsidian has left its settings."""
    if not path.is_dir():
        return None
    if (path / ".obsidian").is_dir():
        return Detection("markdown", "a folder with Obsidian's settings in it", 90)
    seen = 0
    for _, folders, files in os.walk(path):
        folders.sort()
        note = next((name for name in sorted(files) if is_note(name)), None)
        if note is not None:
            return Detection("markdown", f"a folder that holds Markdown files, such as {note!r}", 50)
        seen += len(files) + len(folders)
        if seen > _LOOK_AT:
            break
    return None
