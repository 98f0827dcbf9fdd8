"""Folders and notes of both archives, matched: by id, else by place, else by a title that no other has."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.pipeline.diff.match import Round, match
from converter.pipeline.diff.side import Side
from converter.pipeline.diff.spots import Spot
from converter.storage.names import fold

__all__ = ["Trees", "match_trees"]


class Trees(msgspec.Struct):
    """Pairs of spots, and what only one side has. Only units are in it: what the archives count."""

    folders: list[tuple[Spot, Spot]] = []
    notes: list[tuple[Spot, Spot]] = []
    empty: list[tuple[Spot, Spot]] = []
    only_a: list[Spot] = []
    only_b: list[Spot] = []


def match_trees(a: Side, b: Side) -> Trees:
    """Match the spots of both sides, and give both of a pair the same label."""
    made = Trees()
    labels = _Labels()
    rounds = _rounds(same_format=a.session.source_front is b.session.source_front)
    folders = _paired(match(a.spots.folders, b.spots.folders, rounds).pairs, labels)
    made.notes = _paired(match(a.spots.notes, b.spots.notes, rounds).pairs, labels)
    folders += _around([*made.notes, *folders], labels)
    made.folders = [(x, y) for x, y in folders if x.unit and y.unit]
    _name_notebooks(a, b, folders)
    made.empty = _paired(match(_empty(_left(a)), _empty(_left(b)), rounds[-2:]).pairs, labels)
    made.only_a, made.only_b = _left(a), _left(b)
    return made


def _left(side: Side) -> list[Spot]:
    return [spot for spot in (*side.spots.folders, *side.spots.notes) if spot.unit and spot.mate is None]


def _around(pairs: Sequence[tuple[Spot, Spot]], labels: _Labels) -> list[tuple[Spot, Spot]]:
    """Folders that hold matched items and are not matched themselves are matched by what they hold."""
    found: list[tuple[Spot, Spot]] = []
    for a, b in pairs:
        x, y = a.above, b.above
        while x is not None and y is not None and x.mate is None and y.mate is None:
            found += _paired([(x, y, "content")], labels)
            x, y = x.above, y.above
    return found


def _name_notebooks(a: Side, b: Side, folders: Sequence[tuple[Spot, Spot]]) -> None:
    for x, y in folders:
        if x.above is None and y.above is None:
            a.notebook_labels[x.key] = b.notebook_labels[y.key] = x.label


def _empty(spots: Sequence[Spot]) -> list[Spot]:
    """Folders, and notes without a word: where a system has no folders, an empty one is such a note."""
    return [spot for spot in spots if spot.kind == "folders" or spot.blank]


def _rounds(*, same_format: bool) -> list[Round[Spot]]:
    rounds = [
        Round[Spot]("id", lambda spot: spot.id or ""),
        Round[Spot]("place", lambda spot: spot.place),
        Round[Spot]("place in order", lambda spot: spot.place, unique=False),
        Round[Spot]("title", lambda spot: fold(spot.name)),
    ]
    if same_format:
        rounds.insert(1, Round[Spot]("key", lambda spot: f"{spot.kind}/{spot.key}" if spot.unit else ""))
    return rounds


def _paired(pairs: Sequence[tuple[Spot, Spot, str]], labels: _Labels) -> list[tuple[Spot, Spot]]:
    for a, b, _ in pairs:
        a.label = b.label = labels.take(a.shown())
        a.mate, b.mate = b.key, a.key
    return [(a, b) for a, b, _ in pairs]


class _Labels:
    """Labels that no two pairs share."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, name: str) -> str:
        """Give this name, with a number where it is taken."""
        self._taken[name] = number = self._taken.get(name, 0) + 1
        return name if number == 1 else f"{name} ({number})"
