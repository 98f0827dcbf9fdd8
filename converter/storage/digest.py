"""SHA-256 of streams, in chunks."""

from __future__ import annotations

from typing import Final, Protocol

from converter.digests import sha256

__all__ = ["CHUNK_BYTES", "Readable", "copy_digest", "digest"]

CHUNK_BYTES: Final = 1024**2


class Readable(Protocol):
    """What can be read in chunks; an empty one is the end."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes."""


class _Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


def digest(stream: Readable) -> tuple[int, str]:
    """Read a stream to its end; its size in bytes and SHA-256 in lower-case hex."""
    return copy_digest(stream, None)


def copy_digest(stream: Readable, target: _Writable | None) -> tuple[int, str]:
    """Copy a stream to its end; the size in bytes and SHA-256 in lower-case hex of what was copied."""
    size = 0
    state = sha256()
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        state.update(chunk)
        if target is not None:
            target.write(chunk)
    return size, state.hexdigest()
