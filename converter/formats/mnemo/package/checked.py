"""A stream that compares what was read with the digest that the package's writer told."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, cast

from converter.errors import ItemError

__all__ = ["checked"]


@contextmanager
def checked(opened: AbstractContextManager[IO[bytes]], name: str, sha256: str) -> Iterator[IO[bytes]]:
    """The stream, which raises ItemError at its end where its SHA-256 is not this one."""
    with opened as stream:
        yield cast("IO[bytes]", _Checked(stream, name, sha256))


class _Checked(io.RawIOBase):
    def __init__(self, stream: IO[bytes], name: str, sha256: str) -> None:
        super().__init__()
        self._stream = stream
        self._name = name
        self._expected = sha256.lower()
        self._state = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        data = self._stream.read(wanted)
        self._state.update(data)
        if wanted < 0 or (wanted and not data):
            self._compare()
        return data

    def _compare(self) -> None:
        found = self._state.hexdigest()
        if found != self._expected:
            raise ItemError(
                f"{self._name}: its SHA-256 is {found}, the manifest lists {self._expected}",
                hint="the file was changed or damaged after the package was made",
            )
