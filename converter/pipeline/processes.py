"""Worker processes: requests go to them one by one, answers come back in the order of the requests.

A worker ends when its end of the pipe closes, so none outlives its parent, however that ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING

from converter.errors import EnvironmentFaultError
from converter.pipeline.work import deep_recursion
from converter.storage.system import give_back_memory, trim_memory

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

__all__ = ["Processes", "Request", "Serve"]

Serve = Callable[[str, bytes], bytes]
"""Answers a request: its name and what it says."""

Request = tuple[int | None, str, bytes]
"""A request: the number of the worker that must answer it (None: any), its name, and what it says."""

_AHEAD = 2
"""Requests that a worker has at hand: one that it answers, and the next."""
_WAITING = 2
"""Answers for each worker that may wait for an earlier one."""
_COLLECT = 5_000
"""Objects after which a worker looks for garbage: notes die by themselves, and hold no cycles."""
_LARGE = 64 << 10
"""Bytes of a request that is larger than most: a note by itself, whose parts take many times as much."""
_DONE, _FAILED = b"d", b"f"


class _Worker:
    """One process, and what it was asked."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.asked: deque[int] = deque()


class Processes:
    """Workers that answer requests."""

    def __init__(self, count: int, serving: Callable[[], Serve]) -> None:
        """Start `count` workers; each makes what serves it by `serving`, which must be picklable."""
        self._workers: list[_Worker] = []
        give_back_memory()
        forks = _may_fork()
        context = get_context("fork") if forks else get_context("spawn")
        for _ in range(count):
            ours, theirs = context.Pipe()
            inherited = [*(worker.pipe for worker in self._workers), ours] if forks else []
            process = context.Process(target=_work, args=(theirs, inherited, serving), daemon=True)
            process.start()
            theirs.close()
            self._workers.append(_Worker(process, ours))

    def __len__(self) -> int:
        return len(self._workers)

    def all(self, name: str, said: bytes) -> None:
        """Ask every worker the same, and wait for them."""
        for worker in self._workers:
            self._send(worker, name, said)
        for worker in self._workers:
            self._answer(worker)

    def answers(self, requests: Iterable[Request]) -> Iterator[tuple[int, bytes]]:
        """Ask, a few requests ahead: the number of the worker and what it answers, in the order of the requests.

        What a worker raised is raised here. Raises `EnvironmentFaultError` where a worker died.
        """
        asked, given = 0, 0
        done: dict[int, tuple[int, bytes]] = {}
        for number, name, said in requests:
            while len(done) >= _WAITING * len(self._workers) or not self._is_free(number):
                self._gather(done)
                while given in done:
                    yield done.pop(given)
                    given += 1
            at = number if number is not None else self._idlest()
            self._workers[at].asked.append(asked)
            self._send(self._workers[at], name, said)
            asked += 1
            while given in done:
                yield done.pop(given)
                given += 1
        while given < asked:
            while given not in done:
                self._gather(done)
            yield done.pop(given)
            given += 1

    def _is_free(self, number: int | None) -> bool:
        at = number if number is not None else self._idlest()
        return len(self._workers[at].asked) < _AHEAD

    def _idlest(self) -> int:
        return min(range(len(self._workers)), key=lambda at: len(self._workers[at].asked))

    def _send(self, worker: _Worker, name: str, said: bytes) -> None:
        try:
            worker.pipe.send_bytes(name.encode("ascii"))
            worker.pipe.send_bytes(said)
        except OSError:
            raise _died(worker) from None

    def _gather(self, done: dict[int, tuple[int, bytes]]) -> None:
        """Wait for one answer at least."""
        busy = {worker.pipe: at for at, worker in enumerate(self._workers) if worker.asked}
        for pipe in wait(list(busy)):
            at = busy[pipe]  # type: ignore[index]
            worker = self._workers[at]
            answer = self._answer(worker)
            done[worker.asked.popleft()] = at, answer

    def _answer(self, worker: _Worker) -> bytes:
        try:
            how, answer = worker.pipe.recv_bytes(), worker.pipe.recv_bytes()
        except (EOFError, OSError):
            raise _died(worker) from None
        if how == _FAILED:
            raise pickle.loads(answer)  # noqa: S301 - our own worker wrote it
        return answer

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        for worker in self._workers:
            worker.pipe.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.process.close()
        self._workers.clear()


def _may_fork() -> bool:
    """Whether a process may begin as a copy of this one: elsewhere it has to begin anew."""
    return sys.platform == "linux" and threading.active_count() == 1


def _died(worker: _Worker) -> EnvironmentFaultError:
    worker.process.join(1)
    code = worker.process.exitcode
    why = f"was ended by signal {-code}" if code is not None and code < 0 else "ended by itself"
    hint = "Perhaps the memory did not suffice. With --jobs 1 everything happens in one process."
    return EnvironmentFaultError(f"A worker process {why}.", hint=hint)


def _work(pipe: Connection, others: list[Connection], serving: Callable[[], Serve]) -> None:
    """Live as a worker: answer until the pipe closes. Signals are for the parent, which ends us."""
    for other in others:
        other.close()
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(_COLLECT)
    waiting: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, waiting), daemon=True).start()
    with deep_recursion():
        serve = serving()
        while (request := waiting.get()) is not None and _is_told(pipe, serve, request):
            large = len(request[1]) > _LARGE
            del request
            if large:
                trim_memory()
    os._exit(0)


def _is_told(pipe: Connection, serve: Serve, request: tuple[str, bytes]) -> bool:
    """Answer a request; whether there was anyone to listen. Nothing of it is held until the next one."""
    try:
        for part in _served(serve, *request):
            pipe.send_bytes(part)
    except OSError:
        return False
    return True


def _served(serve: Serve, name: str, said: bytes) -> tuple[bytes, bytes]:
    """How it ended, and the answer: one after the other, so that nothing large is copied to join them."""
    try:
        return _DONE, serve(name, said)
    except BaseException as error:  # noqa: BLE001 - the parent raises it
        return _FAILED, _pickled(error)


def _listen(pipe: Connection, waiting: SimpleQueue[tuple[str, bytes] | None]) -> None:
    """Take requests as they come, so that the parent never waits to be heard."""
    while True:
        try:
            waiting.put((pipe.recv_bytes().decode("ascii"), pipe.recv_bytes()))
        except (EOFError, OSError):
            waiting.put(None)
            return


def _pickled(error: BaseException) -> bytes:
    try:
        data = pickle.dumps(error)
        pickle.loads(data)  # noqa: S301 - just written
    except Exception:  # noqa: BLE001 - whatever an exception holds that cannot travel
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return data
