"""Runs as Markdown: nested minimally, each mark by the sign that will be read back as the mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

import msgspec

from converter.model.runs import (
    BOLD,
    CODE,
    HIGHLIGHT,
    ITALIC,
    KEY,
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
)
from converter.patterns import pattern
from converter.text.markdown.escape import escape_text, says_itself

__all__ = ["render_runs"]

_SIGNS = {BOLD: ("**", "strong"), ITALIC: ("*", "em"), STRIKE: ("~~", "s"), HIGHLIGHT: ("==", "mark")}
_ELEMENTS = {UNDERLINE: "u", SUB: "sub", SUP: "sup", KEY: "kbd"}
_FLAGS = (BOLD, ITALIC, STRIKE, HIGHLIGHT, UNDERLINE, SUB, SUP, KEY)
_BACKTICKS = pattern(r"`+")
_ENTITY = pattern(r"&(?=#?\w{1,31};)")
_PLAIN_DESTINATION = pattern(r"(?:[^\s()<>\\\x00-\x1f&]|&(?!#?\w{1,31};))+")

Mark = tuple[str, object]


class _Sign(msgspec.Struct, gc=False, eq=False):
    """The opening or closing sign of an emphasis that may be Markdown's or HTML's."""

    flag: int
    opens: bool
    html: bool = False

    def text(self) -> str:
        """The sign as it will stand."""
        sign, name = _SIGNS[self.flag]
        if not self.html:
            return sign
        return f"<{name}>" if self.opens else f"</{name}>"


Token = str | _Sign


def render_runs(runs: Runs, *, single_line: bool = False, pipes: bool = False) -> str:
    """Runs as Markdown; `single_line` where a line break would end the block, `pipes` in tables."""
    writer = _Writer(runs, single_line=single_line, pipes=pipes)
    if not any(writer.marks):
        return "".join([writer.leaf(at) for at in range(len(runs))])
    tokens = writer.nest(0, len(runs), frozenset())
    if writer.signs:
        _settle(tokens)
    return "".join([token if isinstance(token, str) else token.text() for token in tokens])


def _shows_title(mark: Mark) -> bool:
    """Whether a mark leaves no room for others inside it."""
    return isinstance(mark[1], Reference) and mark[1].shows == "title"


class _Writer:
    def __init__(self, runs: Runs, *, single_line: bool, pipes: bool) -> None:
        self._runs = runs
        self._single_line = single_line
        self._pipes = pipes
        self.marks = [_marks_of(run.style) for run in runs]
        self.signs = False

    def nest(self, start: int, end: int, active: frozenset[Mark]) -> list[Token]:
        """The runs from `start` to `end`, marks that are `active` around them left out."""
        made: list[Token] = []
        at = start
        while at < end:
            marks = self.marks[at]
            wanted = [mark for mark in marks if mark not in active] if marks else marks
            if not wanted:
                made.append(self.leaf(at))
                at += 1
                continue
            mark, behind = self._widest(wanted, at, end)
            if behind == at + 1 and len(wanted) == 1:
                inner: list[Token] = [self.leaf(at)]
            else:
                inner = self.nest(at, behind, active | {mark})
            made += self._wrap(mark, inner, at, behind)
            at = behind
        return made

    def _widest(self, wanted: Sequence[Mark], at: int, end: int) -> tuple[Mark, int]:
        """The mark that goes around the others, and where it ends."""
        if len(wanted) == 1:
            return wanted[0], self._reach(wanted[0], at, end)
        reach = {mark: self._reach(mark, at, end) for mark in wanted}
        mark = max(wanted, key=lambda one: (reach[one], not _shows_title(one)))
        return mark, reach[mark]

    def _reach(self, mark: Mark, at: int, end: int) -> int:
        while at < end and mark in self.marks[at]:
            at += 1
        return at

    def _wrap(self, mark: Mark, inner: list[Token], start: int, end: int) -> list[Token]:
        kind, value = mark
        if kind == "flag" and isinstance(value, int):
            if value in _ELEMENTS:
                name = _ELEMENTS[value]
                return [f"<{name}>", *inner, f"</{name}>"]
            self.signs = True
            return [_Sign(value, opens=True), *inner, _Sign(value, opens=False)]
        if kind == "span" and isinstance(value, tuple):
            return [_span(*value), *inner, "</span>"]
        if isinstance(value, Link):
            return self._link(value, inner, start, end)
        if isinstance(value, Reference):
            return self._reference(value, inner)
        return inner

    def _link(self, link: Link, inner: list[Token], start: int, end: int) -> list[Token]:
        text = self._runs[start] if end == start + 1 else None
        if isinstance(text, TextRun) and text.text == link.target and not link.title and _is_auto(link.target):
            return [f"<{link.target}>"]
        if (
            isinstance(text, TextRun)
            and f"mailto:{text.text}" == link.target
            and not link.title
            and _MAIL.fullmatch(text.text)
        ):
            return [f"<{text.text}>"]
        title = ""
        if link.title:
            title = ' "' + re.sub(r'(["\\&])', r"\\\1", link.title) + '"'
        return ["[", *inner, f"]({self._destination(link.target)}{title})"]

    def _destination(self, target: str) -> str:
        if self._pipes:
            target = target.replace("|", "\\|")
        if not target or _PLAIN_DESTINATION.fullmatch(target):
            return target
        safe = re.sub(r"[\x00-\x1f\x7f]", lambda m: quote(m[0]), target)
        return "<" + _ENTITY.sub(r"\\&", re.sub(r"([<>\\])", r"\\\1", safe)) + ">"

    def _reference(self, reference: Reference, inner: list[Token]) -> list[Token]:
        name = reference.target + (f"#{reference.place}" if reference.place else "")
        if reference.shows == "title":
            return [f"[[{name}]]"]
        return [f"[[{name}", "\\|" if self._pipes else "|", *inner, "]]"]

    def leaf(self, at: int) -> str:
        """A run without its marks."""
        run = self._runs[at]
        if not isinstance(run, TextRun):
            return self._object(run, at)
        text = run.text
        if run.style.flags & CODE:
            return self._code(text)
        if text[:1] != "(" and text[-1:] != "!" and says_itself(text):
            return text
        return self._escaped(run, at)

    def _object(self, run: Run, at: int) -> str:
        """What is no text."""
        match run:
            case FormulaRun(tex=tex):
                return "$" + (tex.replace("|", "\\|") if self._pipes else tex) + "$"
            case TagRun(name=name):
                return f"#{name}"
            case ImageRun():
                return self._image(run)
            case EmbedRun(target=target, place=place, text=text):
                pipe = "\\|" if self._pipes else "|"
                return f"![[{target}{'#' + place if place else ''}{pipe + text if text else ''}]]"
            case FootnoteRun(label=label):
                return f"[^{label}]"
            case RawRun(format="comment", source=source):
                return f"%%{source}%%"
            case RawRun(source=source):
                return source.replace("|", "\\|") if self._pipes else source
            case BreakRun():
                last = at == len(self._runs) - 1
                return "<br>" if self._single_line or last else "\\\n"
            case _:
                return ""

    def _escaped(self, run: TextRun, at: int) -> str:
        before = self._beside(run, at - 1, last=True) if at else ""
        if run.style.reference is not None and (not at or self._runs[at - 1].style.reference != run.style.reference):
            before = "|"
        after = self._beside(run, at + 1, last=False) if at + 1 < len(self._runs) else ""
        text = escape_text(run.text, before=before, after=after, pipes=self._pipes)
        if text.startswith("(") and at and isinstance(self._runs[at - 1], FootnoteRun):
            text = "\\" + text
        if run.text.endswith("!") and after == "[":
            text = text[:-1] + "\\!"
        return text

    def _beside(self, run: Run, place: int, *, last: bool) -> str:
        """The character that text meets in the run beside it: a bracket where a link begins or ends between them."""
        other = self._runs[place]
        if (other.style.link, other.style.reference) != (run.style.link, run.style.reference):
            if not last and (other.style.link or other.style.reference):
                return "["
            return "]" if last else ")"
        return _edge(other, last=last)

    def _code(self, text: str) -> str:
        fence = "`"
        lengths = {len(found) for found in _BACKTICKS.findall(text)}
        while len(fence) in lengths:
            fence += "`"
        pad = " " if text.startswith("`") or text.endswith("`") or _needs_pad(text) else ""
        body = text.replace("|", "\\|") if self._pipes else text
        return f"{fence}{pad}{body}{pad}{fence}"

    def _image(self, run: ImageRun) -> str:
        size = f"{run.width}" + (f"x{run.height}" if run.height else "") if run.width or run.height else ""
        pipe = "\\|" if self._pipes else "|"
        if run.wiki:
            parts = [part for part in (run.alt, size) if part]
            return f"![[{run.target}{''.join(pipe + part for part in parts)}]]"
        alt = escape_text(run.alt, before="[", after="]", pipes=self._pipes)
        alt += pipe + size if size else ""
        title = ' "' + re.sub(r'(["\\&])', r"\\\1", run.title) + '"' if run.title else ""
        return f"![{alt}]({self._destination(run.target)}{title})"


_MAIL = pattern(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_AUTO = pattern(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x1f]*")


def _is_auto(target: str) -> bool:
    return _AUTO.fullmatch(target) is not None


def _needs_pad(text: str) -> bool:
    return text.startswith(" ") and text.endswith(" ") and bool(text.strip(" "))


@lru_cache(maxsize=1024)
def _flag_marks(flags: int) -> list[Mark]:
    return [("flag", flag) for flag in _FLAGS if flags & flag]


def _marks_of(style: Style) -> Sequence[Mark]:
    flags = _flag_marks(style.flags)
    marks: list[Mark] = []
    if style.reference is not None:
        marks.append(("reference", style.reference))
    if style.link is not None:
        marks.append(("link", style.link))
    if style.color or style.background:
        return [*marks, *flags, ("span", (style.color, style.background))]
    return [*marks, *flags] if marks else flags


def _span(color: str, background: str) -> str:
    parts = [f"color: {color};"] if color else []
    parts += [f"background-color: {background};"] if background else []
    return f'<span style="{" ".join(parts)}">'


def _edge(run: Run, *, last: bool) -> str:
    """The character of a neighbouring run that text meets."""
    if isinstance(run, TextRun) and not run.style.flags & CODE and run.text:
        return run.text[-1] if last else run.text[0]
    return {TextRun: "`", ImageRun: "!" if not last else ")", FootnoteRun: "]" if last else "["}.get(type(run), "$")


def _settle(tokens: list[Token]) -> None:
    """Choose Markdown's sign for each emphasis where it will be read as one, else HTML's."""
    partners = _partners(tokens)
    for place in sorted(partners):
        opening, closing = tokens[place], tokens[partners[place]]
        if isinstance(opening, _Sign) and isinstance(closing, _Sign) and opening.opens:
            fits = _opens(tokens, place, partners) and _closes(tokens, partners[place], partners)
            opening.html = closing.html = not fits or _sign_inside(tokens, place, partners[place])


def _partners(tokens: list[Token]) -> dict[int, int]:
    """Where the other sign of each sign stands; signs nest."""
    partners: dict[int, int] = {}
    open_places: list[int] = []
    for place, token in enumerate(tokens):
        if isinstance(token, str):
            continue
        if token.opens:
            open_places.append(place)
        else:
            opening = open_places.pop()
            partners[opening], partners[place] = place, opening
    return partners


def _neighbour(tokens: list[Token], place: int, step: int) -> str:
    at = place + step
    last = len(tokens)
    while 0 <= at < last:
        token = tokens[at]
        text = token if isinstance(token, str) else token.text()
        if text:
            return text[-1] if step < 0 else text[0]
        at += step
    return ""


def _opens(tokens: list[Token], place: int, partners: dict[int, int]) -> bool:
    before, after = _neighbour(tokens, place, -1), _neighbour(tokens, place, 1)
    if not after or after.isspace() or _touches(tokens, place, (before, after), partners):
        return False
    return not _is_punctuation(after) or not before or before.isspace() or _is_punctuation(before)


def _closes(tokens: list[Token], place: int, partners: dict[int, int]) -> bool:
    before, after = _neighbour(tokens, place, -1), _neighbour(tokens, place, 1)
    if not before or before.isspace() or _touches(tokens, place, (before, after), partners):
        return False
    return not _is_punctuation(before) or not after or after.isspace() or _is_punctuation(after)


def _touches(tokens: list[Token], place: int, beside: tuple[str, str], partners: dict[int, int]) -> bool:
    """Whether another sign of the same character stands beside: runs of signs have rules of their own.

    Bold and italic around exactly the same text are the one run of signs that is safe (`***x***`).
    """
    token = tokens[place]
    if not isinstance(token, _Sign):
        return False
    sign = _SIGNS[token.flag][0][0]
    if sign not in beside:
        return False
    return any(
        char == sign and not _is_twin(tokens, place, step, partners) for char, step in zip(beside, (-1, 1), strict=True)
    )


def _is_twin(tokens: list[Token], place: int, step: int, partners: dict[int, int]) -> bool:
    """Whether the sign beside belongs to an emphasis around exactly the same text, with nothing further beside."""
    token, other = tokens[place], tokens[place + step] if 0 <= place + step < len(tokens) else ""
    if not isinstance(token, _Sign) or not isinstance(other, _Sign) or token.opens != other.opens:
        return False
    if {token.flag, other.flag} != {BOLD, ITALIC}:
        return False
    here, there = partners[place], partners[place + step]
    return there - here == -step and not any(
        _neighbour(tokens, at, way) == "*" for at, way in _ends(place, place + step, here, there)
    )


def _ends(*places: int) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]:
    """The four outer looks at two pairs of signs: before the first, behind it, before the closing ones, behind."""
    first, second = sorted(places[:2])
    third, fourth = sorted(places[2:])
    return ((first, -1), (second, 1), (third, -1), (fourth, 1))


def _sign_inside(tokens: list[Token], start: int, end: int) -> bool:
    """Whether the text between holds the raw sign of a highlight, which has no escape inside code."""
    token = tokens[start]
    if not isinstance(token, _Sign) or token.flag != HIGHLIGHT:
        return False
    return any(isinstance(one, str) and "==" in one for one in tokens[start + 1 : end])


def _is_punctuation(char: str) -> bool:
    return not char.isalnum() and unicodedata.category(char)[0] in "PS"
