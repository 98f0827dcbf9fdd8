"""Pieces of bytes that a run needs again later: in memory while they are few, then in a temporary file."""

from __future__ import annotations

import tempfile
from typing import IO

__all__ = ["Scratch"]

_HELD = 1 << 20
_SIZE = 8


class Scratch:
    """Keeps pieces, each known by its place. What is kept is gone when the process ends, however it ends."""

    def __init__(self, held: int = _HELD) -> None:
        """Keep up to `held` bytes in memory."""
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=held)  # noqa: SIM115
        self._end = 0

    def keep(self, data: bytes) -> int:
        """Keep a piece: its place."""
        place = self._end
        self._file.seek(place)
        self._file.write(len(data).to_bytes(_SIZE, "little"))
        self._file.write(data)
        self._end = place + _SIZE + len(data)
        return place

    def piece(self, place: int) -> bytes:
        """The piece at this place."""
        self._file.seek(place)
        size = int.from_bytes(self._file.read(_SIZE), "little")
        return self._file.read(size)

    def close(self) -> None:
        """Let go of all pieces."""
        self._file.close()
