"""The bytes of files: inside their line in Base64, or in the folder beside the archive."""

from __future__ import annotations

import binascii
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from converter.errors import ItemError
from converter.patterns import pattern

__all__ = ["INLINE_BYTES", "Inline", "checked", "companion_of", "encoded"]

INLINE_BYTES = 1_000_000
"""Files up to this size stand in their line."""

_ENDING = ".assets"
_STEP = 3 << 18
_DIGEST = pattern(r"[0-9a-f]{64}", re.ASCII)


def companion_of(name: str) -> str:
    """The folder beside an archive of this name that holds its larger files."""
    stem = Path(name).stem
    return name + _ENDING if stem + _ENDING == name else stem + _ENDING


def encoded(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in Base64, piece by piece."""
    held = b""
    while chunk := stream.read(_STEP):
        held += chunk
        whole = len(held) - len(held) % 3
        yield binascii.b2a_base64(held[:whole], newline=False)
        held = held[whole:]
    yield binascii.b2a_base64(held, newline=False)


class Inline(io.RawIOBase):
    """The bytes of a file that stands in its line; the stream is at its Base64, which a quote ends."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self._left = length
        self._held = b""
        self._ended = False

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Decode the next piece."""
        while not self._held and not self._ended:
            self._held = self._next()
        taken = self._held[: len(buffer)]
        self._held = self._held[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _next(self) -> bytes:
        piece = self._stream.read(min(self._left, 4 << 18))
        self._left -= len(piece)
        text, quote, rest = piece.partition(b'"')
        if quote:
            self._ended = True
            if rest.strip() != b"}" or self._left:
                raise ItemError("Something stands behind its bytes.")
        elif not piece:
            raise ItemError("Its line ends too early.")
        try:
            return binascii.a2b_base64(text, strict_mode=True) if text else b""
        except binascii.Error:
            raise ItemError("Its bytes are no Base64.") from None

    def close(self) -> None:
        """Close the file as well."""
        self._stream.close()
        super().close()


class _Checked:
    """A stream whose bytes must have a digest."""

    def __init__(self, stream: IO[bytes], wanted: str) -> None:
        self._stream = stream
        self._wanted = wanted
        self._state = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on; at the end the digest is compared."""
        chunk = self._stream.read(size)
        self._state.update(chunk)
        if not chunk and size and self._state.hexdigest() != self._wanted:
            raise ItemError("Its bytes are not those that its line was written for: their digest is another one.")
        return chunk


@contextmanager
def checked(stream: IO[bytes], wanted: object) -> Iterator[IO[bytes]]:
    """The stream, closed in the end; its bytes are compared with a digest where there is one."""
    with stream:
        if isinstance(wanted, str) and _DIGEST.fullmatch(wanted):
            yield _Checked(stream, wanted)  # type: ignore[misc]
        else:
            yield stream
