"""Spans of Mnemo and runs of the model, both ways (docs/formats/mnemo.md, "Spans")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from converter.errors import InternalFaultError
from converter.formats.mnemo.records import EquationSpan, FractionSpan, Span, StyleRecord, TextSpan
from converter.formats.mnemo.wire import BLANK, EQUATION_SPAN, FRACTION_SPAN, TEXT_SPAN, style_text
from converter.model.runs import (
    BOLD,
    CODE,
    HIGHLIGHT,
    ITALIC,
    NO_AUTOLINK,
    PLAIN,
    STRIKE,
    SUB,
    SUP,
    UNDERLINE,
    FormulaRun,
    FractionRun,
    Link,
    Run,
    Runs,
    Style,
    TextRun,
    merge_runs,
)
from converter.text.json_text import quote

__all__ = ["OLD_HIGHLIGHTS", "normalised", "runs_from", "runs_of", "runs_text"]

_FLAGS: Final = {
    "bold": BOLD,
    "italic": ITALIC,
    "underline": UNDERLINE,
    "strikethrough": STRIKE,
    "code": CODE,
    "highlight": HIGHLIGHT,
    "suppress_auto_link": NO_AUTOLINK,
    "subscript": SUB,
    "superscript": SUP,
}
OLD_HIGHLIGHTS: Final = frozenset(("#ffd7aa", "#5b3717", "#ffff00"))
"""Colours, in lower case, that stood for a highlight before there was a flag."""

_PLAIN_RECORD: Final = StyleRecord()
_PLAIN_TEXT: Final = style_text(_PLAIN_RECORD)


def runs_of(spans: Sequence[Span]) -> Runs | None:
    """The runs of spans as the application holds them after reading; None where runs cannot say these spans.

    The model has no colour that is there and empty. This is `normalised` and `runs_from` in one walk.
    """
    made: list[Run] = []
    before: Style | None = None
    joins = False
    for span in spans:
        if type(span) is not TextSpan:
            style = _known_style(span.style)
            if style is None:
                return None
            made.append(_run(span, style))
            before = None
        elif span.text:
            style = PLAIN if span.style == _PLAIN_RECORD else _known_style(span.style)
            if style is None:
                return None
            joins = joins or style == before
            made.append(TextRun(text=span.text, style=style))
            before = style
    return merge_runs(made) if joins else tuple(made)


def normalised(spans: Iterable[Span]) -> list[Span]:
    """The spans as the application holds them after reading.

    The colours of old highlights become the flag, empty text goes, neighbours of equal style are joined. (The
    application joins before it drops: what an empty span keeps apart it joins only at the next reading.)
    """
    kept: list[Span] = []
    parts: list[str] = []
    style: StyleRecord | None = None
    for span in spans:
        own = _migrated(span.style)
        if isinstance(span, TextSpan):
            if not span.text:
                continue
            if own != style:
                _close(kept, parts, style)
                style = own
            parts.append(span.text)
        else:
            _close(kept, parts, style)
            style = None
            kept.append(span if own is span.style else msgspec.structs.replace(span, style=own))
    _close(kept, parts, style)
    return kept


def _close(kept: list[Span], parts: list[str], style: StyleRecord | None) -> None:
    if style is not None and parts:
        kept.append(TextSpan("".join(parts), style))
        parts.clear()


def _migrated(style: StyleRecord) -> StyleRecord:
    color = style.background_color
    if color is None or style.highlight or color.lower() not in OLD_HIGHLIGHTS:
        return style
    return msgspec.structs.replace(style, highlight=True, background_color=None)


def runs_from(spans: Sequence[Span]) -> Runs:
    """The runs of normalised spans."""
    return merge_runs([_run(span, _style(span.style)) for span in spans])


def _is_unsaid(style: StyleRecord) -> bool:
    return style.background_color == "" or style.foreground_color == ""


@lru_cache(maxsize=1024)
def _known_style(record: StyleRecord) -> Style | None:
    """The style that a record is after reading; None for one that runs cannot have."""
    own = _migrated(record)
    return None if _is_unsaid(own) else _style(own)


def _run(span: Span, style: Style) -> Run:
    match span:
        case EquationSpan(latex=latex):
            return FormulaRun(tex=latex, style=style)
        case FractionSpan(numerator=numerator, denominator=denominator):
            return FractionRun(numerator=numerator, denominator=denominator, style=style)
        case _:
            return TextRun(text=span.text, style=style)


@lru_cache(maxsize=1024)
def _style(record: StyleRecord) -> Style:
    if record == _PLAIN_RECORD:
        return PLAIN
    return Style(
        flags=sum(flag for name, flag in _FLAGS.items() if getattr(record, name)),
        color=record.foreground_color or "",
        background=record.background_color or "",
        link=None if record.link_url is None else Link(record.link_url),
    )


def runs_text(runs: Runs) -> str:
    """The JSON of the spans that say these runs.

    Raises InternalFaultError for a run or mark that Mnemo does not have.
    """
    if not runs:
        return BLANK
    parts: list[str] = []
    for run in runs:
        style = _PLAIN_TEXT if run.style == PLAIN else _style_text(run.style)
        if type(run) is TextRun:
            parts.append(TEXT_SPAN % (quote(run.text), style))
        elif type(run) is FormulaRun:
            parts.append(EQUATION_SPAN % (quote(run.tex), style))
        elif type(run) is FractionRun:
            parts.append(FRACTION_SPAN % (run.numerator, run.denominator, style))
        else:
            raise InternalFaultError(f"a {type(run).__name__} reached the Mnemo writer: lowering let it pass")
    return f"[{','.join(parts)}]"


@lru_cache(maxsize=1024)
def _style_text(style: Style) -> str:
    return style_text(_style_record(style))


def _style_record(style: Style) -> StyleRecord:
    known = sum(_FLAGS.values())
    if style.flags & ~known or style.reference is not None or style.memo is not None:
        raise InternalFaultError("a mark that Mnemo lacks reached its writer: lowering let it pass")
    return StyleRecord(
        **{name: bool(style.flags & flag) for name, flag in _FLAGS.items()},
        background_color=style.background or None,
        foreground_color=style.color or None,
        link_url=None if style.link is None else style.link.target,
    )
