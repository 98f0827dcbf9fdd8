"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.rounds import Result

_HEAD: Final = ("notes", "direction", "notes/s", "seconds", "spread", "floor s", "× floor", "peak MB", "growth")
_WIDTHS: Final = (7, -17, 8, 8, 7, 8, 8, 8, 7)
_MB: Final = 1_000_000


def head() -> str:
    """The names of the columns."""
    return _line(_HEAD)


def row(result: Result, smallest: Result) -> str:
    """One direction at one size; `smallest` is the same direction at the first size."""
    if result.failure is not None:
        return _line((f"{result.notes:,}", str(result.direction), "failed"))
    return _line(
        (
            f"{result.notes:,}",
            str(result.direction),
            f"{result.notes / result.seconds:,.0f}",
            f"{result.seconds:.2f}",
            f"{result.spread:.0%}",
            f"{result.floor_seconds:.3f}",
            f"{result.multiple:.1f}",
            f"{result.peak / _MB:.0f}",
            _growth(result, smallest),
        )
    )


def as_json(results: Iterable[Result], **about: Any) -> dict[str, Any]:
    """Everything that was measured, each round of it, with the machine it was measured on."""
    return {**about, "machine": machine(), "results": [_as_json(result) for result in results]}


def machine() -> dict[str, Any]:
    """What times depend on besides the code."""
    return {"python": platform.python_version(), "system": platform.platform(), "processors": os.cpu_count()}


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "direction": str(result.direction),
        "notes": result.notes,
        "failure": result.failure,
        "runs": [asdict(run) for run in result.runs],
        "floors": [asdict(floor) for floor in result.floors],
    }


def _growth(result: Result, smallest: Result) -> str:
    """The time of one note, as a multiple of that at the first size: 1 is linear growth."""
    if smallest.failure is not None:
        return "–"
    return f"{result.seconds / result.notes / (smallest.seconds / smallest.notes):.2f}"


def _line(cells: Iterable[str]) -> str:
    return "  ".join(_padded(cells)).rstrip()


def _padded(cells: Iterable[str]) -> Iterator[str]:
    for cell, width in zip(cells, _WIDTHS, strict=False):
        yield cell.ljust(-width) if width < 0 else cell.rjust(width)
