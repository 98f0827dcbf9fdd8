"""The measurement of one size: its corpus, its sources, and the rounds."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from benchmarks.directions import CORPUS_FORMAT, Direction, file_name
from benchmarks.floor import write_sizes
from benchmarks.process import CONVERTER, Measured, RunFailedError, measure, measure_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

# 1 is a conversion that went through and reported something, as most do between different systems.
_DONE: Final = frozenset((0, 1))


@dataclass(slots=True)
class Result:
    """What was measured of one direction at one size; `failure` says why there may be nothing."""

    direction: Direction
    notes: int
    runs: list[Measured] = field(default_factory=list)
    floors: list[Measured] = field(default_factory=list)
    failure: str | None = None

    @property
    def seconds(self) -> float:
        """The median time of a conversion."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def floor_seconds(self) -> float:
        """The median time of the floor."""
        return statistics.median(floor.seconds for floor in self.floors)

    @property
    def multiple(self) -> float:
        """The median of each round's multiple: what made the machine slow in a round slowed both sides of it."""
        return statistics.median(run.seconds / floor.seconds for run, floor in zip(self.runs, self.floors, strict=True))

    @property
    def spread(self) -> float:
        """How far the slowest round is from the fastest, as a share of the median."""
        times = [run.seconds for run in self.runs]
        return (max(times) - min(times)) / self.seconds

    @property
    def peak(self) -> int:
        """The most memory that any conversion held."""
        return max(run.peak for run in self.runs)


class Size:
    """One size of the corpus in a folder of its own."""

    def __init__(self, folder: Path, notes: int, known: Mapping[str, Any], options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.notes = notes
        self._known = known
        self._options = options
        self._sources: dict[str, Path] = {}

    def make_corpus(self, seed: int) -> None:
        """Make the vault, in another process: a child's peak is at least what its parent held when it was started."""
        vault = self.folder / "vault"
        given = ("--notes", str(self.notes), "--seed", str(seed))
        measure((sys.executable, "-m", "benchmarks.corpus", str(vault), *given))
        self._sources[CORPUS_FORMAT] = vault

    def source(self, form: str) -> Path:
        """The corpus in a format, made once. Raises RunFailedError when a note is missing from it."""
        if form not in self._sources:
            made = self.folder / file_name(f"source-{form}", self._known[form])
            report = self.folder / f"source-{form}.json"
            direction = Direction(CORPUS_FORMAT, form)
            measure((*self._command(direction, self._sources[CORPUS_FORMAT], made), "--report", str(report)), _DONE)
            written = json.loads(report.read_bytes())["counts"]["notes"]["written"]
            if written != self.notes:
                _remove(made)
                raise RunFailedError(f"{direction} wrote {written:,} of {self.notes:,} notes")
            self._sources[form] = made
        return self._sources[form]

    def measure(self, directions: Iterable[Direction], rounds: int) -> list[Result]:
        """Every direction once in each round, each time with its floor right after it."""
        results = [Result(direction, self.notes) for direction in directions]
        for number in range(1, rounds + 1):
            for result in results:
                if result.failure is None:
                    self._round(result)
                    _say(f"{self.notes:,} notes, round {number} of {rounds}, {result.direction}: {_outcome(result)}")
        return results

    def _round(self, result: Result) -> None:
        direction = result.direction
        target = self.folder / file_name("target", self._known[direction.target])
        sizes = self.folder / f"{direction.source}-{direction.target}.sizes"
        try:
            source = self.source(direction.source)
            run = measure(self._command(direction, source, target), _DONE)
            write_sizes(str(target), str(sizes))
            _remove(target)
            floor = measure_floor(source, sizes, target)
        except RunFailedError as error:
            result.failure = str(error)
        else:
            result.runs.append(run)
            result.floors.append(floor)
        finally:
            _remove(target)

    def _command(self, direction: Direction, source: Path, target: Path) -> tuple[str, ...]:
        named = ("--from", direction.source, "--to", direction.target)
        return (*CONVERTER, "convert", str(source), str(target), *named, "--no-progress", "-q", *self._options)


def _remove(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def _outcome(result: Result) -> str:
    if result.failure is not None:
        return "failed"
    return f"{result.runs[-1].seconds:.2f} s, floor {result.floors[-1].seconds:.3f} s"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
