"""Blocks as the application's own reader takes them, piece by piece (docs/formats/mnemo.md, "Strictness")."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from converter.findings.problems import Problems
from converter.formats.mnemo.app.shapes import WRITE, Flaw, at, choice, sound_names, sound_text
from converter.formats.mnemo.app.shapes import text as text_shape
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.view import View
from converter.text.json_text import JsonValue, Members, Number, dump, is_text, is_whole

__all__ = ["DEPTH", "block", "block_in_card"]

DEPTH: Final = 64
"""Levels that the application reads and writes."""

_SPANS_LEVELS: Final = 3
_CARD_LEVELS: Final = 2
_TEXTS: Final = {
    "empty": (),
    "equation": ("latex",),
    "image": ("path", "alt", "align"),
    "code": ("language", "source"),
    "checklist": (),
    "twocolumn": (),
    "page": (),
    "sketch": ("align",),
}
_NUMBERS: Final = {"image": "width", "twocolumn": "splitRatio", "sketch": "width"}
_NEWER: Final = frozenset(("callout", "table", "tablecell"))
"""Kinds of application 0.8, which takes any kind and any number in them."""
_NUMBERS_OF_OLD: Final = {"image": "imageWidth", "twocolumn": "columnSplitRatio"}
_NUMBERED: Final = {"11": "image", "13": "twocolumn"}
_SHOWN: Final = 60


def block(value: JsonValue, pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """A block of a note, or null."""
    yield from _block(value, pointer, 0)


def block_in_card(value: JsonValue, pointer: str, _dialect: Dialect) -> Iterator[Flaw]:
    """A block of a card, which the application writes two levels deeper than it stands in a package."""
    yield from _block(value, pointer, _CARD_LEVELS)


def _block(value: JsonValue, pointer: str, deeper: int) -> Iterator[Flaw]:
    if value is None:
        return
    if not isinstance(value, Members):
        yield Flaw(pointer, f"a block is {_shown(value)}, not an object")
        return
    yield from sound_names(value, pointer)
    view = View(value, pointer, Problems(""))
    if pointer.count("/") + 1 + _SPANS_LEVELS + deeper > DEPTH:
        yield Flaw(pointer, f"its spans would be written below {DEPTH} levels of nesting", WRITE)
    yield from _texts(view, ("id",))
    kind = view.find("type")
    if is_text(kind):
        yield from sound_text(kind, view.at("type"))
    if view.has("order"):
        yield from choice(view.find("order"), view.at("order"), Dialect.STORAGE)
    yield from _meta(view)
    yield from _payload(view, view.find("payload")) if view.has("payload") else _old_payload(view)
    yield from _inline(view)
    children = view.find("children")
    for index, child in enumerate(children if isinstance(children, list) else ()):
        yield from _block(child, at(view.at("children"), index), deeper)


def _shown(value: JsonValue) -> str:
    shown = dump(value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _texts(view: View, names: tuple[str, ...]) -> Iterator[Flaw]:
    for name in names:
        yield from text_shape(view.find(name), view.at(name), Dialect.PACKAGE)


def _number(view: View, name: str) -> Iterator[Flaw]:
    if not view.has(name):
        return
    value = view.find(name)
    if not isinstance(value, Number):
        yield Flaw(view.at(name), f"{name} is {_shown(value)}, not a number without quotes")
    else:
        yield from _finite(value, view.at(name))


def _finite(value: Number, pointer: str) -> Iterator[Flaw]:
    if not math.isfinite(float(value)):
        yield Flaw(pointer, f"the number {value[:_SHOWN]} can be read, and never be saved again", WRITE)


def _meta(view: View) -> Iterator[Flaw]:
    meta = view.inner("meta")
    if meta is None:
        return
    yield from sound_names(meta.members, meta.pointer)
    for name, value in meta.members.pairs:
        if not _is_writable(value):
            what = "a text in it holds half a character (a lone surrogate), which can never be saved again"
            yield Flaw(meta.at(name), what, WRITE)


def _is_writable(value: JsonValue) -> bool:
    """Whether no text anywhere in a value holds a lone surrogate."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Members):
            if not all(is_whole(name) for name, _ in node.pairs):
                return False
            stack += [inner for _, inner in node.pairs]
        elif isinstance(node, list):
            stack += node
        elif isinstance(node, str) and not is_whole(node):
            return False
    return True


def _payload(owner: View, value: JsonValue) -> Iterator[Flaw]:
    if not isinstance(value, Members):
        yield from _ratio_of_meta(owner)
        return
    view = View(value, owner.at("payload"), owner.problems)
    yield from sound_names(value, view.pointer)
    kind = view.find("kind")
    if kind is not None and not is_text(kind):
        yield Flaw(view.at("kind"), f"kind is {_shown(kind)}, not a text")
        return
    lower = (kind or "empty").lower()
    if lower in _NEWER:
        return
    if lower not in _TEXTS:
        yield Flaw(view.at("kind"), f"the kind of payload {_shown(kind)} is unknown to application 0.6")
        return
    yield from _texts(view, _TEXTS[lower])
    if lower in _NUMBERS:
        yield from _number(view, _NUMBERS[lower])
    for name in ("referenceNoteId", "reference_note_id") if lower == "page" else ():
        reference = view.find(name)
        if is_text(reference):
            yield from sound_text(reference, view.at(name))
    if lower == "empty":
        yield from _ratio_of_meta(owner)


def _kind_of(owner: View) -> str:
    value = owner.find("type")
    if isinstance(value, Number):
        return _NUMBERED.get(value, "")
    return str(value).strip().lower() if is_text(value) else ""


def _ratio_of_meta(owner: View) -> Iterator[Flaw]:
    """The split of a row without a payload of its own, which is looked for when it is written."""
    meta = owner.inner("meta")
    if meta is None or _kind_of(owner) != "twocolumn":
        return
    ratio = meta.find("columnSplitRatio")
    if not (ratio is None or isinstance(ratio, Number)):
        what = f"columnSplitRatio is {_shown(ratio)}, with which the row can never be saved again"
        yield Flaw(meta.at("columnSplitRatio"), what, WRITE)


def _old_payload(owner: View) -> Iterator[Flaw]:
    """The payload that older notes keep in `meta`."""
    meta, name = owner.inner("meta"), _NUMBERS_OF_OLD.get(_kind_of(owner), "")
    if meta is None or not name:
        return
    value = dict(meta.members.pairs).get(name)
    if isinstance(value, Number) and name == "imageWidth":
        yield from _finite(value, meta.at(name))
    elif not (value is None or isinstance(value, Number)):
        yield Flaw(meta.at(name), f"{name} is {_shown(value)}, not a number without quotes")


def _inline(view: View) -> Iterator[Flaw]:
    spans, runs, content = view.find("spans"), view.find("inlineRuns"), view.find("content")
    if is_text(content):
        yield from sound_text(content, view.at("content"))
    if isinstance(spans, list):
        yield from _each(view, "spans", spans)
    elif isinstance(runs, list):
        yield from _each(view, "inlineRuns", runs)


def _each(owner: View, name: str, elements: list[JsonValue]) -> Iterator[Flaw]:
    for index, element in enumerate(elements):
        if isinstance(element, Members):
            view = View(element, at(owner.at(name), index), owner.problems)
            yield from sound_names(element, view.pointer)
            yield from _style(view)
            yield from _span(view) if name == "spans" else _texts(view, ("text",))


def _span(view: View) -> Iterator[Flaw]:
    kind = view.find("kind")
    if kind is not None and not is_text(kind):
        yield Flaw(view.at("kind"), f"kind is {_shown(kind)}, not a text")
        return
    lower = (kind or "").lower()
    if lower == "fraction":
        yield from _number(view, "numerator")
        yield from _number(view, "denominator")
    elif lower == "equation" or (lower != "text" and view.has("latex") and not view.has("text")):
        yield from _texts(view, ("latex",))
    else:
        yield from _texts(view, ("text",))


def _style(view: View) -> Iterator[Flaw]:
    style = view.inner("style")
    if style is None:
        return
    yield from sound_names(style.members, style.pointer)
    for name in ("backgroundColor", "linkUrl", "equationLatex"):
        value = style.find(name)
        if is_text(value):
            yield from sound_text(value, style.at(name))
