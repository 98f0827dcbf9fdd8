"""Reading ZIP archives that may be broken or hostile."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Literal, Self

from converter.errors import InputError, ItemError
from converter.storage.archive.directory import DirectoryError
from converter.storage.archive.index import ArchiveIndex
from converter.storage.archive.stream import MemberStream
from converter.storage.faults import opening
from converter.storage.limits import DEFAULT_LIMITS, Limits, exceeded
from converter.storage.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from converter.findings.finding import Finding
    from converter.storage.archive.members import MemberInfo

__all__ = ["ZipReader"]


class ZipReader:
    """An archive that is open for reading; a context manager.

    `members` are the files by name, in the archive's order; folders are left out. `skipped` are members that are
    neither (links, devices), with the reason in `unreadable`; `problems` tells about them and about everything else
    that was wrong and could be lived with.

    Opening raises InputError for what is no archive or a broken, unsafe, encrypted or ambiguous one, and LimitError for
    one that is larger than `limits` allow. With `skip_unsafe`, members with unsafe names are skipped instead.
    `duplicates` says what two members with one name come to: `refuse`, or `keep` both, the second under another name;
    `same` gives the key under which names count as one when duplicates are refused. `encoding` is that of names which
    do not say theirs. With `salvage`, the members of an archive whose directory is broken are found by their own
    headers; one that is sound is read as ever. See docs/formats/containers.md, "ZIP".
    """

    def __init__(
        self,
        path: Path,
        limits: Limits = DEFAULT_LIMITS,
        *,
        duplicates: Literal["refuse", "keep"] = "refuse",
        same: Callable[[str], str] = fold,
        skip_unsafe: bool = False,
        encoding: str = "",
        salvage: bool = False,
    ) -> None:
        self.path = path
        self._limits = limits
        self._what = str(path)
        with opening(path, "a ZIP archive"):
            self._file = path.open("rb")
        try:
            with opening(path, "a ZIP archive"):
                self._state = _state(path)
                judged = partial(
                    ArchiveIndex,
                    self._what,
                    limits,
                    encoding=encoding,
                    skip_unsafe=skip_unsafe,
                    same=same if duplicates == "refuse" else None,
                )
                index = judged()
                try:
                    index.read(self._file, self._state[0])
                except DirectoryError:
                    if not salvage:
                        raise
                    index = judged()
                    index.salvage(self._file, self._state[0])
        except BaseException:
            self._file.close()
            raise
        self._end = index.end
        self.shift = index.shift
        self.members: Mapping[str, MemberInfo] = MappingProxyType(index.members)
        self.skipped: tuple[MemberInfo, ...] = tuple(index.skipped)
        self.problems: tuple[Finding, ...] = tuple(index.problems)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._file.close()

    def read(self, name: str) -> bytes:
        """All bytes of a member. Raises ItemError when it is missing or damaged, LimitError above `load_bytes`."""
        size = self._member(name).size
        if size > self._limits.load_bytes:
            exceeded(self._limits, "load_bytes", f"Member {name!r} of {self._what}", size)
        with self.open(name) as stream:
            return stream.read()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member as a stream.

        Reading raises ItemError when its data is damaged; leaving the context raises InputError when the archive has
        changed meanwhile.
        """
        with MemberStream(self._file, self._member(name), self._end) as stream:
            yield stream  # type: ignore[misc]
        self.check_unchanged()

    def check_unchanged(self) -> None:
        """Raise InputError when the file was written to or replaced since it was opened."""
        try:
            state = _state(self.path)
        except OSError:
            state = None
        if state != self._state:
            raise InputError(
                f"{self._what} changed while it was read.", hint="Wait until it is complete and try again."
            )

    def _member(self, name: str) -> MemberInfo:
        member = self.members.get(name)
        if member is None:
            raise ItemError(f"{self._what} has no member {name!r}.")
        return member


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino
