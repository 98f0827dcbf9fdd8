"""Files of a target that is a folder, as they are made in the place where they wait."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from converter.formats.entries import set_time
from converter.model.moment import Moment

__all__ = ["StagedFiles"]

_CHUNK_BYTES = 1 << 20


class StagedFiles:
    """Files below a folder, each by its path in it with `/`.

    Paths are plain text here: objects for them would keep every name of a file as long as the process lives.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._made: set[str] = set()
        os.makedirs(self._root, exist_ok=True)

    def folder(self, path: str) -> None:
        """Make a folder, and those above it."""
        if path not in self._made:
            os.makedirs(self._final(path), exist_ok=True)
            self._made.add(path)

    def write(self, path: str, data: bytes, stamp: Moment | None = None) -> None:
        """Write a file at once and give it its time."""
        final = self._in_its_folder(path)
        with open(final, "wb", buffering=0) as stream:
            stream.write(data)
        set_time(final, stamp)

    def copy(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Write a file of any size from a stream and give it its time."""
        final = self._in_its_folder(path)
        with open(final, "wb") as out:
            while data := stream.read(_CHUNK_BYTES):  # as `shutil` does, whose import takes longer than one note
                out.write(data)
        set_time(final, stamp)

    def read(self, path: str) -> bytes:
        """A file that was made."""
        with open(self._final(path), "rb") as stream:
            return stream.read()

    def _in_its_folder(self, path: str) -> str:
        self.folder(path.rpartition("/")[0])
        return self._final(path)

    def _final(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root
