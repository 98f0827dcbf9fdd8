"""Which rows a view of a database keeps, and in which order (docs/formats/siyuan.md, "Databases").

Two filters cannot be judged here and let every row pass: those of relative dates, for there is no clock, and those of
templates, which are not evaluated.
"""

from __future__ import annotations

import operator as comparing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from converter.formats.siyuan.numbers import (
    TIMES,
    Value,
    entries,
    is_empty,
    members,
    read_value,
    shown,
    text_of,
)

__all__ = ["in_order", "passes"]

Cells = Callable[[str], Value | None]
"""The values of a row by their columns' ids; None where there is no such column."""

_DEEPEST = 50
_UNJUDGED = frozenset(("template", "lineNumber"))
_OPPOSITE = {"!=": "=", "Does not contains": "Contains"}
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": comparing.eq,
    "Contains": comparing.contains,
    "Starts with": str.startswith,
    "Ends with": str.endswith,
}
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "=": comparing.eq,
    "!=": comparing.ne,
    ">": comparing.gt,
    ">=": comparing.ge,
    "<": comparing.lt,
    "<=": comparing.le,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def passes(filters: object, cells: Cells, zone: tzinfo) -> bool:
    """Whether a row passes the filters of a view; those of a flat list all count."""
    judged = [_judge(members(entry), cells, zone, 0) for entry in entries(filters)]
    return all(passed is not False for passed in judged)


def _judge(entry: Mapping[str, Any], cells: Cells, zone: tzinfo, depth: int) -> bool | None:
    """Whether a row passes a filter or a group; None where that says nothing."""
    if text_of(entry.get("column")):
        return _leaf(entry, cells, zone)
    if depth > _DEEPEST:
        return None
    below = (_judge(members(inner), cells, zone, depth + 1) for inner in entries(entry.get("filters")))
    judged = [passed for passed in below if passed is not None]
    if not judged:
        return None
    return any(judged) if entry.get("combination") == "or" else all(judged)


def _leaf(entry: Mapping[str, Any], cells: Cells, zone: tzinfo) -> bool | None:
    value = cells(text_of(entry.get("column")))
    if value is None:
        return None
    if members(entry.get("relativeDate")) or value.type in _UNJUDGED:
        return True
    sought = members(entry.get("value"))
    wanted = read_value(sought, text_of(sought.get("type")) or value.type)
    sign, quantifier = text_of(entry.get("operator")), text_of(entry.get("quantifier"))
    if sign in ("Is empty", "Is not empty") and not quantifier:
        return is_empty(value) == (sign == "Is empty")
    if wanted.type == "rollup":
        wanted = wanted.contents[0] if wanted.contents else Value(type="text")
    parts = _parts(value, wanted.type)
    if quantifier == "All":
        return all(_matches(sign, part, wanted, zone) for part in parts)
    return any(_matches(sign, part, wanted, zone) for part in parts) != (quantifier == "None")


def _parts(value: Value, kind: str) -> Sequence[Value]:
    """What a quantifier counts; an empty cell counts as one empty value, in a rollup of the kind that is sought."""
    match value.type:
        case "rollup":
            return value.contents or (Value(type=kind),)
        case "relation" if value.ids:
            pairs = zip(value.texts, value.ids, strict=True)
            return [Value(type="relation", texts=(text,), ids=(row,)) for text, row in pairs]
        case "mAsset" if value.texts:
            return [Value(type="mAsset", texts=(text,)) for text in value.texts]
        case _:
            return (value,)


def _matches(sign: str, value: Value, wanted: Value, zone: tzinfo) -> bool:
    if sign in ("Is empty", "Is not empty"):
        return is_empty(value) == (sign == "Is empty")
    if value.type == "number":
        # an empty cell is compared as the 0 that it stores
        compare = _NUMBERS.get(sign)
        return compare is None or wanted.number is None or compare(value.number or 0.0, wanted.number)
    if value.type in TIMES:
        return _matches_time(sign, value, wanted, zone)
    if value.type == "checkbox":
        return value.checked == (wanted.checked if sign == "=" else sign == "Is true")
    return _matches_text(sign, value, wanted)


def _matches_time(sign: str, value: Value, wanted: Value, zone: tzinfo) -> bool:
    """Times are compared by whole days, those of the filter."""
    if wanted.start is None or sign not in (*_NUMBERS, "Is between"):
        return True
    if value.start is None:
        return sign == "!="
    first, after = _day(wanted.start, zone)
    if sign == "Is between":
        after = after if wanted.end is None else _day(wanted.end, zone)[1]
    inside = first <= value.start < after
    match sign:
        case "!=":
            return not inside
        case ">":
            return value.start >= after
        case ">=":
            return value.start >= first
        case "<":
            return value.start < first
        case "<=":
            return value.start < after
        case _:
            return inside


def _day(milliseconds: int, zone: tzinfo) -> tuple[int, int]:
    """The start of the day of that time, and that of the next one."""
    try:
        local = (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone)
        start = local.replace(hour=0, minute=0, second=0, microsecond=0)
        following = start + timedelta(days=1)
        return (start - _EPOCH) // _MILLISECOND, (following - _EPOCH) // _MILLISECOND
    except OverflowError:
        return milliseconds, milliseconds + 1


def _matches_text(sign: str, value: Value, wanted: Value) -> bool:
    """A filter that names nothing yet lets everything pass."""
    words = [text for text in (*wanted.texts, *wanted.ids) if text]
    test = _TESTS.get(_OPPOSITE.get(sign, sign))
    if not words or test is None:
        return True
    if value.type in ("select", "mSelect"):
        hit = not set(words).isdisjoint(value.texts)
    else:
        # a relation is sought by the text of its rows, or names them
        hit = any(test(text, words[0]) for text in value.texts or ("",)) or not set(words).isdisjoint(value.ids)
    return hit != (sign in _OPPOSITE)


def in_order(
    rows: list[str],
    sorts: object,
    cells: Callable[[str, str], Value | None],
    options: Callable[[str], Mapping[str, int]],
    zone: tzinfo,
) -> list[str]:
    """The rows sorted, first by the first of the sorts; what is empty comes last in both directions.

    `cells` gives the value of a row in a column, `options` the places of a column's options.
    """
    orders: dict[str, object] = {}
    for sort in entries(sorts):
        # what is sorted by a column already gains nothing from a later sort by it
        orders.setdefault(text_of(members(sort).get("column")), members(sort).get("order"))
    for column, order in reversed(orders.items()):
        places = options(column)
        full: list[tuple[tuple[int, Any], str]] = []
        empty: list[str] = []
        for row in rows:
            value = cells(row, column)
            if value is None or is_empty(value):
                empty.append(row)
            else:
                full.append((_sort_key(value, places, zone), row))
        full.sort(key=comparing.itemgetter(0), reverse=order == "DESC")
        rows = [row for _, row in full] + empty
    return rows


def _sort_key(value: Value, places: Mapping[str, int], zone: tzinfo) -> tuple[int, Any]:
    """What sorts a value; its first member keeps apart what cannot be compared."""
    if value.type == "rollup" and len(value.contents) == 1:
        value = value.contents[0]
    if value.number is not None:
        return 0, value.number
    if value.start is not None:
        return 1, value.start
    if value.type == "checkbox":
        return 2, value.checked
    if value.type in ("select", "mSelect"):
        return 3, [places.get(text, len(places)) for text in value.texts]
    # the application compares texts in this encoding, where common Chinese characters stand by their sound
    return 4, shown(value, zone).lower().encode("gb18030", "replace")
