"""Verdicts on one file, gathered while it is looked at."""

from __future__ import annotations

from converter.findings.finding import Finding, Location
from converter.findings.gathered import Gathered

__all__ = ["LOSES", "REFUSES", "REPAIRS", "Verdicts", "position", "step"]

LOSES, REFUSES, REPAIRS = "app-loses", "app-refuses", "app-repairs"
_EXCERPT = 80


class Verdicts:
    """Collects what would happen to one file. `item` names it as kind and key, `file` is its path below `data`."""

    def __init__(self, item: str, file: str) -> None:
        self.item = item
        self.file = file
        self._found = Gathered()

    def add(self, code: str, what: str, pointer: str = "", *, name: str = "", line: int = 0, column: int = 0) -> None:
        """Note a verdict; `name` is what the place is called."""
        where = Location(file=self.file, pointer=pointer, line=line, column=column)
        told = f"{what} ({name[:_EXCERPT]})" if name else what
        self._found.add(Finding(code=code, item=self.item, location=where, details=(("what", told),)))

    def refuse(self, what: str, pointer: str = "", *, line: int = 0, column: int = 0) -> None:
        """The whole file is refused: what else would happen to its parts does not."""
        self._found.clear()
        self.add(REFUSES, what, pointer, line=line, column=column)

    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they were met."""
        return self._found.findings()


def step(name: str) -> str:
    """A member's name as a step of a JSON pointer."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def position(data: bytes, offset: int) -> tuple[int, int]:
    """The line and column of a byte, from 1; columns count bytes."""
    return data.count(b"\n", 0, offset) + 1, offset - data.rfind(b"\n", 0, offset)
