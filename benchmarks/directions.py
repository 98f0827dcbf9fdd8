"""The directions to measure: between each two systems, and between the two formats of Mnemo."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from benchmarks.library import DATABASE
from benchmarks.process import CONVERTER, ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMATS: Final = ("mnemo", "markdown", "siyuan")
VAULT: Final = "markdown"
LIBRARY: Final = "mnemo-db"
"""Formats of the two corpora: notes of all systems are made from a vault, those within Mnemo from a library."""


@dataclass(frozen=True, slots=True)
class Direction:
    """From one format into another."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}→{self.target}"

    @property
    def corpus(self) -> str:
        """The format of the corpus that is converted."""
        return LIBRARY if LIBRARY in {self.source, self.target} else VAULT


ALL: Final = (
    *(Direction(source, target) for source, target in product(FORMATS, repeat=2)),
    Direction("mnemo", LIBRARY),
    Direction(LIBRARY, "mnemo"),
)


def known_formats() -> dict[str, Any]:
    """What the converter says of its formats, by their ids."""
    command = (*CONVERTER, "formats", "--output-format", "json")
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    return {known["id"]: known for known in json.loads(said.stdout)}


def chosen(patterns: Sequence[str]) -> list[Direction]:
    """The directions that match one of such patterns as `mnemo:markdown` or `*:mnemo`; all where there are none.

    Raises ValueError for a pattern that matches nothing.
    """
    found = set()
    for pattern in patterns or ("*:*",):
        matched = [one for one in ALL if fnmatchcase(str(one), pattern.replace(":", "→"))]
        if not matched:
            raise ValueError(f"{pattern} is no direction; there are {', '.join(map(str, ALL))}")
        found.update(matched)
    return [one for one in ALL if one in found]


def obstacle(direction: Direction, known: Mapping[str, Any]) -> str | None:
    """Why a direction cannot be measured with these formats; None if it can."""
    for name in (direction.source, direction.target):
        if name not in known:
            return f"this converter has no format {name}"
    if not known[direction.source]["reads"]:
        return f"this converter does not read {direction.source}"
    for name in (direction.source, direction.target):
        # A source is made by this converter as well, unless it is the corpus itself.
        given = name == direction.corpus and name != direction.target
        if not given and not known[name]["writes"]:
            return f"this converter does not write {name}"
    return None


def place(holder: PurePath, form: Mapping[str, Any]) -> PurePath:
    """Where something in a format goes that has a folder to itself: a file with its suffix, or a folder."""
    if not form["single_file"]:
        return holder / "tree"
    suffix = form["suffixes"][0]
    return holder / (suffix if suffix == DATABASE else f"notes{suffix}")
