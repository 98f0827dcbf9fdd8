"""Inline content: from a block's events to flat runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from converter.model.runs import BOLD, CODE, ITALIC, PLAIN, STRIKE, EmbedRun, ImageRun, Link, Reference, Run, Style
from converter.patterns import pattern
from converter.text.markdown.domain import is_picture
from converter.text.markdown.item import NOTHING_ESCAPED, Item, flag_style

__all__ = ["HANDLERS", "Inline", "take_anchor"]

_EMPHASIS = {"Emphasis": ITALIC, "Strong": BOLD, "Strikethrough": STRIKE}
_ANCHOR = pattern(r"(?:^|(?<=[ \n]))\^([A-Za-z0-9-]+)$")
_SIZE = pattern(r"(\d{1,5})(?:x(\d{1,5}))?")


class Inline:
    """Collects inline events as `items`. `source` is the whole text in UTF-8, which ranges point into."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.items: list[Item] = []
        self._flags = 0
        self._outer_flags: list[int] = []
        self._link: Link | None = None
        self._reference: Reference | None = None
        self._style = PLAIN
        self._image: dict[str, Any] | None = None
        self._image_start = 0
        self._alt: list[str] = []
        self._depth = 0
        self._wiki_plain = False
        self._text_end = 0

    def on_text(self, value: str, start: int, end: int) -> None:
        """Take text."""
        if self._image is not None:
            self._alt.append(value)
        elif not self._wiki_plain:
            item = Item("text", value, start, self._style)
            if "#" in value or "==" in value or "%%" in value or "^" in value:
                item.signs, item.escaped = True, self._escaped(value, start, end)
            self.items.append(item)
            self._text_end = end

    def _escaped(self, text: str, start: int, end: int) -> frozenset[int]:
        """Which characters of a text are escaped: all where it stands otherwise, the first behind a backslash."""
        if self.source[start:end] != text.encode("utf-8", "surrogatepass"):
            return frozenset(range(len(text)))
        backslash = start > self._text_end and self.source[start - 1] == 0x5C
        return frozenset((0,)) if backslash else NOTHING_ESCAPED

    def on_line_end(self, _value: None, start: int, end: int) -> None:
        """Take a line break that the text has."""
        if self._image is not None:
            self._alt.append("\n")
        elif not self._wiki_plain:
            self.items.append(Item("text", "\n", start, self._style))
            self._text_end = end

    def _piece(self, kind: str, text: str, start: int) -> None:
        if self._image is not None:
            self._alt.append(text)
        else:
            self.items.append(Item(kind, text, start, self._style))

    def on_break(self, _value: None, start: int, _end: int) -> None:
        """Take a line break that the author forced."""
        self._piece("break", "", start)

    def on_code(self, value: str, start: int, _end: int) -> None:
        """Take a code span."""
        if self._image is not None:
            self._alt.append(value)
        else:
            self.items.append(Item("code", value, start, self._styled(self._flags | CODE)))

    def on_math(self, value: str, start: int, _end: int) -> None:
        """Take a formula."""
        self._piece("math", value, start)

    def on_display(self, value: str, start: int, _end: int) -> None:
        """Take a display formula; one that stands inside text is inline there."""
        self._piece("display", value, start)

    def on_html(self, value: str, start: int, _end: int) -> None:
        """Take a tag or a comment of HTML."""
        if self._image is not None:
            self._alt.append(value)
        else:
            self.items.append(Item("html", value, start, self._style, signs=True))

    def on_footnote(self, value: str, start: int, _end: int) -> None:
        """Take a footnote mark."""
        self._piece("footnote", value, start)

    def begin(self, kind: str, what: dict[str, Any] | None, start: int) -> None:
        """Emphasis, a link or a picture begins."""
        if what is None:
            self._outer_flags.append(self._flags)
            self._flags |= _EMPHASIS.get(kind, 0)
            self._style = self._styled(self._flags)
        elif kind == "Image":
            if self._image is None:
                self._image, self._image_start, self._alt, self._depth = what, start, [], 0
            else:
                self._depth += 1
        elif kind == "Link" and self._image is None:
            self._begin_link(what, start)
            self._style = self._styled(self._flags)

    def end(self, kind: str) -> None:
        """Emphasis, a link or a picture ends."""
        if kind == "Image":
            if self._depth:
                self._depth -= 1
            elif self._image is not None:
                self._end_image(self._image)
        elif kind == "Link":
            if self._image is None:
                self._link = self._reference = None
                self._wiki_plain = False
                self._style = self._styled(self._flags)
        elif self._outer_flags:
            self._flags = self._outer_flags.pop()
            self._style = self._styled(self._flags)

    def _styled(self, flags: int) -> Style:
        if self._link is None and self._reference is None:
            return flag_style(flags)
        return Style(flags, "", "", self._link, self._reference)

    def _begin_link(self, what: dict[str, Any], start: int) -> None:
        kind = what["link_type"]
        last = self.items[-1].style if self.items else PLAIN
        if isinstance(kind, dict):
            pothole = kind["WikiLink"]["has_pothole"]
            dest = what["dest_url"].removesuffix("\\") if pothole else what["dest_url"]
            target, _, place = dest.partition("#")
            shows = "text" if pothole else "title"
            made = Reference(target, place, shows)
            self._reference = Reference(target, place, shows, 1) if last.reference == made else made
            if not pothole:
                self.items.append(Item("text", dest, start, self._styled(self._flags)))
                self._wiki_plain = True
            return
        target = what["dest_url"]
        if kind == "Email":
            target = f"mailto:{target}"
        link = Link(target, what["title"])
        self._link = Link(target, what["title"], 1) if last.link == link else link

    def _end_image(self, what: dict[str, Any]) -> None:
        alt = " ".join("".join(self._alt).split())
        self._image = None
        self.items.append(Item("run", "", self._image_start, self._style, run=_image(what, alt)))


HANDLERS: Final[dict[str, Callable[[Inline, Any, int, int], None]]] = {
    "Text": Inline.on_text,
    "SoftBreak": Inline.on_line_end,
    "HardBreak": Inline.on_break,
    "Code": Inline.on_code,
    "InlineMath": Inline.on_math,
    "DisplayMath": Inline.on_display,
    "InlineHtml": Inline.on_html,
    "FootnoteReference": Inline.on_footnote,
}
"""What takes each inline event, but for starts and ends: it gets what the event holds, and its range."""


def take_anchor(items: list[Item]) -> str:
    """Cut a block's name (` ^name`) from the end of the last text; "" where there is none."""
    if not items or not items[-1].signs:
        return ""
    last = items[-1]
    if last.kind != "text" or last.style.link is not None or last.style.reference is not None:
        return ""
    match = _ANCHOR.search(last.text)
    if match is None or match.start() in last.escaped:
        return ""
    if match.start() == 0 and len(items) > 1 and items[-2].text[-1:] not in (" ", "\n"):
        return ""
    last.text = last.text[: match.start()].rstrip(" \n")
    while items and items[-1].kind == "text" and not items[-1].text.strip(" \n"):
        items.pop()
    if items and items[-1].kind == "text":
        items[-1].text = items[-1].text.rstrip(" \n")
    return match[1]


def _image(what: dict[str, Any], alt: str) -> Run:
    kind = what["link_type"]
    if isinstance(kind, dict):
        pothole = kind["WikiLink"]["has_pothole"]
        dest = what["dest_url"].removesuffix("\\") if pothole else what["dest_url"]
        return _wiki_image(dest, alt if pothole else "")
    size = _SIZE.fullmatch(alt.rpartition("|")[2]) if "|" in alt else None
    width, height = (int(size[1]), int(size[2] or 0)) if size else (0, 0)
    text = alt.rpartition("|")[0] if size else alt
    return ImageRun(target=what["dest_url"], alt=text, title=what["title"], width=width, height=height)


def _wiki_image(dest: str, text: str) -> Run:
    if is_picture(dest):
        name, _, size = text.rpartition("|")
        match = _SIZE.fullmatch(size)
        width, height = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
        return ImageRun(target=dest, alt=name if match else text, width=width, height=height, wiki=True)
    target, _, place = dest.partition("#")
    return EmbedRun(target=target, place=place, text=text)
