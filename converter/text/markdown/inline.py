"""Inline content: from a block's events to flat runs."""

from __future__ import annotations

import re
from typing import Any

from converter.model.runs import (
    BOLD,
    CODE,
    HIGHLIGHT,
    ITALIC,
    KEY,
    PLAIN,
    STRIKE,
    SUB,
    SUP,
    UNDERLINE,
    BreakRun,
    EmbedRun,
    FootnoteRun,
    FormulaRun,
    ImageRun,
    Link,
    RawRun,
    Reference,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
    merge_runs,
)
from converter.text.markdown.domain import is_picture

__all__ = ["Inline", "Item"]

_EMPHASIS = {"Emphasis": ITALIC, "Strong": BOLD, "Strikethrough": STRIKE}
_TAGS = {
    "u": UNDERLINE,
    "sub": SUB,
    "sup": SUP,
    "kbd": KEY,
    "mark": HIGHLIGHT,
    "strong": BOLD,
    "em": ITALIC,
    "s": STRIKE,
    "del": STRIKE,
    "code": CODE,
}
_OPEN = re.compile(r"<(u|sub|sup|kbd|mark|strong|em|s|del)>")
_CLOSE = re.compile(r"</(u|sub|sup|kbd|mark|strong|em|s|del|span)>")
_SPAN = re.compile(r'<span style="(?:color: ?([^;"&<>]+);?)? ?(?:background-color: ?([^;"&<>]+);?)?">')
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"(?<![^\s])#(?=[\w/-]*[^\W\d])([\w/-]+)")
_REST = re.compile(r"[\w/-]+")
_ANCHOR = re.compile(r"(?:^|(?<=[ \n]))\^([A-Za-z0-9-]+)$")
_SIZE = re.compile(r"(\d{1,5})(?:x(\d{1,5}))?")


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


class Inline:
    """Collects the inline events of one block. `source` is the whole text in UTF-8, which ranges point into."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.items: list[Item] = []
        self._flags: list[int] = []
        self._link: Link | None = None
        self._reference: Reference | None = None
        self._image: dict[str, Any] | None = None
        self._alt: list[str] = []
        self._depth = 0
        self._wiki_plain = False

    def add(self, event: Any, start: int, end: int) -> None:
        """Take one event."""
        if isinstance(event, str):
            if event == "SoftBreak":
                self._text("\n", start, end, literal=True)
            elif event == "HardBreak":
                self._item("break", "", start)
            return
        ((name, value),) = event.items()
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(self, value, start, end)

    def _item(self, kind: str, text: str, start: int) -> Item:
        if self._image is not None:
            self._alt.append(text)
            return Item(kind, text, start)
        item = Item(kind, text, start)
        for flag in self._flags:
            item.flags |= flag
        item.link, item.reference = self._link, self._reference
        self.items.append(item)
        return item

    def _text(self, text: str, start: int, end: int, *, literal: bool = False) -> None:
        if self._image is not None:
            self._alt.append(text)
            return
        if self._wiki_plain:
            return
        item = self._item("text", text, start)
        whole = self.source[start:end] == text.encode("utf-8", "surrogatepass")
        if literal or not whole:
            item.escaped = frozenset(range(len(text)))
        elif start and self.source[start - 1] == 0x5C and not self._covered(start - 1):
            item.escaped = frozenset((0,))

    def _covered(self, at: int) -> bool:
        """Whether the byte before belongs to the piece of text before: then it is no escape."""
        if len(self.items) < 2:
            return False
        before = self.items[-2]
        return before.kind == "text" and before.start + len(before.text.encode("utf-8", "surrogatepass")) > at

    def on_text(self, value: str, start: int, end: int) -> None:
        """Text."""
        self._text(value, start, end)

    def on_code(self, value: str, start: int, _end: int) -> None:
        """A code span."""
        item = self._item("code", value, start)
        item.flags |= CODE

    def on_math(self, value: str, start: int, _end: int) -> None:
        """A formula; one that was displayed inside text is inline here."""
        self._item("math", value, start)

    def on_display(self, value: str, start: int, _end: int) -> None:
        """A display formula."""
        self._item("display", value, start)

    def on_html(self, value: str, start: int, _end: int) -> None:
        """A tag or comment of HTML."""
        self._item("html", value, start)

    def on_footnote(self, value: str, start: int, _end: int) -> None:
        """A footnote mark."""
        self._item("footnote", value, start)

    def on_start(self, value: Any, start: int, _end: int) -> None:
        """Emphasis, a link or a picture begins."""
        if isinstance(value, str):
            self._flags.append(_EMPHASIS.get(value, 0))
            return
        ((name, what),) = value.items()
        if name == "Image":
            if self._image is None:
                self._image, self._alt, self._depth = {**what, "start": start}, [], 0
            else:
                self._depth += 1
        elif name == "Link" and self._image is None:
            self._begin_link(what, start)

    def on_end(self, value: Any, _start: int, end: int) -> None:
        """Emphasis, a link or a picture ends."""
        if value == "Image":
            if self._depth:
                self._depth -= 1
            elif self._image is not None:
                self._end_image(end)
        elif value == "Link":
            if self._image is None:
                self._link = self._reference = None
                self._wiki_plain = False
        elif self._flags and isinstance(value, str) and value in _EMPHASIS:
            self._flags.pop()

    def _begin_link(self, what: dict[str, Any], start: int) -> None:
        kind = what["link_type"]
        last = self.items[-1] if self.items else None
        if isinstance(kind, dict):
            dest = what["dest_url"].removesuffix("\\") if kind["WikiLink"]["has_pothole"] else what["dest_url"]
            target, _, place = dest.partition("#")
            shows = "text" if kind["WikiLink"]["has_pothole"] else "title"
            made = Reference(target, place, shows)
            same = last is not None and last.reference == made
            self._reference = Reference(target, place, shows, 1) if same else made
            if shows == "title":
                item = self._item("text", dest, start)
                item.escaped = frozenset(range(len(dest)))
                self._wiki_plain = True
            return
        target = what["dest_url"]
        if kind == "Email":
            target = f"mailto:{target}"
        link = Link(target, what["title"])
        same = last is not None and last.link == link
        self._link = Link(target, what["title"], 1) if same else link

    def _end_image(self, _end: int) -> None:
        what, alt = self._image or {}, " ".join("".join(self._alt).split())
        self._image = None
        start = what["start"]
        if isinstance(what["link_type"], dict):
            pothole = what["link_type"]["WikiLink"]["has_pothole"]
            dest = what["dest_url"].removesuffix("\\") if pothole else what["dest_url"]
            item = self._item("run", "", start)
            item.run = _wiki_image(dest, alt if pothole else "")
            return
        size = _SIZE.fullmatch(alt.rpartition("|")[2]) if "|" in alt else None
        width, height = (int(size[1]), int(size[2] or 0)) if size else (0, 0)
        text = alt.rpartition("|")[0] if size else alt
        item = self._item("run", "", start)
        item.run = ImageRun(target=what["dest_url"], alt=text, title=what["title"], width=width, height=height)

    def runs(self) -> Runs:
        """The runs of the block."""
        items = _comments(self.items, self.source)
        _html_marks(items)
        items = _highlights(items)
        made: list[Run] = []
        for item in items:
            made += _runs_of(item, made)
        return merge_runs(_whole_tags(made))

    def take_anchor(self) -> str:
        """Cut a block's name (` ^name`) from the end of the last text; "" where there is none."""
        last = self.items[-1] if self.items else None
        if last is None or last.kind != "text" or last.link or last.reference:
            return ""
        match = _ANCHOR.search(last.text)
        if match is None or match.start() in last.escaped:
            return ""
        if match.start() == 0 and len(self.items) > 1 and self.items[-2].text[-1:] not in (" ", "\n"):
            return ""
        last.text = last.text[: match.start()].rstrip(" \n")
        while self.items and self.items[-1].kind == "text" and not self.items[-1].text.strip(" \n"):
            self.items.pop()
        if self.items and self.items[-1].kind == "text":
            self.items[-1].text = self.items[-1].text.rstrip(" \n")
        return match[1]


_HANDLERS = {
    "Text": Inline.on_text,
    "Code": Inline.on_code,
    "InlineMath": Inline.on_math,
    "DisplayMath": Inline.on_display,
    "InlineHtml": Inline.on_html,
    "FootnoteReference": Inline.on_footnote,
    "Start": Inline.on_start,
    "End": Inline.on_end,
}


def _wiki_image(dest: str, text: str) -> Run:
    if is_picture(dest):
        name, _, size = text.rpartition("|")
        match = _SIZE.fullmatch(size)
        width, height = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
        return ImageRun(target=dest, alt=name if match else text, width=width, height=height, wiki=True)
    target, _, place = dest.partition("#")
    return EmbedRun(target=target, place=place, text=text)


def _comments(items: list[Item], source: bytes) -> list[Item]:
    """`%%…%%`: everything between becomes one comment, as it stands in the source."""
    if not any("%%" in item.text for item in items if item.kind == "text"):
        return items
    made: list[Item] = []
    queue = list(items)
    at = 0
    while at < len(queue):
        item = queue[at]
        opening = _find(item, "%%", 0)
        closing = _closing(queue, at, opening + 2) if opening >= 0 else None
        if closing is None:
            made.append(item)
            at += 1
            continue
        place, position = closing
        before, after = _cut(item, 0, opening), _cut(queue[place], position + 2, None)
        start, end = _offset(item, opening + 2), _offset(queue[place], position)
        comment = item.like("comment", source[start:end].decode("utf-8", "replace"), start)
        made += [before] if before.text else []
        made.append(comment)
        queue[at : place + 1] = [after]
        if not after.text:
            del queue[at]
    return made


def _find(item: Item, sign: str, start: int) -> int:
    if item.kind != "text":
        return -1
    at = item.text.find(sign, start)
    while at >= 0 and (at in item.escaped or at + 1 in item.escaped):
        at = item.text.find(sign, at + 1)
    return at


def _closing(items: list[Item], at: int, start: int) -> tuple[int, int] | None:
    for place in range(at, len(items)):
        position = _find(items[place], "%%", start if place == at else 0)
        if position >= 0:
            return place, position
    return None


def _offset(item: Item, at: int) -> int:
    return item.start + len(item.text[:at].encode("utf-8", "surrogatepass"))


def _cut(item: Item, start: int, end: int | None) -> Item:
    made = item.like("text", item.text[start:end], _offset(item, start))
    made.escaped = frozenset(at - start for at in item.escaped if at >= start and (end is None or at < end))
    return made


def _html_marks(items: list[Item]) -> None:
    """Pairs of tags that this writer writes become marks of what stands between; other HTML stays as it is."""
    stack: list[tuple[str, int]] = []
    for place, item in enumerate(items):
        if item.kind != "html":
            continue
        opened = _OPEN.fullmatch(item.text)
        span = _SPAN.fullmatch(item.text)
        closed = _CLOSE.fullmatch(item.text)
        if opened or (span and (span[1] or span[2])):
            stack.append((opened[1] if opened else "span", place))
        elif closed:
            found = next((n for n in range(len(stack) - 1, -1, -1) if stack[n][0] == closed[1]), -1)
            if found >= 0:
                _mark(items, stack[found][1], place)
                del stack[found:]
        elif _BREAK.fullmatch(item.text):
            item.kind = "break"


def _mark(items: list[Item], first: int, last: int) -> None:
    opening = items[first]
    span = _SPAN.fullmatch(opening.text)
    flag = 0 if span else _TAGS[opening.text[1:-1]]
    for item in items[first + 1 : last]:
        item.flags |= flag
        if span:
            item.color = item.color or span[1] or ""
            item.background = item.background or span[2] or ""
    opening.kind = items[last].kind = "gone"


def _highlights(items: list[Item]) -> list[Item]:
    """`==…==` marks what stands between, where it opens before and closes after something that is no blank."""
    if not any("==" in item.text for item in items if item.kind == "text"):
        return items
    made: list[Item] = []
    opened = -1
    for index, item in enumerate(items):
        at = 0
        position = _find(item, "==", 0)
        while position >= 0:
            before, after = item.text[:position][-1:], item.text[position + 2 :][:1]
            nothing_before = position == 0 and not made
            if opened < 0 and (after or index + 1 < len(items)) and not after.isspace() and after != "=":
                made.append(_cut(item, at, position))
                opened, at = len(made), position + 2
            elif opened >= 0 and not before.isspace() and not nothing_before and (at < position or len(made) > opened):
                made.append(_cut(item, at, position))
                for marked in made[opened:]:
                    marked.flags |= HIGHLIGHT
                opened, at = -1, position + 2
            position = _find(item, "==", max(position + 2, at))
        made.append(_cut(item, at, None) if at else item)
    if opened >= 0:
        made[opened - 1 : opened] = _reopened(made[opened - 1])
    return [item for item in made if item.kind != "text" or item.text]


def _reopened(item: Item) -> list[Item]:
    """An opening sign without a closing one is text."""
    sign = item.like("text", "==", item.start)
    sign.escaped = frozenset((0, 1))
    return [item, sign]


def _runs_of(item: Item, before: list[Run]) -> list[Run]:
    style = item.style()
    match item.kind:
        case "text":
            return _tags(item, style, before)
        case "code":
            return [TextRun(text=item.text, style=style)] if item.text else []
        case "math" | "display":
            return [FormulaRun(tex=" ".join(item.text.split("\n")).strip(), style=style)]
        case "html":
            return [RawRun(format="html", source=item.text, style=style)]
        case "comment":
            return [RawRun(format="comment", source=item.text, style=style)]
        case "footnote":
            return [FootnoteRun(label=item.text, style=style)]
        case "break":
            return [BreakRun(style=style)]
        case "run" if item.run is not None:
            return [item.run if style == PLAIN else _styled(item.run, style)]
        case _:
            return []


def _styled(run: Run, style: Style) -> Run:
    import msgspec

    return msgspec.structs.replace(run, style=style)


def _tags(item: Item, style: Style, before: list[Run]) -> list[Run]:
    """Text with the tags in it as runs of their own."""
    text = item.text
    if "#" not in text or item.link or item.reference:
        return [TextRun(text=text, style=style)]
    made: list[Run] = []
    at = 0
    for match in _TAG.finditer(text):
        if match.start() in item.escaped or (match.start() == 0 and not _blank_before(before)):
            continue
        made.append(TextRun(text=text[at : match.start()], style=style))
        made.append(TagRun(name=match[1], style=style))
        at = match.end()
    made.append(TextRun(text=text[at:], style=style))
    return made


def _whole_tags(runs: list[Run]) -> list[Run]:
    """A tag takes in what follows it without a border: signs that say nothing (bold inside bold) are none."""
    runs = [run for run in runs if not isinstance(run, TextRun) or run.text]
    for place in range(len(runs) - 1):
        tag, text = runs[place], runs[place + 1]
        if isinstance(tag, TagRun) and isinstance(text, TextRun) and text.style == tag.style:
            match = _REST.match(text.text)
            if match:
                runs[place] = TagRun(name=tag.name + match[0], style=tag.style)
                runs[place + 1] = TextRun(text=text.text[match.end() :], style=text.style)
    return runs


def _blank_before(runs: list[Run]) -> bool:
    if not runs or isinstance(runs[-1], BreakRun):
        return True
    last = runs[-1]
    return isinstance(last, TextRun) and last.text[-1:].isspace()
