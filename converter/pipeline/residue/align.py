"""Which parts of a note are still what they were, and in which order they stand (docs/residue.md, "Edits")."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence

import msgspec

from converter.pipeline.residue.trace import Group

__all__ = ["Kept", "Part", "Rendered", "arranged", "matched", "parts_of"]


class Kept(msgspec.Struct, frozen=True, gc=False):
    """Segments of the origin that are as they were, by their numbers.

    `first` and `count` say where they stand in the source. One with a `text` was changed inside; what it shows is part
    of that run.
    """

    numbers: tuple[int, ...]
    first: int = -1
    count: int = 0
    text: str | None = None


class Rendered(msgspec.Struct, frozen=True, gc=False):
    """Blocks of the source that are made anew: the run of target blocks that they become, and where they stand.

    `instead` are the segments in whose place they are, as far as that can be told.
    """

    first: int
    count: int
    blocks: tuple[int, ...]
    instead: tuple[int, ...] = ()


Part = Kept | Rendered


def matched(then: Sequence[bytes], now: Sequence[bytes]) -> dict[int, int]:
    """For blocks as they were the place where each still stands: what did not move first, then what did."""
    found: dict[int, int] = {}
    low, high_then, high_now = 0, len(then), len(now)
    while low < min(high_then, high_now) and then[low] == now[low]:
        found[low] = low
        low += 1
    while min(high_then, high_now) > low and then[high_then - 1] == now[high_now - 1]:
        high_then, high_now = high_then - 1, high_now - 1
        found[high_then] = high_now
    waiting: dict[bytes, deque[int]] = {}
    for place in range(low, high_now):
        waiting.setdefault(now[place], deque()).append(place)
    for place in range(low, high_then):
        queue = waiting.get(then[place])
        if queue:
            found[place] = queue.popleft()
    return found


def parts_of(
    was: Sequence[Group],
    lowered: Sequence[bytes],
    now: Sequence[bytes],
    made: Sequence[Group],
    refused: frozenset[int],
    dated: frozenset[int],
) -> list[Part]:
    """The parts of the note in the target's order.

    `was` are the groups of the origin's segments by what they were lowered to (`lowered`: digests), `now` what the
    source shows, `made` the groups of the source's blocks by what they become in the target. Groups whose first segment
    is `refused` are not kept. `dated` are lowered blocks that come from no segment.
    """
    places = matched(lowered, now)
    kept = {group.source[0]: spot for group in was if (spot := _spot(group, places, refused)) is not None}
    groups = {group.source[0]: group for group in was}
    artifacts = {places[one] for one in dated if one in places}
    _close(kept, groups, artifacts, now, made)
    return _in_order(kept, groups, was, artifacts, made)


def _spot(group: Group, places: dict[int, int], refused: frozenset[int]) -> int | None:
    """Where a group stands as a whole; None where it does not any more."""
    if not group.count or group.source[0] in refused:
        return None
    first = places.get(group.first)
    if first is None:
        return None
    run = range(group.count)
    return first if all(places.get(group.first + one) == first + one for one in run) else None


def _close(
    kept: dict[int, int],
    groups: dict[int, Group],
    artifacts: set[int],
    now: Sequence[bytes],
    made: Sequence[Group],
) -> None:
    """What is made anew is made whole: groups that share a block of the source with it are not kept either."""
    owner: dict[int, int] = {}
    for first, spot in kept.items():
        owner |= dict.fromkeys(range(spot, spot + groups[first].count), first)
    of_block = {number: group for group in made for number in group.source}
    waiting = [number for number in range(len(now)) if number not in owner and number not in artifacts]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        artifacts.discard(number)
        for other in of_block[number].source if number in of_block else (number,):
            waiting.append(other)
            first = owner.get(other, -1)
            if first in kept:
                spot = kept.pop(first)
                waiting += range(spot, spot + groups[first].count)


def _in_order(
    kept: dict[int, int],
    groups: dict[int, Group],
    was: Sequence[Group],
    artifacts: set[int],
    made: Sequence[Group],
) -> list[Part]:
    settled = {spot + one for first, spot in kept.items() for one in range(groups[first].count)} | artifacts
    parts: list[tuple[int, Part]] = []
    for first, spot in kept.items():
        parts.append((spot, Kept(groups[first].source, spot, groups[first].count)))
    anew = [group for group in made if group.count and settled.isdisjoint(group.source)]
    parts += [(group.source[0], Rendered(group.first, group.count, group.source)) for group in anew]
    ordered = [part for _, part in sorted(parts, key=lambda entry: entry[0])]
    return _instead(ordered, was)


def arranged(parts: list[Part], was: Sequence[Group]) -> list[Part]:
    """The parts in the order of the origin, with what the source shows elsewhere and what it does not show."""
    return _with_silent(_with_displaced(parts, was), was)


def _instead(parts: list[Part], was: Sequence[Group]) -> list[Part]:
    """Parts made anew, each with the segments that it stands for: those that were between the same neighbours."""
    firsts = {group.source[0]: group.first for group in was if group.count}
    kept = {part.numbers[0] for part in parts if isinstance(part, Kept)}
    gone = sorted((group for group in was if group.count and group.source[0] not in kept), key=lambda one: one.first)
    starts = [group.first for group in gone]
    made: list[Part] = []
    run: list[Rendered] = []
    low = 0
    for part in [*parts, None]:
        if isinstance(part, Rendered):
            run.append(part)
            continue
        high = bisect_left(starts, firsts[part.numbers[0]]) if part is not None else len(starts)
        made += _paired(run, gone[low:high])
        run = []
        if part is not None:
            made.append(part)
            low = high
    return made


def _paired(run: list[Rendered], gone: list[Group]) -> list[Rendered]:
    if len(run) == len(gone):
        return [msgspec.structs.replace(one, instead=own.source) for one, own in zip(run, gone, strict=True)]
    if run and len(gone) == 1:
        return [msgspec.structs.replace(run[0], instead=gone[0].source), *run[1:]]
    if len(run) == 1:
        return [msgspec.structs.replace(run[0], instead=tuple(number for own in gone for number in own.source))]
    return run


def _numbers(part: Part) -> tuple[int, ...]:
    """The segments that a part is, or stands for."""
    return part.numbers if isinstance(part, Kept) else part.instead


def _with_displaced(parts: list[Part], was: Sequence[Group]) -> list[Part]:
    """Segments that the source shows elsewhere (footnotes, at its end) go back behind those that they followed."""
    displaced = _displaced([group for group in was if group.count])
    moving = {part.numbers[0]: part for part in parts if isinstance(part, Kept) and part.numbers[0] in displaced}
    rest = [part for part in parts if not (isinstance(part, Kept) and part.numbers[0] in moving)]
    for number in sorted(moving):
        rest.insert(_behind(rest, number), moving[number])
    return rest


def _displaced(groups: Sequence[Group]) -> set[int]:
    """Groups that do not stand in the order of their segments: those behind which earlier ones come."""
    found: set[int] = set()
    lowest = max((group.first for group in groups), default=0)
    for group in reversed(groups):
        if group.first > lowest:
            found |= set(group.source)
        else:
            lowest = group.first
    return found


def _behind(parts: Sequence[Part], number: int) -> int:
    """The place behind the part with the nearest segment before this one."""
    best, place = -1, 0
    for index, part in enumerate(parts):
        before = max((one for one in _numbers(part) if one < number), default=-1)
        if before > best:
            best, place = before, index + 1
    return place


def _with_silent(parts: list[Part], was: Sequence[Group]) -> list[Part]:
    """Segments that show nothing stand behind the one that they followed, where that is still there."""
    silent = [group for group in was if not group.count]
    if not silent:
        return parts
    quiet = {number for group in silent for number in group.source}
    place = {number: index for index, part in enumerate(parts) for number in _numbers(part)}
    after: dict[int, list[Kept]] = {}
    for group in silent:
        number = group.source[0]
        home = number - 1
        while home >= 0 and home not in place:
            if home not in quiet:
                break
            home -= 1
        if home < 0 or home in place:
            after.setdefault(place.get(home, -1), []).append(Kept(group.source))
    ordered: list[Part] = list(after.get(-1, ()))
    for index, part in enumerate(parts):
        ordered.append(part)
        ordered += after.get(index, ())
    return ordered
