"""What a run needs again later: in memory while it is little, then in a temporary file."""

from __future__ import annotations

from io import BytesIO
from typing import IO

__all__ = ["Scratch", "on_disk_if_large"]

_HELD = 1 << 20
_SIZE = 8


def on_disk_if_large(file: IO[bytes], held: int = _HELD) -> IO[bytes]:
    """The file, at whose end we are; of one in memory that is larger than `held` a temporary file with its bytes.

    So does `SpooledTemporaryFile`, but importing it takes longer than converting a note.
    """
    if not isinstance(file, BytesIO) or file.tell() <= held:
        return file
    from tempfile import TemporaryFile

    large: IO[bytes] = TemporaryFile()  # noqa: SIM115
    large.write(file.getbuffer())
    return large


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
        self._file.write(len(data).to_bytes(_SIZE, "little"))
        self._file.write(data)
        self._file = on_disk_if_large(self._file, self._held)
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
