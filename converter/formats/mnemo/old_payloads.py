"""Payloads read patiently: members may be missing, misspelt or of another kind; old notes have none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from msgspec import Raw

from converter.formats.mnemo.records import (
    CalloutPayload,
    ChecklistPayload,
    CodePayload,
    EmptyPayload,
    EquationPayload,
    ImagePayload,
    PagePayload,
    Payload,
    SketchPayload,
    TableCellPayload,
    TablePayload,
    TwoColumnPayload,
    UnknownPayload,
)
from converter.formats.mnemo.view import View, text_form
from converter.text.json_text import JsonValue, Number, dump, is_text

__all__ = ["clamped_ratio", "payload_from", "payload_from_meta"]

_SMALLEST_CROP: Final = 1e-6


def payload_from(view: View) -> Payload:
    """The payload of a block that has the member `payload`."""
    payload = view.inner("payload")
    if payload is None:
        return EmptyPayload()
    kind = payload.find("kind")
    if kind is None or kind == "":
        payload.unknown(("kind",))
        return EmptyPayload()
    reader = _READERS.get(kind.lower()) if is_text(kind) else None
    if reader is None:
        payload.problems.add("unknown-payload-kind", payload.pointer, kind=text_form(kind))
        return UnknownPayload(dump(payload.members))
    read, names = reader
    payload.unknown(names)
    return read(payload)


def _image(view: View) -> Payload:
    return ImagePayload(
        view.text("path"), view.text("alt"), view.number("width"), view.text("align", "left"), _crop(view)
    )


def _crop(view: View) -> Raw:
    """The cut-out of a picture, where it is one: fractions of its size, none of them empty."""
    crop = view.inner("crop")
    if crop is None:
        if view.has("crop") and view.find("crop") is not None:
            view.repaired("crop", view.find("crop"), "an object")
        return Raw()
    sizes = [_finite(crop.find(name)) for name in ("x", "y", "w", "h", "aspect")]
    if None in sizes or min(size for size in sizes[2:] if size is not None) < _SMALLEST_CROP:
        view.repaired("crop", crop.members, "x, y, w, h and aspect, the last three above 0")
        return Raw()
    return Raw(dump(crop.members).encode())


def _finite(value: JsonValue) -> float | None:
    number = float(value) if isinstance(value, Number) else math.inf
    return number if math.isfinite(number) else None


def _code(view: View) -> Payload:
    return CodePayload(
        view.text("language", "csharp"),
        view.text("source"),
        view.flag("wrap"),
        view.flag("numbers"),
        view.text("caption"),
    )


def _page(view: View) -> Payload:
    target = view.only_text("referenceNoteId")
    return PagePayload(target if target is not None else view.only_text("reference_note_id") or "")


def _table(view: View) -> Payload:
    return TablePayload(
        tuple(_finite(width) or 0.0 for width in _elements(view, "columnWidths") or ()),
        _flags(view, "headerRows", "headerRow"),
        _flags(view, "headerColumns", "headerCol"),
        view.flag("fullWidth"),
    )


def _elements(view: View, name: str) -> list[JsonValue] | None:
    value = view.find(name)
    return value if isinstance(value, list) else None


def _flags(view: View, name: str, old_name: str) -> tuple[bool, ...]:
    """Header flags; an older member says it of the first position alone."""
    flags = _elements(view, name)
    if flags is None:
        return (True,) if view.flag(old_name) else ()
    return tuple(flag is True for flag in flags)


def _cell(view: View) -> Payload:
    fill = view.text("fill")
    return TableCellPayload("" if fill == "none" else fill)


_Reader = tuple[Callable[[View], Payload], frozenset[str]]


def _reader(read: Callable[[View], Payload], *names: str) -> _Reader:
    return read, frozenset(("kind", *names))


_READERS: Final[dict[str, _Reader]] = {
    "empty": _reader(lambda _: EmptyPayload()),
    "equation": _reader(lambda view: EquationPayload(view.text("latex")), "latex"),
    "image": _reader(_image, "path", "alt", "width", "align", "crop"),
    "code": _reader(_code, "language", "source", "wrap", "numbers", "caption"),
    "checklist": _reader(lambda view: ChecklistPayload(view.flag("checked")), "checked"),
    "twocolumn": _reader(lambda view: TwoColumnPayload(view.number("splitRatio", 0.5)), "splitratio"),
    "page": _reader(_page, "referencenoteid", "reference_note_id"),
    "sketch": _reader(lambda view: SketchPayload(view.number("width"), view.text("align", "left")), "width", "align"),
    "callout": _reader(lambda view: CalloutPayload(view.text("emoji"), view.text("tone") or "note"), "emoji", "tone"),
    "table": _reader(_table, "columnwidths", "headerrows", "headercolumns", "fullwidth", "headerrow", "headercol"),
    "tablecell": _reader(_cell, "fill"),
}


def payload_from_meta(block_type: str, meta: View | None, content: str) -> Payload:
    """The payload of a block that has no member `payload`: older notes kept these values in `meta`."""
    match block_type:
        case "Equation":
            return EquationPayload(_meta_text(meta, "equationLatex"))
        case "Code":
            return CodePayload(_meta_text(meta, "language"), content)
        case "Image":
            return ImagePayload(
                _meta_text(meta, "imagePath"),
                _meta_text(meta, "imageAlt"),
                _meta_number(meta, "imageWidth"),
                _meta_text(meta, "imageAlign"),
            )
        case "Checklist":
            return ChecklistPayload(_meta_value(meta, "checked") is True)
        case "Page":
            return PagePayload(_meta_text(meta, "reference_note_id"))
        case _:
            return EmptyPayload()


def _meta_value(meta: View | None, name: str) -> JsonValue:
    """The last value of exactly this key: keys of `meta` are case-sensitive."""
    pairs = meta.members.pairs if meta is not None else []
    return next((value for key, value in reversed(pairs) if key == name), None)


def _meta_text(meta: View | None, name: str) -> str:
    return text_form(_meta_value(meta, name))


def _meta_number(meta: View | None, name: str) -> float:
    value = _meta_value(meta, name)
    return 0.0 if meta is None or value is None else meta.number_from(name, value, 0.0)


def clamped_ratio(literal: str) -> float | None:
    """The share that `meta.columnSplitRatio` gives a row without payload; None where it is not a number."""
    try:
        ratio = float(literal)
    except ValueError:
        return 0.5 if literal == "null" else None
    return min(max(ratio, 0.1), 0.9) if 0 < ratio < 1 else 0.5
