"""What a run needs again later: in memory while it is little, then in a temporary file."""

from __future__ import annotations

from io import BytesIO
from typing import IO

__all__ = ["Scratch", "on_disk_if_large"]

_HELD = 1 << 20
_SIZE = 8
_AT_ONCE = 1024
"""Bytes that are read at once: most pieces are not longer."""


def on_disk_if_large(file: IO[bytes], held: int = _HELD, *, buffering: int = -1) -> IO[bytes]:
    """The file, at whose end we are; of one in memory that is larger than `held` a temporary file with its bytes.

    So does `SpooledTemporaryFile`, but importing it takes longer than converting a note.
    """
    if not isinstance(file, BytesIO) or file.tell() <= held:
        return file
    from tempfile import TemporaryFile

    large: IO[bytes] = TemporaryFile(buffering=buffering)  # noqa: SIM115
    with file.getbuffer() as data:
        _write_all(large, data)
    return large


def _write_all(file: IO[bytes], data: bytes | memoryview) -> None:
    """A file without a buffer takes what there is room for, and says why it takes no more when it is asked again."""
    written = file.write(data)
    while written < len(data):
        data = memoryview(data)[written:]
        written = file.write(data)


class Scratch:
    """Keeps pieces, each known by its place. What is kept is gone when the process ends, however it ends."""

    def __init__(self, held: int = _HELD) -> None:
        """Keep up to `held` bytes in memory."""
        self._held = held
        self._file: IO[bytes] = BytesIO()
        self._end = 0

    def keep(self, data: bytes) -> int:
        """Keep a piece: its place."""
        place = self._end
        self._file.seek(place)
        _write_all(self._file, len(data).to_bytes(_SIZE, "little") + data)
        # Without a buffer: pieces are small, and each is read and written at once.
        self._file = on_disk_if_large(self._file, self._held, buffering=0)
        self._end = place + _SIZE + len(data)
        return place

    def following(self, place: int) -> int:
        """The place of the piece that was kept after this one."""
        self._file.seek(place)
        return place + _SIZE + int.from_bytes(self._file.read(_SIZE), "little")

    def piece(self, place: int) -> bytes:
        """The piece at this place."""
        self._file.seek(place)
        start = self._file.read(_AT_ONCE)
        end = int.from_bytes(start[:_SIZE], "little") + _SIZE
        if end <= len(start):
            return start[_SIZE:end]
        rest = bytearray(start)
        while len(rest) < end and (more := self._file.read(end - len(rest))):
            rest += more
        return bytes(memoryview(rest)[_SIZE:])

    def close(self) -> None:
        """Let go of all pieces."""
        self._file.close()
