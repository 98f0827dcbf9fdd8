"""New targets, all or nothing: made beside their final place, synced once, renamed (docs/formats/containers.md, "Commit")."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from converter.errors import EnvironmentFaultError, TargetError

__all__ = ["CommitResult", "Staging", "check_target", "environment_faults"]

_MARK = ".mnemo-converter-"
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


class CommitResult(msgspec.Struct, frozen=True):
    """Where the replaced target was kept, None where there was none."""

    backup: Path | None = None


@contextmanager
def environment_faults(what: str) -> Iterator[None]:
    """Turn what the system refuses into `EnvironmentFaultError`, with its reason and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Make room or choose another place." if error.errno in (28, 122) else "Check the place and its rights."
        raise EnvironmentFaultError(f"{what} failed: {reason} ({error.filename or ''}).", hint=hint) from error


def check_target(source: Path, final: Path, overwrite: bool) -> None:
    """Refuse a target that cannot be meant: the source itself, inside it, around it, or something that stands there.

    Raises `TargetError`. An empty folder may be filled; a file or a full folder needs `overwrite`.
    """
    here, there = source.resolve(), final.resolve()
    if here == there:
        raise TargetError(f"The target {final} is the source itself.", hint="Name another target.")
    if here.is_dir() and there.is_relative_to(here):
        raise TargetError(f"The target {final} lies inside the source.", hint="Name a target outside of it.")
    if here.is_relative_to(there):
        raise TargetError(f"The source lies inside the target {final}.", hint="Name a target outside of it.")
    if final.is_symlink():
        raise TargetError(f"The target {final} is a link.", hint="Name the place that it leads to.")
    if not overwrite and _is_occupied(final):
        hint = "Name a new place, or replace it with --overwrite-output (a backup is kept)."
        raise TargetError(f"The target {final} exists already.", hint=hint)


def _is_occupied(path: Path) -> bool:
    if path.is_dir():
        return any(path.iterdir())
    return path.exists()


class Staging:
    """A target in the making, beside its final place; a context manager that cleans up after failure.

    `path` is where to write. `commit` puts it in its place; without it nothing has happened.
    """

    def __init__(self, final: Path) -> None:
        self.final = final.absolute()
        self.path = self.final.with_name(f"{_MARK}{os.getpid()}-{self.final.name}")

    @classmethod
    def for_file(cls, final: Path) -> Staging:
        """Stage one file."""
        return cls(final)

    @classmethod
    def for_folder(cls, final: Path) -> Staging:
        """Stage a folder."""
        return cls(final)

    def __enter__(self) -> Self:
        with environment_faults("Making the target's folder"):
            self.final.parent.mkdir(parents=True, exist_ok=True)
            _sweep(self.final)
            _remove(self.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _remove(self.path)
        if isinstance(error, OSError):
            with environment_faults("Writing the target"):
                raise error

    def commit(self, overwrite: bool, backup: bool) -> CommitResult:
        """Put the staged target into its place; what stood there is kept as `NAME.bak-N` where `backup` says so."""
        with environment_faults("Replacing the target"):
            _sync(self.path)
            if not _is_occupied(self.final):
                if self.final.is_dir():
                    self.final.rmdir()
                self.path.rename(self.final)
                _sync_folder(self.final.parent)
                return CommitResult()
            if not overwrite:
                raise TargetError(f"The target {self.final} has appeared while the run was under way.")
            return CommitResult(self._replace(backup))

    def _replace(self, backup: bool) -> Path | None:
        """Exchange old and new in one step where the system can; else by two renames, undone on failure.

        The new target takes the backup's name first, so that a kill after the exchange leaves the old one under it.
        """
        kept = _free_name(self.final)
        self.path.rename(kept)
        if not _exchange(kept, self.final):
            kept.rename(self.path)
            self.final.rename(kept)
            try:
                self.path.rename(self.final)
            except OSError:
                kept.rename(self.final)
                raise
        _sync_folder(self.final.parent)
        if backup:
            return kept
        _remove(kept)
        return None


def _free_name(path: Path) -> Path:
    number = 1
    while (candidate := path.with_name(f"{path.name}.bak-{number}")).exists():
        number += 1
    return candidate


def _exchange(left: Path, right: Path) -> bool:
    """Swap two names in one step (Linux); False where the system has no such call."""
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    return bool(call(_AT_FDCWD, os.fsencode(left), _AT_FDCWD, os.fsencode(right), _RENAME_EXCHANGE) == 0)


def _sync(path: Path) -> None:
    """Bring the staged bytes to the disk: one `syncfs` where the system has it, else file by file."""
    handle = os.open(path if path.is_dir() else path.parent, os.O_RDONLY)
    try:
        call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if sys.platform == "linux" else None
        if call is None or call(handle) != 0:
            os.sync()
    finally:
        os.close(handle)


def _sync_folder(path: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(final: Path) -> None:
    """Remove what runs of ours left behind that were killed while making this target."""
    for entry in final.parent.glob(f"{_MARK}*-{final.name}"):
        number = entry.name.removeprefix(_MARK).partition("-")[0]
        if number.isdigit() and int(number) != os.getpid() and not _is_alive(int(number)):
            _remove(entry)


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
