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
    count = len(read)
    above = _owners(read, lifted, answers)
    for one in joined:
        _join(above, count + joined[0], count + one)
    runs: dict[int, tuple[int, int]] = {}
    for place, origin in enumerate(origins):
        if origin >= 0:
            home = _root(above, count + origin)
            low, high = runs.get(home, (place, place))
            runs[home] = min(low, place), max(high, place)
    merged = _merged(runs)
    members: dict[int, list[int]] = {}
    for number in range(count):
        home = _root(above, number)
        members.setdefault(merged.get(home, (home, 0, 0))[0], []).append(number)
    spans = {home: (first, last - first + 1) for home, first, last in merged.values()}
    made = [Group(tuple(numbers), *spans.get(home, (0, 0))) for home, numbers in members.items()]
    return sorted(made, key=_first)


def _first(group: Group) -> int:
    return group.source[0]


def _owners(read: Blocks, lifted: Blocks, answers: Answers) -> list[int]:
    """Blocks as they were read, and lifted ones behind them, in sets of who became part of whom: the one above each."""
    count = len(read)
    above = list(range(count + len(lifted)))
    places = {id(block): count + number for number, block in enumerate(lifted)}
    results = [answers.result_of(block) for block in read]
    if not all(map(places.__contains__, results)):
        for number, block in enumerate(lifted, count):
            for inner in walk((block,)):
                places[id(inner)] = number
    for number, result in enumerate(results):
        place = places.get(result)
        if place is not None:
            _join(above, number, place)
    return above


def _root(above: list[int], one: int) -> int:
    """What stands for the set that this is in."""
    while above[one] != one:
        above[one] = above[above[one]]
        one = above[one]
    return one


def _join(above: list[int], left: int, right: int) -> None:
    """Make one set of two."""
    above[_root(above, left)] = _root(above, right)


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
