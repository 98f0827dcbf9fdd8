"""What the parser leaves as text or HTML and this dialect reads as marks: comments, HTML pairs, highlights, tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache

import msgspec

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
    FootnoteRun,
    FormulaRun,
    RawRun,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
    merge_runs,
)
from converter.patterns import pattern
from converter.text.markdown.item import Item, marked

__all__ = ["comments", "runs_of"]

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
_OPEN = pattern(r"<(u|sub|sup|kbd|mark|strong|em|s|del)>")
_CLOSE = pattern(r"</(u|sub|sup|kbd|mark|strong|em|s|del|span)>")
_SPAN = pattern(r'<span style="(?:color: ?([^;"&<>]+);?)? ?(?:background-color: ?([^;"&<>]+);?)?">')
_BREAK = pattern(r"<br\s*/?>")
_TAG = pattern(r"(?<![^\s])#(?=[\w/-]*[^\W\d])([\w/-]+)")
_LONGEST_REMEMBERED = 256
_REST = pattern(r"[\w/-]+")


def runs_of(items: list[Item], source: bytes) -> Runs:
    """The runs of a block's pieces; `source` is the text that they stand in."""
    made: list[Run] = []
    for item in items:
        if item.signs:
            return merge_runs(_overlaid_runs(items, source))
        if item.kind == "text":
            made.append(TextRun(text=item.text, style=item.style))
        else:
            made.append(_MAKERS[item.kind](item))
    return merge_runs(made)


def _overlaid_runs(items: list[Item], source: bytes) -> list[Run]:
    """The runs of pieces that hold signs which the parser does not know."""
    text = "".join([item.text for item in items if item.signs])
    if "%%" in text:
        items = comments(items, source)
    if "<" in text:
        _html_marks(items)
    if "==" in text:
        items = _highlights(items)
    made: list[Run] = []
    for item in items:
        if item.kind == "text":
            if "#" in item.text and item.style.link is None and item.style.reference is None:
                made += _tags(item, made)
            else:
                made.append(TextRun(text=item.text, style=item.style))
        elif item.kind != "gone" and (item.text or item.kind != "code"):
            made.append(_MAKERS[item.kind](item))
    return _whole_tags(made)


def comments(items: list[Item], source: bytes) -> list[Item]:
    """`%%…%%`: everything between becomes one comment, as it stands in the source."""
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
    if item.kind != "text" or not item.signs:
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
    return item.start if not at else item.start + len(item.text[:at].encode("utf-8", "surrogatepass"))


def _cut(item: Item, start: int, end: int | None) -> Item:
    made = item.like("text", item.text[start:end], _offset(item, start))
    made.signs = item.signs
    if item.escaped:
        made.escaped = frozenset(at - start for at in item.escaped if at >= start and (end is None or at < end))
    return made


class _Tag(msgspec.Struct, frozen=True):
    """What a piece of HTML is to this dialect: an `opening` or `closing` tag of a `name`, with the marks that it gives.

    A forced line `break`, or nothing known.
    """

    kind: str = ""
    name: str = ""
    flag: int = 0
    color: str = ""
    background: str = ""


_UNKNOWN = _Tag()


def _html_marks(items: list[Item]) -> None:
    """Pairs of tags that this writer writes become marks of what stands between; other HTML stays as it is."""
    pairs: dict[int, _Tag | None] = {}
    stack: list[tuple[_Tag, int]] = []
    waiting: Counter[str] = Counter()
    for place, item in enumerate(items):
        if item.kind != "html":
            continue
        tag = _tag_of(item.text) if len(item.text) < _LONGEST_REMEMBERED else _understood(item.text)
        if tag.kind == "opening":
            stack.append((tag, place))
            waiting[tag.name] += 1
        elif tag.kind == "closing" and waiting[tag.name]:
            opened, first = stack.pop()
            waiting[opened.name] -= 1
            while opened.name != tag.name:
                opened, first = stack.pop()
                waiting[opened.name] -= 1
            pairs[first], pairs[place] = opened, None
        elif tag.kind == "break":
            item.kind = "break"
    if pairs:
        _mark(items, pairs)


def _understood(text: str) -> _Tag:
    """What a piece of HTML says."""
    opened = _OPEN.fullmatch(text)
    if opened:
        return _Tag("opening", opened[1], _TAGS[opened[1]])
    span = _SPAN.fullmatch(text)
    if span and (span[1] or span[2]):
        return _Tag("opening", "span", 0, span[1] or "", span[2] or "")
    closed = _CLOSE.fullmatch(text)
    if closed:
        return _Tag("closing", closed[1])
    return _Tag("break") if _BREAK.fullmatch(text) else _UNKNOWN


_tag_of = lru_cache(maxsize=256)(_understood)
"""The same, remembered: most texts use few tags, again and again."""


def _mark(items: list[Item], pairs: dict[int, _Tag | None]) -> None:
    """Give what stands inside pairs their marks; `pairs` holds the places of opening tags, and of closing ones (None).

    Of several colours the innermost counts.
    """
    around: list[Style] = [PLAIN]
    for place, item in enumerate(items):
        if place not in pairs:
            if len(around) > 1:
                mark = around[-1]
                item.style = marked(item.style, mark.flags, mark.color, mark.background)
            continue
        tag, item.kind = pairs[place], "gone"
        if tag is None:
            around.pop()
        else:
            outer = around[-1]
            flags = outer.flags | tag.flag
            around.append(Style(flags, tag.color or outer.color, tag.background or outer.background))


def _highlights(items: list[Item]) -> list[Item]:
    """`==…==` marks what stands between, where it opens before and closes after something that is no blank."""
    made: list[Item] = []
    opened = -1
    for index, item in enumerate(items):
        if not item.signs:
            made.append(item)
            continue
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
                for piece in made[opened:]:
                    piece.style = marked(piece.style, HIGHLIGHT)
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


def _text(item: Item) -> Run:
    return TextRun(text=item.text, style=item.style)


def _formula(item: Item) -> Run:
    return FormulaRun(tex=" ".join(item.text.split("\n")).strip(), style=item.style)


def _made_before(item: Item) -> Run:
    run = item.run
    if run is None:
        raise TypeError(item.kind)
    return run if item.style == PLAIN else msgspec.structs.replace(run, style=item.style)


_MAKERS: dict[str, Callable[[Item], Run]] = {
    "text": _text,
    "code": _text,
    "math": _formula,
    "display": _formula,
    "html": lambda item: RawRun(format="html", source=item.text, style=item.style),
    "comment": lambda item: RawRun(format="comment", source=item.text, style=item.style),
    "footnote": lambda item: FootnoteRun(label=item.text, style=item.style),
    "break": lambda item: BreakRun(style=item.style),
    "run": _made_before,
}
"""The run that one piece becomes, by its kind; tags in text aside."""


def _tags(item: Item, before: list[Run]) -> list[Run]:
    """Text with the tags in it as runs of their own."""
    text, style = item.text, item.style
    made: list[Run] = []
    at = 0
    sign = text.find("#")
    while sign >= 0:
        match = _TAG.match(text, sign)
        if match is None or sign in item.escaped or (not sign and not _blank_before(before)):
            sign = text.find("#", match.end() if match is not None else sign + 1)
            continue
        made.append(TextRun(text=text[at:sign], style=style))
        made.append(TagRun(name=match[1], style=style))
        at = match.end()
        sign = text.find("#", at)
    made.append(TextRun(text=text[at:], style=style))
    return made


def _whole_tags(runs: list[Run]) -> list[Run]:
    """A tag takes in what follows it without a border: signs that say nothing (bold inside bold) are none."""
    if TagRun not in map(type, runs):
        return runs
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
