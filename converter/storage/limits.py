"""Input limits: on by default, each adjustable by name (`--limits members=2M`).

Sizes are bytes, counts are plain numbers. A limit bounds what one source may cost, so that a small hostile file
cannot fill memory or a disk; honest archives stay far below. See docs/formats/containers.md, "Limits".
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import msgspec

from converter.errors import LimitError, UsageError
from converter.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["DEFAULT_LIMITS", "NO_LIMITS", "Limits", "bounded", "describe", "exceeded", "parse_limits"]

_T = TypeVar("_T")

_K: Final = 1024
_M: Final = 1024**2
_G: Final = 1024**3


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one source may hold at most. `describe` explains each field."""

    members: int = 500_000
    member_bytes: int = 8 * _G
    total_bytes: int = 64 * _G
    ratio: int = 300
    name_bytes: int = 4096
    depth: int = 100
    files: int = 1_000_000
    rows: int = 1_000_000
    file_bytes: int = 8 * _G
    load_bytes: int = 512 * _M
    note_bytes: int = 512 * _M
    json_depth: int = 512


_TEXTS: Final = {
    "members": "members in one archive, folders counted too",
    "member_bytes": "unpacked size of one member of an archive",
    "total_bytes": "unpacked size of all members of an archive together",
    "ratio": "unpacked to packed size of a member of 16 MB or more",
    "name_bytes": "length of a member's or file's path, in UTF-8",
    "depth": "folders inside each other",
    "files": "files and folders in one folder tree, lines of one archive of JSON",
    "rows": "rows of one table of a database, where each is an item",
    "file_bytes": "size of one file in a folder tree",
    "load_bytes": "size of one file, member or database value that has to be held in memory at once",
    "note_bytes": "size of the text of one note",
    "json_depth": "levels of nesting in JSON",
}

DEFAULT_LIMITS: Final = Limits()
NO_LIMITS: Final = Limits(**dict.fromkeys(_TEXTS, sys.maxsize))

_SUFFIXES: Final = {"": 1, "K": _K, "M": _M, "G": _G, "T": 1024**4}


_VALUE = pattern(r"([0-9]{1,18})([KMGT]?)(?:i?B)?", re.IGNORECASE)


def describe() -> list[tuple[str, int, str]]:
    """Every limit as (key, default, what it bounds), in the order of the documentation."""
    return [(key, getattr(DEFAULT_LIMITS, key), text) for key, text in _TEXTS.items()]


def parse_limits(pairs: Sequence[str]) -> Limits:
    """Read `KEY=VALUE` pairs over the defaults; the last one of a key counts.

    Values are whole numbers with an optional suffix K, M, G or T (powers of 1024; `MB` and `MiB` too).
    Raises UsageError for an unknown key, naming the nearest known one, and for a value that is no number.
    """
    return msgspec.structs.replace(DEFAULT_LIMITS, **dict(map(_parse_pair, pairs)))


def _parse_pair(pair: str) -> tuple[str, int]:
    key, equals, text = pair.partition("=")
    key = key.strip().replace("-", "_")
    if not equals:
        raise UsageError(f"--limits {pair}: expected KEY=VALUE.", hint="For example --limits members=2M.")
    if key not in _TEXTS:
        from difflib import get_close_matches

        near = get_close_matches(key, _TEXTS, n=1)
        known = f"did you mean {near[0]!r}?" if near else "known limits: " + ", ".join(_TEXTS) + "."
        raise UsageError(f"--limits {pair}: there is no limit {key!r}; {known}", hint="`formats --limits` lists them.")
    match = _VALUE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--limits {pair}: {text!r} is not a whole number.", hint="For example 500000, 64M or 8G.")
    return key, min(int(match[1]) * _SUFFIXES[match[2].upper()], sys.maxsize)


def exceeded(limits: Limits, key: str, what: str, value: int) -> NoReturn:
    """Raise LimitError: `what` (a phrase with its name) has `value`, which is above the limit `key`."""
    allowed = getattr(limits, key)
    raise LimitError(
        f"{what}: {value:,} is above the limit {key}={allowed:,} ({_TEXTS[key]}).",
        hint=f"If you trust this source: --limits {key}={value}, or --no-limits.",
    )


def bounded(items: Iterable[_T], limits: Limits, key: str, what: str) -> Iterator[_T]:
    """The items as they come; raises LimitError where there are more than the limit `key` allows."""
    allowed = getattr(limits, key)
    for number, item in enumerate(items, 1):
        if number > allowed:
            exceeded(limits, key, what, number)
        yield item
