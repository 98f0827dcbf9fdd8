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
    found = match(a.spots.folders, b.spots.folders, rounds)
    made.folders = [(x, y) for x, y in _paired(found.pairs, labels) if x.unit and y.unit]
    notes = match(a.spots.notes, b.spots.notes, rounds)
    made.notes = _paired(notes.pairs, labels)
    rest_a = [spot for spot in (*found.only_a, *notes.only_a) if spot.unit]
    rest_b = [spot for spot in (*found.only_b, *notes.only_b) if spot.unit]
    rest = match(_empty(rest_a), _empty(rest_b), rounds[-2:])
    made.empty = _paired(rest.pairs, labels)
    made.only_a = [spot for spot in rest_a if spot.mate is None]
    made.only_b = [spot for spot in rest_b if spot.mate is None]
    return made


def _empty(spots: Sequence[Spot]) -> list[Spot]:
    """Folders, and notes without a word: where a system has no folders, an empty one is such a note."""
    return [spot for spot in spots if spot.kind == "folders" or spot.hollow]


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
