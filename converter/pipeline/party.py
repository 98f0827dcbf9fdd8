"""A crew of worker processes, each with a bench of its own: notes travel in batches, as bytes."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

import msgspec

from converter.findings.finding import Finding
from converter.formats.front import Stored
from converter.pipeline.bench import Bench, Checked, Made, Places, Reading, Sought, Task, Writing
from converter.pipeline.crew import Home, Study, anywhere
from converter.pipeline.learnt import Learnt, pack
from converter.pipeline.processes import Processes, Request, Serve
from converter.storage.known_names import Names
from converter.storage.system import trim_memory

__all__ = ["Party"]

_BATCH = 48 << 10
_MOST = 20
"""Notes that travel together: how many bytes, and how many."""

_stored = msgspec.msgpack.Decoder(list[Stored]).decode
_learnt = msgspec.msgpack.Decoder(list[Learnt]).decode
_checked = msgspec.msgpack.Decoder(list[Checked]).decode
_tasks = msgspec.msgpack.Decoder(list[Task]).decode
_made = msgspec.msgpack.Decoder(list[Made]).decode
_sought = msgspec.msgpack.Decoder(list[Sought]).decode
_places = msgspec.msgpack.Decoder(list[Places]).decode

_T = TypeVar("_T")
_O = TypeVar("_O", Task, Sought)


class Party:
    """Worker processes, each with a bench of its own."""

    def __init__(self, count: int) -> None:
        self._processes = Processes(count, _serving)
        self._homes: Names[int] | None = None
        """Who remembers the note of each key, where notes are remembered."""

    def learn(
        self, notes: Iterable[Stored | Finding], reading: Reading, home: Home = anywhere
    ) -> Iterator[Study | Finding]:
        """Read notes, once, in batches."""
        homes = self._homes
        if homes is not None and home is anywhere:
            home = partial(_home, homes)
        for places, at, answer in self._read("learn", notes, reading, home):
            told = deque(_learnt(answer))
            if homes is not None:
                for one in told:
                    homes.add(one.key, at)
            for finding in places:
                yield finding or (at, told.popleft())

    def check(self, notes: Iterable[Stored | Finding], reading: Reading) -> Iterator[Checked | Finding]:
        """Read notes of a target, in batches."""
        for places, _, answer in self._read("check", notes, reading, anywhere):
            checked = deque(_checked(answer))
            for finding in places:
                yield finding or checked.popleft()

    def _read(
        self, name: str, notes: Iterable[Stored | Finding], reading: Reading, home: Home
    ) -> Iterator[tuple[list[Finding | None], int, bytes]]:
        """Batches: findings, and None where there was a note; the number of the bench that read it, and its answer."""
        self._processes.all("reads", pickle.dumps(reading))
        trim_memory()  # of what listing took
        batches: deque[list[Finding | None]] = deque()

        def requests() -> Iterator[Request]:
            for at, batch in _batches(notes, lambda note: len(note.data), home):
                batches.append([note if isinstance(note, Finding) else None for note in batch])
                said = pack([note for note in batch if not isinstance(note, Finding)])
                # Large notes are held once while they wait: as what is said.
                batch.clear()
                yield at, name, said

        for at, answer in self._processes.answers(requests()):
            yield batches.popleft(), at, answer

    def remember(self, *, cuts: bool) -> None:
        """Remember what was learnt."""
        self._homes = Names()
        self._processes.all("remember", pickle.dumps(cuts))

    def ready(self, reading: Reading, writing: Writing) -> None:
        """Get ready to make notes."""
        self._processes.all("ready", pickle.dumps((reading, writing)))
        trim_memory()  # of what placing took

    def make(self, tasks: Iterable[tuple[int, Task] | Finding]) -> Iterator[tuple[Task, Made] | Finding]:
        """Make notes, in batches of those that one bench keeps."""
        return self._done("make", tasks, lambda task: task.size, _made)

    def locate(self, notes: Iterable[tuple[int, Sought] | Finding]) -> Iterator[tuple[Sought, Places] | Finding]:
        """Find the places of links in notes, in batches."""
        return self._done("locate", notes, lambda sought: len(sought.stored.data), _places)

    def _done(
        self,
        name: str,
        orders: Iterable[tuple[int, _O] | Finding],
        size: Callable[[_O], int],
        decoded: Callable[[bytes], list[_T]],
    ) -> Iterator[tuple[_O, _T] | Finding]:
        """Orders, each with what came of it."""
        batches: deque[list[tuple[int, _O] | Finding]] = deque()

        def requests() -> Iterator[Request]:
            for at, batch in _batches(orders, lambda order: size(order[1]), lambda order: order[0]):
                batches.append(batch)
                yield at, name, pack([order[1] for order in batch if not isinstance(order, Finding)])

        def unpacked(answer: tuple[int, bytes]) -> deque[_T]:
            return deque(decoded(answer[1]))

        for done in map(unpacked, self._processes.answers(requests())):
            for order in batches.popleft():
                # a large note is let go of when the next one is asked for
                yield order if isinstance(order, Finding) else (order[1], done.popleft())

    def close(self) -> None:
        """End the processes."""
        self._processes.close()


def _serving() -> Serve:
    """What serves in a worker: a bench."""
    bench = Bench()

    def serve(name: str, said: bytes) -> bytes:
        match name:
            case "learn":
                return pack([bench.learn(stored) for stored in _stored(said)])
            case "check":
                return pack([bench.check(stored) for stored in _stored(said)])
            case "make":
                return pack([bench.make(task) for task in _tasks(said)])
            case "locate":
                return pack([bench.locate(sought) for sought in _sought(said)])
            case "remember":
                bench.remember(cuts=pickle.loads(said))  # noqa: S301 - our own parent wrote it
            case "reads":
                bench.reads(pickle.loads(said))  # noqa: S301 - our own parent wrote it
            case "ready":
                bench.ready(*pickle.loads(said))  # noqa: S301 - our own parent wrote it
        return b""

    return serve


def _home(homes: Names[int], note: Stored) -> int:
    """Who remembers a note: the last one that read one of this key."""
    readers = homes.keys(note.key)
    return readers[-1] if readers else -1


def _batches(
    items: Iterable[_T | Finding], size: Callable[[_T], int], home: Callable[[_T], int]
) -> Iterator[tuple[int | None, list[_T | Finding]]]:
    """Items that travel together: few enough, and of one home, which is told with them."""
    batch: list[_T | Finding] = []
    weight, at = 0, -1
    for item in items:
        if not isinstance(item, Finding):
            if batch and (weight >= _BATCH or len(batch) >= _MOST or (weight and at != home(item))):
                yield at if at >= 0 else None, batch
                batch, weight = [], 0
            weight += size(item) + 1
            at = home(item)
        batch.append(item)
    if batch:
        yield at if at >= 0 else None, batch
