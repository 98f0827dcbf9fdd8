"""A piece of inline content on its way to a run."""

from __future__ import annotations

from converter.model.runs import PLAIN, Link, Reference, Run, Style

__all__ = ["Item"]


class Item:
    """A piece of inline content before runs are made: its kind, text, marks, and where it stands in the source."""

    __slots__ = ("background", "color", "escaped", "flags", "kind", "link", "reference", "run", "start", "text")

    def __init__(self, kind: str, text: str, start: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.flags = 0
        self.color = ""
        self.background = ""
        self.link: Link | None = None
        self.reference: Reference | None = None
        self.escaped: frozenset[int] = frozenset()
        self.run: Run | None = None

    def style(self) -> Style:
        """The marks as a style."""
        if not (self.flags or self.color or self.background or self.link or self.reference):
            return PLAIN
        return Style(self.flags, self.color, self.background, self.link, self.reference)

    def like(self, kind: str, text: str, start: int) -> Item:
        """Another piece with the same marks."""
        made = Item(kind, text, start)
        made.flags, made.color, made.background = self.flags, self.color, self.background
        made.link, made.reference = self.link, self.reference
        return made
