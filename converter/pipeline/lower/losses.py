"""Findings of one note while it is lowered: one for all that is told with the same words."""

from __future__ import annotations

from converter.findings.finding import Finding, Location
from converter.findings.gathered import PLACES

__all__ = ["Losses"]

_Details = tuple[tuple[str, str], ...]


class _Loss:
    """How often, and where first."""

    __slots__ = ("count", "position")

    def __init__(self, position: int) -> None:
        self.count = 0
        self.position = position


class Losses:
    """Collects what lowering reports about one item."""

    def __init__(self, item: str, file: str = "") -> None:
        self.item = item
        self.file = file
        self.position = 0
        self._found: dict[str, dict[_Details, _Loss]] = {}

    def add(self, code: str, **details: str) -> None:
        """Count one more place; after a thousand that differ, with the first one of its code."""
        found, told = self._found.setdefault(code, {}), tuple(details.items())
        if told not in found and len(found) >= PLACES:
            told = next(iter(found))
        loss = found.get(told)
        if loss is None:
            loss = found[told] = _Loss(self.position)
        loss.count += 1

    def findings(self) -> tuple[Finding, ...]:
        """The findings so far, by code; of one code in the order of their first places."""
        return tuple(
            self._finding(code, details, loss)
            for code in sorted(self._found)
            for details, loss in self._found[code].items()
        )

    def _finding(self, code: str, details: _Details, loss: _Loss) -> Finding:
        where = Location(file=self.file, pointer=f"/blocks/{loss.position}")
        return Finding(code=code, item=self.item, location=where, details=details, count=loss.count)
