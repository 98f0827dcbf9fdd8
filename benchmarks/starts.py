"""Measure commands that have next to nothing to do, beside a bare interpreter: python -m benchmarks.starts."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import table
from benchmarks.process import CONVERTER, measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.process import Measured

_BARE: Final = (sys.executable, "-c", "pass")
_NOTE: Final = "# One\n\nA note with a [[Link]], **bold** and a list.\n\n- a\n- b\n"
_DONE: Final = frozenset((0, 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.starts", description=__doc__)
    asked.add_argument("--rounds", type=int, default=20)
    rounds = asked.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch:
        # Modules are compiled once, as they are in an installation.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(scratch) / "compiled")
        commands = _commands(Path(scratch))
        target = Path(scratch) / "target"
        runs: dict[str, list[tuple[Measured, Measured]]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                pair = measure(command, _DONE), measure(_BARE)
                shutil.rmtree(target, ignore_errors=True)
                if number:  # the first one compiles modules
                    runs[name].append(pair)
    _print_all(runs)
    return 0


def _commands(scratch: Path) -> dict[str, tuple[str, ...]]:
    """The commands by what they are called; what they read is made."""
    vault, package, target = scratch / "vault", scratch / "note.mnemo", scratch / "target"
    vault.mkdir()
    (vault / "Note.md").write_text(_NOTE, encoding="utf-8")
    measure((*CONVERTER, "convert", str(vault), str(package), "--no-residue"), _DONE)
    convert = (*CONVERTER, "convert", "-q", "--from")
    return {
        "--version": (*CONVERTER, "--version"),
        "one note, markdown → siyuan": (*convert, "markdown", str(vault), "--to", "siyuan", str(target)),
        "one note, mnemo → markdown": (*convert, "mnemo", str(package), "--to", "markdown", str(target)),
    }


def _print_all(runs: Mapping[str, Sequence[tuple[Measured, Measured]]]) -> None:
    print(*(f"{name} {value}" for name, value in table.machine().items()), sep=", ")
    print("| command | seconds | bare interpreter | × bare | × bare, processor time |")
    print("|---|---|---|---|---|")
    for name, pairs in runs.items():
        seconds, bare = (statistics.median(one.seconds for one in side) for side in zip(*pairs, strict=True))
        busy, bare_busy = (min(one.busy for one in side) for side in zip(*pairs, strict=True))
        print(f"| {name} | {seconds:.3f} | {bare:.3f} | {seconds / bare:.1f} | {busy / bare_busy:.1f} |")


if __name__ == "__main__":
    raise SystemExit(main())
