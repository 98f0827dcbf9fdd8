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

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
CONVERTER: Final = (sys.executable, "-m", "converter")
_FLOOR: Final = (sys.executable, "-I", "-S", str(Path(__file__).with_name("floor.py")))
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


def measure_floor(source: Path, sizes: Path, target: Path) -> Measured:
    """Read a source and write what a target was made of."""
    return measure((*_FLOOR, str(source), str(sizes), str(target)))


def measure_starts(source: Path, sizes: Path, target: Path) -> tuple[float, float]:
    """Seconds that a start takes of the converter and of the floor: the floor reads and writes one empty file."""
    source.touch()
    sizes.touch()
    return measure((*CONVERTER, "--version")).seconds, measure_floor(source, sizes, target).seconds
