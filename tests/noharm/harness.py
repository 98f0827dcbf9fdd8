"""Trials: a run on a copy of a prepared folder is hurt, and what is left is judged."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from converter.storage.room import room_of, settle
from tests.cli.conftest import environment
from tests.cli.runner import invoke
from tests.support import EPOCH, ROOT

Seen = dict[str, bytes | str | None]
CODES = {28: "ENOSPC", 5: "EIO", 13: "EACCES"}


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of target: how its folder is prepared, and the run that makes or changes it.

    `prepare` fills `source/` (never to be touched) and `out/`; `target` is the name in `out`. In `args`, `{root}` is
    the folder. `whole`: the target is old or new at any moment, not only after the next run.
    """

    name: str
    action: str
    args: tuple[Any, ...]
    target: str
    prepare: Callable[[Path], None]
    whole: bool = True


class End(msgspec.Struct, frozen=True):
    """How a run ended; `code` is None where it was killed, `hit` the call that was."""

    code: int | None
    out: str
    err: str
    calls: int
    hit: str
    seconds: float


class Worker:
    """The process that carries out the runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, kind: Kind, root: Path, mode: str = "count", number: int = 0, code: int = 5, delay: float = 0) -> End:
        """Carry out the run of a kind, hurt in this way."""
        self._send(kind, root, mode, number, code, delay)
        return self._end()

    @contextmanager
    def held(self, kind: Kind, root: Path, number: int) -> Iterator[list[End]]:
        """Hold the run of a kind at the call of this number; gives its end when it has ended."""
        ends: list[End] = []
        self._send(kind, root, "hold", number, 0, 0)
        wait_until((root / "held").exists)
        try:
            yield ends
        finally:
            (root / "held").rmdir()
            ends.append(self._end())

    def _send(self, kind: Kind, root: Path, mode: str, number: int, code: int, delay: float) -> None:
        args = [one.format(root=root) if isinstance(one, str) else one for one in kind.args]
        job = {"action": kind.action, "args": args, "root": str(root / "out"), "mode": mode, "number": number}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job | {"code": code, "delay": delay}) + "\n")
        self._process.stdin.flush()

    def _end(self) -> End:
        assert self._process.stdout is not None
        return msgspec.json.decode(self._process.stdout.readline(), type=End)


def wait_until(happens: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.002)


@contextmanager
def working() -> Iterator[Worker]:
    """Start a worker, and end it."""
    command = [sys.executable, "-m", "tests.noharm.worker"]
    env = environment(SOURCE_DATE_EPOCH=EPOCH, TZ="UTC")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True) as process:
        yield Worker(process)


def seen(root: Path) -> Seen:
    """Everything below a folder but rooms: bytes of files, rows of databases, None for folders."""
    found: Seen = {}
    for path in sorted(root.rglob("*")):
        rel = path.relative_to(root).as_posix()
        if ".mnemo-converter" in rel or rel.endswith((".db-wal", ".db-shm", ".db-journal")):
            continue
        found[rel] = None if path.is_dir() else path.read_bytes()
        if ".db" in path.name and path.is_file():
            with closing(sqlite3.connect(path)) as connection:
                found[rel] = "\n".join(connection.iterdump())
    return found


REFUSED = "refused"


def read(target: Path) -> object:
    """What a reading run says of a target: how many of each kind it holds, or that it refuses it, or sees none."""
    ended = invoke("inspect", str(target), "--output-format", "json", "-q")
    if ended.code:
        assert ended.code in (3, 4), ended
        return None if "There is nothing at" in ended.err else REFUSED
    report = json.loads(ended.out)
    return [report[name] for name in ("counts", "about") if name in report]


class Trials:
    """The trials of one kind of target; `counts` says how they came out."""

    def __init__(self, worker: Worker, kind: Kind, place: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._worker = worker
        self._kind = kind
        self._template = place / "template"
        self._root = place / "trial"
        for name in ("source", "out"):
            (self._root / name).mkdir(parents=True)
        # where the runs will be: libraries and plans hold whole paths
        kind.prepare(self._root)
        self._root.rename(self._template)
        self._source = seen(self._template / "source")
        self._old = seen(self._template / "out")
        self.clean = self._run("count")
        assert self.clean.code is not None, self.clean
        assert self.clean.code < 2, self.clean
        self._new = seen(self._root / "out")
        assert self._new != self._old
        assert not self._rooms()

    def _run(self, mode: str, number: int = 0, code: int = 5, delay: float = 0) -> End:
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._template, self._root)
        return self._worker.run(self._kind, self._root, mode, number, code, delay)

    def _rooms(self) -> list[str]:
        return [path.name for path in (self._root / "out").iterdir() if ".mnemo-converter" in path.name]

    def fail(self, number: int, code: int) -> None:
        """The call of this number fails: nothing happened, or all did, and what went wrong is told."""
        end = self._run("fail", number, code)
        why = f"{self._kind.name}, call {number} ({end.hit}) fails with {CODES[code]}: {end}"
        now = seen(self._root / "out")
        assert end.code in (self.clean.code, 5), why
        assert "Traceback" not in end.err, why
        assert end.code == self.clean.code or end.err.startswith("error: "), why
        assert now == self._new or (end.code == 5 and now == self._old), why
        assert end.code != 5 or (now == self._new) is (" was written as a whole, but" in end.err), why
        self._settled(why)
        self.counts[
            f"failed, {'no matter' if end.code == self.clean.code else f'exit {end.code}'}, {self._named(now)}"
        ] += 1

    def kill(self, number: int = 0, delay: float = 0) -> None:
        """The run dies at the call of this number, or after a time."""
        end = self._run("kill" if number else "moment", number, delay=delay)
        why = f"{self._kind.name}, killed at call {number} or after {delay} s: {end}"
        if self._kind.whole:
            # looked at in a copy: to open a database is to settle what SQLite has to
            copy = self._root / "copy"
            shutil.copytree(self._root / "out", copy)
            assert self._of_target(seen(copy)) in (self._of_target(self._old), self._of_target(self._new)), why
        self._settled(why)
        how = "killed" if end.code is None else "came through"
        self.counts[f"{how}, {self._named(seen(self._root / 'out'))}"] += 1

    def stop(self, number: int, signal: int, *, twice: bool = False) -> None:
        """A signal comes at the call of this number; `twice`: another one while the run tidies up."""
        end = self._run("stop twice" if twice else "stop", number, signal)
        why = f"{self._kind.name}, signal {signal} at call {number} ({end.hit}): {end}"
        now = seen(self._root / "out")
        assert end.code == (130 if signal == 2 else 143), why
        assert "Traceback" not in end.err, why
        if not twice:
            assert end.err.startswith("error: Stopped by SIG"), why
            assert now in (self._old, self._new), why
            assert not self._rooms(), why
        self._settled(why)
        self.counts[f"stopped {'twice' if twice else 'once'}, {self._named(now)}"] += 1

    def stop_at(self, delay: float, signal: int) -> None:
        """A signal comes after a time: the run is stopped cleanly, or had all but ended."""
        end = self._run("stop moment", code=signal, delay=delay)
        why = f"{self._kind.name}, signal {signal} after {delay} s: {end}"
        now = seen(self._root / "out")
        stopped = end.code == (130 if signal == 2 else 143)
        assert stopped or end.code == self.clean.code, why
        assert end.err.lstrip().startswith("error: Stopped by SIG") is stopped, why
        assert "Traceback" not in end.err, why
        assert now == self._new or (stopped and now == self._old), why
        assert not self._rooms(), why
        self._settled(why)
        self.counts[f"signal after a time, {'stopped' if stopped else 'came through'}, {self._named(now)}"] += 1

    def meet(self, number: int) -> None:
        """The run is held at the call of this number: another one is refused, and who reads sees the old or the new."""
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._template, self._root)
        target = self._root / "out" / self._kind.target
        args = [str(one).format(root=self._root) for one in self._kind.args]
        with self._worker.held(self._kind, self._root, number) as ends:
            at_work = room_of(target).exists()
            told = read(target)
            other = invoke(*args) if at_work else None
        end = ends[0]
        why = f"{self._kind.name}, held at call {number} ({end.hit}): {told} {other} {end}"
        assert end.code == self.clean.code, why
        assert seen(self._root / "out") == self._new, why
        old, new = read(self._template / "out" / self._kind.target), read(target)
        assert told in (old, new, REFUSED), why
        assert other is None or other.code == 4, why
        assert other is None or "nother run is " in other.err or "changed since the plan" in other.err, why
        self._settled(why)
        saw = "refused" if told == REFUSED else "old" if told == old else "new"
        self.counts[f"met, {'refused' if other else 'not at work'}, read {saw}"] += 1

    def _of_target(self, state: Seen) -> Seen:
        return {rel: data for rel, data in state.items() if rel.split("/")[0] == self._kind.target}

    def _named(self, state: Seen) -> str:
        return "new" if state == self._new else "old"

    def _settled(self, why: str) -> None:
        """After the next run everything is old or new, leftovers are named, and the source is as it was."""
        final = self._root / "out" / self._kind.target
        left = self._rooms()
        told = settle(final)
        assert not self._rooms(), why
        assert bool(told) == bool(left), why
        assert not left or (left == [room_of(final).name] and left[0] in told[0]), why
        now = seen(self._root / "out")
        assert now in (self._old, self._new), f"{why}\n{sorted(now)}\n{told}"
        assert seen(self._root / "source") == self._source, why

    def again(self) -> None:
        """The same run once more, on what the last trial left."""
        end = self._worker.run(self._kind, self._root)
        assert end.code in (self.clean.code, 4), end
        assert not self._rooms()
