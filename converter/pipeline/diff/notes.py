"""Notes of both archives, compared by their digests; of those that differ both are read again to say where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from converter.pipeline.diff.facts import Sayings, Times, same_time, sayings, times_of
from converter.pipeline.diff.places import Place, places_of, time_places
from converter.pipeline.diff.side import Side
from converter.pipeline.diff.spots import Spot

__all__ = ["Difference", "differing_notes"]

_AT_ONCE = 16
"""Notes of either side that are held at once while it is said where they differ."""


class Difference(msgspec.Struct, frozen=True):
    """Two notes and where they differ; None: one of them cannot be read."""

    a: Spot
    b: Spot
    places: list[Place] | None


class _Sum(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a note until its mate is read."""

    digest: bytes
    times: Times


def differing_notes(a: Side, b: Side, pairs: Sequence[tuple[Spot, Spot]]) -> Iterator[Difference]:
    """The pairs that do not say the same, in their order."""
    mine, theirs = _sums(a), _sums(b)
    apart = [(x, y) for x, y in pairs if not _same(mine.get(x.key), theirs.get(y.key), timed=_timed(x, y))]
    del mine, theirs
    for start in range(0, len(apart), _AT_ONCE):
        yield from _told(a, b, apart[start : start + _AT_ONCE])


def _sums(side: Side) -> dict[str, _Sum]:
    progress, catalog = side.session.progress, side.session.catalog
    progress.stage("Comparing notes", len(catalog.notes))
    made: dict[str, _Sum] = {}
    for note in side.read():
        made[note.key] = _Sum(sayings(note, side).digest(), times_of(note))
        progress.advance(note.title or note.key)
    return made


def _timed(x: Spot, y: Spot) -> bool:
    """Whether the times of two notes count: those of a blank note may be of the folder that it was made of."""
    return not (x.blank and y.blank)


def _same(a: _Sum | None, b: _Sum | None, *, timed: bool) -> bool:
    if a is None or b is None or a.digest != b.digest:
        return False
    return not timed or all(same_time(x, y) for x, y in zip(a.times, b.times, strict=True))


def _told(a: Side, b: Side, pairs: Sequence[tuple[Spot, Spot]]) -> Iterator[Difference]:
    readable = [(x, y) for x, y in pairs if x.key not in a.failed and y.key not in b.failed]
    mine = _said(a, [x.key for x, _ in readable])
    theirs = _said(b, [y.key for _, y in readable])
    for x, y in pairs:
        left, right = mine.get(x.key), theirs.get(y.key)
        if left is not None and right is not None:
            times = time_places(left[1], right[1]) if _timed(x, y) else []
            yield Difference(x, y, [*times, *places_of(left[0], right[0])])
        elif not _same_bytes(a, b, x, y):
            yield Difference(x, y, None)


def _said(side: Side, keys: Sequence[str]) -> dict[str, tuple[Sayings, Times]]:
    return {note.key: (sayings(note, side), times_of(note)) for note in side.read(keys)} if keys else {}


def _same_bytes(a: Side, b: Side, x: Spot, y: Spot) -> bool:
    """Whether two notes that nobody can read are one, by their bytes."""
    if a.session.source_front is not b.session.source_front:
        return False
    data = a.data_of(x.key)
    return data is not None and data == b.data_of(y.key)
