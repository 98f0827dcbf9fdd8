"""From JSON to the model: generous with what is odd, and silent about nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec

from converter.findings.problems import Problems
from converter.formats.json.moments import moment_from
from converter.formats.json.shapes import BLOCKS, BOUNDS, FLAGS, RUNS, Shape, members_of, style_members
from converter.model.blocks import Raw
from converter.model.runs import PLAIN, RawRun, Run, Style, TextRun

__all__ = ["MisfitError", "struct_from"]

Decode = Callable[[Any, Problems], Any]
_S = TypeVar("_S", bound=msgspec.Struct)
_dumps = msgspec.json.Encoder().encode
_INFINITE = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")}


class MisfitError(Exception):
    """A value is not what its place asks for."""


def struct_from(kind: type[_S], value: dict[str, Any], problems: Problems) -> _S:
    """A struct from an object; raises `MisfitError` where a member that must be there is missing or wrong.

    Members that are not known are told and left out, wrong values of others become what is usual there.
    """
    return kind(**_members(_table(kind), _REQUIRED[kind], value, problems))


_REQUIRED: dict[type[msgspec.Struct], frozenset[str]] = {}


@cache
def _table(kind: type[msgspec.Struct]) -> dict[str, Decode]:
    members = members_of(kind)
    _REQUIRED[kind] = frozenset(member.name for member in members if member.required)
    return {member.name: _bounded(kind, member.name, _decoder(member.shape)) for member in members}


def _members(
    table: dict[str, Decode], required: frozenset[str], value: dict[str, Any], problems: Problems
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, item in value.items():
        decode = table.get(name)
        if decode is None:
            if name != "kind":
                problems.add("unknown-member", member=name)
        elif item is not None:
            try:
                made[name] = decode(item, problems)
            except MisfitError:
                if name in required:
                    raise
                problems.add("value-repaired", member=name)
    if not required <= made.keys():
        raise MisfitError(f"it has no {', '.join(sorted(required - made.keys()))}")
    return made


def _bounded(kind: type[msgspec.Struct], name: str, decode: Decode) -> Decode:
    bounds = BOUNDS.get((kind.__name__, name))
    if bounds is None:
        return decode
    least, most = bounds

    def bounded(value: Any, problems: Problems) -> Any:
        number = decode(value, problems)
        if least <= number <= most:
            return number
        problems.add("value-repaired", member=name)
        return min(max(number, least), most)

    return bounded


def _decoder(shape: Shape) -> Decode:
    match shape.form:
        case "list":
            return _list_of(_decoder(shape.inner)) if shape.inner is not None else _pair
        case "struct":
            return _struct_decoder(shape.struct) if shape.struct is not None else _pair
        case form:
            return _DECODERS[form]


def _list_of(inner: Decode) -> Decode:
    def decode(value: Any, problems: Problems) -> Any:
        if type(value) is not list:
            raise MisfitError("it is no array")
        made = []
        for one in value:  # no comprehension: it would be one more frame for each level of nesting
            made.append(inner(one, problems))  # noqa: PERF401
        return tuple(made)

    return decode


def _struct_decoder(kind: type[msgspec.Struct]) -> Decode:
    def decode(value: Any, problems: Problems) -> Any:
        if type(value) is not dict:
            raise MisfitError("it is no object")
        return struct_from(kind, value, problems)

    return decode


def _of(kind: type) -> Decode:
    def decode(value: Any, _problems: Problems) -> Any:
        if type(value) is not kind:
            raise MisfitError(f"it is no {kind.__name__}")
        return value

    return decode


def _int(value: Any, _problems: Problems) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**64:
        raise MisfitError("it is no whole number")
    return value


def _float(value: Any, _problems: Problems) -> float:
    if type(value) in (int, float):
        return float(value)
    if type(value) is str and value in _INFINITE:
        return _INFINITE[value]
    raise MisfitError("it is no number")


def _pair(value: Any, _problems: Problems) -> tuple[str, str]:
    if type(value) is not list or len(value) != 2 or not all(type(one) is str for one in value):
        raise MisfitError("it is no pair of texts")
    return value[0], value[1]


def _moment(value: Any, _problems: Problems) -> Any:
    moment = moment_from(value)
    if moment is None:
        raise MisfitError("it is no time")
    return moment


def _block(value: Any, problems: Problems) -> Any:
    """A block; one that cannot be read is kept as its text."""
    try:
        kind = BLOCKS.get(_kind_in(value))
        if kind is not None:
            return kind(**_members(_table(kind), _REQUIRED[kind], value, problems))
    except MisfitError:
        pass
    source = _dumps(value).decode()
    problems.add("block-unreadable", value=source)
    return Raw(format="json", source=source)


def _run(value: Any, problems: Problems) -> Run:
    """A run; of one that cannot be read the text is kept, else the whole of it as text of the source."""
    try:
        kind = RUNS.get(_kind_in(value))
        if kind is not None:
            return _run_of(kind, value, problems)
    except MisfitError:
        pass
    text = value.get("text") if isinstance(value, dict) else value
    problems.add("unknown-payload-kind", kind=_kind_in(value) or "run")
    return TextRun(text=text) if isinstance(text, str) else RawRun(format="json", source=_dumps(value).decode())


def _kind_in(value: Any) -> str:
    kind = value.get("kind") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def _run_of(kind: type[Run], value: dict[str, Any], problems: Problems) -> Run:
    table, required = _run_table(kind)
    made = _members(table, required, value, problems)
    marks = made.keys() & _MARKS.keys()
    if not marks:
        return kind(**made)
    values = {name: made.pop(name) for name in marks}
    flags = sum(FLAGS[name] for name in values if name in FLAGS and values[name])
    valued = {name: item for name, item in values.items() if name not in FLAGS}
    style = Style(flags=flags, **valued)
    return kind(style=PLAIN if style == PLAIN else style, **made)


@cache
def _run_table(kind: type[Run]) -> tuple[dict[str, Decode], frozenset[str]]:
    own = _table(kind)
    return _MARKS | own, _REQUIRED[kind]


_DECODERS: dict[str, Decode] = {
    "str": _of(str),
    "bool": _of(bool),
    "int": _int,
    "float": _float,
    "pair": _pair,
    "moment": _moment,
    "block": _block,
    "run": _run,
}
_MARKS: dict[str, Decode] = {
    **dict.fromkeys(FLAGS, _of(bool)),
    **{member.name: _decoder(member.shape) for member in style_members()},
}
