"""The two spellings of Mnemo's JSON: of packages, and of the library's own database.

Names inside blocks are the same in both. See docs/formats/mnemo.md, "Two spellings".
"""

from __future__ import annotations

from enum import Enum

__all__ = ["Dialect"]


class Dialect(Enum):
    """Who spells: a package (`noteId`, read in any case) or the database (`NoteId`, and nothing else)."""

    PACKAGE = "package"
    STORAGE = "storage"

    def spelled(self, name: str) -> str:
        """A name, given as packages spell it."""
        return name if self is Dialect.PACKAGE else name[:1].upper() + name[1:]
