"""Destinations of links as they are spelled: found, understood, and spelled anew in the same manner."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

import msgspec

from converter.patterns import pattern
from converter.text.entities import escape, unescape

__all__ = ["Spelling", "destination_at", "understood"]

_ESCAPE: Final = pattern(r"\\([!-/:-@\[-`{-~])|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY: Final = pattern(r"&(?=#?\w{1,31};)")
_BACKSLASH: Final = pattern(r"\\(?=[!-/:-@\[-`{-~]|$)")
_BLANK: Final = pattern(r"[\s\x00-\x1f\x7f]")
_PARENTHESES: Final = pattern(r"[()]")
_GAP: Final = pattern(rb"(?:[ \t]*\n[ \t>]*)?[ \t]*")
_ANGLED: Final = pattern(rb"<((?:[^<>\\\n]|\\.)*)>")


def understood(raw: str) -> str:
    """The destination that a spelling stands for: escapes and entities undone."""
    return _ESCAPE.sub(lambda found: found[1] or unescape(found[0]), raw)


def destination_at(source: bytes, at: int) -> tuple[int, int]:
    """Where the destination that begins behind the gap at `at` starts and ends, without its angle brackets."""
    gap = _GAP.match(source, at)
    at = gap.end() if gap is not None else at
    angled = _ANGLED.match(source, at)
    if angled is not None:
        return angled.span(1)
    end, depth = at, 0
    while end < len(source) and source[end] > 0x20:
        sign = source[end : end + 1]
        depth += {b"(": 1, b")": -1}.get(sign, 0)
        if depth < 0:
            break
        end += 2 if sign == b"\\" and source[end + 1 : end + 2] > b" " else 1
    return at, min(end, len(source))


class Spelling(msgspec.Struct, frozen=True, gc=False):
    """How a target stands in the text.

    `kind` is `wiki` (as it is), `html` (with entities), `plain` or `angled` (destinations), `"` or `'` (strings of
    YAML). In a table bars are escaped. `percent`: blanks are percent-encoded.
    """

    kind: str
    table: bool = False
    percent: bool = False

    def of(self, target: str) -> str:
        """The target, spelled so."""
        match self.kind:
            case "html":
                return escape(target)
            case '"':
                return target.replace("\\", "\\\\").replace('"', '\\"')
            case "'":
                return target.replace("'", "''")
            case "plain" | "angled":
                text = self._destination(target)
                return text.replace("|", "\\|") if self.table else text
        return target

    def _destination(self, target: str) -> str:
        if self.kind == "angled":
            return _angled(target)
        if self.percent:
            target = _BLANK.sub(lambda found: quote(found[0]), target)
        if not target or _BLANK.search(target) or target.startswith("<"):
            return f"<{_angled(target)}>"
        text = _ENTITY.sub(r"\\&", _BACKSLASH.sub(r"\\\\", target))
        return text if _balanced(target) else _PARENTHESES.sub(r"\\\g<0>", text)


def _angled(target: str) -> str:
    safe = re.sub(r"[\x00-\x1f\x7f]", lambda found: quote(found[0]), target)
    return _ENTITY.sub(r"\\&", re.sub(r"([<>\\])", r"\\\1", safe))


def _balanced(target: str) -> bool:
    depth = 0
    for sign in _PARENTHESES.findall(target):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return False
    return not depth
