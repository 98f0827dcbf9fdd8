"""Where the links of a text stand: those that reading it gives (docs/formats/markdown.md, "Names inside items").

What stands in code, comments or formulas is no link.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from converter.patterns import pattern
from converter.text.entities import unescape
from converter.text.markdown.destinations import Spelling, destination_at, understood
from converter.text.markdown.domain import is_picture
from converter.text.markdown.events import events_of
from converter.text.markdown.inline import HANDLERS, Inline
from converter.text.markdown.overlay import comments
from converter.text.markdown.parse import CALLOUT, KINDS

__all__ = ["LinkPlace", "link_places"]

_ADDRESS: Final = pattern(r"""(\s(?:src|poster|href)\s*=\s*")([^"]+)\"""", re.IGNORECASE)
_DEFINITION: Final = pattern(
    rb"^(?:[ \t>*+\-0-9.):]|\[\^[^\]\n]+\]:)*(\[)(?!\^)(?:[^\[\]\\]|\\.)+\]:", re.MULTILINE | re.DOTALL
)
_PERCENT: Final = pattern(r"%[0-9A-Fa-f]{2}")
_LEAVES: Final = frozenset(("Paragraph", "Heading", "CodeBlock", "HtmlBlock", "Table", "DefinitionListTitle"))


class LinkPlace(msgspec.Struct, frozen=True, gc=False):
    """A link: its possible forms, what it names, and where its target stands in the text."""

    forms: tuple[str, ...]
    target: str
    place: str
    start: int
    end: int
    spelling: Spelling


def link_places(text: str) -> tuple[LinkPlace, ...]:
    """The links of a body without carriage returns, in the order of their places, which count characters."""
    found = events_of(text)
    finder = _Finder(found.source)
    for event, where in found.ranged:
        finder.event(event, where["start"], where["end"])
    places = sorted(finder.finished(), key=lambda one: one.start)
    at = _characters(found.source, found.added, sorted({end for one in places for end in (one.start, one.end)}))
    return tuple(msgspec.structs.replace(one, start=at[one.start], end=at[one.end]) for one in places)


def _characters(source: bytes, added: list[int], ends: Iterable[int]) -> dict[int, int]:
    """Places in bytes, ascending, as places in characters of the text, which lacks what was `added`."""
    made: dict[int, int] = {}
    at = count = 0
    for end in ends:
        count += len(source[at:end].decode("utf-8"))
        at = end
        made[end] = count - bisect_left(added, end)
    return made


class _Open(msgspec.Struct):
    """A link or picture whose end is still to come; `inner` is where its content ends."""

    name: str
    what: dict[str, Any]
    start: int
    inner: int


class _Finder:
    """Takes the events of a text and remembers the links."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._places: list[LinkPlace] = []
        self._inline = Inline(source)
        self._links: list[tuple[int, LinkPlace]] = []
        self._open: list[_Open] = []
        self._pictures = 0
        self._blocks: list[str] = []
        self._covered: list[tuple[int, int]] = []
        self._html: list[tuple[str, int, int]] = []
        self._begins_quote = False
        self._callout = False

    def finished(self) -> list[LinkPlace]:
        """All links, those of definitions too."""
        self._close_text()
        return [*self._places, *self._definitions()]

    def event(self, event: Any, start: int, end: int) -> None:
        """Take one event."""
        name, value = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        kind, what = next(iter(value.items())) if isinstance(value, dict) else (value, None)
        if name in ("Start", "End") and kind in KINDS:
            self._block(name, kind, start, end)
        elif name == "Html" and isinstance(value, str):
            self._html.append((value, start, end))
        elif name != "Rule":
            self._covered.append((start, end))
            self._take(name, kind, what, value, start, end)
            self._in_line(name, kind, what, start, end)

    def _take(self, name: str, kind: Any, what: dict[str, Any] | None, value: Any, start: int, end: int) -> None:
        if name == "Start":
            self._inline.begin(kind, what, start)
        elif name == "End":
            self._inline.end(kind)
        elif name in HANDLERS:
            HANDLERS[name](self._inline, value, start, end)

    def _block(self, name: str, kind: str, start: int, end: int) -> None:
        self._close_text()
        if name == "End":
            self._blocks.pop()
            if kind == "HtmlBlock":
                self._places += self._addresses()
                self._html = []
            return
        self._blocks.append(kind)
        if kind in _LEAVES:
            self._covered.append((start, end))
        self._callout = kind == "Paragraph" and self._begins_quote and _is_callout(self._source, start)
        self._begins_quote = kind == "BlockQuote"

    def _in_line(self, name: str, kind: Any, what: dict[str, Any] | None, start: int, end: int) -> None:
        if name == "End" and kind in ("Link", "Image") and self._open:
            link = self._open.pop()
            self._pictures -= kind == "Image"
            if not self._pictures:
                self._links += [(link.start, place) for place in self._place(link)]
        for link in self._open:
            link.inner = max(link.inner, end)
        if name == "Start" and kind in ("Link", "Image") and what is not None:
            self._open.append(_Open(kind, what, start, start + 1))
            self._pictures += kind == "Image"

    def _close_text(self) -> None:
        """Keep the links of a stretch of text that stand in no comment of it."""
        hidden = list(self._comments())
        self._places += [place for at, place in self._links if not any(start <= at < end for start, end in hidden)]
        self._inline, self._links, self._open = Inline(self._source), [], []
        self._pictures = 0

    def _comments(self) -> Iterator[tuple[int, int]]:
        items = self._inline.items
        cut = len(items)
        if self._callout:
            cut = next((n for n, item in enumerate(items) if item.text == "\n" or item.kind == "break"), cut)
        for part in (items[:cut], items[cut:]):
            for item in comments(part, self._source):
                if item.kind == "comment":
                    yield item.start - 2, item.start + len(item.text.encode("utf-8")) + 2

    def _place(self, link: _Open) -> Iterator[LinkPlace]:
        kind, form = link.what["link_type"], "image" if link.name == "Image" else "link"
        if isinstance(kind, dict):
            yield self._wiki(link, pothole=kind["WikiLink"]["has_pothole"])
        elif kind == "Inline":
            at = self._source.find(b"](", link.inner)
            yield from self._destination(at + 2, (form,), link.what["dest_url"])

    def _wiki(self, link: _Open, *, pothole: bool) -> LinkPlace:
        picture = link.name == "Image"
        dest: str = link.what["dest_url"]
        dest = dest.removesuffix("\\") if pothole else dest
        target, _, place = dest.partition("#")
        form = "embed" if picture else "reference"
        if picture and is_picture(dest):
            form, target, place = "image", dest, ""
        start = link.start + (3 if picture else 2)
        return LinkPlace((form,), target, place, start, start + len(target.encode("utf-8")), Spelling("wiki"))

    def _destination(self, at: int, forms: tuple[str, ...], dest: str | None) -> Iterator[LinkPlace]:
        """The place of a destination behind `at`; none where it does not say what the parser understood."""
        start, end = destination_at(self._source, at)
        raw = self._source[start:end].decode("utf-8", "replace")
        target = understood(raw)
        if dest is not None and target != dest:
            return
        kind = "angled" if self._source[start - 1 : start] == b"<" else "plain"
        table = "Table" in self._blocks
        spelling = Spelling(kind, table=table, percent=_PERCENT.search(target) is not None)
        yield LinkPlace(forms, target, "", start, end, spelling)

    def _addresses(self) -> Iterator[LinkPlace]:
        """Addresses in a block of HTML; one that a line break cuts is left alone."""
        whole = "".join(text for text, _, _ in self._html)
        at = 0
        pieces: list[tuple[int, int, int]] = []
        for text, start, _ in self._html:
            pieces.append((at, at + len(text), start))
            at += len(text)
        for found in _ADDRESS.finditer(whole):
            begin, stop = found.span(2)
            form = "link" if "href" in found[1].lower() else "image"
            for first, last, start in pieces:
                if first <= begin and stop <= last:
                    place = start + len(whole[first:begin].encode("utf-8"))
                    size = len(found[2].encode("utf-8"))
                    target = unescape(found[2])
                    yield LinkPlace((form,), target, "", place, place + size, Spelling("html"))

    def _definitions(self) -> Iterator[LinkPlace]:
        """Definitions of references: they stand where no block is."""
        covered = _joined(self._covered)
        starts = [start for start, _ in covered]
        self._blocks = []
        for found in _DEFINITION.finditer(self._source):
            label = found.start(1)
            before = bisect_left(starts, label + 1) - 1
            if before < 0 or covered[before][1] <= label:
                yield from self._destination(found.end(), ("link", "image"), None)


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _is_callout(source: bytes, at: int) -> bool:
    end = source.find(b"\n", at)
    line = source[at : len(source) if end < 0 else end]
    return CALLOUT.match(line.decode("utf-8", "replace")) is not None
