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

__all__ = ["fit_line"]

_UNSEEN = str.maketrans("", "", "\u200b\x00")


def fit_line(runs: Runs, *, cell: bool) -> tuple[Runs, tuple[str, ...]]:
    """The runs as a document holds them, and the words for what they lost.

    In a table cell line breaks are breaks of their own, elsewhere they are characters of the text.
    """
    lost: list[str] = []
    made: list[Run] = []
    for run in runs:
        _fit(run, made, lost, cell=cell)
    return merge_runs(made), tuple(lost)


def _fit(run: Run, made: list[Run], lost: list[str], *, cell: bool) -> None:
    style = _plainer(run.style)
    match run:
        case TextRun(text=text):
            _text(text, style, made, cell=cell)
        case BreakRun():
            made.append(BreakRun() if cell else TextRun(text="\n"))
        case ImageRun():
            height = run.height if run.width else 0
            alt = run.alt.translate(_UNSEEN)
            made.append(msgspec.structs.replace(run, style=PLAIN, wiki=False, height=height, alt=alt))
            if style.link is not None:
                lost.append("the link around a picture, now beside it")
                made.append(TextRun(text=style.link.target, style=Style(link=style.link)))
        case FormulaRun(tex=tex) if not tex:
            pass
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


def _plainer(style: Style) -> Style:
    """The style without what tells neighbours apart that are told apart by nothing else."""
    if style is PLAIN or style == PLAIN:
        return PLAIN
    link, reference, memo = style.link, style.reference, style.memo
    if link is not None and not link.target:
        link = None
    elif link is not None and link.key:
        link = Link(link.target, link.title)
    if reference is not None:
        link = None
        if reference.key:
            reference = Reference(reference.target, reference.place, reference.shows)
    if memo is not None and memo.key:
        memo = Memo(memo.text)
    made = Style(style.flags, style.color, style.background, link, reference, memo, style.css)
    return PLAIN if made == PLAIN else made
