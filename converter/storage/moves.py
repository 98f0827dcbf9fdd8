"""Carrying out a journal, and taking it back: each move can be found at any stage and be gone on with from there."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from converter.errors import EnvironmentFaultError, TargetError
from converter.storage.backups import free_backup
from converter.storage.journal import Journal, Move, has_journal, remove_journal, write_journal
from converter.storage.record import fingerprint
from converter.storage.system import exchange, rename_new, sync_folders

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["OLD", "SCRATCH", "WORK", "Mover", "carry_out"]

WORK = "work"
"""Where a room holds what is staged."""
OLD = "old"
"""Where a room holds what is replaced and not to be kept."""
SCRATCH = "scratch"
"""Where a room holds what is needed on the way, beside what is staged."""


def carry_out(room: Path, final: Path, journal: Journal) -> None:
    """Make the change: all of it, or after an error nothing.

    Raises TargetError when something else changed the target meanwhile, OSError when the system refuses, and
    EnvironmentFaultError when what was done could not be undone either: then the journal stays for the next run.
    """
    mover = Mover(room, final, journal)
    try:
        write_journal(room, journal)
        mover.forward(strict=True)
        remove_journal(room)
    except BaseException as error:
        if not has_journal(room):
            raise
        try:
            mover.back()
            remove_journal(room)
        except OSError as second:
            raise _unfinished(room, final, journal, second) from error
        raise


def _unfinished(room: Path, final: Path, journal: Journal, error: OSError) -> EnvironmentFaultError:
    asides = [move.aside.partition(b"/")[0] for move in journal.moves if move.old is not None]
    old = final.with_name(os.fsdecode(asides[0])) if asides and asides[0] else room / OLD
    message = f"The change to {final} could neither be completed nor undone: {error.strerror or error}."
    hint = (
        f"The next run that writes to it completes it. Until then the new files are in {room / WORK}, "
        f"and what was replaced is in {old}."
    )
    return EnvironmentFaultError(message, hint=hint)


class Mover:
    """Moves what is staged in a room to its places, and what stands there aside.

    `kept` is where things went that stood in the way and that the journal does not know: changed since it was written.
    """

    def __init__(self, room: Path, final: Path, journal: Journal) -> None:
        self.kept: list[Path] = []
        self._room = room
        self._final = final
        self._parent = final.parent
        self._journal = journal
        self._ready: set[Path] = {final.parent, room}
        self._touched: set[Path] = set()

    def forward(self, *, strict: bool) -> None:
        """Complete the change. `strict`: what changed since the journal was written is refused with TargetError."""
        for folder in self._journal.folders:
            self._make_ready(self._at(folder))
        for move in self._journal.moves:
            self._forward(move, strict=strict)
        self._sync()

    def back(self) -> None:
        """Undo what was done of the change."""
        for move in reversed(self._journal.moves):
            self._back(move)
        for move in self._journal.moves:
            if move.aside:
                self._prune(self._at(move.aside).parent)
        for folder in reversed(self._journal.folders):
            with suppress(OSError):
                self._at(folder).rmdir()
                self._touched.discard(self._at(folder))
        self._sync()

    def has_lost(self) -> list[Path]:
        """The places at which nothing stands and for which nothing is staged any more."""
        wanted = (move for move in self._journal.moves if move.new is not None)
        return [
            self._at(move.place)
            for move in wanted
            if not os.path.lexists(self._staged(move)) and not os.path.lexists(self._at(move.place))
        ]

    def _at(self, path: bytes) -> Path:
        return self._parent.joinpath(*os.fsdecode(path).split("/"))

    def _staged(self, move: Move) -> Path:
        return self._room.joinpath(WORK, *os.fsdecode(move.place).split("/"))

    def _aside(self, move: Move) -> Path:
        return self._at(move.aside) if move.aside else self._room.joinpath(OLD, *os.fsdecode(move.place).split("/"))

    def _forward(self, move: Move, *, strict: bool) -> None:
        staged, place, aside = self._staged(move), self._at(move.place), self._aside(move)
        here = fingerprint(place)
        if move.new is not None:
            if not os.path.lexists(staged):
                return
            if here == move.new:  # they were exchanged: the old one is where the new one was
                self._rename(staged, aside)
                return
        if here != move.old and strict:
            raise TargetError(f"{place} changed while the run was under way.", hint="Run again.")
        if here is not None and here != move.old:
            aside = self._spare(move)
            self.kept.append(aside)
        if here is None:
            if move.new is not None:
                self._rename(staged, place)
        elif move.new is None:
            self._rename(place, aside)
        else:
            self._swap(staged, place, aside)

    def _swap(self, staged: Path, place: Path, aside: Path) -> None:
        """Replace what stands at a place: in one step where the system can, else in two."""
        self._make_ready(place.parent)
        self._make_ready(aside.parent)
        self._touched.update((place.parent, aside.parent))
        if _is_file(place) and _is_file(staged) and _linked(place, aside):
            staged.replace(place)
        elif exchange(staged, place):
            rename_new(staged, aside)
        else:
            rename_new(place, aside)
            rename_new(staged, place)

    def _rename(self, path: Path, to: Path) -> None:
        self._make_ready(to.parent)
        self._touched.update((path.parent, to.parent))
        rename_new(path, to)

    def _back(self, move: Move) -> None:
        staged, place, aside = self._staged(move), self._at(move.place), self._aside(move)
        here = fingerprint(place)
        if move.new is not None and here == move.new:
            if os.path.lexists(staged):
                if not exchange(staged, place):
                    raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), os.fspath(place))
            else:
                self._rename(place, staged)
                here = None
        if not os.path.lexists(aside):
            return
        if here is None:
            self._rename(aside, place)
        elif move.old is not None and here == move.old == fingerprint(aside):
            aside.unlink()

    def _spare(self, move: Move) -> Path:
        """A place aside for what the journal does not know."""
        first, *rest = os.fsdecode(move.place).split("/")
        return free_backup(self._parent / first).joinpath(*rest)

    def _make_ready(self, folder: Path) -> None:
        """Make sure that a folder is there, and that no link leads out of the target to it."""
        if folder in self._ready:
            return
        self._make_ready(folder.parent)
        try:
            mode = folder.lstat().st_mode
        except FileNotFoundError:
            folder.mkdir()
            self._touched.add(folder.parent)
        else:
            if not stat.S_ISDIR(mode):
                raise TargetError(f"{folder} is in the way: it is no folder.", hint="Move it elsewhere and run again.")
        self._ready.add(folder)

    def _prune(self, folder: Path) -> None:
        """Remove the folders of a backup that holds nothing any more."""
        while folder != self._parent:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                return
            self._touched.discard(folder)
            folder = folder.parent

    def _sync(self) -> None:
        sync_folders(sorted(folder for folder in self._touched if self._room not in (folder, *folder.parents)))
        self._touched.clear()


def _is_file(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _linked(path: Path, other: Path) -> bool:
    """Give a file a second name; False where the file system has no such thing."""
    try:
        other.hardlink_to(path)
    except FileExistsError:
        return other.samefile(path)
    except (OSError, NotImplementedError):
        return False
    return True
