"""New targets, all or nothing: made beside their final place, synced once, renamed.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

import msgspec

from converter.errors import InternalFaultError, TargetError
from converter.storage.backups import free_backup
from converter.storage.faults import writing
from converter.storage.journal import Journal, Move
from converter.storage.moves import carry_out
from converter.storage.record import fingerprint
from converter.storage.room import RoomUser
from converter.storage.system import rename_new, sync, sync_folder
from converter.storage.target import check_kind, check_target, is_occupied, refuse_occupied

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CommitResult", "Staging", "check_target"]


class CommitResult(msgspec.Struct, frozen=True):
    """`backup` is where what was replaced was kept; None where nothing was, or it was not to be kept."""

    backup: Path | None = None


class Staging(RoomUser):
    """A target in the making, in a hidden room beside its final place; a context manager that cleans up after itself.

    Write to `path`, which does not exist yet; what is written beside it vanishes with the room unless `commit` is told
    of it. `commit` puts `path` in its final place; without it nothing has happened. `leftovers` tells what was found of
    an earlier run that was killed, and what became of it. `needed` is how many bytes the target will take at least, as
    far as that is known. Entering and leaving raise as `Room` does.
    """

    def __init__(self, final: Path, *, folder: bool, needed: int = 0) -> None:
        super().__init__(final, needed=needed)
        self.path = self._room.work / self.final.name
        self._folder = folder

    @classmethod
    def for_file(cls, final: Path, *, needed: int = 0) -> Self:
        """Stage one file."""
        return cls(final, folder=False, needed=needed)

    @classmethod
    def for_folder(cls, final: Path, *, needed: int = 0) -> Self:
        """Stage a folder."""
        return cls(final, folder=True, needed=needed)

    def commit(self, overwrite: bool, backup: bool, *, beside: Sequence[str] = ()) -> CommitResult:
        """Put what was staged in its final place.

        Something that stands there is refused with TargetError unless `overwrite`; then it is replaced in one step, and
        kept as `NAME.bak-1` (or the next number that is free) when `backup`. `beside` names folders that belong to the
        target and stand beside it: each is put in its place before the target, or goes the way of what was replaced
        where none was staged. Raises EnvironmentFaultError when the system refuses; all is then as it was.
        """
        if not os.path.lexists(self.path):
            raise InternalFaultError(f"Nothing was written for the target {self.final}.")
        with writing(self.final, needed=self._needed):
            places = [*((self.final.with_name(name), True) for name in beside), (self.final, self._folder)]
            for place, folder in places:
                check_kind(place, folder=folder)
                if not overwrite:
                    refuse_occupied(place)
                if os.path.lexists(self._staged(place)):
                    sync(self._staged(place))
            moves = [move for move in (self._move(place, backup) for place, _ in places) if move is not None]
            if len(moves) == 1 and not is_occupied(self.final):
                self._place()
                sync_folder(self.final.parent)
            else:
                carry_out(self._room.path, self.final, Journal(os.fsencode(self.final.name), moves=tuple(moves)))
        kept = moves[-1].aside
        return CommitResult(self.final.with_name(os.fsdecode(kept)) if kept else None)

    def _staged(self, place: Path) -> Path:
        return self._room.work / place.name

    def _move(self, place: Path, backup: bool) -> Move | None:
        """How a place gets what was staged for it, and where that goes which stands there; None: neither is there."""
        new, old = fingerprint(self._staged(place)), fingerprint(place)
        if new is None and old is None:
            return None
        aside = os.fsencode(free_backup(place).name) if backup and is_occupied(place) else b""
        return Move(os.fsencode(place.name), new, old, aside)

    def _place(self) -> None:
        """Put the target where nothing, or something empty, stands."""
        if os.name == "nt" and self.final.is_dir():
            self.final.rmdir()
        if self.final.exists():
            self.path.replace(self.final)
            return
        try:
            rename_new(self.path, self.final)
        except FileExistsError as error:
            raise TargetError(f"The target {self.final} appeared while the run was under way.") from error
