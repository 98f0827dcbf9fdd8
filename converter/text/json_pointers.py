"""Where strings of a JSON text stand: their pointers (RFC 6901)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

import msgspec

from converter.text.json_places import Entries, Patch, Place, Spot, places

__all__ = ["Pointed", "pointed"]


class Pointed(msgspec.Struct, frozen=True):
    """A change that an edit would make: the pointer of its string, its place in the text, and the text after it."""

    pointer: str
    start: int
    new: str


class _Step(msgspec.Struct, frozen=True):
    """The way to a value: its name or number, and the way to what holds it."""

    name: str
    above: _Step | None

    def pointer(self) -> str:
        names: list[str] = []
        step: _Step | None = self
        while step is not None:
            names.append(step.name.replace("~", "~0").replace("/", "~1"))
            step = step.above
        return "".join(f"/{name}" for name in reversed(names))


def pointed(text: str, edit: Callable[[Place, Patch], None]) -> Iterator[Pointed]:
    """The changes of values that `edit` would make, in the order of the text; none where it is no JSON.

    What is new is spelled as it is given.
    """
    place = places(text)
    if place is None:
        return
    patch = Patch(lambda new: new)
    edit(place, patch)
    changes = sorted(patch.changes)
    starts = [start for start, _, _ in changes]
    holders: dict[int, _Step] = {}
    for step, spot in _strings(place) if changes else ():
        end = bisect_right(starts, spot.start + len(spot.raw))
        while end and starts[end - 1] >= spot.start:
            end -= 1
            holders[end] = step
    for number, (start, _, new) in enumerate(changes):
        if number in holders:
            yield Pointed(holders[number].pointer(), start, new)


def _strings(place: Place) -> Iterator[tuple[_Step, Spot]]:
    """All strings that are values, with the way to each."""
    stack: list[tuple[_Step | None, Place]] = [(None, place)]
    while stack:
        step, value = stack.pop()
        if isinstance(value, list):
            stack += [(_Step(str(number), step), inner) for number, inner in enumerate(value)]
        elif type(value) is Entries:  # the others hold no strings
            stack += [(_Step(name.text, step), inner) for name, inner in value.pairs]
        elif isinstance(value, Spot) and step is not None:
            yield step, value
