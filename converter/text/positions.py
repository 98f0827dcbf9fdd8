"""Lines and columns of a text, as editors count them."""

from __future__ import annotations

from bisect import bisect_right

__all__ = ["Positions"]

_BOM = "\ufeff"


class Positions:
    """Gives the line and column of a place in a text, both from 1.

    A line ends with its line feed. Columns count characters; a byte-order mark is none.
    """

    def __init__(self, text: str) -> None:
        self._starts = [len(_BOM) if text.startswith(_BOM) else 0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def of(self, place: int) -> tuple[int, int]:
        """The line and column of the character at this place."""
        line = bisect_right(self._starts, place)
        return line, place - self._starts[line - 1] + 1
