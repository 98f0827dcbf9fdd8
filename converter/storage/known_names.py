"""What is found by names, such as the keys of notes by what links call them.

There are a few names for every note and file at once, so none of them is held: a name is known again by two hashes of
it, which nobody outside this process can foresee.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

__all__ = ["Names"]

_T = TypeVar("_T", str, int)

_FIRST_SLOTS = 8
_FREE = -1
_MORE = "\0"
"""What makes another text, with a hash of its own, of a name."""


class Names(Generic[_T]):
    """Keys (or what there is) by their names: a table with free slots between the taken ones, a row for each name."""

    def __init__(self) -> None:
        self._slots = array("i", [_FREE]) * _FIRST_SLOTS
        self._first = array("q")
        self._second = array("q")
        self._keys: list[_T | list[_T]] = []

    def add(self, name: str, key: _T) -> None:
        """Enter a key under a name, once where it comes again and alone."""
        slot = self._slot(name)
        row = self._slots[slot]
        if row == _FREE:
            self._enter(slot, name, key)
            return
        there = self._keys[row]
        if isinstance(there, list):
            there.append(key)
        elif there is not key:
            self._keys[row] = [there, key]

    def add_new(self, name: str, key: _T) -> bool:
        """Enter a key under a name that has none; False where it has one, and nothing is entered."""
        slot = self._slot(name)
        if self._slots[slot] != _FREE:
            return False
        self._enter(slot, name, key)
        return True

    def _enter(self, slot: int, name: str, key: _T) -> None:
        self._slots[slot] = len(self._keys)
        self._first.append(hash(name))
        self._second.append(hash(name + _MORE))
        self._keys.append(key)
        if 3 * len(self._keys) > 2 * len(self._slots):
            self._grow()

    def keys(self, name: str) -> Sequence[_T]:
        """The keys of a name, in the order in which they came."""
        row = self._slots[self._slot(name)]
        if row == _FREE:
            return ()
        return _listed(self._keys[row])

    def groups(self) -> Iterator[Sequence[_T]]:
        """The keys of each name, in the order in which the names came."""
        return map(_listed, self._keys)

    def __contains__(self, name: str) -> bool:
        return self._slots[self._slot(name)] != _FREE

    def _slot(self, name: str) -> int:
        """Where the row of this name is noted, or would be."""
        slots, first = self._slots, hash(name)
        mask = len(slots) - 1
        slot = first & mask
        # The second hash is asked for where the first is the same: hardly ever in vain.
        while (row := slots[slot]) != _FREE and (self._first[row] != first or self._second[row] != hash(name + _MORE)):
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


def _listed(there: _T | list[_T]) -> Sequence[_T]:
    return there if isinstance(there, list) else (there,)
