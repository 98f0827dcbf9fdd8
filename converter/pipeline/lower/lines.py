"""Lines of text as SiYuan holds them: flat marks, pictures without formats, line breaks as characters."""

from __future__ import annotations

import msgspec

from converter.model.runs import (
    PLAIN,
    BreakRun,
    FormulaRun,
    ImageRun,
    Link,
    Memo,
    Reference,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
    merge_runs,
)
from converter.model.timed_id import is_annotation
from converter.patterns import pattern

__all__ = ["as_stored", "fit_line", "holds_style", "holds_text"]

_CSS_VALUE = pattern(r"""[^;:"'{}<>&\\\x00-\x1f]+""")
_UNSEEN = str.maketrans("", "", "\u200b\x00")


def fit_line(runs: Runs, *, cell: bool) -> tuple[Runs, tuple[str, ...]]:
    """The runs as a document holds them, and the words for what they lost.

    In a table cell line breaks are breaks of their own, elsewhere they are characters of the text.
    """
    lost: list[str] = []
    made: list[Run] = []
    for run in runs:
        if isinstance(run, TextRun) and holds_text(run.text, cell) and holds_style(run.style):
            made.append(run)
        else:
            _fit(run, made, lost, cell=cell)
    return merge_runs(made), tuple(lost)


def holds_text(text: str, in_cell: bool) -> bool:
    """Whether the text of a run is held as it is."""
    return not ("\u200b" in text or "\x00" in text or "\r" in text or (in_cell and "\n" in text))


def holds_style(style: Style) -> bool:
    """Whether text of this style is held as it is."""
    if style is PLAIN:
        return True
    link, reference, memo = style.link, style.reference, style.memo
    if (
        memo is not None
        or style.color
        or style.background
        or (link is not None and (reference is not None or link.title))
    ):
        lost: list[str] = []
        apart = memo is not None and (link is not None or reference is not None)
        return not apart and _plainer(style, lost) == style and not lost
    if link is not None:
        return not link.key and bool(link.target) and as_stored(link.target) == link.target
    return reference is None or not reference.key


def _fit(run: Run, made: list[Run], lost: list[str], *, cell: bool) -> None:
    style = _plainer(run.style, lost)
    if style.memo is not None and (style.link is not None or style.reference is not None):
        # a mark is a link or a memo: the memo stands on a sign of its own behind the link
        _fit(msgspec.structs.replace(run, style=msgspec.structs.replace(style, memo=None)), made, lost, cell=cell)
        made.append(TextRun(text="…", style=Style(memo=style.memo)))
        return
    match run:
        case TextRun(text=text):
            _text(text, style, made, cell=cell)
        case BreakRun():
            made.append(BreakRun() if cell else TextRun(text="\n"))
        case ImageRun():
            height = run.height if run.width else 0
            alt = run.alt.translate(_UNSEEN)
            target, title = as_stored(run.target).strip(" "), as_stored(run.title)
            made.append(
                msgspec.structs.replace(
                    run, style=PLAIN, wiki=False, target=target, title=title, height=height, alt=alt
                )
            )
            if style.link is not None:
                lost.append("the link around a picture, now beside it")
                made.append(TextRun(text=style.link.target, style=Style(link=style.link)))
        case FormulaRun(tex=tex) if not as_stored(tex):
            pass
        case FormulaRun(tex=tex) if as_stored(tex) != tex:
            _fit(msgspec.structs.replace(run, tex=as_stored(tex)), made, lost, cell=cell)
        case FormulaRun() if style.link is not None or style.reference is not None or style.memo is not None:
            lost.append("the link on a formula")
            made.append(msgspec.structs.replace(run, style=Style(style.flags, style.color, style.background)))
        case TagRun(name=name):
            made.append(TagRun(name=name.translate(_UNSEEN), style=style))
        case _:
            made.append(run if style == run.style else msgspec.structs.replace(run, style=style))


def _text(text: str, style: Style, made: list[Run], *, cell: bool) -> None:
    text = text.translate(_UNSEEN).replace("\r\n", "\n").replace("\r", "\n")
    if not cell or "\n" not in text:
        made.append(TextRun(text=text, style=style))
        return
    for place, part in enumerate(text.split("\n")):
        if place:
            made.append(BreakRun())
        made.append(TextRun(text=part, style=style))


def _plainer(style: Style, lost: list[str]) -> Style:
    """The style without what tells neighbours apart that are told apart by nothing else."""
    if style is PLAIN or style == PLAIN:
        return PLAIN
    link, reference, memo = _plain_link(style.link, lost), style.reference, style.memo
    if reference is not None:
        link = None
        if reference.key:
            reference = Reference(reference.target, reference.place, reference.shows)
    if memo is not None:
        text = as_stored(memo.text)
        memo = Memo(text) if text else None
    color, background = _css_value(style.color, lost), _css_value(style.background, lost)
    made = Style(style.flags, color, background, link, reference, memo, style.css)
    return PLAIN if made == PLAIN else made


def _plain_link(link: Link | None, lost: list[str]) -> Link | None:
    target = as_stored(link.target) if link is not None else ""
    if link is None or not target:
        return None
    if link.title and is_annotation(target):
        lost.append("the title of a link to an annotation")
        return Link(target)
    return Link(target, as_stored(link.title))


def _css_value(value: str, lost: list[str]) -> str:
    """A colour that a style can hold."""
    value = value.strip()
    if value and not _CSS_VALUE.fullmatch(value):
        lost.append("a colour")
        return ""
    return value


def as_stored(text: str) -> str:
    """Text as the strings of a document can hold it: their sign for a line break is one."""
    return text.replace("\x00", "").replace("_esc_newline_", "\n")
