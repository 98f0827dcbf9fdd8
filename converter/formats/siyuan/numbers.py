"""Values of database cells, and the texts that SiYuan shows for them (docs/formats/siyuan.md, "Databases")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import msgspec

__all__ = [
    "TIMES",
    "Value",
    "entries",
    "formatted",
    "is_empty",
    "joined",
    "members",
    "number_of",
    "read_value",
    "shown",
    "span_text",
    "text_of",
    "time_text",
]

TIMES = frozenset(("date", "created", "updated"))

_NBSP = "\u00a0"
_SYMBOLS = {
    "USD": "$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "RUB": "₽",
    "INR": "₹",
    "KRW": "₩",
    "TRY": "₺",
    "CAD": "CA$",
    "CHF": "CHF",
    "THB": "฿",
    "AUD": "A$",
    "HKD": "HK$",
    "TWD": "NT$",
    "MOP": "MOP$",
    "SGD": "S$",
    "NZD": "NZ$",
    "ILS": "ILS₪",
    "SKK": "SKK",
}
_WHOLE = frozenset(("JPY", "KRW"))
_GROUPS = {"EUR": ".", "TRY": ".", "CHF": _NBSP, "RUB": _NBSP, "SKK": _NBSP}
"""What parts thousands in formats whose decimals follow a comma."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WEEK, _MONTH = 7 * _DAY, 30 * _DAY
_YEAR = 12 * _MONTH
_SPANS = (
    (1, "now", 1),
    (2, "1 second", 1),
    (_MINUTE, "{} seconds", 1),
    (2 * _MINUTE, "1 minute", 1),
    (_HOUR, "{} minutes", _MINUTE),
    (2 * _HOUR, "1 hour", 1),
    (_DAY, "{} hours", _HOUR),
    (2 * _DAY, "1 day", 1),
    (_WEEK, "{} days", _DAY),
    (2 * _WEEK, "1 week", 1),
    (_MONTH, "{} weeks", _WEEK),
    (2 * _MONTH, "1 month", 1),
    (_YEAR, "{} months", _MONTH),
    (18 * _MONTH, "1 year", 1),
    (2 * _YEAR, "2 years", 1),
    (37 * _YEAR, "{} years", _YEAR),
)
"""Lengths of time in words: below so many seconds, the words, and the unit that they count."""


class Value(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The value of a cell; which members count is a matter of the column's `type`.

    `texts` are the text, the options, the names of files, or the primary texts of the related rows `ids`; times are
    milliseconds; `span` says that the time between `start` and `end` is meant; `contents` are those of a rollup.
    """

    type: str
    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    number: float | None = None
    format: str = ""
    start: int | None = None
    end: int | None = None
    timed: bool = True
    span: bool = False
    checked: bool = False
    contents: tuple[Value, ...] = ()


def members(found: object) -> Mapping[str, Any]:
    """An object of JSON; anything else is an empty one."""
    return found if isinstance(found, dict) else {}


def entries(found: object) -> list[Any]:
    """An array of JSON; anything else is an empty one."""
    return found if isinstance(found, list) else []


def text_of(found: object) -> str:
    """A text of JSON; anything else is an empty one."""
    return found if isinstance(found, str) else ""


def number_of(found: object) -> float | None:
    """A number of JSON, where it is one that can be counted with."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        number = float(found)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def read_value(raw: object, kind: str, style: str = "") -> Value:
    """The value of a stored cell of a column of that type; `style` is the column's format of numbers."""
    found = members(raw)
    member = found.get("mSelect" if kind == "select" else kind)
    match kind:
        case "number":
            return Value(type=kind, number=_stored(members(member), "content", "isNotEmpty"), format=style)
        case "date" | "created" | "updated":
            return _read_date(members(member), kind)
        case "checkbox":
            return Value(type=kind, checked=members(member).get("checked") is True)
        case "select" | "mSelect":
            texts = (text_of(members(option).get("content")) for option in entries(member))
        case "mAsset":
            texts = (_asset_name(members(asset)) for asset in entries(member))
        case "relation":
            ids = tuple(text for text in entries(members(member).get("blockIDs")) if isinstance(text, str))
            return Value(type=kind, ids=ids)
        case "rollup":
            below = (members(value) for value in entries(members(member).get("contents")))
            # one level: what is stored are the values of another column
            kinds = ((text_of(value.get("type")), value) for value in below)
            return Value(type=kind, contents=tuple(read_value(v, k) for k, v in kinds if k != "rollup"))
        case _:
            return Value(type=kind, texts=(text_of(members(member).get("content")),))
    return Value(type=kind, texts=tuple(text for text in texts if text))


def _stored(found: Mapping[str, Any], name: str, flag: str) -> float | None:
    """The number of that name; the oldest files have no flag that says whether there is one."""
    number = number_of(found.get(name))
    present = found.get(flag)
    return number if present is True or (present is None and number) else None


def _read_date(found: Mapping[str, Any], kind: str) -> Value:
    start = _stored(found, "content", "isNotEmpty")
    end = _stored(found, "content2", "isNotEmpty2") if found.get("hasEndDate") is True else None
    return Value(
        type=kind,
        start=None if start is None else int(start),
        end=None if end is None else int(end),
        timed=found.get("isNotTime") is not True,
    )


def _asset_name(found: Mapping[str, Any]) -> str:
    return text_of(found.get("name")) or text_of(found.get("content")).rpartition("/")[2]


def is_empty(value: Value) -> bool:
    """Whether a cell holds nothing; a checkbox always holds something."""
    if value.type == "number":
        return value.number is None
    if value.type in TIMES:
        return value.start is None
    if value.type == "relation":
        return not value.ids
    if value.type == "rollup":
        return all(is_empty(content) for content in value.contents)
    return value.type != "checkbox" and not any(value.texts)


def shown(value: Value, zone: tzinfo) -> str:
    """The text of a cell."""
    if value.type == "number":
        return "" if value.number is None else formatted(value.number, value.format)
    if value.type in TIMES:
        return _shown_time(value, zone)
    if value.type == "checkbox":
        return "✓" if value.checked else ""
    if value.type == "rollup":
        return joined(*(shown(content, zone) for content in value.contents))
    return joined(*value.texts)


def joined(*texts: str) -> str:
    """The texts in a row, without the empty ones."""
    return ", ".join(text for text in texts if text)


def _shown_time(value: Value, zone: tzinfo) -> str:
    if value.start is None:
        return ""
    if value.end is None:
        return time_text(value.start, value.timed, zone)
    if value.span:
        return span_text(value.end - value.start)
    ends = (time_text(value.start, value.timed, zone), time_text(value.end, value.timed, zone))
    return " → ".join(text for text in ends if text)


def time_text(milliseconds: int, timed: bool, zone: tzinfo) -> str:
    """A time as `2026-01-13 10:30`, or its day; empty where no calendar has it."""
    try:
        local = (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone)
    except OverflowError:
        return ""
    # `strftime` pads years before 1000 on some systems only
    day = local.date().isoformat()
    return f"{day} {local:%H:%M}" if timed else day


def span_text(milliseconds: int) -> str:
    """A length of time in words, as the application rounds it: `4 months`."""
    seconds = abs(milliseconds) // 1000
    for limit, words, unit in _SPANS:
        if seconds < limit:
            return words.format(seconds // unit)
    return "a long while"


def formatted(value: float, style: str) -> str:
    """A number in the format of its column; ties of the exact value go to the even digit."""
    if style == "percent":
        return _without_zeros(f"{value * 100:.2f}") + "%"
    symbol = _SYMBOLS.get(style)
    if symbol is None:
        exact = Decimal(repr(float(value)))
        return _without_zeros(f"{exact:,f}" if style == "commas" else f"{exact:f}")
    if style in _WHOLE:
        return f"{symbol}{value:,.0f}"
    text = f"{value:,.2f}"
    if style in _GROUPS:
        text = text.translate({ord(","): _GROUPS[style], ord("."): ","})
    return symbol + text


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
