"""Spans and payloads as Mnemo writes them: its order and its omissions (docs/formats/mnemo.md, "Blocks")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from converter.formats.mnemo.records import (
    CalloutPayload,
    ChecklistPayload,
    CodePayload,
    EmptyPayload,
    EquationPayload,
    EquationSpan,
    FractionSpan,
    ImagePayload,
    PagePayload,
    Payload,
    SketchPayload,
    Span,
    StyleRecord,
    TableCellPayload,
    TablePayload,
    TwoColumnPayload,
    UnknownPayload,
)
from converter.text.json_text import number_text, quote

__all__ = ["BLANK", "EQUATION_SPAN", "FRACTION_SPAN", "TEXT_SPAN", "payload_text", "spans_text", "style_text"]

TEXT_SPAN: Final = '{"kind":"text","text":%s,"style":%s}'
EQUATION_SPAN: Final = '{"kind":"equation","latex":%s,"style":%s}'
FRACTION_SPAN: Final = '{"kind":"fraction","numerator":%s,"denominator":%s,"style":%s}'
"""Spans by their kind; the style comes last."""

_FLAG: Final = {False: "false", True: "true"}
_PLAIN: Final = StyleRecord()


@lru_cache(maxsize=1024)
def style_text(style: StyleRecord) -> str:
    """The style of a span as its application writes it."""
    names = ("bold", "italic", "underline", "strikethrough", "code", "highlight")
    members = [f'"{name}":{_FLAG[getattr(style, name)]}' for name in names]
    if style.background_color is not None:
        members.append(f'"backgroundColor":{quote(style.background_color)}')
    if style.foreground_color is not None:
        members.append(f'"foregroundColor":{quote(style.foreground_color)}')
    if style.link_url is not None:
        members.append(f'"linkUrl":{quote(style.link_url)}')
    members.append(f'"suppressAutoLink":{_FLAG[style.suppress_auto_link]}')
    if style.subscript:
        members.append('"subscript":true')
    if style.superscript:
        members.append('"superscript":true')
    return "{" + ",".join(members) + "}"


def _span_text(span: Span) -> str:
    style = style_text(span.style)
    match span:
        case EquationSpan(latex=latex):
            return EQUATION_SPAN % (quote(latex), style)
        case FractionSpan(numerator=upper, denominator=lower):
            return FRACTION_SPAN % (upper, lower, style)
        case _:
            return TEXT_SPAN % (quote(span.text), style)


BLANK: Final = f'[{{"kind":"text","text":"","style":{style_text(_PLAIN)}}}]'
"""Spans that show nothing: one empty plain span."""


def spans_text(spans: Iterable[Span]) -> str:
    """The spans of a block; never an empty array."""
    parts = [_span_text(span) for span in spans]
    return f"[{','.join(parts)}]" if parts else BLANK


def payload_text(payload: Payload) -> str:
    """A payload as its application writes it."""
    return _WRITERS[type(payload)](payload)


def _image_text(image: ImagePayload) -> str:
    crop = bytes(image.crop).decode()
    return (
        f'{{"kind":"image","path":{quote(image.path)},"alt":{quote(image.alt)},'
        f'"width":{number_text(image.width)},"align":{quote(image.align)}' + (f',"crop":{crop}}}' if crop else "}")
    )


def _code_text(code: CodePayload) -> str:
    return (
        f'{{"kind":"code","language":{quote(code.language)},"source":{quote(code.source)}'
        + (',"wrap":true' if code.wrap else "")
        + (',"numbers":true' if code.numbers else "")
        + (f',"caption":{quote(code.caption)}}}' if code.caption else "}")
    )


def _table_text(table: TablePayload) -> str:
    return (
        f'{{"kind":"table","columnWidths":[{",".join(map(number_text, table.column_widths))}],'
        f'"headerRows":[{",".join(_FLAG[flag] for flag in table.header_rows)}],'
        f'"headerColumns":[{",".join(_FLAG[flag] for flag in table.header_columns)}],'
        f'"fullWidth":{_FLAG[table.full_width]}}}'
    )


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    EmptyPayload: lambda _: '{"kind":"empty"}',
    EquationPayload: lambda equation: f'{{"kind":"equation","latex":{quote(equation.latex)}}}',
    ImagePayload: _image_text,
    CodePayload: _code_text,
    ChecklistPayload: lambda task: f'{{"kind":"checklist","checked":{_FLAG[task.checked]}}}',
    TwoColumnPayload: lambda row: f'{{"kind":"twoColumn","splitRatio":{number_text(row.split_ratio)}}}',
    PagePayload: lambda page: f'{{"kind":"page","referenceNoteId":{quote(page.reference_note_id)}}}',
    SketchPayload: lambda sketch: (
        f'{{"kind":"sketch","width":{number_text(sketch.width)},"align":{quote(sketch.align)}}}'
    ),
    CalloutPayload: lambda callout: f'{{"kind":"callout","emoji":{quote(callout.emoji)},"tone":{quote(callout.tone)}}}',
    TablePayload: _table_text,
    TableCellPayload: lambda cell: f'{{"kind":"tableCell","fill":{quote(cell.fill)}}}',
    UnknownPayload: lambda unknown: unknown.text,
}
