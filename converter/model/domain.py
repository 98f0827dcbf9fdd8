"""What the members of the model can mean. Readers of an application give nothing else; people who write archives may.

`mended` brings a note into these bounds and says which members were beyond them; a sound note stays the same object.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from math import isfinite
from typing import Any, TypeVar, get_args

import msgspec

from converter.model.items import Note
from converter.model.moment import Moment

__all__ = ["mended"]

_S = TypeVar("_S", bound=msgspec.Struct)
_Rule = Callable[[Any], Any]


def mended(note: Note) -> tuple[Note, tuple[str, ...]]:
    """The note within bounds, and the members that were not."""
    found: dict[str, None] = {}
    return _struct(note, found), tuple(found)


def _struct(value: _S, found: dict[str, None]) -> _S:
    changes: dict[str, Any] = {}
    for name, rule in _rules_of(type(value)):
        held = getattr(value, name)
        if held is None or held == ():
            continue
        made = _inner(held, found) if rule is None else rule(held)
        if made is not held:
            changes[name] = made
            if rule is not None:
                found[name] = None
    return msgspec.structs.replace(value, **changes) if changes else value


def _inner(held: Any, found: dict[str, None]) -> Any:
    """A struct, or a tuple of such, that may hold what is beyond bounds."""
    if not isinstance(held, tuple):
        return _struct(held, found)
    made = tuple([_struct(one, found) for one in held])
    return held if all(new is old for new, old in zip(made, held, strict=True)) else made


@cache
def _rules_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, _Rule | None], ...]:
    """The members of a type that have bounds, or hold others that may have some."""
    rows: list[tuple[str, _Rule | None]] = []
    for field in msgspec.structs.fields(kind):
        inner = [one for one in _types_in(field.type) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
        if (kind.__name__, field.name) in _RULES:
            rows.append((field.name, _RULES[kind.__name__, field.name]))
        elif inner and Moment not in inner:
            rows.append((field.name, None))
    return tuple(rows)


def _types_in(kind: Any) -> tuple[Any, ...]:
    inner = get_args(kind)
    return (kind,) if not inner else tuple(found for one in inner for found in _types_in(one))


def _one_of(values: tuple[str, ...], value: str) -> str:
    return value if value in values else values[0]


def _between(least: float, most: float, usual: float, value: float) -> float:
    return value if isfinite(value) and least <= value <= most else usual


def _clamped(least: int, most: int, value: int) -> int:
    return value if least <= value <= most else min(max(value, least), most)


def _mark(value: str) -> str:
    return value if len(value) <= 1 and value.isprintable() and value != " " else ""


def _json_object(value: str) -> str:
    try:
        return value if not value or isinstance(msgspec.json.decode(value), dict) else ""
    except (msgspec.DecodeError, RecursionError):
        return ""


_ALIGN: _Rule = partial(_one_of, ("", "left", "center", "right"))
_PIXELS: _Rule = partial(_between, 0, 1_000_000, 0.0)
_WHOLE_PIXELS: _Rule = partial(_clamped, 0, 1_000_000)
_NUMBER: _Rule = partial(_clamped, -(2**31), 2**31 - 1)
_RULES: dict[tuple[str, str], _Rule] = {
    ("Callout", "fold"): partial(_one_of, ("", "-", "+")),
    ("Columns", "layout"): partial(_one_of, ("col", "row")),
    ("Columns", "ratio"): partial(_between, 0.01, 0.99, 0.5),
    ("FractionRun", "denominator"): partial(_clamped, 1, 2**31 - 1),
    ("FractionRun", "numerator"): _NUMBER,
    ("Image", "align"): _ALIGN,
    ("Image", "crop"): _json_object,
    ("Image", "height"): _PIXELS,
    ("Image", "width"): _PIXELS,
    ("ImageRun", "height"): _WHOLE_PIXELS,
    ("ImageRun", "width"): _WHOLE_PIXELS,
    ("List", "marker"): partial(_one_of, ("", "-", "*", "+", ".", ")")),
    ("ListItem", "mark"): _mark,
    ("Media", "media"): partial(_one_of, ("iframe", "audio", "video", "widget")),
    ("Note", "order"): _NUMBER,
    ("Reference", "shows"): partial(_one_of, ("text", "title")),
    ("Sketch", "align"): _ALIGN,
    ("Sketch", "width"): _PIXELS,
    ("TableColumn", "align"): _ALIGN,
    ("TableColumn", "width"): _PIXELS,
}
