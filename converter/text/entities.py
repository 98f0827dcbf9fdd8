"""What HTML spells with `&`: as `html` does it, whose table of 2,231 names is loaded when a text needs it."""

from __future__ import annotations

__all__ = ["escape", "unescape"]


def escape(text: str) -> str:
    """A text as it may stand in HTML, in an attribute too."""
    from html import escape

    return escape(text)


def unescape(text: str) -> str:
    """The characters that a text of HTML stands for."""
    if "&" not in text:
        return text
    from html import unescape

    return unescape(text)
