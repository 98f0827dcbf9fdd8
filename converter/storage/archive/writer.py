"""Writing ZIP archives: the same members give the same archive."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING, Final, Self

from converter.errors import InternalFaultError
from converter.storage.digest import CHUNK_BYTES, Readable, copy_digest
from converter.storage.faults import reading_item, writing
from converter.storage.names import check_member

if TYPE_CHECKING:
    from pathlib import Path

    from converter.storage.archive.members import Stamp

__all__ = ["FIXED_STAMP", "ZipWriter"]

FIXED_STAMP: Final[Stamp] = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP archive can hold."""

_UNIX: Final = 3
_LARGE_BYTES: Final = 1024**3


class ZipWriter:
    """A new archive; a context manager that closes it, or abandons it when an exception passes.

    Every member gets the time `stamp`, the mode of an ordinary file and no further fields, so the archive depends on
    its members alone (packed bytes vary with the version of zlib). Members are written in the order of the calls.
    Raises EnvironmentFaultError when the file cannot be written.
    """

    def __init__(self, path: Path, *, stamp: Stamp = FIXED_STAMP) -> None:
        self.path = path
        self._stamp = max(stamp, FIXED_STAMP)
        self._names: set[str] = set()
        with writing(path):
            self._file = path.open("xb")
        self._zip = zipfile.ZipFile(self._file, "w")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def add(self, name: str, data: bytes, *, level: int = 1) -> None:
        """Add a member; level 0 stores it as it is."""
        info = self._info(name, level if data else 0, len(data))
        with writing(self.path):
            self._zip.writestr(info, data)

    def add_stream(self, name: str, stream: Readable, *, level: int = 1) -> tuple[int, str]:
        """Add a member from a stream, read to its end in chunks; its size and SHA-256 in lower-case hex.

        Where the stream fails, its error passes and the archive is as it was before. Raises ItemError where the system
        cannot read on.
        """
        source = _Measured(stream, name)
        info = self._info(name, 0 if source.size == 0 else level, source.size or 0)
        try:
            with writing(self.path), self._zip.open(info, "w", force_zip64=source.may_be_large) as target:
                return copy_digest(source, target)
        except BaseException:
            self._forget(info)
            raise

    def _forget(self, info: zipfile.ZipInfo) -> None:
        """Take back a member that was not completed."""
        self._names.discard(info.filename)
        if self._zip.NameToInfo.pop(info.filename, None) is None:
            return
        self._zip.filelist.pop()
        self._zip.start_dir = info.header_offset
        with writing(self.path):
            self._file.truncate(info.header_offset)

    def _info(self, name: str, level: int, size: int) -> zipfile.ZipInfo:
        if reason := check_member(name):
            raise InternalFaultError(f"A member was to be written whose name {reason}: {name!r}.")
        if name in self._names:
            raise InternalFaultError(f"A member was to be written twice: {name!r}.")
        self._names.add(name)
        info = zipfile.ZipInfo(name, self._stamp)
        info.compress_type = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
        info._compresslevel = level or None  # type: ignore[attr-defined]  # noqa: SLF001  public since 3.13 only
        info.create_system = _UNIX
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        info.file_size = size
        return info

    def close(self) -> None:
        """Write the directory and close the file. Safe to call twice."""
        with writing(self.path):
            self._zip.close()
            self._file.close()

    def abandon(self) -> None:
        """Close without completing the archive, and remove the file. Does nothing once the archive is complete."""
        if self._zip.fp is None:
            return
        self._zip.fp = None
        with writing(self.path):
            try:
                self._file.close()
            finally:
                self.path.unlink(missing_ok=True)


class _Measured:
    """A stream that knows its size before it is read: None where only reading on would tell."""

    def __init__(self, stream: Readable, name: str) -> None:
        self._stream = stream
        self._name = name
        self._pending = [self._next(CHUNK_BYTES), self._next(CHUNK_BYTES)]
        self.size = None if self._pending[1] else len(self._pending[0])
        if self.size is None and isinstance(stream, io.IOBase) and stream.seekable():
            here = stream.tell()
            self.size = sum(map(len, self._pending)) + stream.seek(0, io.SEEK_END) - here
            stream.seek(here)

    @property
    def may_be_large(self) -> bool:
        """Whether sizes of 64 bits have to be possible."""
        return self.size is None or self.size > _LARGE_BYTES

    def _next(self, size: int) -> bytes:
        with reading_item(self._name):
            return self._stream.read(size)

    def read(self, size: int, /) -> bytes:
        """What was read already, then the rest."""
        return self._pending.pop(0) if self._pending else self._next(size)
