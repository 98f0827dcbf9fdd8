"""What is wrong in one item, gathered while it is read."""

from __future__ import annotations

import msgspec

from converter.findings.finding import Finding, Location
from converter.findings.gathered import Gathered

__all__ = ["Problems"]

_EXCERPT = 120


class Problems:
    """Collects what is wrong in one item.

    `item` names it as kind and key; its text lies in a row of a database table, in a member of a package, or in a file.
    """

    def __init__(self, item: str, table: str = "", row: str = "", *, member: str = "", file: str = "") -> None:
        self.item = item
        self._where = Location(file=file, member=member, table=table, row=row)
        self._found = Gathered()

    def add(self, code: str, pointer: str = "", count: int = 1, /, **details: str) -> None:
        """Note a problem at a JSON pointer."""
        where = msgspec.structs.replace(self._where, pointer=pointer)
        shown = tuple((name, _excerpt(text)) for name, text in details.items())
        self._found.add(Finding(code=code, item=self.item, location=where, details=shown, count=count))

    def apart(self) -> Problems:
        """An empty collection of the same item, for reading that may come to nothing."""
        other = Problems(self.item)
        other._where = self._where
        return other

    def join(self, other: Problems) -> None:
        """Take all of another collection."""
        for finding in other.findings():
            self._found.add(finding)

    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they were met."""
        return self._found.findings()


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
