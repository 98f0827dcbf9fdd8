"""Whether a note that was put together shows what the source shows (docs/residue.md, "Validity")."""

from __future__ import annotations

from collections.abc import Sequence

from converter.pipeline.residue.align import Kept, Part, matched
from converter.pipeline.residue.trace import Group

__all__ = ["by_parts", "by_place"]


def by_parts(
    parts: list[Part], sizes: list[int], groups: Sequence[Group], shown: list[bytes], wanted: list[bytes]
) -> frozenset[int]:
    """Every part is there as its own blocks: what a kept one shows is compared with what the source shows there.

    What is made anew may show something else than it did: that is as near as the target can come. The result are the
    first segments of kept parts that do not fit.
    """
    owner = [index for index, size in enumerate(sizes) for _ in range(size)]
    bad: set[int] = set()
    spans: dict[tuple[int, ...], list[bytes]] = {}
    for group in groups:
        owners = {owner[number] for number in group.source}
        runs = {_run(parts[index], index) for index in owners}
        if len(runs) > 1:
            bad |= owners
        spans.setdefault(min(runs), []).extend(shown[group.first : group.first + group.count])
    for index, part in enumerate(parts):
        if isinstance(part, Kept) and sorted(spans.get(_run(part, index), ())) != sorted(_span(part, wanted)):
            bad.add(index)
    return frozenset(part.numbers[0] for index in bad if isinstance(part := parts[index], Kept))


def _run(part: Part, index: int) -> tuple[int, ...]:
    """What stands for a part: segments that were changed inside show one run together."""
    if isinstance(part, Kept) and part.text is not None:
        return (-1, part.first)
    return (index,)


def _span(part: Kept, wanted: list[bytes]) -> list[bytes]:
    return wanted[part.first : part.first + part.count] if part.count else []


def by_place(parts: list[Part], shown: list[bytes], wanted: list[bytes]) -> frozenset[int]:
    """Parts have run into each other: those that were changed inside, else those beside what is not where it was."""
    changed = [part for part in parts if isinstance(part, Kept) and part.text is not None]
    if changed:
        return frozenset(number for part in changed for number in part.numbers)
    pairs = matched(shown, wanted)
    straight = {now for then, now in pairs.items() if pairs.get(then - 1, now - 1) == now - 1}
    bad = set(range(len(wanted))) - straight
    near = {place + one for place in bad for one in (-1, 0, 1)}
    kept = [part for part in parts if isinstance(part, Kept) and part.count]
    found = [part for part in kept if _shows(part, bad)] or [part for part in kept if _shows(part, near)]
    return frozenset(part.numbers[0] for part in found)


def _shows(part: Kept, places: set[int]) -> bool:
    return any(part.first + one in places for one in range(part.count))
