"""What a `.mnemo` package can hold, for each application that may open it (docs/formats/mnemo.md, "Targets")."""

from __future__ import annotations

from collections.abc import Mapping

from converter.errors import UsageError
from converter.formats.mnemo.profile import profile_for
from converter.model.profile import Profile

__all__ = ["TARGETS", "profile"]

TARGETS = ("compat", "0.8", "0.6")


def profile(options: Mapping[str, str]) -> Profile:
    """The capabilities under `mnemo_target` (`compat`, `0.8`, `0.6`); raises `UsageError` for another one."""
    target = options.get("mnemo_target") or "compat"
    if target not in TARGETS:
        raise UsageError(f"--mnemo-target is one of {', '.join(TARGETS)}, not {target!r}.")
    own = {
        "images_dir": options.get("images_dir", ""),
        "richer": "" if target == "0.8" else "0.8",
        "asset_root": "payloads/notes/",
        "asset_home": "assets/",
        "asset_folders": "images note-assets files",
        "payloads": "* -storage -unreadable -newer",
        "by_parts": "flashcards-0.8 mindmaps-0.8",
    }
    return profile_for("mnemo", f".mnemo package ({target})", target, own)
