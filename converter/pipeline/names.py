"""What links look up: keys by the names under which they are known.

There are a few names for every note and file at once, so none of them is held: a name is known again by two hashes of
it, which nobody outside this process can foresee.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

__all__ = ["Mentioned", "Names"]

_FIRST_SLOTS = 8
_FREE = -1
_MORE = "\0"
"""What makes another text, with a hash of its own, of a name."""


class Names:
    """Keys by their names: a table with free slots between the taken ones, where each name has its row."""

    def __init__(self) -> None:
        self._slots = array("i", [_FREE]) * _FIRST_SLOTS
        self._first = array("q")
        self._second = array("q")
        self._keys: list[str | list[str]] = []

    def add(self, name: str, key: str) -> None:
        """Enter a key under a name, once where it comes again and alone."""
        first, second = _hashes(name)
        slot = self._slot(first, second)
        row = self._slots[slot]
        if row == _FREE:
            self._slots[slot] = len(self._keys)
            self._first.append(first)
            self._second.append(second)
            self._keys.append(key)
            if 3 * len(self._keys) > 2 * len(self._slots):
                self._grow()
            return
        there = self._keys[row]
        if isinstance(there, list):
            there.append(key)
        elif there is not key:
            self._keys[row] = [there, key]

    def keys(self, name: str) -> Sequence[str]:
        """The keys of a name, in the order in which they came."""
        # As `_slot` does, which is said twice for speed: most names are those of one key, or of none.
        slots, hashes, first = self._slots, self._first, hash(name)
        mask = len(slots) - 1
        slot = first & mask
        while (row := slots[slot]) != _FREE:
            if hashes[row] == first and self._second[row] == hash(name + _MORE):
                there = self._keys[row]
                return (there,) if isinstance(there, str) else there
            slot = (slot + 1) & mask
        return ()

    def _slot(self, first: int, second: int) -> int:
        """Where the row of this name is noted, or would be."""
        slots, mask = self._slots, len(self._slots) - 1
        slot = first & mask
        while (row := slots[slot]) != _FREE and (self._first[row] != first or self._second[row] != second):
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        slots = self._slots = array("i", [_FREE]) * (2 * len(self._slots))
        mask = len(slots) - 1
        for row, first in enumerate(self._first):
            slot = first & mask
            while slots[slot] != _FREE:
                slot = (slot + 1) & mask
            slots[slot] = row


class Mentioned:
    """Texts that came up. One that did not is hardly ever taken for one that did: only a hash of each is held."""

    def __init__(self) -> None:
        self._slots = array("q", [0]) * _FIRST_SLOTS
        self._count = 0

    def add(self, text: str) -> None:
        """Remember a text."""
        known = _hash(text)
        slot = self._slot(known)
        if not self._slots[slot]:
            self._slots[slot] = known
            self._count += 1
            if 3 * self._count > 2 * len(self._slots):
                self._grow()

    def __contains__(self, text: str) -> bool:
        return bool(self._slots[self._slot(hash(text) or 1)])

    def _slot(self, known: int) -> int:
        slots, mask = self._slots, len(self._slots) - 1
        slot = known & mask
        while (there := slots[slot]) and there != known:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        before = self._slots
        self._slots = array("q", [0]) * (2 * len(before))
        for known in filter(None, before):
            self._slots[self._slot(known)] = known


def _hash(text: str) -> int:
    return hash(text) or 1


def _hashes(name: str) -> tuple[int, int]:
    return hash(name), hash(name + _MORE)
