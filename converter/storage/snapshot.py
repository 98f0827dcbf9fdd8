"""A consistent look at a database that an application may have open (docs/formats/containers.md, "SQLite")."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from converter.errors import InputError
from converter.storage.faults import opening, writing
from converter.storage.limits import DEFAULT_LIMITS, Limits
from converter.storage.salvage import Loss, damage_of, recover
from converter.storage.sqlite import harden, open_readonly, reading

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Snapshot"]

_TRIES: Final = 5
_PAUSE_SECONDS: Final = 0.05
_HEAD_BYTES: Final = 100

_State = tuple[tuple[int, int, bytes], ...]


class Snapshot:
    """A database opened to be read and only that; nothing changes in it or appears beside it.

    Rows that still lie in a `-wal` beside it are read from a private copy of both. A file of no bytes is an empty
    database. Raises what `open_readonly` raises, and InputError for a database that changes while it is copied.
    `connection` is used inside `reading`.

    With `salvage`, a database that is damaged is read as far as it can be: `damage` says what is wrong with it, and
    `losses` what is lost.
    """

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS, *, salvage: bool = False) -> None:
        self.damage = ""
        self.losses: tuple[Loss, ...] = ()
        self._path = path
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        with opening(path, "an SQLite database"):
            empty = path.stat().st_size == 0 and not _has_bytes(_beside(path, "-wal"))
            logged = _has_bytes(_beside(path, "-wal")) or _beside(path, "-shm").exists()
        try:
            if empty:
                self.connection = sqlite3.connect(":memory:", isolation_level=None)
                harden(self.connection, limits)
            else:
                opened = self._copied() if logged else path
                self.connection = open_readonly(self._sound(opened, limits) if salvage else opened, limits)
        except BaseException:
            self._drop()
            raise
        self._before = None if logged else _state(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database, and of the copy."""
        self.connection.close()
        self._drop()

    def check(self) -> None:
        """Raise InputError where the database was changed since it was opened."""
        if self._before is not None and _state(self._path) != self._before:
            raise _in_use(self._path)

    def _drop(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mnemo-converter-")
        return Path(self._folder.name)

    def _sound(self, path: Path, limits: Limits) -> Path:
        """The database itself where it is sound, else what is left of it."""
        self.damage = damage_of(path, limits)
        if not self.damage:
            return path
        copy = self._place() / "damaged.db"
        with writing(copy, needed=path.stat().st_size):
            _copy(path, copy)
        made = copy.with_name("left.db")
        try:
            self.losses = recover(copy, made, limits)
        except InputError as error:
            raise InputError(f"{self.damage} Nothing of it can be read.", hint=error.hint) from error
        return made

    def _copied(self) -> Path:
        """A copy in which everything is in the database itself."""
        copy = self._place() / "database.db"
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_PAUSE_SECONDS)
            before = _state(self._path)
            with writing(copy, needed=self._path.stat().st_size):
                _copy(self._path, copy)
                _copy(_beside(self._path, "-wal"), _beside(copy, "-wal"))
            if _state(self._path) == before:
                _settle(copy)
                return copy
        raise _in_use(self._path)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _has_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _state(path: Path) -> _State:
    """What changes with every change: sizes, times, and the heads with their counters."""
    found = []
    for file in (path, _beside(path, "-wal")):
        try:
            with file.open("rb") as stream:
                head = stream.read(_HEAD_BYTES)
            status = file.stat()
        except FileNotFoundError:
            continue
        found.append((status.st_size, status.st_mtime_ns, head))
    return tuple(found)


def _copy(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        target.unlink()
    with suppress(FileNotFoundError):
        shutil.copyfile(source, target)


def _settle(copy: Path) -> None:
    """Bring what a log holds into the copy; of what was not committed nothing is there afterwards."""
    with reading(str(copy)), closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _in_use(path: Path) -> InputError:
    return InputError(
        f"{path} is in use: it changes while it is read.",
        hint="Close the application that uses it and try again.",
    )
