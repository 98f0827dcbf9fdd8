"""Opaque regions: comments and display formulas, whose text must not be read as Markdown.

CommonMark knows neither `%%…%%` nor a `$$` block whose lines look like lists. So they are found in the events of a
first pass and hidden under letters of the same length for a second one: byte offsets stay what they were.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from converter.text.markdown.events import LEAVES, Event, Leaf, leaves

__all__ = ["COMMENT", "COMMENT_BLOCK", "FORMULA_BLOCK", "Region", "find_regions", "has_opaque", "mask", "misplaced"]

COMMENT, COMMENT_BLOCK, FORMULA_BLOCK = range(3)

_FORMULA_LINE = re.compile(rb"^ {0,3}(\$\$)[ \t]*$", re.MULTILINE)
_COMMENT_LINE = re.compile(rb"^%%[ \t]*$", re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n[ \t]*\n")
_HIDING = re.compile(rb"\\[\s\S]|`+|%%")
_LINE_PREFIX = re.compile(rb"[ \t>]*")


class Region(msgspec.Struct, frozen=True, gc=False):
    """A stretch of source bytes from its opening to its closing mark, and the text between the marks."""

    kind: int
    start: int
    end: int
    text: str


def has_opaque(text: str, *, comments: bool) -> bool:
    """Whether a second pass may be needed at all."""
    return (comments and "%%" in text) or ("$$" in text and _FORMULA_LINE.search(text.encode()) is not None)


def find_regions(events: Iterable[Event], source: bytes, *, comments: bool) -> list[Region]:
    """The regions of a note, in order; they do not overlap."""
    structure = leaves(events)
    regions = _find_comment_blocks(structure, source) if comments else []
    taken = _Taken(regions)
    regions += _find_formula_blocks(structure, source, taken)
    if comments:
        taken = _Taken(regions)
        for leaf in structure:
            if leaf.name in LEAVES and not taken.holds(leaf.start):
                regions += _find_comments(leaf, source, taken)
    return sorted(regions, key=lambda region: region.start)


class _Taken:
    """The stretches that regions already cover."""

    def __init__(self, regions: list[Region]) -> None:
        ordered = sorted(regions, key=lambda region: region.start)
        self._starts = [region.start for region in ordered]
        self._ends = [region.end for region in ordered]

    def end_of(self, offset: int) -> int:
        """Where the region that covers this offset ends, or 0."""
        index = bisect_right(self._starts, offset) - 1
        return self._ends[index] if index >= 0 and offset < self._ends[index] else 0

    def is_free(self, start: int, end: int) -> bool:
        index = bisect_right(self._starts, start)
        return index == len(self._starts) or self._starts[index] >= end

    def holds(self, offset: int) -> bool:
        return bool(self.end_of(offset))


def _find_comment_blocks(structure: list[Leaf], source: bytes) -> list[Region]:
    """Blocks between two lines of `%%`: the first starts a block at the left edge, the second is in no code or HTML."""
    closers = [match.start() for match in _COMMENT_LINE.finditer(source)]
    if not closers:
        return []
    sealed = _Taken(
        [Region(0, leaf.start, leaf.end, "") for leaf in structure if leaf.name in ("CodeBlock", "HtmlBlock")]
    )
    found = []
    cursor = 0
    for leaf in structure:
        start = leaf.start
        if leaf.depth or start < cursor or not _is_comment_line(source, start):
            continue
        closer = closers[index] if (index := bisect_right(closers, start)) < len(closers) else -1
        if closer < 0 or sealed.holds(closer):
            continue
        text = source[source.index(b"\n", start) : closer].decode()
        if text.strip():
            cursor = closer + 2
            found.append(Region(COMMENT_BLOCK, start, cursor, text))
    return found


def _is_comment_line(source: bytes, start: int) -> bool:
    return (start == 0 or source[start - 1] == 10) and _COMMENT_LINE.match(source, start) is not None


def _find_formula_blocks(structure: list[Leaf], source: bytes, taken: _Taken) -> list[Region]:
    """Lines between two lines of `$$` at the top, without an empty line, that CommonMark tears apart."""
    marks = [match.start(1) for match in _FORMULA_LINE.finditer(source)]
    blocks = [leaf for leaf in structure if not leaf.depth and leaf.name in ("Paragraph", "Heading", "DefinitionList")]
    starts = [leaf.start for leaf in blocks]
    whole = {start: end for leaf in structure for start, end in leaf.formulas}
    found = []
    cursor = 0
    for index, mark in enumerate(marks[:-1]):
        if mark < cursor or taken.holds(mark):
            continue
        block = bisect_right(starts, mark) - 1
        if block < 0 or mark >= blocks[block].end:
            continue
        if mark in whole:
            cursor = whole[mark]
            continue
        closer = marks[index + 1]
        text = source[source.index(b"\n", mark) : closer]
        if text.strip() and not _BLANK_LINE.search(text):
            cursor = closer + 2
            found.append(Region(FORMULA_BLOCK, mark, cursor, text.decode()))
    return found


def _find_comments(leaf: Leaf, source: bytes, taken: _Taken) -> Iterator[Region]:
    """The comments inside one block of text; code spans and backslashes hide their marks, nothing else does."""
    text = source[leaf.start : leaf.end]
    if text.count(b"%%") < 2:
        return
    spans = _CodeSpans(text)
    position = 0
    while match := _HIDING.search(text, position):
        start = match.start()
        position = match.end()
        if covered := taken.end_of(leaf.start + start):
            position = covered - leaf.start
        elif text[start] == 0x60:
            position = spans.close(start, position)
        elif text[start] == 0x25:
            closer = text.find(b"%%", start + 3)
            if closer < 0:
                return
            if text[start + 2] == 0x25:
                position = start + 1
                continue
            position = closer + 2
            if taken.is_free(leaf.start + start, leaf.start + position):
                content = _joined_lines(text[start + 2 : closer], leaf.quotes)
                yield Region(COMMENT, leaf.start + start, leaf.start + position, content)


class _CodeSpans:
    """Finds the back-ticks that close a code span, in time linear in the text."""

    def __init__(self, text: bytes) -> None:
        self._runs: dict[int, list[int]] = {}
        for match in re.finditer(rb"`+", text):
            self._runs.setdefault(len(match.group()), []).append(match.start())

    def close(self, start: int, end: int) -> int:
        """The offset after the code span that opens at `start`, or `end` (after its back-ticks) if it never closes."""
        runs = self._runs.get(end - start, [])
        index = bisect_right(runs, start)
        return runs[index] + end - start if index < len(runs) else end


def _joined_lines(text: bytes, quotes: int) -> str:
    """The lines of a comment without what its place puts before them, and without blanks around line breaks."""
    lines = text.decode().split("\n")
    for index, line in enumerate(lines):
        if index:
            line = line.lstrip(" \t")
            for _ in range(quotes):
                if not line.startswith(">"):
                    break
                line = line[1:].lstrip(" \t")
        lines[index] = line if index == len(lines) - 1 else line.rstrip(" \t")
    return "\n".join(lines)


def mask(source: bytes, regions: list[Region]) -> bytes:
    """The source with the text of every region hidden under letters."""
    parts = []
    position = 0
    for region in regions:
        parts.append(source[position : region.start])
        inner = source[region.start + 2 : region.end - 2]
        if region.kind == COMMENT_BLOCK:
            parts.append(b"<!--" + b"x" * (len(inner) - 3) + b"-->")
        elif region.kind == FORMULA_BLOCK:
            parts.append(b"$$" + b"x" * len(inner) + b"$$")
        else:
            parts.append(b"%%" + _masked_lines(inner) + b"%%")
        position = region.end
    parts.append(source[position:])
    return b"".join(parts)


def _masked_lines(text: bytes) -> bytes:
    first, *others = text.split(b"\n")
    lines = [b"x" * len(first)]
    for line in others:
        match = _LINE_PREFIX.match(line)
        prefix = match.group() if match else b""
        lines.append(prefix + b"x" * (len(line) - len(prefix)))
    return b"\n".join(lines)


def misplaced(events: Iterable[Event], regions: list[Region]) -> set[int]:
    """The starts of the regions that the second pass does not see where it should: inside a link's target, say."""
    inline = sorted(region.start for region in regions if region.kind == COMMENT)
    missing = {region.start for region in regions}
    banned: set[int] = set()
    for event, span in events:
        if isinstance(event, str):
            continue
        start, end = span["start"], span["end"]
        if "Text" in event:
            missing.difference_update(_between(inline, start, end))
        elif "DisplayMath" in event or event.get("Start") == "HtmlBlock":
            missing.discard(start)
        elif isinstance(tag := event.get("Start"), dict) and inline:
            banned.update(_between(inline, start, start + _unread(tag, end - start)))
    return missing | banned


def _unread(tag: dict[str, Any], length: int) -> int:
    """How many bytes at the start of a link or image are not read as text."""
    if "Image" in tag:
        return length
    kind = tag["Link"]["link_type"] if "Link" in tag else None
    if not isinstance(kind, dict):
        return 0
    return len(tag["Link"]["dest_url"].encode()) + 3 if kind["WikiLink"]["has_pothole"] else length


def _between(ordered: list[int], start: int, end: int) -> list[int]:
    return ordered[bisect_left(ordered, start) : bisect_left(ordered, end)]
