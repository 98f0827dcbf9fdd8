"""Addresses by which texts of Mnemo link notes and files (docs/formats/mnemo.md, "Links and pictures")."""

from __future__ import annotations

from typing import Final

__all__ = ["FILE_LINK", "NOTE_LINK"]

NOTE_LINK: Final = "mnemo://note/"
FILE_LINK: Final = "mnemo://file/"
