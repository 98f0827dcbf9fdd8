"""From events to blocks. Containers stand on a stack of their own, so depth is no limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from msgspec import structs

from converter.model.blocks import (
    Block,
    Blocks,
    Callout,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Footnote,
    Formula,
    Heading,
    Html,
    List,
    ListItem,
    Paragraph,
    Quote,
    Raw,
    Row,
    Rule,
    Table,
    TableColumn,
)
from converter.model.runs import Runs
from converter.text.markdown.dialect import Dialect
from converter.text.markdown.events import Event
from converter.text.markdown.leaf import (
    CalloutHead,
    Task,
    blocks_of,
    lone_anchor,
    runs_of,
    take_callout,
    take_task,
)
from converter.text.markdown.assemble import assemble
from converter.text.markdown.tokens import LeafReader, Source, Token

__all__ = ["ANCHORED_BELOW", "build"]

ANCHORED_BELOW = (List, Quote, Callout, Table, Code, Formula, Html)
"""What takes the `^name` that stands in a paragraph of its own below it."""

_INLINE: dict[str, Callable[..., None]] = {
    "Text": LeafReader.text,
    "Code": LeafReader.code,
    "InlineMath": LeafReader.formula,
    "DisplayMath": LeafReader.display,
    "InlineHtml": LeafReader.html,
    "FootnoteReference": LeafReader.footnote,
}
_SPANS = frozenset(("Emphasis", "Strong", "Strikethrough", "Link", "Image"))
_TEXTS = frozenset(("Paragraph", "Heading", "TableCell", "DefinitionListTitle"))
_ONE_LINE = frozenset(("Heading", "TableCell", "DefinitionListTitle"))
_ITEM_MARKER = re.compile(rb"[ \t]*([0-9]*)([-+*.)])")
_ALIGN = {"None": "", "Left": "left", "Center": "center", "Right": "right"}


class _Frame:
    """A container that is still open."""

    __slots__ = ("aligns", "cells", "children", "data", "head", "name", "parts", "rows", "runs", "start", "state", "terms")

    def __init__(self, name: str, data: Any, start: int) -> None:
        self.name = name
        self.data = data
        self.start = start
        self.children: list[Block] = []
        self.runs: Runs | None = None
        self.state: Any = None
        self.head: CalloutHead | None = None


def build(events: Iterable[Event], source: Source, dialect: Dialect) -> Blocks:
    """The blocks of a note."""
    builder = _Builder(source, dialect)
    for event, span in events:
        if isinstance(event, str):
            builder.break_or_rule(event, span["start"], span["end"])
            continue
        for kind, value in event.items():
            if kind == "Start":
                builder.start(value, span["start"], span["end"])
            elif kind == "End":
                builder.end(value, span["start"], span["end"])
            else:
                builder.inline(kind, value, span["start"], span["end"])
    return builder.finish()
