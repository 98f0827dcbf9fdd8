"""Where the members of one object, or the elements of one array, stand in a JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from converter.patterns import pattern
from converter.text.json_places import Change

__all__ = ["Element", "Member", "changed_array", "element_spans", "member_spans"]

Member = tuple[str, int, int]
"""A member: its name, where its value begins, and the place behind that."""

Element = tuple[int, int]
"""An element: where it begins, and the place behind it."""

_BLANKS: Final = pattern(r"[ \t\r\n]*")


def _refuse(name: str) -> None:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=lambda _pairs: None, parse_int=str, parse_float=str, parse_constant=_refuse
)


def member_spans(text: str, at: int = 0) -> tuple[list[Member], int]:
    """The members of the object that begins at a place, and where it is closed.

    Raises ValueError where no object stands there.
    """
    found: list[Member] = []
    at = _after(text, at, "{")
    closed = text[at : at + 1] == "}"
    while not closed:
        if text[at : at + 1] != '"':
            raise ValueError('"')
        name, at = _DECODER.raw_decode(text, at)
        start = _after(text, at, ":")
        end = _end_of(text, start)
        found.append((name, start, end))
        at, closed = _next(text, end, "}")
    return found, at


def element_spans(text: str, at: int = 0) -> tuple[list[Element], int]:
    """The elements of the array that begins at a place, and where it is closed; raises ValueError likewise."""
    found: list[Element] = []
    at = _after(text, at, "[")
    closed = text[at : at + 1] == "]"
    while not closed:
        end = _end_of(text, at)
        found.append((at, end))
        at, closed = _next(text, end, "]")
    return found, at


def changed_array(
    spans: Sequence[Element], closed: int, replaced: Mapping[int, str], added: Sequence[str]
) -> list[Change]:
    """The changes that replace elements of an array by their number, and add others at its end."""
    changes: list[Change] = [(*spans[number], text) for number, text in replaced.items()]
    if added:
        at = spans[-1][1] if spans else closed
        changes.append((at, at, ("," if spans else "") + ",".join(added)))
    return changes


def _end_of(text: str, start: int) -> int:
    try:
        return _DECODER.raw_decode(text, start)[1]
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    """The place of the next member or element, or of the sign that closes, and whether that is so."""
    at = _blanks(text, at)
    if text[at : at + 1] == closing:
        return at, True
    return _after(text, at, ","), False


def _blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return at if match is None else match.end()


def _after(text: str, at: int, sign: str) -> int:
    """The place after this sign and the blanks around it; raises ValueError where another one stands there."""
    at = _blanks(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(sign)
    return _blanks(text, at + 1)
