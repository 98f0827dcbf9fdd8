"""The measurement of one size: its corpora, its sources, and the rounds."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.directions import LIBRARY, VAULT, Direction, place
from benchmarks.process import (
    CONVERTER,
    Measured,
    RunFailedError,
    measure,
    measure_floor,
    measure_memory,
    measure_reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# 1 is a conversion that went through and reported something, as most do between different systems.
_DONE: Final = frozenset((0, 1))
_MAKERS: Final = {VAULT: "benchmarks.corpus", LIBRARY: "benchmarks.library"}


@dataclass(slots=True)
class Result:
    """What was measured of one direction at one size; `failure` says why there may be nothing.

    `floors` are seconds, `memory` bytes of all processes together, `reference` notes a second of the bare parser.
    """

    direction: Direction
    notes: int
    runs: list[Measured] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    memory: int = 0
    reference: float | None = None
    failure: str | None = None

    @property
    def seconds(self) -> float:
        """The median time of a conversion."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def floor_seconds(self) -> float:
        """The median time of the floor."""
        return statistics.median(self.floors)

    @property
    def multiple(self) -> float:
        """The median of each round's multiple: what made the machine slow in a round slowed both sides of it."""
        return statistics.median(run.seconds / floor for run, floor in zip(self.runs, self.floors, strict=True))

    @property
    def spread(self) -> float:
        """How far the slowest round is from the fastest, as a share of the median."""
        times = [run.seconds for run in self.runs]
        return (max(times) - min(times)) / self.seconds


class Size:
    """One size of the corpora in a folder of its own."""

    def __init__(self, folder: Path, notes: int, known: Mapping[str, Any], options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.notes = notes
        self._known = known
        self._options = options
        self._sources: dict[tuple[str, str], Path] = {}

    def make_corpora(self, seed: int) -> None:
        """Make the vault and the library, in other processes: so this one stays small."""
        for form, maker in _MAKERS.items():
            made = self.folder / f"corpus-{form}"
            given = ("--notes", str(self.notes), "--seed", str(seed))
            measure((sys.executable, "-m", maker, str(made), *given))
            self._sources[form, form] = made if form == VAULT else Path(place(made, self._known[form]))

    def source(self, direction: Direction) -> Path:
        """The corpus of a direction in its format, made once. Raises RunFailedError when a note is missing from it."""
        corpus, form = direction.corpus, direction.source
        if (corpus, form) not in self._sources:
            made = self._holder(f"source-{corpus}-{form}", form)
            report = self.folder / f"source-{corpus}-{form}.json"
            making = Direction(corpus, form)
            measure((*self._command(making, self._sources[corpus, corpus], made), "--report", str(report)), _DONE)
            written = json.loads(report.read_bytes())["counts"]["notes"]["written"]
            if written != self.notes:
                shutil.rmtree(made.parent)
                raise RunFailedError(f"{making} wrote {written:,} of {self.notes:,} notes")
            self._sources[corpus, form] = made
        return self._sources[corpus, form]

    def measure(self, directions: Iterable[Direction], rounds: int) -> list[Result]:
        """Every direction once in each round, each time with its floor right after it; before all, once for memory."""
        results = [Result(direction, self.notes) for direction in directions]
        references = []
        for number in range(rounds + 1):
            if number:
                references.append(measure_reference(self._sources[VAULT, VAULT]))
            for result in results:
                if result.failure is None:
                    self._round(result, timed=number > 0)
                    _say(f"{self.notes:,} notes, round {number} of {rounds}, {result.direction}: {_outcome(result)}")
        known = [reference for reference in references if reference is not None]
        for result in results:
            result.reference = statistics.median(known) if known else None
        return results

    def _round(self, result: Result, *, timed: bool) -> None:
        direction = result.direction
        target = self._holder("target", direction.target)
        again = self._holder("again", direction.target)
        try:
            source = self.source(direction)
            command = self._command(direction, source, target)
            if timed:
                run = measure(command, _DONE)
                floor = measure_floor(source, target, again)
                result.runs.append(run)
                result.floors.append(floor)
            else:
                result.memory = measure_memory(command, _DONE)
        except RunFailedError as error:
            result.failure = str(error)
        finally:
            shutil.rmtree(target.parent)
            shutil.rmtree(again.parent)

    def _holder(self, name: str, form: str) -> Path:
        """A place in a new folder."""
        holder = self.folder / name
        holder.mkdir()
        return Path(place(holder, self._known[form]))

    def _command(self, direction: Direction, source: Path, target: Path) -> tuple[str, ...]:
        named = ("--from", direction.source, "--to", direction.target)
        return (*CONVERTER, "convert", str(source), str(target), *named, "--no-progress", "-q", *self._options)


def _outcome(result: Result) -> str:
    if result.failure is not None:
        return "failed"
    if not result.runs:
        return f"{result.memory / 1e6:.0f} MB"
    return f"{result.runs[-1].seconds:.2f} s, floor {result.floors[-1]:.3f} s"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
