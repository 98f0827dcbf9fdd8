"""The directions to measure: every format into every format, as far as this converter knows them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from benchmarks.process import CONVERTER, ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMATS: Final = ("mnemo", "markdown", "siyuan")
CORPUS_FORMAT: Final = "markdown"


@dataclass(frozen=True, slots=True)
class Direction:
    """From one format into another."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}→{self.target}"


ALL: Final = tuple(Direction(source, target) for source, target in product(FORMATS, repeat=2))


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
            raise ValueError(f"{pattern} is no direction; formats: {', '.join(FORMATS)}")
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
        given = name == CORPUS_FORMAT and name != direction.target
        if not given and not known[name]["writes"]:
            return f"this converter does not write {name}"
    return None


def file_name(stem: str, form: Mapping[str, Any]) -> str:
    """A name for something in a format: a file with its suffix, or a folder."""
    return stem + form["suffixes"][0] if form["single_file"] else stem
