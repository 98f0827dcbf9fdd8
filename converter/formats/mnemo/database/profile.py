"""What a library can hold: what application 0.6 reads, and residue (docs/formats/mnemo.md, "Library")."""

from __future__ import annotations

from collections.abc import Mapping

from converter.errors import UsageError
from converter.formats.mnemo.profile import profile_for
from converter.model.profile import Profile

__all__ = ["profile"]


def profile(options: Mapping[str, str]) -> Profile:
    """The capabilities of a library; `place` is the folder that a target will lie in.

    Raises `UsageError` for a target of application 0.8: its own database is never written.
    """
    place = options.get("place", "")
    if place and options.get("mnemo_target") == "0.8":
        raise UsageError(
            "A mnemo.db for application 0.8 cannot be written.",
            hint="Write a package and import it: --to mnemo --mnemo-target 0.8.",
        )
    own = {
        "images_dir": options.get("images_dir") or (f"{place.rstrip('/')}/images" if place else ""),
        "pictures": "absolute",
        "asset_root": "",
        "asset_folders": "images files",
        "payloads": "flashcards mindmaps settings storage residue flashcards-0.8 mindmaps-0.8",
        "by_parts": "flashcards-0.8 mindmaps-0.8",
    }
    return profile_for("mnemo-db", "library of Mnemo (mnemo.db)", "0.6", own)
