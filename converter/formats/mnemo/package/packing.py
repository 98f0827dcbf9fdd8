"""How files of a package are compressed (docs/formats/mnemo.md, "Package")."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

__all__ = ["QUICK", "level_for"]

_PACKED: Final = frozenset(
    (
        ".7z",
        ".apkg",
        ".avif",
        ".docx",
        ".epub",
        ".gif",
        ".gz",
        ".heic",
        ".jpeg",
        ".jpg",
        ".m4a",
        ".mnemo",
        ".mov",
        ".mp3",
        ".mp4",
        ".ogg",
        ".png",
        ".pptx",
        ".webm",
        ".webp",
        ".xlsx",
        ".xz",
        ".zip",
        ".zst",
    )
)
"""Endings of files that are compressed already: packing them again costs time and gains nothing."""

_STORED: Final = 0
QUICK: Final = 1


def level_for(name: str, size: int) -> int:
    """The level for a file of this name and size."""
    packed = size == 0 or PurePosixPath(name).suffix.lower() in _PACKED
    return _STORED if packed else QUICK
