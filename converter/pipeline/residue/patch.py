"""Small changes inside a segment: its own text with only those lines or nodes anew that were changed (docs/residue.md).

What the segment would be if it were made anew, before and after the change, tells which of its lines these are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from converter.patterns import pattern

__all__ = ["patched"]

_NODES = pattern(r'(?=\{\s*"(?:ID|Type|id|kind)":)')
_MARKER = pattern(r"(\s*(?:[-*+]|\d+[.)]|\[\^[^\]]+\]:)[ \t]+(?:\[.\][ \t]+)?)(.*)", re.DOTALL)
_ANCHOR = pattern(r" \^[\w-]+\Z")
"""The name of a block at the end of its line, which lowering may have added."""

_MOST = 4000
"""More lines than this are made anew as a whole: comparing takes time."""


def patched(own: Sequence[str], before: str, after: str, *, lines: bool) -> tuple[str, ...] | None:
    """The texts of segments with a change; None where they are not built like what is made anew.

    `before` and `after` are what all of them together would be, made anew without and with the change. `lines` tells
    that the text is one of lines, else it is JSON.
    """
    old = [_tokens(text, lines=lines) for text in own]
    was, now = _tokens(before, lines=lines), _tokens(after, lines=lines)
    if sum(map(len, old)) != len(was) or max(len(was), len(now)) > _MOST:
        return None
    owners = [number for number, tokens in enumerate(old) for _ in tokens]
    made: list[list[str]] = [[] for _ in own]
    flat = [token for tokens in old for token in tokens]
    for kind, low, high, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            for place in range(low, high):
                made[owners[place]].append(flat[place])
        elif kind != "delete":
            home = owners[low] if low < high else owners[low - 1] if low else 0
            if low < high and owners[high - 1] != home and last - first != high - low:
                return None
            for offset, token in enumerate(now[first:last]):
                place = low + offset
                paired = place < high
                example = place if paired else min(max(low - 1, 0), len(flat) - 1)
                spot = owners[place] if paired else home
                made[spot].append(_like(flat[example], was[example], token, whole=paired) if lines else token)
    joint = "" if not lines else "\r\n" if any("\r\n" in text for text in own) else "\n"
    return tuple(joint.join(tokens) for tokens in made)


def _tokens(text: str, *, lines: bool) -> list[str]:
    return text.splitlines() if lines else _NODES.split(text)


def _like(own: str, was: str, now: str, *, whole: bool) -> str:
    """A line that was made anew, with the marker of the old one: of the same item, or of the one before it."""
    mine, before, after = _MARKER.match(own), _MARKER.match(was), _MARKER.match(now)
    if mine is None or before is None or after is None:
        return now
    if whole and mine[2] == before[2]:
        return mine[1] + after[2]
    if whole and not _ANCHOR.search(own) and mine[2] == _ANCHOR.sub("", before[2]):
        return mine[1] + _ANCHOR.sub("", after[2])
    same = re.sub(r"\d+", "1", before[1]) == re.sub(r"\d+", "1", after[1])
    return mine[1] + after[2] if same else now
