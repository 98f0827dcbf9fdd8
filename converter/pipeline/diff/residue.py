"""What conversions leave beside the items for their own use: never content, so never a difference."""

from __future__ import annotations

__all__ = ["is_own_file", "is_own_name"]

_FOLDERS = (".converter/", "storage/converter/", "data/storage/converter/")
_FILES = frozenset(("payloads/notes/mnemo-converter.jsonl",))
_NAMES = frozenset(("converter", "custom-converter"))


def is_own_file(key: str) -> bool:
    """Whether a file of an archive is ours, by its path in it."""
    return key.startswith(_FOLDERS) or key in _FILES


def is_own_name(name: str) -> bool:
    """Whether an attribute of a note or a block is ours."""
    return name in _NAMES
