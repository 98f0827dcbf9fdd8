"""One command in a process of its own: how long it took and how much memory it held at its peak."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import memory

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
CONVERTER: Final = (sys.executable, "-m", "converter")
_PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024
_SAID: Final = 2000


class RunFailedError(Exception):
    """A command did not do what it was asked; the message says which and what it printed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`peak` is in bytes: that of the process, or of its largest child where that is more.

    `busy` are seconds of processors, those of its children included.
    """

    seconds: float
    peak: int
    code: int
    busy: float


def measure(command: Sequence[str], accepted: frozenset[int] = frozenset((0,))) -> Measured:
    """Run a command from this tree to its end. Raises RunFailedError when its exit code is not an accepted one."""
    # What earlier runs left to be written would otherwise be written, and waited for, in this one.
    os.sync()
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said)  # noqa: S603
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            child.wait()
            raise
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in accepted:
            said.seek(0)
            text = said.read(_SAID).decode(errors="replace").strip()
            raise RunFailedError(f"exit code {child.returncode} of {' '.join(command)}\n{text}")
    return Measured(seconds, usage.ru_maxrss * _PEAK_UNIT, child.returncode, usage.ru_utime + usage.ru_stime)


def measure_memory(command: Sequence[str], accepted: frozenset[int]) -> int:
    """Run a command to its end: the most bytes that it and its workers held together.

    Looking takes time, so the run is not timed. Where the system does not tell how memory is shared, the peak of the
    largest process stands for all.
    """
    if not memory.can_watch():
        return measure(command, accepted).peak
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603
    try:
        peak = memory.watch(child)
    except BaseException:
        child.kill()
        child.wait()
        raise
    if child.returncode not in accepted:
        raise RunFailedError(f"exit code {child.returncode} of {' '.join(command)}")
    return peak


def measure_floor(source: Path, made: Path, target: Path) -> float:
    """Seconds that it takes to read a source and to write what is in a finished target (see `floor.py`)."""
    os.sync()
    return float(_said("benchmarks.floor", source, made, target))


def measure_reference(vault: Path) -> float | None:
    """Notes of a vault that a bare parser reads in a second; None where it is not installed (see `reference.py`)."""
    said = _said("benchmarks.reference", vault)
    return float(said) if said else None


def _said(program: str, *places: Path) -> str:
    """What a program of ours says. Raises RunFailedError when it fails."""
    command = (sys.executable, "-m", program, *map(str, places))
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, encoding="utf-8")  # noqa: S603
    if done.returncode:
        raise RunFailedError(f"exit code {done.returncode} of {' '.join(command)}\n{done.stderr[-_SAID:]}")
    return done.stdout.strip()
