"""Ids that begin with the time of their making: `YYYYMMDDHHMMSS-xxxxxxx`, fourteen digits and seven characters.

New ones are unique by construction: an item gets a prefix (the time, a hyphen, four characters that are a digest of
its identity), and numbers of three characters count its blocks.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from converter.digests import blake2b
from converter.model.moment import Moment, moment_from_datetime
from converter.patterns import pattern

__all__ = [
    "NUMBERS",
    "Prefixes",
    "base36",
    "is_annotation",
    "is_timed_id",
    "moment_of",
    "numbered_id",
    "settled",
    "time_text",
]

NUMBERS = 36**3
"""How many ids one prefix gives."""

_ID = pattern(r"\d{14}-[0-9a-z]{7}", re.ASCII)
_ANNOTATION = pattern(r"assets/.+\.pdf/\d{14}-[0-9a-z]{7}", re.ASCII | re.DOTALL)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DIGESTS = 36**4
_PREFIX = 19
_NEVER = 2100


def is_timed_id(text: str) -> bool:
    """Whether the text is such an id."""
    return _ID.fullmatch(text) is not None


def is_annotation(target: str) -> bool:
    """Whether a link names an annotation: a PDF among the assets, and an id behind it."""
    return _ANNOTATION.fullmatch(target) is not None


def moment_of(text: str, zone: tzinfo) -> Moment | None:
    """The time that the first 14 digits say in that zone; None where they are no time, or one that nobody lived in."""
    digits = text[:14]
    if len(digits) < 14 or not (digits.isascii() and digits.isdigit()):
        return None
    year, parts = int(digits[:4]), [int(digits[at : at + 2]) for at in range(4, 14, 2)]
    if year >= _NEVER:
        return None
    try:
        made = moment_from_datetime(datetime(year, *parts, tzinfo=zone))  # type: ignore[misc,arg-type]
    except (ValueError, OverflowError):
        return None
    return Moment(made.ticks)


def time_text(moment: Moment, zone: tzinfo) -> str:
    """A time as 14 digits in that zone."""
    local = moment.as_datetime().astimezone(zone)
    day, time = f"{local.month:02d}{local.day:02d}", f"{local.hour:02d}{local.minute:02d}{local.second:02d}"
    return f"{local.year:04d}{day}{time}"


def settled(moment: Moment | None, zone: tzinfo) -> Moment | None:
    """The time as 14 digits would give it back: without fractions, and in an hour that stands twice the first."""
    return None if moment is None else moment_of(time_text(moment, zone), zone)


def numbered_id(prefixes: tuple[str, ...], number: int) -> str:
    """The id of this number among those of the prefixes; raises IndexError beyond their end."""
    prefix = prefixes[number // NUMBERS]
    return prefix + _DIGITS[number // 1296 % 36] + _DIGITS[number // 36 % 36] + _DIGITS[number % 36]


def base36(number: int, length: int) -> str:
    """The last digits of a number in base 36."""
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


class Prefixes:
    """Hands out prefixes, each once, and none that an id in use has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def reserve(self, timed_id: str) -> None:
        """Keep the prefix of an id that stays."""
        self._taken.add(timed_id[:_PREFIX])

    def take(self, identity: str, time: str, ids: int) -> tuple[str, ...]:
        """Prefixes for this many ids of an item: the same ones in every run, while nobody else has them."""
        start = int.from_bytes(blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        made: list[str] = []
        while len(made) * NUMBERS < ids or not made:
            prefix = f"{time}-{base36(start % _DIGESTS, 4)}"
            start += 1
            if prefix not in self._taken:
                self._taken.add(prefix)
                made.append(prefix)
        return tuple(made)
