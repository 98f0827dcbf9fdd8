"""What callouts of the five common types are called, and their icons, where nothing else is said."""

from __future__ import annotations

__all__ = ["CALLOUTS"]

CALLOUTS = {
    "NOTE": ("Note", "\u270f\ufe0f"),
    "TIP": ("Tip", "\U0001f4a1"),
    "IMPORTANT": ("Important", "\u2757"),
    "WARNING": ("Warning", "\u26a0\ufe0f"),
    "CAUTION": ("Caution", "\U0001f6a8"),
}
"""Type, in capitals, to title and icon (docs/formats/siyuan.md, "Blocks")."""
