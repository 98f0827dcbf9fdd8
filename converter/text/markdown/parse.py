"""From Markdown to blocks: one pass over the parser's events with a stack of open blocks."""

from __future__ import annotations

import re
from bisect import bisect_left
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
from converter.text.markdown.events import events_of
from converter.text.markdown.inline import Inline

__all__ = ["CALLOUT", "KINDS", "Parsed", "parse"]

CALLOUT = re.compile(r"\[!([^\]\n]+)\]([+-]?)[ \t]*")
"""What a quote begins with that is a callout."""
_TASK = re.compile(r"\[([^\s\]])\](?= )")
_ALIGN = {"None": "", "Left": "left", "Center": "center", "Right": "right"}
_LEVELS = {f"H{level}": level for level in range(1, 7)}
_NAMED_AFTER = (List, Quote, Callout, Table, Code, Formula, DefinitionList, Html)


class Parsed(msgspec.Struct, frozen=True):
    """What a text holds, and where in its UTF-8 form each of the blocks begins and ends."""

    blocks: Blocks
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


class _Frame:
    """A block that is open."""

    __slots__ = ("children", "data", "inline", "kind", "loose", "start")

    def __init__(self, kind: str, start: int, data: Any = None) -> None:
        self.kind = kind
        self.start = start
        self.data = data
        self.children: list[Block] = []
        self.inline: Inline | None = None
        self.loose = False


@lru_cache(maxsize=2)
def parse(text: str) -> Parsed:
    """Parse a body without front matter. Never fails: every text is Markdown."""
    found = events_of(text)
    builder, added = _Builder(found.source), found.added
    for event, where in found.ranged:
        builder.event(event, where["start"], where["end"])
    starts, ends = (tuple(at - bisect_left(added, at) for at in places) for places in (builder.starts, builder.ends))
    return Parsed(tuple(builder.finished()), starts, ends)


class _Builder:
    """Builds the tree from events."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._stack: list[_Frame] = [_Frame("root", 0)]
        self.starts: list[int] = []
        self.ends: list[int] = []

    def finished(self) -> list[Block]:
        """The blocks at the top."""
        return self._stack[0].children

    def event(self, event: Any, start: int, end: int) -> None:
        """Take one event: the start or end of a block, or something inline."""
        if isinstance(event, dict):
            ((name, value),) = event.items()
            if name == "Start":
                kind, data = (value, None) if isinstance(value, str) else next(iter(value.items()))
                if kind in KINDS:
                    self._open(kind, start, data)
                    return
            elif name == "End":
                kind = value if isinstance(value, str) else next(iter(value))
                if kind in KINDS:
                    self._close(end)
                    return
            elif name == "Html":
                self._stack[-1].data = (self._stack[-1].data or "") + value
                return
            elif name == "TaskListMarker":
                self._item_frame().data["checked"] = value
                return
            elif name == "Text" and self._stack[-1].kind == "CodeBlock":
                self._stack[-1].children.append(value)
                return
        elif event == "Rule":
            self._flush(self._stack[-1])
            self._stack[-1].children.append(Rule())
            self._note_place(start, end)
            return
        self._inline(start).add(event, start, end)

    def _item_frame(self) -> _Frame:
        return next(frame for frame in reversed(self._stack) if frame.kind == "Item")

    def _inline(self, _start: int) -> Inline:
        frame = self._stack[-1]
        if frame.inline is None:
            frame.inline = Inline(self._source)
        return frame.inline

    def _open(self, kind: str, start: int, data: Any) -> None:
        parent = self._stack[-1]
        if kind not in _PARTS:
            self._flush(parent)
        if kind == "Paragraph" and parent.kind == "Item":
            self._stack[-2].loose = True
        frame = _Frame(kind, start, data)
        if kind == "Item":
            frame.data = {"checked": None, "runs": None, "anchor": ""}
        self._stack.append(frame)

    def _flush(self, frame: _Frame) -> None:
        """Inline content that stands directly in a container (tight items, meanings) becomes its text."""
        if frame.inline is None or frame.kind not in ("Item", "DefinitionListDefinition"):
            return
        inline, frame.inline = frame.inline, None
        self._paragraph(frame, inline)

    def _close(self, end: int) -> None:
        frame = self._stack.pop()
        self._flush(frame)
        _CLOSERS[frame.kind](self, frame, self._stack[-1], end)
        self._note_place(frame.start, end)

    def _note_place(self, start: int, end: int) -> None:
        """Remember where a block at the top begins and ends; what only joins the block before it makes that longer."""
        if len(self._stack) > 1:
            return
        if len(self._stack[0].children) > len(self.starts):
            self.starts.append(start)
            self.ends.append(end)
        elif self.ends:
            self.ends[-1] = end

    def _runs_of(self, frame: _Frame) -> tuple[Runs, str]:
        if frame.inline is None:
            return (), ""
        anchor = frame.inline.take_anchor()
        return frame.inline.runs(), anchor

    def _paragraph(self, parent: _Frame, inline: Inline) -> None:
        items = inline.items
        if len(items) == 1 and items[0].kind == "display":
            tex = items[0].text.strip("\n")
            parent.children.append(Formula(tex=tex))
            return
        anchor = inline.take_anchor()
        runs = inline.runs()
        if not runs:
            self._name_previous(parent, anchor)
            return
        if parent.kind == "Item" and parent.data["runs"] is None and not parent.children:
            parent.data["runs"], parent.data["anchor"] = runs, anchor
            return
        if len(runs) == 1 and isinstance(runs[0], RawRun) and runs[0].format == "comment":
            parent.children.append(Raw(format="comment", source=runs[0].source, anchor=anchor or None))
            return
        parent.children.append(Paragraph(runs=runs, anchor=anchor or None))

    def _name_previous(self, parent: _Frame, anchor: str) -> None:
        """A name alone on its line belongs to the block before, where that cannot carry one itself."""
        last = parent.children[-1] if parent.children else None
        if anchor and isinstance(last, _NAMED_AFTER) and last.anchor is None:
            parent.children[-1] = msgspec.structs.replace(last, anchor=anchor)
        elif anchor:
            parent.children.append(Paragraph(runs=(TextRun(text=f"^{anchor}"),)))

    def close_paragraph(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a paragraph; the first one of a quote may open a callout."""
        if frame.inline is None:
            return
        if parent.kind == "BlockQuote" and not parent.children and parent.data is None:
            self._callout(frame, parent)
        if frame.inline is not None:
            self._paragraph(parent, frame.inline)

    def _callout(self, frame: _Frame, quote: _Frame) -> None:
        line = self._source[frame.start :].split(b"\n", 1)[0].decode("utf-8", "replace")
        match = CALLOUT.match(line)
        inline = frame.inline
        if match is None or inline is None:
            return
        left = len(match[0])
        items = list(inline.items)
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
        title = Inline(self._source)
        title.items = items[:cut]
        rest = Inline(self._source)
        rest.items = items[cut + 1 :]
        quote.data = {"type": match[1], "fold": match[2], "title": title.runs()}
        frame.inline = rest if rest.items else None

    def close_heading(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a heading; a line break inside one (underlined headings) is a forced one."""
        for item in frame.inline.items if frame.inline is not None else ():
            if item.text == "\n":
                item.kind, item.text = "break", ""
        runs, anchor = self._runs_of(frame)
        level = _LEVELS[frame.data["level"]]
        parent.children.append(Heading(level=level, runs=runs, anchor=anchor or None))

    def close_quote(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a quote or a callout."""
        children = tuple(frame.children)
        if isinstance(frame.data, dict):
            parent.children.append(
                Callout(type=frame.data["type"], fold=frame.data["fold"], title=frame.data["title"], children=children)
            )
        else:
            parent.children.append(Quote(children=children))

    def close_list(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a list."""
        ordered = frame.data is not None
        rest = self._source[frame.start :].lstrip(b" \t>")[:12].decode("utf-8", "replace")
        marker = rest.lstrip("0123456789")[:1] if ordered else rest[:1]
        children = tuple(frame.children)
        if ordered:
            children = tuple(msgspec.structs.replace(child, ordered=True) for child in children)
        parent.children.append(
            List(
                ordered=ordered,
                start=frame.data if ordered else 1,
                marker=marker,
                tight=not frame.loose,
                children=children,
            )
        )

    def close_item(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End an item; a task in a state of its own is known by its brackets."""
        runs, checked, mark = frame.data["runs"] or (), frame.data["checked"], ""
        if checked is None and runs:
            runs, mark = _odd_task(runs)
            checked = True if mark else None
        parent.children.append(
            ListItem(
                runs=runs,
                checked=checked,
                mark=mark,
                anchor=frame.data["anchor"] or None,
                children=tuple(frame.children),
            )
        )

    def close_code(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a code block."""
        source = "".join(frame.children).removesuffix("\n")  # type: ignore[arg-type]
        if isinstance(frame.data, dict):
            parent.children.append(Code(source=source, language=frame.data["Fenced"].strip()))
        else:
            parent.children.append(Code(source=source, fenced=False))

    def close_html(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a block of HTML."""
        parent.children.append(Html(source=(frame.data or "").rstrip("\n")))

    def close_footnote(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End the text of a footnote."""
        parent.children.append(Footnote(label=frame.data, children=tuple(frame.children)))

    def close_table(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a table."""
        columns = tuple(TableColumn(align=_ALIGN[name]) for name in frame.data)
        parent.children.append(Table(columns=columns, rows=tuple(frame.children)))  # type: ignore[arg-type]

    def close_row(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a row."""
        header = frame.kind == "TableHead"
        parent.children.append(Row(cells=tuple(frame.children), header=header))  # type: ignore[arg-type]

    def close_cell(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a cell."""
        runs = frame.inline.runs() if frame.inline is not None else ()
        parent.children.append(Cell(runs=runs))  # type: ignore[arg-type]

    def close_definitions(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a definition list."""
        parent.children.append(DefinitionList(children=tuple(frame.children)))

    def close_title(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End a term."""
        runs, _ = self._runs_of(frame)
        parent.children.append(Definition(runs=runs))

    def close_meaning(self, frame: _Frame, parent: _Frame, _end: int) -> None:
        """End what a term means."""
        last = parent.children[-1] if parent.children else None
        if not isinstance(last, Definition):
            parent.children += frame.children
            return
        parent.children[-1] = msgspec.structs.replace(
            last,
            children=(*last.children, *frame.children),
            meanings=(*last.meanings, len(frame.children)),
        )


def _odd_task(runs: Runs) -> tuple[Runs, str]:
    first = runs[0]
    if not isinstance(first, TextRun) or first.style != PLAIN:
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
KINDS = frozenset(_CLOSERS)
"""The parser's names of blocks and their parts."""

_PARTS = frozenset(("TableHead", "TableRow", "TableCell", "DefinitionListTitle"))
