"""What judging a package has in common: its findings, and the members as files and texts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Self

from converter.findings.finding import Finding, Location
from converter.storage.archive import ZipReader

__all__ = ["Handler", "Unpacked", "loses", "missing", "refuses"]

_CHUNK_BYTES: Final = 1024 * 1024


def refuses(item: str, where: Location, what: str) -> Finding:
    """The application stops here."""
    return Finding(code="app-refuses", item=item, location=where, details=(("what", what),))


def loses(item: str, where: Location, what: str) -> Finding:
    """The application passes over this without a word."""
    return Finding(code="app-loses", item=item, location=where, details=(("what", what),))


class Unpacked:
    """Members of an archive as files on disk; a context manager. `known` are those that are there already."""

    def __init__(self, archive: ZipReader, known: Mapping[str, Path]) -> None:
        self._archive = archive
        self._known = known
        self._folder = tempfile.TemporaryDirectory(prefix="mnemo-converter-")
        self._files: dict[str, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def path(self, member: str) -> Path:
        """The member as a file, unpacked once; raises ItemError where it is damaged."""
        if member in self._known:
            return self._known[member]
        if member not in self._files:
            path = Path(self._folder.name) / str(len(self._files))
            with self._archive.open(member) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK_BYTES)
            self._files[member] = path
        return self._files[member]

    def text(self, member: str) -> str:
        """The member as text, with lone surrogates for bytes that are not UTF-8; raises ItemError likewise."""
        return self._archive.read(member).decode(errors="surrogateescape")


Handler = Callable[[str, Location, Mapping[str, str], Unpacked, bool], Iterator[Finding]]
"""Judges a payload: its item, its place in the manifest, its files, and whether it is of a schema of 0.8."""


def missing(item: str, where: Location, name: str) -> Finding:
    """The payload has no file of this name."""
    return loses(item, where, f"it finds no {name} below this path, and imports nothing of the payload")
