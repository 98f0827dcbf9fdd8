"""The unpacked bytes of one member, counted and checked."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final

from converter.errors import ItemError
from converter.storage.archive.directory import LOCAL_HEADER, LOCAL_MAGIC
from converter.storage.faults import check_whole
from converter.storage.system import read_at

try:
    from lzma import LZMAError
except ImportError:  # a Python that was built without it
    LZMAError = zipfile.BadZipFile  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from collections.abc import Callable

    from converter.storage.archive.members import MemberInfo

__all__ = ["READABLE", "MemberStream"]

READABLE: Final = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
_FAILURES: Final = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    OSError,
    MemoryError,
    ValueError,
    RuntimeError,  # a method whose module this Python was built without
)


class _Window:
    """A part of a file as a stream of its own, so that several members can be read at a time."""

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        self._file = file
        self._at = start
        self._end = start + length

    def read(self, size: int) -> bytes:
        data = read_at(self._file, self._at, min(size, self._end - self._at))
        self._at += len(data)
        return data

    def close(self) -> None:
        """Nothing to close: the archive owns the file."""


class MemberStream(io.BufferedIOBase):
    """A member's unpacked bytes: at most as many as its archive declares.

    Any read raises ItemError when the data is damaged, does not fit its checksum, or is shorter than declared.
    """

    def __init__(self, file: IO[bytes], member: MemberInfo, end: int) -> None:
        super().__init__()
        self._file = file
        self._member = member
        self._seen = 0
        self._ended = False
        if member.code not in READABLE:
            raise self._failure(f"the compression method {member.method} is not supported")
        start = self._data_start(file)
        if start + member.compressed > end:
            raise self._failure("its data runs into the directory of the archive")
        info = zipfile.ZipInfo(member.name)
        info.compress_type, info.CRC = member.code, member.crc
        info.compress_size, info.file_size = member.compressed, member.size
        self._data = zipfile.ZipExtFile(_Window(file, start, member.compressed), "r", info)

    def _data_start(self, file: IO[bytes]) -> int:
        header = read_at(file, self._member.offset, LOCAL_HEADER.size)
        if len(header) == LOCAL_HEADER.size:
            magic, name_bytes, extra_bytes = LOCAL_HEADER.unpack(header)
            if magic == LOCAL_MAGIC:
                return self._member.offset + LOCAL_HEADER.size + int(name_bytes) + int(extra_bytes)
        raise self._failure("its header is damaged")

    def _failure(self, why: str) -> ItemError:
        return ItemError(f"Member {self._member.name!r}: {why}.")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, all that are left without it."""
        wanted = self._member.size + 1 if size is None or size < 0 else size
        data = self._taken(self._data.read, wanted)
        self._check_end(ended=wanted > len(data))
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        """A line, or as much of one: from what is unpacked already, not byte by byte."""
        wanted = self._member.size + 1 if size is None or size < 0 else size
        data = self._taken(self._data.readline, wanted)
        self._check_end(ended=wanted > len(data) and not data.endswith(b"\n"))
        return data

    def _taken(self, take: Callable[[int], bytes], wanted: int) -> bytes:
        try:
            data = take(wanted)
        except _FAILURES as error:
            if isinstance(error, OSError):
                check_whole(error, self._file.name)
            raise self._failure(f"its data is damaged ({str(error) or type(error).__name__})") from error
        self._seen += len(data)
        return data

    def _check_end(self, *, ended: bool) -> None:
        if ended and self._seen < self._member.size:
            raise self._failure(f"it holds {self._seen:,} bytes, declared are {self._member.size:,}")

    def read1(self, size: int = -1, /) -> bytes:
        """The same as `read`."""
        return self.read(size)

    def close(self) -> None:
        """Let go of the data; the archive stays open."""
        if not self.closed:
            data = getattr(self, "_data", None)
            if data is not None:
                data.close()
        super().close()
