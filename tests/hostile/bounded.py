"""A command in a process of its own, with little memory and not for ever."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import ROOT

MEGABYTE = 1 << 20


def bounded(*args: str, memory: int = 700 * MEGABYTE, seconds: int = 60) -> dict[str, Any]:
    """The report of a command that may take so much address space and time; raises where it takes more time."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    ended = subprocess.run(
        [sys.executable, "-m", "converter", *args, "--output-format", "json", "--no-progress"],
        capture_output=True,
        timeout=seconds,
        check=False,
        cwd=ROOT,
        preexec_fn=limit,
    )
    assert b"Traceback" not in ended.stderr + ended.stdout, ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def both(source: Path, place: Path, *options: str, **bounds: int) -> list[dict[str, Any]]:
    """`validate` and `convert`, each within these bounds."""
    return [
        bounded("validate", str(source), *options, **bounds),
        bounded("convert", str(source), f"{place}/out/", *options, **bounds),
    ]
