"""Findings of one item, gathered while it is read: one per code, with a count and the first place."""

from __future__ import annotations

import msgspec

from converter.findings.finding import Finding, Location

__all__ = ["Problems"]

_EXCERPT = 120


class Problems:
    """Collects what is wrong in one item.

    `item` names it as kind and key; its text lies in a row of a database table, in a member of a package, or in a file.
    """

    def __init__(self, item: str, table: str = "", row: str = "", *, member: str = "", file: str = "") -> None:
        self.item = item
        self._where = Location(file=file, member=member, table=table, row=row)
        self._found: dict[str, Finding] = {}

    def add(self, code: str, pointer: str = "", count: int = 1, /, **details: str) -> None:
        """Note a problem at a JSON pointer; of several with one code the first place and details stay."""
        first = self._found.get(code)
        if first is None:
            location = msgspec.structs.replace(self._where, pointer=pointer)
            shown = tuple((name, _excerpt(text)) for name, text in details.items())
            first = Finding(code=code, item=self.item, location=location, details=shown, count=0)
        self._found[code] = msgspec.structs.replace(first, count=first.count + count)

    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which the codes were met."""
        return tuple(self._found.values())


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
