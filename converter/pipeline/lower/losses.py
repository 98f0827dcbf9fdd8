"""Findings of one note while it is lowered: one per code, with a count and the first place."""

from __future__ import annotations

from converter.findings.finding import Finding, Location

__all__ = ["Losses"]


class Losses:
    """Collects what lowering reports about one item."""

    def __init__(self, item: str, file: str = "") -> None:
        self.item = item
        self.file = file
        self.position = 0
        self._counts: dict[str, int] = {}
        self._first: dict[str, tuple[int, tuple[tuple[str, str], ...]]] = {}

    def add(self, code: str, **details: str) -> None:
        """Count one more place; details of the first place are the ones that are told."""
        if code not in self._counts:
            self._first[code] = (self.position, tuple(details.items()))
        self._counts[code] = self._counts.get(code, 0) + 1

    def findings(self) -> tuple[Finding, ...]:
        """The findings so far, by code."""
        return tuple(self._finding(code) for code in sorted(self._counts))

    def _finding(self, code: str) -> Finding:
        position, details = self._first[code]
        where = Location(file=self.file, pointer=f"/blocks/{position}")
        return Finding(code=code, item=self.item, location=where, details=details, count=self._counts[code])
