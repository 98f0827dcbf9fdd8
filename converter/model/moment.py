"""Points in time, as exact as the systems keep them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

import msgspec

from converter.patterns import pattern

__all__ = [
    "EPOCH_TICKS",
    "TICKS_PER_SECOND",
    "Moment",
    "moment_from_datetime",
    "moment_from_ns",
    "moment_from_number",
    "parse_moment",
]

TICKS_PER_SECOND = 10_000_000
EPOCH_TICKS = 621_355_968_000_000_000
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_NUMBER = pattern(r"(?P<whole>[0-9]{7,17})(?P<fraction>\.[0-9]{1,20})?")
_JULIAN_YEAR_ONE = Decimal("1721425.5")
_JULIAN = (2_415_021, 2_488_070)
"""Days of the years 1900 to 2099."""
_TICKS_BY_SIZE = ((10**8, 10**11, TICKS_PER_SECOND), (10**11, 10**14, 10_000), (10**14, 10**17, 10))
"""Numbers of seconds, milliseconds and microseconds since 1970, each from 1973 to 5138: none fits two of them."""


_ISO = pattern(
    r"\s*(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:[Tt ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d*))?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d{1,2}(?::?\d{2})?)?)?\s*"
)


_UTC_TIME = pattern(
    r"(?P<second>\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2})(?:\.(?P<fraction>\d{1,7}))?Z", re.ASCII
)
"""The form of most times: what follows from it can be worked out without a zone."""


class Moment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A UTC time in ticks of 100 ns since 0001-01-01, with what the source said besides.

    `offset` is the source's distance from UTC in minutes, None where it named no zone; `day` marks a
    bare date, whose ticks are midnight.
    """

    ticks: int
    offset: int | None = None
    day: bool = False

    def as_datetime(self) -> datetime:
        """The same time in UTC; what is finer than a microsecond is cut off."""
        return _YEAR_ONE + timedelta(microseconds=self.ticks // 10)

    def as_ns(self) -> int:
        """Nanoseconds since 1970, for file times."""
        return (self.ticks - EPOCH_TICKS) * 100

    def iso(self) -> str:
        """ISO 8601 in the source's own zone: `2026-05-18T10:00:00.5+02:00`, or the bare date."""
        shift = self.offset or 0
        local = self.as_datetime() + timedelta(minutes=shift)
        if self.day:
            return f"{local:%Y-%m-%d}".rjust(10, "0")
        text = local.replace(tzinfo=None, microsecond=0).isoformat()
        fraction = f"{self.ticks % TICKS_PER_SECOND:07d}".rstrip("0")
        text += f".{fraction}" if fraction else ""
        if not shift:
            return text + "Z"
        sign, minutes = ("+", shift) if shift > 0 else ("-", -shift)
        return f"{text}{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def moment_from_ns(ns: int) -> Moment:
    """A file's time (nanoseconds since 1970)."""
    return Moment(EPOCH_TICKS + ns // 100)


def moment_from_datetime(value: datetime, zone: tzinfo = UTC) -> Moment:
    """A datetime; a naive one is taken to stand in `zone`."""
    offset = None if value.tzinfo is None else value.utcoffset()
    aware = value.replace(tzinfo=zone) if value.tzinfo is None else value
    delta = aware.astimezone(UTC) - _YEAR_ONE
    ticks = (delta.days * 86_400 + delta.seconds) * TICKS_PER_SECOND + delta.microseconds * 10
    return Moment(ticks, None if offset is None else int(offset.total_seconds() // 60))


def parse_moment(text: str, zone: tzinfo = UTC) -> Moment | None:
    """Read an ISO date or date-time, generously; a time without a zone stands in `zone`.

    Returns None where the text is none. Fractions beyond 100 ns are cut off, not rounded.
    """
    usual = _UTC_TIME.fullmatch(text)
    if usual is not None:
        return _utc_moment(usual["second"], usual["fraction"] or "")
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    try:
        year, month, day = (int(part) for part in match["date"].split("-"))
        hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone_of(match["zone"]) or zone)
        whole = moment_from_datetime(local)
    except (ValueError, OverflowError):
        return None
    fraction = int(((match["fraction"] or "") + "0000000")[:7])
    offset = whole.offset if match["zone"] else None
    return Moment(whole.ticks + fraction, offset, match["hour"] is None)


def moment_from_number(text: str) -> Moment | None:
    """Read a number as a time: seconds, milliseconds or microseconds since 1970, or a Julian day, by its size alone.

    Returns None where the text is no such number, or one whose size tells nothing.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    number = Decimal(text)
    if _JULIAN[0] <= number < _JULIAN[1]:
        return Moment(round((number - _JULIAN_YEAR_ONE) * 86_400) * TICKS_PER_SECOND)
    for least, most, ticks in _TICKS_BY_SIZE:
        if least <= number < most:
            return Moment(EPOCH_TICKS + int(number * ticks))
    return None


def _utc_moment(second: str, fraction: str) -> Moment | None:
    try:
        at = datetime.fromisoformat(second)
    except ValueError:
        return None
    seconds = (at.toordinal() - 1) * 86_400 + at.hour * 3600 + at.minute * 60 + at.second
    return Moment(seconds * TICKS_PER_SECOND + int(fraction.ljust(7, "0")), 0)


def _zone_of(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(delta if text[0] == "+" else -delta)
