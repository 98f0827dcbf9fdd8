"""Measure every direction beside its floor: python -m benchmarks (see benchmarks/README.md)."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import table
from benchmarks.directions import chosen, known_formats, obstacle
from benchmarks.kept import keep
from benchmarks.process import CONVERTER, measure
from benchmarks.rounds import Result, Size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from benchmarks.directions import Direction

_SIZES: Final = (2_000, 20_000)


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every direction beside its floor.")
    made.add_argument("--sizes", type=_positive, nargs="+", default=_SIZES, metavar="NOTES")
    made.add_argument("--rounds", type=_positive, default=3)
    made.add_argument(
        "--directions", nargs="+", default=(), metavar="FROM:TO", help="such as mnemo:markdown or *:mnemo"
    )
    made.add_argument("--seed", type=int, default=1, help="of the corpora")
    made.add_argument("--jobs", type=_positive, metavar="N", help="what the converter is told; nothing unless given")
    made.add_argument(
        "--verify", action=argparse.BooleanOptionalAction, default=True, help="what the converter is told"
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="where to write every round")
    made.add_argument("--keep", action="store_true", help="keep the numbers in the repository, in place of the last")
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
        results, about = _measure(Path(scratch).resolve(), given, directions)
    if given.keep:
        words = sys.argv[1:] if arguments is None else arguments
        keep(results, shlex.join(("python", "-m", "benchmarks", *words)), about)
    return int(any(result.failure for result in results))


def _measure(
    scratch: Path, given: argparse.Namespace, directions: Sequence[Direction]
) -> tuple[list[Result], dict[str, Any]]:
    known = known_formats()
    skipped = {str(one): why for one in directions if (why := obstacle(one, known))}
    able = [one for one in directions if str(one) not in skipped]
    about = {"seed": given.seed, "jobs": given.jobs, "verify": given.verify, "skipped": skipped}
    _print_setting(given, skipped)
    results: list[Result] = []
    for notes in sorted(set(given.sizes)):
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            size = Size(Path(folder), notes, known, _options(given))
            size.make_corpora(given.seed)
            found = size.measure(able, given.rounds)
        results += found
        _print_rows(found, results)
        if given.json is not None:
            text = json.dumps(table.as_json(results, **about), indent=2, ensure_ascii=False)
            given.json.write_text(text + "\n", encoding="utf-8")
    return results, about


def _options(given: argparse.Namespace) -> tuple[str, ...]:
    """What the converter is told."""
    jobs = () if given.jobs is None else ("--jobs", str(given.jobs))
    return jobs if given.verify else (*jobs, "--no-verify")


def _print_setting(given: argparse.Namespace, skipped: Mapping[str, str]) -> None:
    print(*(f"{name} {value}" for name, value in table.machine().items()), sep=", ")
    jobs = "as many as processors" if given.jobs is None else given.jobs
    print(f"rounds {given.rounds}, seed {given.seed}, jobs {jobs}, verification {'on' if given.verify else 'off'}")
    print(f"of every conversion, start of the process: {measure((*CONVERTER, '--version')).seconds:.3f} s")
    for direction, why in skipped.items():
        print(f"skipped {direction}: {why}")
    print(table.head(), flush=True)


def _print_rows(found: Sequence[Result], results: Sequence[Result]) -> None:
    for result in found:
        print(table.row(result, table.first_of(results, result)), flush=True)
    for result in found:
        if result.failure is not None:
            print(f"failed {result.direction}: {result.failure}", file=sys.stderr)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Leave by an exception, so that what was made is removed."""
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main())
