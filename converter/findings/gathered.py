"""Findings of one item, gathered while it is looked at: each place by itself, as long as they are not too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from converter.findings.finding import Finding

__all__ = ["PLACES", "Gathered"]

PLACES = 1000
"""How many places of one item and code are told by themselves."""


class Gathered:
    """Findings by code. What is told with the same words is one finding, with a count.

    After the first thousand of a code a further place is counted with the first: an item made of nothing but faults
    fills no memory.
    """

    def __init__(self) -> None:
        self._found: dict[str, dict[Finding, int]] = {}

    def add(self, finding: Finding) -> None:
        """Take a finding."""
        found = self._found.setdefault(finding.code, {})
        place = msgspec.structs.replace(finding, count=1)
        if place not in found and len(found) >= PLACES:
            place = next(iter(found))
        found[place] = found.get(place, 0) + finding.count

    def clear(self) -> None:
        """Forget all."""
        self._found.clear()

    def findings(self) -> tuple[Finding, ...]:
        """All of them, codes and places in the order in which they were met."""
        return tuple(
            msgspec.structs.replace(place, count=count)
            for found in self._found.values()
            for place, count in found.items()
        )
