"""What the parser says of a text: its events, each with its range."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

import msgspec
import pyromark
from pyromark import Options

from converter.patterns import pattern

__all__ = ["Events", "events_of"]

_OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_MATH
    | Options.ENABLE_WIKILINKS
    | Options.ENABLE_DEFINITION_LIST
)
_WITHOUT_DEFINITIONS = _OPTIONS & ~Options.ENABLE_DEFINITION_LIST
_COLON = pattern(rb"^[ \t>]*(?=:[^ \t\n])", re.MULTILINE)
_DEFINES = pattern(rb"\n[ \t>]*:(?:[ \t]|$)", re.MULTILINE)
"""A line that begins a definition; that it begins with a line break makes it fast to find."""


class Events(msgspec.Struct, frozen=True):
    """What the parser says of a text: events, each with its range in `source`, the text in UTF-8.

    `added` are the places of backslashes in `source` that the text does not have.
    """

    source: bytes
    added: list[int]
    ranged: Iterable[tuple[Any, dict[str, int]]]


def events_of(text: str) -> Events:
    """The parser's events for a body without front matter."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    source = clean.encode("utf-8", "replace")
    if not clean.isascii():
        clean = source.decode("utf-8")
    if _DEFINES.search(b"\n" + source) is None:
        return Events(source, [], pyromark.events_with_range(clean, options=_WITHOUT_DEFINITIONS))
    added: list[int] = []
    if _COLON.search(source):
        source, added = _with_plain_colons(clean, source)
        clean = source.decode("utf-8")
    return Events(source, added, pyromark.events_with_range(clean, options=_OPTIONS))


def _with_plain_colons(text: str, source: bytes) -> tuple[bytes, list[int]]:
    """The text with a backslash before each colon that would be taken for a definition's without a blank behind it.

    Beside it, where these backslashes stand. `source` is the text in UTF-8, as is what comes back.
    """
    code: list[tuple[int, int]] = [(-1, -1)]
    for event, where in pyromark.events_with_range(text, options=_WITHOUT_DEFINITIONS):
        start = event.get("Start") if isinstance(event, dict) else None
        if start == "HtmlBlock" or (isinstance(start, dict) and "CodeBlock" in start):
            code.append((where["start"], where["end"]))
    made, at = [], 0
    added: list[int] = []
    for found in _COLON.finditer(source):
        if found.start() >= code[bisect_right(code, (found.start(), len(source))) - 1][1]:
            made += [source[at : found.end()], b"\\"]
            at = found.end()
            added.append(at + len(added))
    return b"".join([*made, source[at:]]), added
