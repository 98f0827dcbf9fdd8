"""Which format a source is, by what it holds, and which a target shall be, by its name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from converter.errors import InputError, UsageError
from converter.formats.front import Detection, Format
from converter.formats.registry import REGISTRY, format_ids, load

__all__ = ["detect_source", "detect_target", "file_of"]


def detect_source(path: Path, wanted: str = "") -> tuple[Format, Detection]:
    """The format of a source: the one that was named, else the surest one that recognises its bytes and names.

    Raises `InputError` when nothing is there, or nothing recognises it.
    """
    if not path.exists():
        raise InputError(f"There is nothing at {path}.", hint="Check the path of the source.")
    if wanted:
        return load(wanted), Detection(wanted, "named on the command line", 100)
    found = _surest(path, (row.id for row in REGISTRY if row.reads))
    if found is None:
        hint = f"Formats that can be read: {', '.join(format_ids())}. Name one with --from."
        raise InputError(f"{path} is no format that is known here: {_what_it_is(path)}.", hint=hint)
    return found


def _surest(path: Path, ids: Iterable[str]) -> tuple[Format, Detection] | None:
    """Of these formats the one that recognises best what stands at a path."""
    found = ((front, front.detect(path)) for front in map(load, ids))
    known = [(front, seen) for front, seen in found if seen is not None]
    return max(known, key=lambda pair: pair[1].score, default=None)


def _what_it_is(path: Path) -> str:
    if path.is_dir():
        names = sorted(entry.name for entry in path.iterdir())[:3]
        return "a folder with " + ", ".join(map(repr, names)) if names else "an empty folder"
    if not path.is_file():
        return "neither a file nor a folder"
    with path.open("rb") as stream:
        head = stream.read(16)
    kinds = {
        b"": "an empty file",
        b"PK\x03\x04": "a ZIP archive without a Mnemo manifest",
        b"SQLite format 3\x00": "an SQLite database",
        b"%PDF": "a PDF document",
        b"\x89PNG": "a PNG picture",
    }
    for start, name in kinds.items():
        if (start and head.startswith(start)) or head == start == b"":
            return name
    return f"a file that starts with {head[:8]!r}"


def detect_target(path: str, wanted: str = "") -> Format:
    """The format of a target: the one that was named, else what its ending says, else what stands there."""
    if wanted:
        return load(wanted)
    for row in REGISTRY:
        if row.writes and any(path.lower().endswith(suffix) for suffix in row.suffixes if suffix != "/"):
            return load(row.id)
    place = Path(path)
    there = _surest(place, (row.id for row in REGISTRY if row.reads and row.writes)) if place.exists() else None
    if there is not None:
        return there[0]
    if path.endswith(("/", "\\")) or place.is_dir() or not place.suffix:
        for row in REGISTRY:
            if row.writes and "/" in row.suffixes:
                return load(row.id)
    raise UsageError(f"The name {path!r} says no format.", hint="Name one with --to, or end a folder's name with '/'.")


def file_of(front: Format, path: str) -> str:
    """The file that a target is: a format whose file has a name of its own takes a folder to put it in."""
    row = next(row for row in REGISTRY if row.id == front.id)
    name = next((suffix for suffix in row.suffixes if suffix[0] not in "./"), "")
    place = Path(path)
    if not name or not (path.endswith(("/", "\\")) or place.is_dir() or not place.suffix):
        return path
    return str(place / name)
