r"""Text that came from a source, made fit to be shown.

`escape_for_terminal` is for people: nothing that it returns moves a cursor, changes a colour or turns a line
around. `well_formed` is for machines: its result can be encoded as UTF-8. `escape_json` takes JSON, and gives JSON that
means the same and is harmless where it is shown.
"""

from __future__ import annotations

import re

from converter.patterns import pattern

__all__ = ["escape_for_terminal", "escape_json", "shortened", "shown", "well_formed"]


_SURROGATE = pattern("[\ud800-\udfff]")
_HOSTILE = pattern(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls, escape sequences among them
    "\xad\u061c\u180e"  # invisible: soft hyphen, Arabic letter mark, Mongolian vowel separator
    "\u200b\u200e\u200f"  # zero-width space, marks of direction
    "\u2028-\u202e"  # line and paragraph separators, embedding and overriding of direction
    "\u2060-\u206f"  # invisible operators, isolates of direction
    "\ufeff\ufff9-\ufffb\ufffe\uffff"  # byte-order mark, annotations, no characters at all
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # surrogates: bytes of a name that are not UTF-8
    "]"
)


def _is_harmless(text: str) -> bool:
    """Whether one look tells that nothing in a text is hostile; most texts are so."""
    return text.isascii() and text.isprintable()


_SPACING = frozenset(b"\t\n\r")


def escape_for_terminal(text: str) -> str:
    r"""Show what a terminal would obey or hide as `\x1b`, `\u202e` …; all other text stays as it is."""
    return text if _is_harmless(text) else _HOSTILE.sub(_escaped, text)


def shown(text: str, limit: int = 400) -> str:
    """Give a text as it may stand in a line for people: harmless, and of a readable length."""
    return shortened(escape_for_terminal(text), limit)


def well_formed(text: str) -> str:
    r"""Show surrogates as `\xff` (a byte that is not UTF-8) or `\ud800`, so that the text can be encoded."""
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def escape_json(text: str) -> str:
    r"""Write what a terminal would obey or hide inside the strings of a JSON text as `\u202e`: it means the same."""
    return text if _is_harmless(text.replace("\n", "")) else _HOSTILE.sub(_escaped_in_json, text)


def shortened(text: str, limit: int) -> str:
    """Leave out the middle of a text that is longer than this: what it begins and what it ends with tells it apart."""
    if len(text) <= limit:
        return text
    end = limit // 3
    return f"{text[: limit - end - 1]}…{text[-end:]}"


def _escaped_in_json(match: re.Match[str]) -> str:
    value = ord(match[0])
    if value in _SPACING:
        return match[0]
    if value < 0x10000:
        return f"\\u{value:04x}"
    return f"\\u{0xD800 + (value - 0x10000 >> 10):04x}\\u{0xDC00 + (value & 0x3FF):04x}"


def _escaped(match: re.Match[str]) -> str:
    value = ord(match[0])
    if 0xDC80 <= value <= 0xDCFF:
        value -= 0xDC00
    if value < 0x100:
        return f"\\x{value:02x}"
    return f"\\u{value:04x}" if value < 0x10000 else f"\\U{value:08x}"
