"""Files that wait for their turn: one temporary file holds them all."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import msgspec

__all__ = ["Spool"]


class _Part(msgspec.Struct, frozen=True, gc=False):
    offset: int
    size: int


class Spool:
    """Keeps the bytes of named files in one file on disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._parts: dict[str, _Part] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def add(self, name: str, stream: IO[bytes]) -> int:
        """Take a stream in under a name; its size in bytes."""
        offset = self._file.seek(0, io.SEEK_END)
        shutil.copyfileobj(stream, self._file, 1024 * 1024)
        self._file.flush()  # else it is the next read that fails when the disk is full
        size = self._file.tell() - offset
        self._parts[name] = _Part(offset, size)
        return size

    def size(self, name: str) -> int:
        """The size of a file in bytes."""
        return self._parts[name].size

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The bytes of a file, from its start."""
        part = self._parts[name]
        yield cast("IO[bytes]", _Window(self._file, part))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _Window(io.RawIOBase):
    """A part of a file, as if it were one."""

    def __init__(self, file: IO[bytes], part: _Part) -> None:
        super().__init__()
        self._file = file
        self._part = part
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._part.size}
        self._at = max(starts[whence] + offset, 0)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(self._part.size - self._at, 0)
        self._file.seek(self._part.offset + self._at)
        data = self._file.read(left if size is None or size < 0 else min(size, left))
        self._at += len(data)
        return data
