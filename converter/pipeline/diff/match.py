"""Which item of one archive is which of the other: round by round, the surest sign first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

__all__ = ["Matched", "Round", "match"]

T = TypeVar("T")


class Round(msgspec.Struct, Generic[T], frozen=True):
    """One sign by which items are known. `sign` gives "" for an item without it.

    `unique`: only items whose sign no other has are matched; else the first goes with the first, and so on.
    """

    name: str
    sign: Callable[[T], str]
    unique: bool = True


class Matched(Generic[T]):
    """The pairs, each with the name of the round that found it, and what is left on either side."""

    def __init__(self, a: Sequence[T], b: Sequence[T]) -> None:
        self.pairs: list[tuple[T, T, str]] = []
        self.only_a = list(a)
        self.only_b = list(b)


def match(a: Sequence[T], b: Sequence[T], rounds: Sequence[Round[T]]) -> Matched[T]:
    """Match by one round after the other."""
    found = Matched(a, b)
    for one in rounds:
        if found.only_a and found.only_b:
            _play(found, one)
    return found


def _play(found: Matched[T], one: Round[T]) -> None:
    ours, theirs = _by_sign(found.only_a, one), _by_sign(found.only_b, one)
    gone_a: set[int] = set()
    gone_b: set[int] = set()
    for sign, group in ours.items():
        others = theirs.get(sign, [])
        if one.unique and not len(group) == len(others) == 1:
            continue
        for i, j in zip(group, others, strict=False):
            found.pairs.append((found.only_a[i], found.only_b[j], one.name))
            gone_a.add(i)
            gone_b.add(j)
    found.only_a = [item for number, item in enumerate(found.only_a) if number not in gone_a]
    found.only_b = [item for number, item in enumerate(found.only_b) if number not in gone_b]


def _by_sign(items: Sequence[T], one: Round[T]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        sign = one.sign(item)
        if sign:
            groups.setdefault(sign, []).append(number)
    return groups
