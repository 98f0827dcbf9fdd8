"""How much memory a process and all its descendants hold together, at their peak."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVERY: Final = 0.02
"""Seconds between two looks."""
_PROC: Final = Path("/proc")
_SHARE: Final = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def can_watch() -> bool:
    """Whether this system tells how memory is shared (Linux)."""
    return (_PROC / "self" / "smaps_rollup").exists()


def watch(child: subprocess.Popen[bytes]) -> int:
    """Wait for a process to end: the most bytes that it and its descendants held together.

    Of memory that several processes share each counts its part (PSS), so that nothing counts twice.
    """
    peak = 0
    while True:
        peak = max(peak, sum(map(_share, _family(str(child.pid)))))
        try:
            child.wait(_EVERY)
        except subprocess.TimeoutExpired:
            continue
        return peak


def _family(pid: str) -> Iterator[str]:
    """A process and its descendants, as far as they still live."""
    yield pid
    try:
        children = " ".join((thread / "children").read_text() for thread in (_PROC / pid / "task").iterdir()).split()
    except OSError:
        return
    for child in children:
        yield from _family(child)


def _share(pid: str) -> int:
    try:
        found = _SHARE.search((_PROC / pid / "smaps_rollup").read_bytes())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0
