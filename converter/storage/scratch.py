"""Pieces of bytes that a run needs again later: in memory while they are few, then in a temporary file."""

from __future__ import annotations

from typing import IO

__all__ = ["Scratch"]

_HELD = 8 << 20
_SIZE = 8


class Scratch:
    """Keeps pieces, each known by its place. What is kept is gone when the process ends, however it ends."""

    def __init__(self, held: int = _HELD) -> None:
        """Keep up to `held` bytes in memory."""
        self._held = held
        self._file: IO[bytes] | None = None
        self._end = 0

    def keep(self, data: bytes) -> int:
        """Keep a piece: its place."""
        file, place = self._file or self._opened(), self._end
        file.seek(place)
        file.write(len(data).to_bytes(_SIZE, "little"))
        file.write(data)
        self._end = place + _SIZE + len(data)
        return place

    def piece(self, place: int) -> bytes:
        """The piece at this place."""
        file = self._file or self._opened()
        file.seek(place)
        size = int.from_bytes(file.read(_SIZE), "little")
        return file.read(size)

    def close(self) -> None:
        """Let go of all pieces."""
        if self._file is not None:
            self._file.close()

    def _opened(self) -> IO[bytes]:
        """The file, made for the first piece: many a run keeps none."""
        from tempfile import SpooledTemporaryFile

        self._file = SpooledTemporaryFile(max_size=self._held)  # noqa: SIM115
        return self._file
