"""Those who work on notes: one bench in this process, or one in each of several worker processes.

Either way notes come back in the order in which they were given, and are the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from converter.findings.finding import Finding
from converter.formats.front import Stored
from converter.pipeline.bench import Bench, Checked, Made, Places, Reading, Sought, Task, Writing
from converter.pipeline.learnt import Learnt
from converter.storage.system import bytes_below

__all__ = ["Alone", "Crew", "Home", "Study", "anywhere", "crew_of"]

_FEW = 256 << 10
"""Bytes of a source for which no process is worth its start."""
_PACKED = 4
"""How many times a file that holds a whole source may be smaller than what is in it."""

Study = tuple[int, Learnt]
"""What was learnt of a note, and the number of the bench that keeps it."""

Home = Callable[[Stored], int]
"""Which bench shall keep a note; -1: any."""


def anywhere(_note: Stored) -> int:
    """Let any bench keep a note."""
    return -1


class Crew(Protocol):
    """Works on notes. Closed with the run."""

    def learn(
        self, notes: Iterable[Stored | Finding], reading: Reading, home: Home = anywhere
    ) -> Iterator[Study | Finding]:
        """Read notes, once; findings among them pass in their places.

        `home` says which bench shall keep a note.
        """

    def check(self, notes: Iterable[Stored | Finding], reading: Reading) -> Iterator[Checked | Finding]:
        """Read notes of a target; findings among them pass in their places."""

    def remember(self, *, cuts: bool) -> None:
        """From now on remember what was learnt of notes, for they may come again; `cuts`: with their segments."""

    def ready(self, reading: Reading, writing: Writing) -> None:
        """Get ready to make notes of those that are read so."""

    def make(self, tasks: Iterable[tuple[int, Task] | Finding]) -> Iterator[tuple[Task, Made] | Finding]:
        """Make notes, each where it is kept (-1: anywhere); findings among them pass in their places."""

    def locate(self, notes: Iterable[tuple[int, Sought] | Finding]) -> Iterator[tuple[Sought, Places] | Finding]:
        """Find the places of links in notes; findings among them pass in their places."""

    def close(self) -> None:
        """Let go of everything."""


def crew_of(source: Path, jobs: int) -> Crew:
    """The crew for the notes of a source, by its size; `jobs` workers at most, 0: one for each processor.

    Nothing of the source has to be read for that: workers begin as copies of this process, before it knows the notes.
    """
    count = jobs or _processors()
    if count > 1:
        count = min(count, _bytes_of(source, count * _FEW) // _FEW + 1)
    if count == 1:
        return Alone()
    from converter.pipeline.party import Party

    return Party(count)


def _bytes_of(source: Path, enough: int) -> int:
    """About how many bytes a source holds, counted until there are `enough`."""
    if source.is_dir():
        return bytes_below(source, enough)
    return source.stat().st_size * _PACKED if source.exists() else 0


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Alone:
    """One bench, here."""

    def __init__(self) -> None:
        self._bench = Bench()

    def learn(
        self,
        notes: Iterable[Stored | Finding],
        reading: Reading,
        home: Home = anywhere,  # noqa: ARG002 - there is one bench
    ) -> Iterator[Study | Finding]:
        """Read notes, once."""
        self._bench.reads(reading)
        for note in notes:
            yield note if isinstance(note, Finding) else (0, self._bench.learn(note))

    def check(self, notes: Iterable[Stored | Finding], reading: Reading) -> Iterator[Checked | Finding]:
        """Read notes of a target."""
        self._bench.reads(reading)
        for note in notes:
            yield note if isinstance(note, Finding) else self._bench.check(note)

    def remember(self, *, cuts: bool) -> None:
        """Remember what was learnt."""
        self._bench.remember(cuts=cuts)

    def ready(self, reading: Reading, writing: Writing) -> None:
        """Get ready to make notes."""
        self._bench.ready(reading, writing)

    def make(self, tasks: Iterable[tuple[int, Task] | Finding]) -> Iterator[tuple[Task, Made] | Finding]:
        """Make notes."""
        for task in tasks:
            yield task if isinstance(task, Finding) else (task[1], self._bench.make(task[1]))

    def locate(self, notes: Iterable[tuple[int, Sought] | Finding]) -> Iterator[tuple[Sought, Places] | Finding]:
        """Find the places of links in notes."""
        for note in notes:
            yield note if isinstance(note, Finding) else (note[1], self._bench.locate(note[1]))

    def close(self) -> None:
        """Let go of what was kept."""
        self._bench.close()
