"""New names in blocks of every era, those of notes and of cards (docs/formats/mnemo.md, "Names inside items")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from converter.formats.mnemo.renames import Renames
from converter.formats.mnemo.types import named_type, numbered_type, old_type
from converter.text.json_places import Change, Entries, Patch, Place, Spot

__all__ = ["BlockEditor", "block_ids"]

_SOURCES: Final = frozenset(("Code", "Sketch", "Equation"))
_NO_TEXT: Final = "\ufffc"


def blocks_below(place: Place | None) -> Iterator[Entries]:
    """The blocks of a list and all below them, in reading order; a block that stands for a list counts as one."""
    stack: list[Place | None] = []
    stack += reversed(place) if isinstance(place, list) else [place]
    while stack:
        block = stack.pop()
        if isinstance(block, Entries):
            yield block
            for children in block.named("children"):
                stack += reversed(children) if isinstance(children, list) else []


def block_ids(place: Place | None) -> Iterator[Spot]:
    """The ids of the blocks of a list and of all below them, in reading order."""
    for block in blocks_below(place):
        yield from (value for value in block.named("id") if isinstance(value, Spot))


class BlockEditor:
    """Gathers the changes of blocks. In cards the text of a block may show pictures."""

    def __init__(self, patch: Patch, names: Renames, *, card: bool = False) -> None:
        self._patch = patch
        self._names = names
        self._card = card

    def edit(self, place: Place | None) -> None:
        """Gather the changes of a list of blocks, at every depth."""
        for block in blocks_below(place):
            self._block(block)

    def _block(self, block: Entries) -> None:
        own = ""
        for value in block.named("id"):
            if isinstance(value, Spot):
                own = value.text
                self._patch.put(value, self._names.item("blocks", own))
        for payload in block.named("payload"):
            if isinstance(payload, Entries):
                self._payload(payload, own)
        for meta in block.named("meta"):
            if isinstance(meta, Entries):
                self._meta(meta, own)
        for value in block.named("content"):
            if isinstance(value, Spot) and not _is_source(block):
                self._text(value)
        for spans in block.named("spans", "inlineruns"):
            if isinstance(spans, list):
                self._spans(spans, source=_is_source(block))

    def _payload(self, payload: Entries, own: str) -> None:
        for value in payload.named("referencenoteid", "reference_note_id"):
            if isinstance(value, Spot):
                self._patch.put(value, self._names.page(value.text))
        if _kind(payload) == "image":
            for value in payload.named("path"):
                if isinstance(value, Spot):
                    self._patch.put(value, self._names.picture(value.text, own))

    def _meta(self, meta: Entries, own: str) -> None:
        """Legacy members; their names are case-sensitive."""
        for name, value in meta.pairs:
            if not isinstance(value, Spot):
                continue
            if name.text == "reference_note_id":
                self._patch.put(value, self._names.page(value.text))
            elif name.text == "imagePath":
                self._patch.put(value, self._names.picture(value.text, own))

    def _spans(self, spans: list[Place], *, source: bool) -> None:
        texts: list[Spot | None] = []
        for span in spans:
            if not isinstance(span, Entries):
                continue
            found = [value for value in span.named("text") if isinstance(value, Spot)]
            texts += found if found and _kind(span) in ("", "text") else [None]
            for style in span.named("style"):
                for value in style.named("linkurl") if isinstance(style, Entries) else ():
                    if isinstance(value, Spot):
                        self._patch.put(value, self._names.address(value.text))
        if not source:
            self._lines(texts)

    def _text(self, spot: Spot) -> None:
        self._lines([spot])

    def _lines(self, spots: list[Spot | None]) -> None:
        """Whole lines that name a page, and pictures on cards, in the texts of neighbouring spans."""
        whole = "".join(_NO_TEXT if spot is None else spot.text for spot in spots)
        changes: list[Change] = [*self._names.page_lines(whole)]
        changes += self._names.pictures(whole) if self._card else ()
        at = 0
        for spot in spots:
            end = at + (1 if spot is None else len(spot.text))
            if spot is not None:
                own = [(a - at, b - at, new) for a, b, new in changes if at <= a and b <= end]
                self._patch.put_in(spot, own)
            at = end


def _kind(place: Entries) -> str:
    """The member `kind`, as the reader takes it."""
    return next((value.text.lower() for value in place.named("kind") if isinstance(value, Spot)), "")


def _is_source(block: Entries) -> bool:
    """Whether the text of a block is code of some sort."""
    kind = next(block.named("type"), None)
    if not isinstance(kind, Spot):
        return False
    if not kind.bare:
        return named_type(kind.text).name in _SOURCES
    current = any(True for _ in block.named("payload", "spans"))
    return (numbered_type if current else old_type)(kind.text).name in _SOURCES
