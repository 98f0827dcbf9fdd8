"""Blocks read patiently: every era of Mnemo's notes, and damaged ones (docs/formats/mnemo.md, "Blocks")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Raw

from converter.findings.problems import Problems
from converter.formats.mnemo.old_payloads import payload_from, payload_from_meta
from converter.formats.mnemo.records import (
    OWN_PAYLOADS,
    RAW_BLOCK,
    BlockRecord,
    EquationSpan,
    FractionSpan,
    Payload,
    Span,
    StyleRecord,
    TextSpan,
    UnknownPayload,
)
from converter.formats.mnemo.types import TYPES, BlockType, named_type, numbered_type, old_type
from converter.formats.mnemo.view import View
from converter.patterns import pattern
from converter.text.json_text import JsonValue, Members, Number, dump

__all__ = ["blocks_from"]

_KNOWN: Final = frozenset(
    ("id", "sid", "type", "order", "spans", "payload", "meta", "children", "content", "inlineruns")
)
_STYLE_NAMES: Final = frozenset(name.lower() for name in (f.encode_name for f in msgspec.structs.fields(StyleRecord)))
_NEW_TYPES: Final = frozenset(TYPES[17:])
_ORDER: Final = pattern(r"-?[0-9]{1,10}")
_DELIMITERS: Final = pattern(r"\$\$(.*)\$\$|\$(.*)\$", re.DOTALL)


def blocks_from(elements: list[JsonValue], pointer: str, problems: Problems) -> list[BlockRecord]:
    """The records of a block list at `pointer`; what is no object becomes a record of type `RAW_BLOCK`."""
    top: list[BlockRecord] = []
    stack: list[tuple[Iterator[tuple[int, JsonValue]], str, str, list[BlockRecord]]]
    stack = [(iter(enumerate(elements)), pointer, "", top)]
    while stack:
        rest, at, parent, made = stack[-1]
        index, element = next(rest, (-1, None))
        if index < 0:
            stack.pop()
            continue
        if not isinstance(element, Members):
            made.append(_raw(element, f"{at}/{index}", problems))
            continue
        view = View(element, f"{at}/{index}", problems)
        record = _block(view, index, parent)
        made.append(record)
        children = view.find("children")
        if isinstance(children, list):
            stack.append((iter(enumerate(children)), view.at("children"), record.type, record.children))
    return top


def _raw(element: JsonValue, pointer: str, problems: Problems) -> BlockRecord:
    if element is not None:
        problems.add("block-unreadable", pointer, value=dump(element))
    return BlockRecord(None, RAW_BLOCK, 0, [], UnknownPayload(dump(element)), {})


def _block(view: View, index: int, parent: str) -> BlockRecord:
    """The record of one block, its children still to come."""
    view.unknown(_KNOWN)
    meta = view.inner("meta")
    content = view.only_text("content")
    payload = payload_from(view) if view.has("payload") else None
    kind = _type(view, payload, parent)
    if payload is None:
        payload = payload_from_meta(kind, meta, content or "")
    identity = view.find("id")
    return BlockRecord(
        id=None if identity is None else view.text("id"),
        type=kind,
        order=_order(view, index),
        spans=_spans(view, content),
        payload=payload,
        meta={name: Raw(dump(value).encode()) for name, value in meta.members.pairs} if meta else {},
        children=[],
        sid=view.only_text("sid") or "",
    )


def _type(view: View, payload: Payload | None, parent: str) -> str:
    """The type's name, or the text of an undefined one that has to be kept."""
    value = view.find("type")
    current = payload is not None or view.has("spans")
    if isinstance(value, Number):
        found = numbered_type(value) if current else old_type(value)
        if found.name in _NEW_TYPES and not _belongs(found.name, payload, parent):
            found = BlockType("Text", unknown=True)
        numbering = "current" if current else "old"
        view.problems.add("old-block-numbers", view.at("type"), number=value, type=found.name, numbering=numbering)
    elif isinstance(value, str):
        found = named_type(value)
    else:
        found = BlockType("Text", unknown=value is not None)
    if found.unknown:
        view.problems.add("unknown-block-type", view.at("type"), type=dump(value))
    kept = found.kept if current or found.kept.lstrip("-").isdigit() else ""
    return kept or found.name


def _belongs(name: str, payload: Payload | None, parent: str) -> bool:
    """Whether a number of 0.8 means this type: older applications read those numbers as text."""
    if name == "TableRow":
        return parent == "Table"
    return type(payload) is type(OWN_PAYLOADS[name])


def _order(view: View, index: int) -> int:
    value = view.find("order")
    if value is None and not view.has("order"):
        return 0
    if isinstance(value, Number) and _ORDER.fullmatch(value):
        order = int(value)
        if -(2**31) <= order < 2**31:
            return order
    view.bad_number("order", value)
    return index


def _spans(view: View, content: str | None) -> list[Span]:
    """Spans win over runs of older notes, and these over bare text."""
    spans = view.find("spans")
    if isinstance(spans, list):
        return [_span(inner) for inner in _objects(view, "spans", spans)]
    runs = view.find("inlineRuns")
    if isinstance(runs, list):
        return [_old_run(inner) for inner in _objects(view, "inlineRuns", runs)]
    return [TextSpan(content)] if content else []


def _objects(view: View, name: str, elements: list[JsonValue]) -> Iterator[View]:
    at = view.at(name)
    for index, element in enumerate(elements):
        if isinstance(element, Members):
            yield View(element, f"{at}/{index}", view.problems)
        else:
            view.problems.add("unknown-member", f"{at}/{index}", member=f"{name}/{index}")


def _span(view: View) -> Span:
    kind = view.text("kind").lower()
    style = _style(view.inner("style"))
    if kind == "fraction":
        denominator = view.integer("denominator", 1)
        return FractionSpan(view.integer("numerator", 0), max(denominator, 1), style)
    if kind == "equation" or (kind != "text" and view.has("latex") and not view.has("text")):
        return EquationSpan(view.text("latex"), style)
    return TextSpan(view.text("text"), style)


def _old_run(view: View) -> Span:
    inner = view.inner("style")
    style = _style(inner, "equationlatex")
    latex = inner.only_text("equationLatex") if inner is not None else None
    if latex:
        bare = latex.strip()
        match = _DELIMITERS.fullmatch(bare)
        return EquationSpan((match[1] or match[2] or "").strip() if match else bare, style)
    return TextSpan(view.text("text"), style)


def _style(view: View | None, *more: str) -> StyleRecord:
    if view is None:
        return StyleRecord()
    view.unknown(_STYLE_NAMES | frozenset(more))
    return StyleRecord(
        bold=view.flag("bold"),
        italic=view.flag("italic"),
        underline=view.flag("underline"),
        strikethrough=view.flag("strikethrough"),
        code=view.flag("code"),
        highlight=view.flag("highlight"),
        background_color=view.only_text("backgroundColor"),
        foreground_color=view.only_text("foregroundColor"),
        link_url=view.only_text("linkUrl"),
        suppress_auto_link=view.flag("suppressAutoLink"),
        subscript=view.flag("subscript"),
        superscript=view.flag("superscript"),
    )
