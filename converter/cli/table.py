"""Small tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.findings.escape import escape_for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["table"]


def table(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Give the lines of a table: one column for each member of the rows, which all have the same."""
    if not rows:
        return
    names = [name.replace("_", " ") for name in rows[0]]
    cells = [names, *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(names))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    text = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else f"{value}"
    return escape_for_terminal(text)
