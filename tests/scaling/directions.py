"""Runs in all directions, each with its work counted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from converter import Options, convert, validate
from tests.scaling.cases import CASES, Fill
from tests.scaling.counting import work_of
from tests.scaling.decks import decks_and_notes

PLACES = {"siyuan": "ws", "mnemo": "notes.mnemo", "mnemo-db": "lib/mnemo.db", "json": "notes.jsonl", "markdown": "md"}
STEPS = (
    ("markdown", "siyuan"),
    ("siyuan", "markdown"),
    ("markdown", "mnemo"),
    ("mnemo", "siyuan"),
    ("mnemo", "mnemo-db"),
    ("mnemo-db", "mnemo"),
    ("markdown", "json"),
    ("json", "markdown"),
)
CLOCK = 1_700_000_000
"""The time of every run and note: ids tell it, and only notes of one id stand in each other's way."""
VALIDATED = ("markdown", "siyuan", "mnemo", "mnemo-db")


def works(cases: Sequence[str], size: int, root: Path) -> dict[str, int]:
    """The work of each direction, and of each validation, for a vault that is so large in these ways."""
    root.mkdir()
    vault = root / "vault"
    vault.mkdir()
    for case in cases:
        _vault(CASES[case], size, vault / case)
    at = {"markdown": vault}
    found: dict[str, int] = {}
    for source, target in STEPS:
        place = _place(root / f"{source} to {target}", target)
        found[f"{source} to {target}"] = work_of(partial(_convert, at[source], place, target))
        at.setdefault(target, place)
    for name in VALIDATED:
        found[f"validate {name}"] = work_of(partial(_validate, at[name]))
    shutil.rmtree(root)
    return found


def conflicts(system: str, size: int, root: Path) -> dict[str, int]:
    """The work of a merge in which so many notes stand in the target with another text."""
    root.mkdir()
    there, coming = (_system(system, size, root / text, text) for text in ("old", "new"))
    found = {f"into {system}": work_of(partial(_convert, coming, there, system, into=True, written=size))}
    shutil.rmtree(root)
    return found


def decks(system: str, size: int, root: Path) -> dict[str, int]:
    """The work of a merge in which so many notes stand in the target, and as many decks with another text."""
    root.mkdir()
    there, coming = (decks_and_notes(root / f"{text}.mnemo", size, text) for text in ("old", "new"))
    if system != "mnemo":
        place = _place(root / "made", system)
        _convert(there, place, system)
        there = place
    found = {f"into {system}": work_of(partial(_convert, coming, there, system, into=True))}
    shutil.rmtree(root)
    return found


def _system(system: str, size: int, root: Path, text: str) -> Path:
    root.mkdir()

    def fill(folder: Path, count: int) -> None:
        for number in range(count):
            lines = f"{text} {number}, see [[note {(number + 1) % count}]].\n"
            note = folder / f"note {number}.md"
            note.write_text(lines, encoding="utf-8")
            os.utime(note, (CLOCK, CLOCK))

    vault = _vault(fill, size, root / "vault")
    if system == "markdown":
        return vault
    place = _place(root / "made", system)
    _convert(vault, place, system, residue=False)
    return place


def _vault(fill: Fill, size: int, vault: Path) -> Path:
    vault.mkdir()
    fill(vault, size)
    return vault


def _place(folder: Path, target: str) -> Path:
    place = folder / PLACES[target]
    place.parent.mkdir(parents=True)
    return place


def _convert(
    source: Path, target: Path, to: str, *, into: bool = False, residue: bool = True, written: int = 0
) -> None:
    options = Options(
        source=str(source), target=str(target), target_format=to, jobs=1, timezone="UTC", into=into, residue=residue
    )
    with convert(options) as report:
        assert report.exit_code == 0, report.fault
        ends = dict(report.tally.rows())["notes"]
        assert ends.get("failed", 0) == 0
        assert sum(count for name, count in ends.items() if name not in ("read", "unchanged")) >= written


def _validate(source: Path) -> None:
    with validate(Options(source=str(source), jobs=1, timezone="UTC")) as report:
        assert report.fault is None
