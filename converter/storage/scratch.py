"""What a run needs again later: in memory while it is little, then in a temporary file."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from converter.storage.system import read_at

__all__ = ["Scratch", "on_disk_if_large"]

_HELD = 1 << 20
_WAITING = 64 << 10
"""Bytes that wait in memory until they are written to a file at once. Longer pieces do not wait."""
_SIZE = 8
_AT_ONCE = 1024
"""Bytes that are read at once: most pieces are not longer."""


def on_disk_if_large(file: IO[bytes]) -> IO[bytes]:
    """The file, at whose end we are; of one in memory that is large a temporary file with its bytes.

    So does `SpooledTemporaryFile`, but importing it takes longer than converting a note.
    """
    if not isinstance(file, BytesIO) or file.tell() <= _HELD:
        return file
    from tempfile import TemporaryFile

    large: IO[bytes] = TemporaryFile()  # noqa: SIM115
    with file.getbuffer() as data:
        large.write(data)
    return large


class Scratch:
    """Keeps pieces, each known by its place. What is kept is gone when the process ends, however it ends.

    Places count the bytes that were kept. The first of them are in a file, the last ones in memory; each piece is whole
    in one of both.
    """

    def __init__(self, held: int = _HELD, at_once: int = _AT_ONCE) -> None:
        """Keep up to `held` bytes in memory. Pieces of up to `at_once` bytes are read in one go."""
        self._room = held
        self._at_once = at_once
        self._file: IO[bytes] | None = None
        self._written = 0
        self._tail = bytearray()

    def keep(self, data: bytes) -> int:
        """Keep a piece: its place."""
        tail = self._tail
        place = self._written + len(tail)
        tail += len(data).to_bytes(_SIZE, "little")
        if len(data) > max(_WAITING, self._room - len(tail)):
            self._write(tail)
            self._write(data)
            return place
        tail += data
        if len(tail) > self._room:
            self._write(tail)
        return place

    def _write(self, data: bytes | bytearray) -> None:
        """Write to the file, from now on whenever some bytes wait."""
        if self._file is None:
            from tempfile import TemporaryFile

            self._file = TemporaryFile(buffering=0)  # noqa: SIM115
            self._room = _WAITING
        self._file.seek(self._written)
        _write_all(self._file, data)
        self._written += len(data)
        if data is self._tail:
            self._tail = bytearray()

    def following(self, place: int) -> int:
        """The place of the piece that was kept after this one."""
        return place + _SIZE + int.from_bytes(self._read(place, _SIZE), "little")

    def piece(self, place: int) -> bytes:
        """The piece at this place."""
        start = self._read(place, self._at_once)
        end = int.from_bytes(start[:_SIZE], "little") + _SIZE
        return start[_SIZE:end] if end <= len(start) else self._read(place + _SIZE, end - _SIZE)

    def _read(self, place: int, size: int) -> bytes:
        """The bytes from a place on: so many, or as many as there are."""
        at = place - self._written
        if at >= 0 or self._file is None:
            return bytes(self._tail[at : at + size])
        data = read_at(self._file, place, size)
        while len(data) < min(size, self._written - place):
            data += read_at(self._file, place + len(data), size - len(data))  # a system gives so much at once
        return data

    def close(self) -> None:
        """Let go of all pieces."""
        self._tail = bytearray()
        if self._file is not None:
            self._file.close()


def _write_all(file: IO[bytes], data: bytes | bytearray) -> None:
    """A file without a buffer takes what there is room for, and says why it takes no more when it is asked again."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
