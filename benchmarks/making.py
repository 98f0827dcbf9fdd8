"""The command line of what makes a corpus."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

__all__ = ["made_by_command"]


def made_by_command(module: str, what: str, make: Callable[[Path, int, int], object]) -> None:
    """Make a corpus, called `what`, by a function of its folder, the number of notes and the seed."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=f"Make a {what}.")
    parser.add_argument("folder", type=Path, help="where to make it; must not exist")
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.folder.exists():
        parser.error(f"{given.folder} exists")
    make(given.folder, given.notes, given.seed)
