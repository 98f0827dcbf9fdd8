r"""Text that came from a source, made fit to be shown.

`escape_for_terminal` is for people: nothing that it returns moves a cursor, changes a colour or turns a line
around. `well_formed` is for machines: its result can be encoded as UTF-8.
"""

from __future__ import annotations

import re

__all__ = ["escape_for_terminal", "well_formed"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_HOSTILE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls, escape sequences among them
    "\xad\u061c\u180e"  # invisible: soft hyphen, Arabic letter mark, Mongolian vowel separator
    "\u200b\u200e\u200f"  # zero-width space, marks of direction
    "\u2028-\u202e"  # line and paragraph separators, embedding and overriding of direction
    "\u2060-\u206f"  # invisible operators, isolates of direction
    "\ufeff\ufff9-\ufffb"  # byte-order mark, annotations
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # surrogates: bytes of a name that are not UTF-8
    "]"
)


def escape_for_terminal(text: str) -> str:
    r"""Show what a terminal would obey or hide as `\x1b`, `\u202e` …; all other text stays as it is."""
    return _HOSTILE.sub(_escaped, text)


def well_formed(text: str) -> str:
    r"""Show surrogates as `\xff` (a byte that is not UTF-8) or `\ud800`, so that the text can be encoded."""
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    value = ord(match[0])
    if 0xDC80 <= value <= 0xDCFF:
        value -= 0xDC00
    if value < 0x100:
        return f"\\x{value:02x}"
    return f"\\u{value:04x}" if value < 0x10000 else f"\\U{value:08x}"
