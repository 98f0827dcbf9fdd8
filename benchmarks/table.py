"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.reference import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.rounds import Result

_COLUMNS: Final = {
    "notes": 7,
    "direction": -17,
    "notes/s": 8,
    f"at {STANDARD}/s": 9,
    "seconds": 8,
    "spread": 7,
    "floor s": 8,
    "× floor": 8,
    "peak MB": 8,
    "bytes/note": 10,
    "growth": 7,
}
_MB: Final = 1_000_000
_NONE: Final = "–"
_PROCESSORS: Final = Path("/proc/cpuinfo")


def head() -> str:
    """The names of the columns."""
    return _line(_COLUMNS)


def row(result: Result, smallest: Result) -> str:
    """One direction at one size; `smallest` is the same direction at the first size."""
    return _line(_cells(result, smallest))


def markdown(results: Sequence[Result]) -> str:
    """All rows as a table of Markdown."""
    lines = [tuple(_COLUMNS), ("---",) * len(_COLUMNS)]
    lines += [_cells(result, first_of(results, result)) for result in results]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def first_of(results: Iterable[Result], result: Result) -> Result:
    """The same direction at the first size."""
    return next(first for first in results if first.direction == result.direction)


def as_json(results: Iterable[Result], **about: Any) -> dict[str, Any]:
    """Everything that was measured, each round of it, with the machine it was measured on."""
    return {**about, "machine": machine(), "results": [_as_json(result) for result in results]}


def machine() -> dict[str, Any]:
    """What times depend on besides the code."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "processor": _processor(),
    }


def _processor() -> str:
    """What the processor calls itself."""
    lines = _PROCESSORS.read_text(encoding="utf-8").splitlines() if _PROCESSORS.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "direction": str(result.direction),
        "notes": result.notes,
        "failure": result.failure,
        "runs": [asdict(run) for run in result.runs],
        "floors": result.floors,
        "memory": result.memory,
        "reference": result.reference,
    }


def _cells(result: Result, smallest: Result) -> tuple[str, ...]:
    if result.failure is not None:
        return f"{result.notes:,}", str(result.direction), "failed"
    speed = result.notes / result.seconds
    return (
        f"{result.notes:,}",
        str(result.direction),
        f"{speed:,.0f}",
        _NONE if result.reference is None else f"{speed * STANDARD / result.reference:,.0f}",
        f"{result.seconds:.2f}",
        f"{result.spread:.0%}",
        f"{result.floor_seconds:.3f}",
        f"{result.multiple:.1f}",
        f"{result.memory / _MB:.0f}",
        _memory_growth(result, smallest),
        _growth(result, smallest),
    )


def _memory_growth(result: Result, smallest: Result) -> str:
    """Bytes of memory for each note more than at the first size."""
    if smallest.failure is not None or smallest.notes == result.notes:
        return _NONE
    return f"{(result.memory - smallest.memory) / (result.notes - smallest.notes):,.0f}"


def _growth(result: Result, smallest: Result) -> str:
    """The time of one note, as a multiple of that at the first size: 1 is linear growth."""
    if smallest.failure is not None:
        return _NONE
    return f"{result.seconds / result.notes / (smallest.seconds / smallest.notes):.2f}"


def _line(cells: Iterable[str]) -> str:
    return "  ".join(_padded(cells)).rstrip()


def _padded(cells: Iterable[str]) -> Iterator[str]:
    for cell, width in zip(cells, _COLUMNS.values(), strict=False):
        yield cell.ljust(-width) if width < 0 else cell.rjust(width)
