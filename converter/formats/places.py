"""Places in notes that links name: blocks by what they are called, headings by their text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from converter.model.facts import Anchor
from converter.patterns import pattern
from converter.storage.names import fold

__all__ = ["Places"]

_UNSEEN: Final = pattern(r"[#|^:%\[\]\\\s]+")


class Places:
    """The places of one note. However many links ask for them, its anchors are looked through once."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._anchors = anchors

    def with_key(self, key: str) -> Anchor | None:
        """The place of this key."""
        at = self._keys.get(key)
        return None if at is None else self._anchors[at]

    def first(self, keys: Sequence[str], name: str | None = None) -> Anchor | None:
        """The first place that has one of these keys, or this name."""
        found = [self._keys[key] for key in keys if key in self._keys]
        if name is not None and name in self._names:
            found.append(self._names[name])
        return self._anchors[min(found)] if found else None

    def heading(self, place: str) -> Anchor | None:
        """The heading that `A#B` names: B somewhere behind A, each by its text; or the one whose text all of it is."""
        wanted = [_plain(part) for part in place.split("#") if part.strip()]
        if not wanted:
            return None
        whole = self._headings.get(_plain(place))
        found = [whole[0]] if whole else []
        below = self._below(wanted)
        if below is not None:
            found.append(below)
        return self._anchors[min(found)] if found else None

    def _below(self, wanted: Sequence[str]) -> int | None:
        at = -1
        for text in wanted:
            numbers = self._headings.get(text, ())
            next_one = bisect_right(numbers, at)
            if next_one == len(numbers):
                return None
            at = numbers[next_one]
        return at

    @cached_property
    def _keys(self) -> dict[str, int]:
        return _firsts([anchor.key for anchor in self._anchors])

    @cached_property
    def _names(self) -> dict[str, int]:
        return _firsts([anchor.name for anchor in self._anchors])

    @cached_property
    def _headings(self) -> dict[str, list[int]]:
        """The numbers of the headings of each text, in reading order."""
        made: dict[str, list[int]] = {}
        for number, anchor in enumerate(self._anchors):
            if anchor.level:
                made.setdefault(_plain(anchor.text), []).append(number)
        return made


def _firsts(names: Sequence[str]) -> dict[str, int]:
    """Where each name stands for the first time."""
    made: dict[str, int] = {}
    for number, name in enumerate(names):
        made.setdefault(name, number)
    return made


def _plain(text: str) -> str:
    return _UNSEEN.sub(" ", fold(text)).strip()
