"""From Markdown to blocks: one pass over the parser's events with a stack of open blocks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec

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
from converter.model.runs import PLAIN, RawRun, Runs, TextRun, merge_runs
from converter.patterns import pattern
from converter.text.markdown.events import events_of
from converter.text.markdown.inline import HANDLERS, Inline, take_anchor
from converter.text.markdown.item import Item
from converter.text.markdown.overlay import runs_of

__all__ = ["CALLOUT", "KINDS", "Parsed", "parse"]

CALLOUT = pattern(r"\[!([^\]\n]+)\]([+-]?)[ \t]*")
"""What a quote begins with that is a callout."""
_LONG = 1 << 20
"""Characters of a text that is long: to remember its blocks would take ten times its size."""
_TASK = pattern(r"\[([^\s\]])\](?= )")
_MARKER = pattern(rb"[ \t>]*(.{0,12})", re.DOTALL)
_ALIGN = {"None": "", "Left": "left", "Center": "center", "Right": "right"}
_LEVELS = {f"H{level}": level for level in range(1, 7)}
_NAMED_AFTER = (List, Quote, Callout, Table, Code, Formula, DefinitionList, Html)


class Parsed(msgspec.Struct, frozen=True):
    """What a text holds, and where in its UTF-8 form each of the blocks begins and ends."""

    blocks: Blocks
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


class _Frame(msgspec.Struct, gc=False):
    """A block that is open, with the inline content that stands directly in it while another is open inside."""

    kind: str
    start: int
    data: Any
    children: list[Block]
    items: list[Item]
    runs: Runs | None = None
    anchor: str = ""
    checked: bool | None = None
    loose: bool = False


def parse(text: str) -> Parsed:
    """Parse a body without front matter. Never fails: every text is Markdown. The last short ones are remembered."""
    return _parsed(text) if len(text) > _LONG else _remembered(text)


def _parsed(text: str) -> Parsed:
    found = events_of(text)
    builder, added = _Builder(found.source), found.added
    builder.take(found.ranged)
    starts, ends = builder.starts, builder.ends
    if added:
        starts, ends = ([at - bisect_left(added, at) for at in places] for places in (starts, ends))
    return Parsed(tuple(builder.finished()), tuple(starts), tuple(ends))


_remembered = lru_cache(maxsize=2)(_parsed)


class _Builder(Inline):
    """Builds the tree from events. The inline content that it collects is that of the innermost open block."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self._stack: list[_Frame] = [_Frame("root", 0, None, [], [])]
        self._html: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def finished(self) -> list[Block]:
        """The blocks at the top."""
        return self._stack[0].children

    def take(self, ranged: Iterable[tuple[Any, dict[str, int]]]) -> None:
        """Take all events: the start or end of a block, or something inline."""
        handlers = _HANDLERS
        for event, where in ranged:
            name, value = event.popitem() if type(event) is dict else (event, None)
            handler = handlers.get(name)
            if handler is not None:
                handler(self, value, where["start"], where["end"])

    def on_start(self, value: Any, start: int, _end: int) -> None:
        """Take the start of a block or of something inline."""
        kind, data = (value, None) if type(value) is str else value.popitem()
        if kind not in KINDS:
            self.begin(kind, data, start)
            return
        parent = self._stack[-1]
        if self.items and kind not in _PARTS:
            self._flush(parent)
        if kind == "Paragraph" and parent.kind == "Item":
            self._stack[-2].loose = True
        parent.items = self.items
        self.items = []
        self._stack.append(_Frame(kind, start, data, [], self.items))

    def on_end(self, value: Any, _start: int, end: int) -> None:
        """Take the end of a block or of something inline."""
        kind = value if type(value) is str else next(iter(value))
        closer = _CLOSERS.get(kind)
        if closer is None:
            self.end(kind)
            return
        frame = self._stack.pop()
        parent = self._stack[-1]
        if self.items and kind in _HOLD_TEXT:
            self._flush(frame)
        frame.items = self.items
        closer(self, frame, parent)
        self.items = parent.items
        if len(self._stack) == 1:
            self._note_place(frame.start, end)

    def on_rule(self, _value: None, start: int, end: int) -> None:
        """Take a thematic break."""
        self._flush(self._stack[-1])
        self._stack[-1].children.append(Rule())
        if len(self._stack) == 1:
            self._note_place(start, end)

    def on_html_line(self, value: str, _start: int, _end: int) -> None:
        """Take a line of a block of HTML."""
        self._html.append(value)

    def on_task(self, value: bool, _start: int, _end: int) -> None:
        """Take the box of a task."""
        for frame in reversed(self._stack):
            if frame.kind == "Item":
                frame.checked = value
                return

    def _flush(self, frame: _Frame) -> None:
        """Inline content that stands directly in a container (tight items, meanings) becomes its text."""
        if self.items and frame.kind in _HOLD_TEXT:
            items, self.items = self.items, []
            self._paragraph(frame, items)

    def _note_place(self, start: int, end: int) -> None:
        """Remember where a block at the top begins and ends; what only joins the block before it makes that longer."""
        if len(self._stack[0].children) > len(self.starts):
            self.starts.append(start)
            self.ends.append(end)
        elif self.ends:
            self.ends[-1] = end

    def _paragraph(self, parent: _Frame, items: list[Item]) -> None:
        if len(items) == 1 and items[0].kind == "display":
            parent.children.append(Formula(tex=items[0].text.strip("\n")))
            return
        anchor = take_anchor(items) if items and items[-1].signs else ""
        runs = runs_of(items, self.source)
        if not runs:
            self._name_previous(parent, anchor)
        elif parent.kind == "Item" and parent.runs is None and not parent.children:
            parent.runs, parent.anchor = runs, anchor
        elif len(runs) == 1 and isinstance(runs[0], RawRun) and runs[0].format == "comment":
            parent.children.append(Raw(format="comment", source=runs[0].source, anchor=anchor or None))
        else:
            parent.children.append(Paragraph(runs=runs, anchor=anchor or None))

    def _name_previous(self, parent: _Frame, anchor: str) -> None:
        """A name alone on its line belongs to the block before, where that cannot carry one itself."""
        last = parent.children[-1] if parent.children else None
        if anchor and isinstance(last, _NAMED_AFTER) and last.anchor is None:
            parent.children[-1] = msgspec.structs.replace(last, anchor=anchor)
        elif anchor:
            parent.children.append(Paragraph(runs=(TextRun(text=f"^{anchor}"),)))

    def close_paragraph(self, frame: _Frame, parent: _Frame) -> None:
        """End a paragraph; the first one of a quote may open a callout."""
        if parent.kind == "BlockQuote" and not parent.children and parent.data is None:
            self._callout(frame, parent)
        if frame.items:
            self._paragraph(parent, frame.items)

    def _callout(self, frame: _Frame, quote: _Frame) -> None:
        line_end = self.source.find(b"\n", frame.start)
        line = self.source[frame.start : line_end if line_end >= 0 else None].decode("utf-8", "replace")
        match = CALLOUT.match(line)
        if match is None or not frame.items:
            return
        left = len(match[0])
        items = list(frame.items)
        while items and left and items[0].kind == "text" and "\n" not in items[0].text[:left]:
            taken = min(left, len(items[0].text))
            items[0].text = items[0].text[taken:]
            items[0].escaped = frozenset(at - taken for at in items[0].escaped if at >= taken)
            left -= taken
            if not items[0].text:
                items.pop(0)
        if left > len(match[0]) - len(match[0].rstrip()):
            return
        cut = next((n for n, item in enumerate(items) if item.text == "\n" or item.kind == "break"), len(items))
        quote.data = {"type": match[1], "fold": match[2], "title": runs_of(items[:cut], self.source)}
        frame.items = items[cut + 1 :]

    def close_heading(self, frame: _Frame, parent: _Frame) -> None:
        """End a heading; a line break inside one (underlined headings) is a forced one."""
        for item in frame.items:
            if item.text == "\n":
                item.kind, item.text = "break", ""
        anchor = take_anchor(frame.items)
        runs = runs_of(frame.items, self.source)
        parent.children.append(Heading(level=_LEVELS[frame.data["level"]], runs=runs, anchor=anchor or None))

    def close_quote(self, frame: _Frame, parent: _Frame) -> None:
        """End a quote or a callout."""
        children = tuple(frame.children)
        if isinstance(frame.data, dict):
            parent.children.append(
                Callout(type=frame.data["type"], fold=frame.data["fold"], title=frame.data["title"], children=children)
            )
        else:
            parent.children.append(Quote(children=children))

    def close_list(self, frame: _Frame, parent: _Frame) -> None:
        """End a list."""
        ordered = frame.data is not None
        found = _MARKER.match(self.source, frame.start)
        rest = found[1].decode("utf-8", "replace") if found is not None else ""
        marker = rest.lstrip("0123456789")[:1] if ordered else rest[:1]
        parent.children.append(
            List(
                ordered=ordered,
                start=frame.data if ordered else 1,
                marker=marker,
                tight=not frame.loose,
                children=tuple(frame.children),
            )
        )

    def close_item(self, frame: _Frame, parent: _Frame) -> None:
        """End an item; a task in a state of its own is known by its brackets."""
        runs, checked, mark = frame.runs or (), frame.checked, ""
        if checked is None and runs:
            runs, mark = _odd_task(runs)
            checked = True if mark else None
        parent.children.append(
            ListItem(
                runs=runs,
                ordered=parent.data is not None,
                checked=checked,
                mark=mark,
                anchor=frame.anchor or None,
                children=tuple(frame.children),
            )
        )

    def close_code(self, frame: _Frame, parent: _Frame) -> None:
        """End a code block."""
        source = "".join([item.text for item in frame.items]).removesuffix("\n")
        if isinstance(frame.data, dict):
            parent.children.append(Code(source=source, language=frame.data["Fenced"].strip()))
        else:
            parent.children.append(Code(source=source, fenced=False))

    def close_html(self, _frame: _Frame, parent: _Frame) -> None:
        """End a block of HTML."""
        parent.children.append(Html(source="".join(self._html).rstrip("\n")))
        self._html = []

    def close_footnote(self, frame: _Frame, parent: _Frame) -> None:
        """End the text of a footnote."""
        parent.children.append(Footnote(label=frame.data, children=tuple(frame.children)))

    def close_table(self, frame: _Frame, parent: _Frame) -> None:
        """End a table."""
        columns = tuple(TableColumn(align=_ALIGN[name]) for name in frame.data)
        parent.children.append(Table(columns=columns, rows=tuple(frame.children)))  # type: ignore[arg-type]

    def close_row(self, frame: _Frame, parent: _Frame) -> None:
        """End a row."""
        header = frame.kind == "TableHead"
        parent.children.append(Row(cells=tuple(frame.children), header=header))  # type: ignore[arg-type]

    def close_cell(self, frame: _Frame, parent: _Frame) -> None:
        """End a cell."""
        runs = runs_of(frame.items, self.source)
        parent.children.append(Cell(runs=runs))  # type: ignore[arg-type]

    def close_definitions(self, frame: _Frame, parent: _Frame) -> None:
        """End a definition list: each term takes what it means."""
        for place, children, meanings in frame.data or ():
            term = frame.children[place]
            frame.children[place] = msgspec.structs.replace(term, children=tuple(children), meanings=tuple(meanings))
        parent.children.append(DefinitionList(children=tuple(frame.children)))

    def close_title(self, frame: _Frame, parent: _Frame) -> None:
        """End a term."""
        take_anchor(frame.items)
        runs = runs_of(frame.items, self.source)
        parent.data = parent.data or []
        parent.data.append((len(parent.children), [], []))
        parent.children.append(Definition(runs=runs))

    def close_meaning(self, frame: _Frame, parent: _Frame) -> None:
        """End what a term means."""
        if not parent.data:
            parent.children += frame.children
            return
        _, children, meanings = parent.data[-1]
        children += frame.children
        meanings.append(len(frame.children))


def _odd_task(runs: Runs) -> tuple[Runs, str]:
    first = runs[0]
    if not isinstance(first, TextRun) or first.text[0] != "[" or first.style != PLAIN:
        return runs, ""
    match = _TASK.match(first.text)
    if match is None:
        return runs, ""
    return merge_runs([TextRun(text=first.text[match.end() + 1 :]), *runs[1:]]), match[1]


_CLOSERS = {
    "Paragraph": _Builder.close_paragraph,
    "Heading": _Builder.close_heading,
    "BlockQuote": _Builder.close_quote,
    "List": _Builder.close_list,
    "Item": _Builder.close_item,
    "CodeBlock": _Builder.close_code,
    "HtmlBlock": _Builder.close_html,
    "FootnoteDefinition": _Builder.close_footnote,
    "Table": _Builder.close_table,
    "TableHead": _Builder.close_row,
    "TableRow": _Builder.close_row,
    "TableCell": _Builder.close_cell,
    "DefinitionList": _Builder.close_definitions,
    "DefinitionListTitle": _Builder.close_title,
    "DefinitionListDefinition": _Builder.close_meaning,
}
_HANDLERS: dict[str, Callable[[_Builder, Any, int, int], None]] = {
    **HANDLERS,
    "Start": _Builder.on_start,
    "End": _Builder.on_end,
    "Rule": _Builder.on_rule,
    "Html": _Builder.on_html_line,
    "TaskListMarker": _Builder.on_task,
}
KINDS = frozenset(_CLOSERS)
"""The parser's names of blocks and their parts."""

_HOLD_TEXT = frozenset(("Item", "DefinitionListDefinition"))
_PARTS = frozenset(("TableHead", "TableRow", "TableCell", "DefinitionListTitle"))
