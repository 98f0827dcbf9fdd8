"""Inline content: from a block's events to flat runs."""

from __future__ import annotations

import re
from typing import Any

from converter.model.runs import (
    BOLD,
    CODE,
    ITALIC,
    STRIKE,
    EmbedRun,
    ImageRun,
    Link,
    Reference,
    Run,
    Runs,
    merge_runs,
)
from converter.text.markdown.domain import is_picture
from converter.text.markdown.item import Item
from converter.text.markdown.overlay import comments, highlights, html_marks, runs_of, whole_tags

__all__ = ["Inline"]

_EMPHASIS = {"Emphasis": ITALIC, "Strong": BOLD, "Strikethrough": STRIKE}
_ANCHOR = re.compile(r"(?:^|(?<=[ \n]))\^([A-Za-z0-9-]+)$")
_SIZE = re.compile(r"(\d{1,5})(?:x(\d{1,5}))?")


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
        items = comments(self.items, self.source)
        html_marks(items)
        items = highlights(items)
        made: list[Run] = []
        for item in items:
            made += runs_of(item, made)
        return merge_runs(whole_tags(made))

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
