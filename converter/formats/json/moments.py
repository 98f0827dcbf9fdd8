"""Points in time as JSON: ISO 8601 wherever that says all of it (docs/formats/json.md, "Values")."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from converter.model.moment import TICKS_PER_SECOND, Moment
from converter.patterns import pattern

__all__ = ["moment_from", "moment_value"]

_DAY_TICKS = 86_400 * TICKS_PER_SECOND
_MINUTE_TICKS = 60 * TICKS_PER_SECOND
_LAST_TICKS = 3_652_059 * _DAY_TICKS
_MOST_OFFSET = 24 * 60
_YEAR_ONE = datetime(1, 1, 1)  # noqa: DTZ001 - the zone is counted apart
_TEXT = pattern(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(?:(Z)|([+-])(\d\d):(\d\d)))?",
    re.ASCII,
)


def moment_value(moment: Moment) -> object:
    """A moment as a text, or as its parts where no text says all of it.

    `Z` is a time whose source named no zone (RFC 9557); with a zone its distance is written out, `+00:00` too.
    """
    text = _text_of(moment)
    if text is not None and moment_from(text) == moment:
        return text
    parts: dict[str, object] = {"ticks": moment.ticks}
    if moment.offset is not None:
        parts["offset"] = moment.offset
    if moment.day:
        parts["day"] = True
    return parts


def _text_of(moment: Moment) -> str | None:
    offset = moment.offset or 0
    local = moment.ticks + offset * _MINUTE_TICKS
    if not 0 <= local < _LAST_TICKS or abs(offset) >= _MOST_OFFSET:
        return None
    seconds, fraction = divmod(local, TICKS_PER_SECOND)
    text = (_YEAR_ONE + timedelta(seconds=seconds)).isoformat()
    if moment.day:
        return text[:10]
    if fraction:
        text += f".{fraction:07d}".rstrip("0")
    if moment.offset is None:
        return text + "Z"
    sign, minutes = ("-", -offset) if offset < 0 else ("+", offset)
    return f"{text}{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def moment_from(value: object) -> Moment | None:
    """A moment from either form; None where the value is none, or not between the years 1 and 9999."""
    moment = _from_text(value) if isinstance(value, str) else _from_parts(value) if isinstance(value, dict) else None
    return moment if moment is not None and _is_sound(moment) else None


def _is_sound(moment: Moment) -> bool:
    offset = moment.offset or 0
    local = moment.ticks + offset * _MINUTE_TICKS
    return 0 <= moment.ticks < _LAST_TICKS and 0 <= local < _LAST_TICKS and abs(offset) < _MOST_OFFSET


def _from_parts(value: dict[str, object]) -> Moment | None:
    ticks, offset, day = value.get("ticks"), value.get("offset"), value.get("day", False)
    if type(ticks) is not int or type(day) is not bool or not (offset is None or type(offset) is int):
        return None
    return Moment(ticks, offset, day)


def _from_text(text: str) -> Moment | None:
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    date, time, fraction, _, sign, hours, minutes = match.groups()
    try:
        local = datetime.fromisoformat(f"{date}T{time or '00:00:00'}")
    except ValueError:
        return None
    delta = local - _YEAR_ONE
    ticks = delta.days * _DAY_TICKS + delta.seconds * TICKS_PER_SECOND + int((fraction or "").ljust(7, "0"))
    if sign is None:
        return Moment(ticks, None, time is None)
    offset = int(hours) * 60 + int(minutes)
    offset = -offset if sign == "-" else offset
    return Moment(ticks - offset * _MINUTE_TICKS, offset)
