"""Which blocks of a note became which blocks of the target (docs/residue.md, "Segments")."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Blocks, walk
from converter.pipeline.law import Answers

__all__ = ["Group", "groups_of"]


class Group(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Blocks of a note, by their numbers, and the run of target blocks that they became: none where `count` is 0."""

    source: tuple[int, ...]
    first: int = 0
    count: int = 0


def groups_of(
    read: Blocks, lifted: Blocks, origins: tuple[int, ...], joined: tuple[int, ...], answers: Answers
) -> list[Group]:
    """The smallest sets of blocks that became whole runs of target blocks, by their first block.

    `origins` and `joined` are those of `Lowered`. Every block that was read is in one group; target blocks
    that come from nobody are in none.
    """
    owner = _owners(read, lifted, answers)
    for one in joined:
        owner.join(("lifted", joined[0]), ("lifted", one))
    runs: dict[int, tuple[int, int]] = {}
    for place, origin in enumerate(origins):
        home = _root(owner, ("lifted", origin)) if origin >= 0 else None
        if home is not None:
            low, high = runs.get(home, (place, place))
            runs[home] = min(low, place), max(high, place)
    merged = _merged(runs)
    members: dict[int, list[int]] = {}
    for number in range(len(read)):
        home = _root(owner, ("read", number))
        members.setdefault(merged.get(home, (home, 0, 0))[0], []).append(number)
    spans = {home: (first, last - first + 1) for home, first, last in merged.values()}
    made = [Group(tuple(numbers), *spans.get(home, (0, 0))) for home, numbers in members.items()]
    return sorted(made, key=lambda group: group.source[0])


_Key = tuple[str, int]


class _Union:
    """Sets of keys that belong together, each known by a number."""

    def __init__(self) -> None:
        self._above: dict[_Key, _Key] = {}
        self.numbers: dict[_Key, int] = {}

    def find(self, key: _Key) -> _Key:
        """The key that stands for the set."""
        above = self._above.setdefault(key, key)
        while above != key:
            self._above[key] = self._above.setdefault(above, above)
            key, above = above, self._above[above]
        return key

    def join(self, left: _Key, right: _Key) -> None:
        """Make one set of two."""
        self._above[self.find(left)] = self.find(right)


def _owners(read: Blocks, lifted: Blocks, answers: Answers) -> _Union:
    """Blocks as they were read, and lifted ones, in sets: who became part of whom."""
    places: dict[int, int] = {}
    for number, block in enumerate(lifted):
        for inner in walk((block,)):
            places[id(inner)] = number
    union = _Union()
    for number, block in enumerate(read):
        place = places.get(answers.result_of(block))
        if place is not None:
            union.join(("read", number), ("lifted", place))
    return union


def _root(union: _Union, key: _Key) -> int:
    """A number for the set that a key is in."""
    return union.numbers.setdefault(union.find(key), len(union.numbers))


def _merged(runs: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int, int]]:
    """Sets whose runs overlap become one: by the number of each set, that of the whole and its run."""
    made: dict[int, tuple[int, int, int]] = {}
    pending: list[int] = []
    first = last = -1
    for home, (low, high) in sorted(runs.items(), key=lambda entry: entry[1]):
        if pending and low > last:
            made |= dict.fromkeys(pending, (pending[0], first, last))
            pending = []
        if not pending:
            first = low
        pending.append(home)
        last = max(last, high) if len(pending) > 1 else high
    return made | dict.fromkeys(pending, (pending[0], first, last)) if pending else made
