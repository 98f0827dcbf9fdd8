"""From the model to JSON: one codec for every type, driven by the tables of `shapes`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from math import copysign, isfinite
from typing import Any

import msgspec

from converter.formats.json.moments import moment_value
from converter.formats.json.shapes import BLOCKS, FLAGS, RUNS, Member, Shape, members_of, style_members
from converter.model.runs import PLAIN, Run, Style

__all__ = ["line_of", "value_of"]

Encode = Callable[[Any], Any]
_Table = tuple[tuple[str, Any, Encode | None], ...]
_dumps = msgspec.json.Encoder().encode


def line_of(kind: str, value: msgspec.Struct) -> bytes:
    """A note or folder as one line, without its line break."""
    return _dumps({"kind": kind, **value_of(value)})


def value_of(value: msgspec.Struct) -> dict[str, Any]:
    """A struct as an object of its members; what is as usual is left out."""
    return _object(value, _table(type(value)), {})


@cache
def _table(kind: type[msgspec.Struct]) -> _Table:
    return _rows(members_of(kind))


def _rows(members: tuple[Member, ...]) -> _Table:
    return tuple((member.name, member.default, _encoder(member.shape)) for member in members)


def _object(value: msgspec.Struct, table: _Table, made: dict[str, Any]) -> dict[str, Any]:
    for name, default, encode in table:
        held = getattr(value, name)
        if held is default or (held == default and not _is_minus_zero(held)):
            continue
        made[name] = held if encode is None else encode(held)
    return made


def _is_minus_zero(value: object) -> bool:
    return type(value) is float and copysign(1.0, value) < 0


def _encoder(shape: Shape) -> Encode | None:
    """How a value of this shape is made JSON; None where it is as it stands."""
    match shape.form:
        case "float":
            return _float
        case "moment":
            return moment_value
        case "block":
            return _block
        case "run":
            return _run
        case "struct":
            return value_of
        case "list":
            inner = _encoder(shape.inner) if shape.inner is not None else None
            return None if inner is None else lambda values: [inner(value) for value in values]
        case _:
            return None


def _float(value: float) -> object:
    return value if isfinite(value) else repr(value)


_BLOCK_KINDS = {kind: name for name, kind in BLOCKS.items()}
_RUN_KINDS = {kind: name for name, kind in RUNS.items()}


def _block(value: msgspec.Struct) -> dict[str, Any]:
    kind = type(value)
    return _object(value, _table(kind), {"kind": _BLOCK_KINDS[kind]})  # type: ignore[index]


def _run(value: Run) -> dict[str, Any]:
    kind = type(value)
    made = _object(value, _table(kind), {"kind": _RUN_KINDS[kind]})
    if value.style is not PLAIN:
        made.update(_marks(value.style))
    return made


@lru_cache(maxsize=1024)
def _marks(style: Style) -> dict[str, Any]:
    """The marks of a run: flags as `true`, the others with their values."""
    made: dict[str, Any] = {name: True for name, flag in FLAGS.items() if style.flags & flag}
    return _object(style, _STYLE, made)


_STYLE = _rows(style_members())
