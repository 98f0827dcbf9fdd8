"""Those who work on notes: one bench in this process, or one in each of several worker processes.

Either way notes come back in the order in which they were given, and are the same.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol, TypeVar

import msgspec

from converter.findings.finding import Finding
from converter.formats.front import Stored
from converter.pipeline.bench import Bench, Checked, Made, Reading, Task, Writing
from converter.pipeline.learnt import Learnt, pack
from converter.pipeline.processes import Processes, Request, Serve

__all__ = ["Crew", "crew_of"]

_FEW = 256 << 10
"""Bytes of notes for which no process is worth its start."""
_BATCH = 256 << 10
_MOST = 100
"""Notes that travel together: how many bytes, and how many."""

_stored = msgspec.msgpack.Decoder(list[Stored]).decode
_learnt = msgspec.msgpack.Decoder(list[Learnt]).decode
_checked = msgspec.msgpack.Decoder(list[Checked]).decode
_tasks = msgspec.msgpack.Decoder(list[Task]).decode
_made = msgspec.msgpack.Decoder(list[Made]).decode

_T = TypeVar("_T")

Study = tuple[int, Learnt]
"""What was learnt of a note, and the number of the bench that keeps it."""


class Crew(Protocol):
    """Works on notes. Closed with the run."""

    def learn(self, notes: Iterable[Stored | Finding], reading: Reading | None = None) -> Iterator[Study | Finding]:
        """Read notes, once, those of another source by its `reading`; findings among them pass in their places."""

    def check(self, notes: Iterable[Stored | Finding], reading: Reading) -> Iterator[Checked | Finding]:
        """Read notes of a target; findings among them pass in their places."""

    def ready(self, writing: Writing) -> None:
        """Get ready to make notes of those that are the crew's own."""

    def make(self, tasks: Iterable[tuple[int, Task] | Finding]) -> Iterator[tuple[Task, Made] | Finding]:
        """Make notes, each where it is kept (-1: anywhere); findings among them pass in their places."""

    def close(self) -> None:
        """Let go of everything."""


def crew_of(reading: Reading, size: int, jobs: int) -> Crew:
    """The crew for notes of so many bytes; `jobs` workers at most, 0: one for each processor."""
    count = min(jobs or _processors(), size // _FEW + 1)
    return Party(reading, count) if count > 1 else Alone(reading)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Alone:
    """One bench, here."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._bench = Bench(reading)

    def learn(self, notes: Iterable[Stored | Finding], reading: Reading | None = None) -> Iterator[Study | Finding]:
        """Read notes, once."""
        self._bench.reads(reading or self._reading)
        for note in notes:
            yield note if isinstance(note, Finding) else (0, self._bench.learn(note))

    def check(self, notes: Iterable[Stored | Finding], reading: Reading) -> Iterator[Checked | Finding]:
        """Read notes of a target."""
        self._bench.reads(reading)
        for note in notes:
            yield note if isinstance(note, Finding) else self._bench.check(note)

    def ready(self, writing: Writing) -> None:
        """Get ready to make notes."""
        self._bench.ready(self._reading, writing)

    def make(self, tasks: Iterable[tuple[int, Task] | Finding]) -> Iterator[tuple[Task, Made] | Finding]:
        """Make notes."""
        for task in tasks:
            yield task if isinstance(task, Finding) else (task[1], self._bench.make(task[1]))

    def close(self) -> None:
        """Let go of what was kept."""
        self._bench.close()


class Party:
    """Worker processes, each with a bench of its own."""

    def __init__(self, reading: Reading, count: int) -> None:
        self._reading = reading
        self._processes = Processes(count, partial(_serving, reading))

    def learn(self, notes: Iterable[Stored | Finding], reading: Reading | None = None) -> Iterator[Study | Finding]:
        """Read notes, once, in batches."""
        for batch, at, answer in self._read("learn", notes, reading or self._reading):
            learnt = iter(_learnt(answer))
            for note in batch:
                yield note if isinstance(note, Finding) else (at, next(learnt))

    def check(self, notes: Iterable[Stored | Finding], reading: Reading) -> Iterator[Checked | Finding]:
        """Read notes of a target, in batches."""
        for batch, _, answer in self._read("check", notes, reading):
            checked = iter(_checked(answer))
            for note in batch:
                yield note if isinstance(note, Finding) else next(checked)

    def _read(
        self, name: str, notes: Iterable[Stored | Finding], reading: Reading
    ) -> Iterator[tuple[list[Stored | Finding], int, bytes]]:
        """Batches of notes, with the number of the bench that read each, and its answer."""
        self._processes.all("reads", pickle.dumps(reading))
        batches: deque[list[Stored | Finding]] = deque()

        def requests() -> Iterator[Request]:
            for batch in _batches(notes, lambda note: len(note.data)):
                batches.append(batch)
                yield None, name, pack([note for note in batch if not isinstance(note, Finding)])

        for at, answer in self._processes.answers(requests()):
            yield batches.popleft(), at, answer

    def ready(self, writing: Writing) -> None:
        """Get ready to make notes."""
        self._processes.all("ready", pickle.dumps((self._reading, writing)))

    def make(self, tasks: Iterable[tuple[int, Task] | Finding]) -> Iterator[tuple[Task, Made] | Finding]:
        """Make notes, in batches of those that one bench keeps."""
        batches: deque[list[tuple[int, Task] | Finding]] = deque()

        def requests() -> Iterator[Request]:
            for batch in _batches(tasks, lambda task: len(task[1].stored.data), lambda task: task[0]):
                batches.append(batch)
                asked = [task for task in batch if not isinstance(task, Finding)]
                bench = asked[0][0] if asked and asked[0][0] >= 0 else None
                yield bench, "make", pack([task for _, task in asked])

        for _, answer in self._processes.answers(requests()):
            made = iter(_made(answer))
            for task in batches.popleft():
                yield task if isinstance(task, Finding) else (task[1], next(made))

    def close(self) -> None:
        """End the processes."""
        self._processes.close()


def _serving(reading: Reading) -> Serve:
    """What serves in a worker: a bench."""
    bench = Bench(reading)

    def serve(name: str, said: bytes) -> bytes:
        match name:
            case "learn":
                return pack([bench.learn(stored) for stored in _stored(said)])
            case "check":
                return pack([bench.check(stored) for stored in _stored(said)])
            case "make":
                return pack([bench.make(task) for task in _tasks(said)])
            case "reads":
                bench.reads(pickle.loads(said))  # noqa: S301 - our own parent wrote it
            case "ready":
                bench.ready(*pickle.loads(said))  # noqa: S301 - our own parent wrote it
        return b""

    return serve


def _batches(
    items: Iterable[_T | Finding], size: Callable[[_T], int], home: Callable[[_T], int] = lambda _: 0
) -> Iterator[list[_T | Finding]]:
    """Items that travel together: few enough, and of one home."""
    batch: list[_T | Finding] = []
    weight, at = 0, None
    for item in items:
        if not isinstance(item, Finding):
            if batch and (weight >= _BATCH or len(batch) >= _MOST or at not in (None, home(item))):
                yield batch
                batch, weight, at = [], 0, None
            weight += size(item)
            at = home(item)
        batch.append(item)
    if batch:
        yield batch
