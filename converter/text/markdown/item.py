"""A piece of inline content on its way to a run."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from converter.model.runs import PLAIN, Run, Style

__all__ = ["NOTHING_ESCAPED", "Item", "flag_style", "marked"]

NOTHING_ESCAPED: frozenset[int] = frozenset()


class Item(msgspec.Struct, gc=False):
    """A piece of inline content before runs are made: its kind, its text, its marks.

    `start` is where it stands in the source. `signs` says that it may hold what the parser does not know: the signs of
    a comment, a highlight, a tag or a name, or HTML. Only of text with signs is it known which of its characters are
    `escaped`.
    """

    kind: str
    text: str
    start: int
    style: Style = PLAIN
    signs: bool = False
    escaped: frozenset[int] = NOTHING_ESCAPED
    run: Run | None = None

    def like(self, kind: str, text: str, start: int) -> Item:
        """Another piece with the same marks."""
        return Item(kind, text, start, self.style)


@lru_cache(maxsize=1024)
def flag_style(flags: int) -> Style:
    """The style of these flags and nothing else."""
    return Style(flags) if flags else PLAIN


def marked(style: Style, flags: int, color: str = "", background: str = "") -> Style:
    """A style with more marks; a colour that it has stays."""
    return Style(
        style.flags | flags,
        style.color or color,
        style.background or background,
        style.link,
        style.reference,
    )
