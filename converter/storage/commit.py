"""New targets, all or nothing: made beside their final place, synced once, renamed.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Final, Self

import msgspec

from converter.errors import EnvironmentFaultError, InternalFaultError, TargetError
from converter.storage.faults import check_space, fault, writing
from converter.storage.system import (
    entries_below,
    exchange,
    remove,
    rename_new,
    sync,
    sync_folder,
    try_lock,
)
from converter.storage.target import check_kind, check_target, is_occupied, refuse_occupied

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["CommitResult", "Staging", "check_target"]

_MARK: Final = ".mnemo-converter"
_LOCK: Final = "lock"
_WORK: Final = "work"
_ASIDE: Final = "moved-aside"
_OLD: Final = "old"
_OURS: Final = frozenset((_LOCK, _WORK, _ASIDE, _OLD))
_NAME_BYTES: Final = 200


class CommitResult(msgspec.Struct, frozen=True):
    """`backup` is where the replaced target was kept; None where there was none or it was not to be kept."""

    backup: Path | None = None


class Staging:
    """A target in the making, in a hidden room beside its final place; a context manager that cleans up after itself.

    Write to `path`, which does not exist yet; what is written beside it vanishes with the room. `commit` puts `path` in
    its final place; without it nothing has happened. `leftovers` tells what was found of an earlier run that was
    killed, and what became of it. `needed` is how many bytes the target will take at least, as far as that is known.

    Entering raises TargetError when another run is making the same target, EnvironmentFaultError when there is no room
    for `needed` bytes or the system refuses; so does leaving with an OSError.
    """

    def __init__(self, final: Path, *, folder: bool, needed: int = 0) -> None:
        self.final = final.absolute()
        self.leftovers: tuple[str, ...] = ()
        self._folder = folder
        self._needed = needed
        self._room = self.final.with_name(_room_name(self.final.name))
        self.path = self._room / _WORK / self.final.name
        self._lock: int | None = None
        self._claimed = False
        self._made_parents: list[Path] = []

    @classmethod
    def for_file(cls, final: Path, *, needed: int = 0) -> Self:
        """Stage one file."""
        return cls(final, folder=False, needed=needed)

    @classmethod
    def for_folder(cls, final: Path, *, needed: int = 0) -> Self:
        """Stage a folder."""
        return cls(final, folder=True, needed=needed)

    def __enter__(self) -> Self:
        with writing(self.final):
            self._make_parents()
            try:
                self._claim()
                check_space(self._room, self.final, self._needed)
                (self._room / _WORK).mkdir()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, OSError):
                needed = max(self._needed, _size(self._room))
                raise fault(error, "Cannot write", self._blamed(error), needed=needed) from error
        finally:
            self._leave()

    def _blamed(self, error: OSError) -> str:
        """The file that an error is about: what is staged is shown under its final name."""
        name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
        return name if name and not name.startswith(str(self._room)) else str(self.final)

    def commit(self, overwrite: bool, backup: bool) -> CommitResult:
        """Put what was staged in its final place.

        Something that stands there is refused with TargetError unless `overwrite`; then it is replaced in one step, and
        kept as `NAME.bak-1` (or the next number that is free) when `backup`. Raises EnvironmentFaultError when the
        system refuses; the final place is then as it was.
        """
        if not os.path.lexists(self.path):
            raise InternalFaultError(f"Nothing was written for the target {self.final}.")
        with writing(self.final, needed=self._needed):
            check_kind(self.final, folder=self._folder)
            if not overwrite:
                refuse_occupied(self.final)
            sync(self.path)
            kept = None
            if is_occupied(self.final):
                kept = self._replace(keep=backup)
            else:
                self._place()
            sync_folder(self.final.parent)
        return CommitResult(kept)

    def _place(self) -> None:
        """Put the target where nothing, or something empty, stands."""
        if self.final.is_dir():
            self.final.rmdir()
        elif self.final.exists():
            self.path.replace(self.final)
            return
        try:
            rename_new(self.path, self.final)
        except FileExistsError as error:
            raise TargetError(f"The target {self.final} appeared while the run was under way.") from error

    def _replace(self, *, keep: bool) -> Path | None:
        """Put the target where something stands; where that went."""
        if not self._folder:
            kept = self._link_backup() if keep else None
            if kept is not None or not keep:
                self._replace_file(kept)
                return kept
        # The new target takes the backup's name before the exchange, so that no kill leaves the old one in the room,
        # from which the next run would remove it.
        kept = self._step_aside(keep=keep)
        try:
            done = exchange(kept, self.final)
            if not done:
                kept.rename(self.path)
        except OSError:
            remove(kept)
            raise
        if not done:
            self._move_aside(kept)
        return kept if keep else None

    def _link_backup(self) -> Path | None:
        """A second name for the file that stands there; None where the file system has no such thing."""
        while True:
            kept = _free_name(self.final)
            try:
                kept.hardlink_to(self.final)
            except FileExistsError:
                continue
            except (OSError, NotImplementedError):
                return None
            return kept

    def _replace_file(self, kept: Path | None) -> None:
        try:
            self.path.replace(self.final)
        except OSError:
            if kept is not None:
                kept.unlink()
            raise

    def _step_aside(self, *, keep: bool) -> Path:
        """Give the new target the name that the old one is to have."""
        while keep:
            kept = _free_name(self.final)
            with suppress(FileExistsError):
                rename_new(self.path, kept)
                return kept
        return self.path.rename(self._room / _OLD)

    def _move_aside(self, kept: Path) -> None:
        """Replace in two steps, with a note for the next run in case that this one is killed between them."""
        note = self._room / _ASIDE
        note.write_bytes(os.fsencode(kept.name))
        sync(note)
        self.final.rename(kept)
        try:
            self.path.rename(self.final)
        except OSError:
            try:
                kept.rename(self.final)
            except OSError as error:
                self._claimed = False
                hint = f"The old one is {kept}, the new one is {self.path}: move the one that you want by hand."
                raise EnvironmentFaultError(f"The target {self.final} could not be replaced.", hint=hint) from error
            raise
        note.unlink()

    def _make_parents(self) -> None:
        for parent in (self.final.parent, *self.final.parent.parents):
            if parent.exists():
                break
            self._made_parents.append(parent)
        self.final.parent.mkdir(parents=True, exist_ok=True)

    def _claim(self) -> None:
        """Make the room and lock it, after clearing away what a killed run left of its own."""
        try:
            self._room.mkdir(mode=0o700)
            stale = False
        except FileExistsError:
            stale = True
        try:
            self._lock = try_lock(self._room / _LOCK)
        except (FileNotFoundError, NotADirectoryError):
            self._lock = None
        if self._lock is None:
            hint = f"Wait until it is done. It works in {self._room}."
            raise TargetError(f"Another run is making the target {self.final}.", hint=hint)
        if stale:
            self._clear()
        self._claimed = True

    def _clear(self) -> None:
        """Remove what a run that was killed left in the room; undo a replacement that it did not complete."""
        names = {entry.name for entry in self._room.iterdir()}
        if not names <= _OURS:
            raise TargetError(f"{self._room} is in the way: it holds files that are not of mnemo-converter.")
        told = [f"Removed {self._room}, which a run that was stopped had left behind."]
        if _ASIDE in names:
            kept = self._noted()
            if kept is not None and os.path.lexists(kept) and not os.path.lexists(self.final):
                kept.rename(self.final)
                told.append(f"Put {self.final} back in its place, from which that run had moved it.")
        for name in sorted(names - {_LOCK}):
            remove(self._room / name)
        self.leftovers = tuple(told)

    def _noted(self) -> Path | None:
        """Where a note of ours says that the old target was moved."""
        name = os.fsdecode((self._room / _ASIDE).read_bytes())
        if name == _OLD:
            return self._room / _OLD
        number = name.removeprefix(f"{self.final.name}.bak-")
        return self.final.with_name(name) if number != name and number.isdigit() else None

    def _leave(self) -> None:
        """Give the lock back, and remove the room and the parents that were made for nothing."""
        if self._lock is not None and os.name == "nt":  # an open file cannot be removed there
            os.close(self._lock)
            self._lock = None
        if self._claimed:
            remove(self._room)
            self._claimed = False
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        for parent in self._made_parents:
            with suppress(OSError):
                parent.rmdir()


def _room_name(name: str) -> str:
    if len(os.fsencode(name)) > _NAME_BYTES:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return f".{name}{_MARK}"


def _free_name(final: Path) -> Path:
    """The first name for a backup that is free."""
    names = (final.with_name(f"{final.name}.bak-{number}") for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def _size(root: Path) -> int:
    """The size of a tree, as far as it can be seen."""
    size = 0
    for entry in entries_below(root):
        with suppress(OSError):
            size += entry.stat(follow_symlinks=False).st_size if entry.is_file(follow_symlinks=False) else 0
    return size
