"""Measure every direction beside its floor: python -m benchmarks (see benchmarks/README.md)."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import table
from benchmarks.directions import chosen, known_formats, obstacle
from benchmarks.process import measure_starts
from benchmarks.rounds import Result, Size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from benchmarks.directions import Direction

_SIZES: Final = (1_000, 5_000, 20_000)


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every direction beside its floor.")
    made.add_argument("--sizes", type=_positive, nargs="+", default=_SIZES, metavar="NOTES")
    made.add_argument("--rounds", type=_positive, default=3)
    made.add_argument(
        "--directions", nargs="+", default=(), metavar="FROM:TO", help="such as mnemo:markdown or *:mnemo"
    )
    made.add_argument("--seed", type=int, default=1, help="of the corpus")
    made.add_argument(
        "--verify", action=argparse.BooleanOptionalAction, default=True, help="what the converter is told"
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="where to write every round")
    made.add_argument("--scratch", type=Path, metavar="FOLDER", help="where to work, on the disk to be measured")
    return made


def _positive(text: str) -> int:
    number = int(text.replace(",", "").replace("_", ""))
    if number < 1:
        raise ValueError(text)
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if a direction failed."""
    asked = parser()
    given = asked.parse_args(arguments)
    try:
        directions = chosen(given.directions)
    except ValueError as error:
        asked.error(str(error))
    signal.signal(signal.SIGTERM, _stop)
    if given.scratch is not None:
        given.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=given.scratch) as scratch:
        results = _measure(Path(scratch).resolve(), given, directions)
    return int(any(result.failure for result in results))


def _measure(scratch: Path, given: argparse.Namespace, directions: Sequence[Direction]) -> list[Result]:
    known = known_formats()
    skipped = {str(one): why for one in directions if (why := obstacle(one, known))}
    able = [one for one in directions if str(one) not in skipped]
    starts = measure_starts(scratch / "empty", scratch / "sizes", scratch / "target")
    _print_setting(given, starts, skipped)
    results: list[Result] = []
    for notes in sorted(set(given.sizes)):
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            size = Size(Path(folder), notes, known, () if given.verify else ("--no-verify",))
            size.make_corpus(given.seed)
            found = size.measure(able, given.rounds)
        results += found
        _print_rows(found, results)
        if given.json is not None:
            about = {"seed": given.seed, "verify": given.verify, "skipped": skipped}
            start_seconds = dict(zip(("converter", "floor"), starts, strict=True))
            text = json.dumps(
                table.as_json(results, **about, start_seconds=start_seconds), indent=2, ensure_ascii=False
            )
            given.json.write_text(text + "\n", encoding="utf-8")
    return results


def _print_setting(given: argparse.Namespace, starts: tuple[float, float], skipped: Mapping[str, str]) -> None:
    print(*(f"{name} {value}" for name, value in table.machine().items()), sep=", ")
    print(f"rounds {given.rounds}, seed {given.seed}, verification {'on' if given.verify else 'off'}")
    print(f"of every time, process start: converter {starts[0]:.3f} s, floor {starts[1]:.3f} s")
    for direction, why in skipped.items():
        print(f"skipped {direction}: {why}")
    print(table.head(), flush=True)


def _print_rows(found: Sequence[Result], results: Sequence[Result]) -> None:
    for result in found:
        smallest = next(first for first in results if first.direction == result.direction)
        print(table.row(result, smallest), flush=True)
    for result in found:
        if result.failure is not None:
            print(f"failed {result.direction}: {result.failure}", file=sys.stderr)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Leave by an exception, so that what was made is removed."""
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main())
