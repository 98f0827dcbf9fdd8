"""Changes to a folder that exists: staged beside it, carried out by a journal.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import filecmp
import os
import stat
from typing import TYPE_CHECKING, Self

from converter.errors import InternalFaultError, TargetError
from converter.storage.backups import backup_hint, free_backup
from converter.storage.commit import CommitResult
from converter.storage.faults import writing
from converter.storage.journal import Journal, Move
from converter.storage.moves import carry_out
from converter.storage.record import fingerprint
from converter.storage.room import RoomUser
from converter.storage.system import sync
from converter.storage.target import check_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

__all__ = ["TreeUpdate", "same_bytes", "staged_entries"]

_IN_THE_WAY = "Move it elsewhere, or name another target."


class TreeUpdate(RoomUser):
    """Changes to a folder in the making; a context manager that cleans up after itself.

    `path` is an empty folder: a file staged at `path/REL` is to stand at `final/REL`, and so is a folder. `commit` puts
    all of them there; without it nothing has happened. `leftovers` tells what was found of an earlier run that was
    killed, and what became of it: on entering, the target is settled. `needed` is in bytes, as for `Staging`. Entering
    and leaving raise as `Room` does; entering raises TargetError too where there is no such folder.
    """

    def __init__(self, final: Path, *, needed: int = 0) -> None:
        super().__init__(final, needed=needed)
        self.path = self._room.work / self.final.name

    def __enter__(self) -> Self:
        _check_folder(self.final)
        super().__enter__()
        try:
            with writing(self.final):
                self.path.mkdir()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def commit(
        self, backup: bool, revalidate: Callable[[], None] | None = None, *, grown: Collection[str] = ()
    ) -> CommitResult:
        """Put what was staged in its places, all of it or nothing.

        What is replaced is kept under its relative path in `NAME.bak-1` (or the next number that is free) when
        `backup`, but for files that only grew (`grown`, relative paths); a replaced file's permissions stay. Staged
        files that are equal to what stands there are left alone; where nothing else was staged, nothing happens at all.
        `revalidate` is called right before the first change, and raises to prevent it.

        Raises TargetError when something else than a file stands where one is to be, or something else than a folder
        above it (a link, for one), or when the target changed while this was looked at; EnvironmentFaultError when the
        system refuses. All is then as it was.
        """
        with writing(self.final, needed=self._needed):
            _check_folder(self.final)
            journal = _Comparison(self.path, self.final, backup=backup, grown=grown).journal()
            if not journal.moves and not journal.folders:
                return CommitResult()
            sync(self.path)
            if revalidate is not None:
                revalidate()
            carry_out(self._room.path, self.final, journal)
        kept = next((os.fsdecode(move.aside.partition(b"/")[0]) for move in journal.moves if move.aside), "")
        return CommitResult(self.final.with_name(kept) if kept else None)


def _check_folder(final: Path) -> None:
    check_kind(final, folder=True)
    if not final.is_dir():
        raise TargetError(f"There is no folder {final}.", hint=backup_hint(final, "Check the path."))


class _Comparison:
    """What of a staged tree is new, and what replaces something."""

    def __init__(self, root: Path, final: Path, *, backup: bool, grown: Collection[str]) -> None:
        self._root = root
        self._grown = grown
        self._final = final
        self._backup = free_backup(final).name if backup else ""
        self._device = root.stat().st_dev
        self._new: set[str] = set()
        self._folders: list[bytes] = []
        self._moves: list[Move] = []
        if final.stat().st_dev != self._device:
            raise _other_system(final)

    def journal(self) -> Journal:
        """All that is to be done."""
        for entry, rel in staged_entries(self._root):
            if entry.is_dir(follow_symlinks=False):
                self._folder(rel)
            else:
                self._file(entry.path, rel)
        return Journal(os.fsencode(self._final.name), tuple(self._folders), tuple(self._moves))

    def _place(self, rel: str) -> bytes:
        return os.fsencode(f"{self._final.name}/{rel}")

    def _there(self, rel: str) -> os.stat_result | None:
        """What stands at a place; nothing does below a folder that is to be made."""
        if rel.rpartition("/")[0] in self._new:
            return None
        try:
            return os.lstat(self._final / rel)
        except FileNotFoundError:
            return None

    def _folder(self, rel: str) -> None:
        there = self._there(rel)
        if there is None:
            self._new.add(rel)
            self._folders.append(self._place(rel))
        elif not stat.S_ISDIR(there.st_mode):
            what = "a link" if stat.S_ISLNK(there.st_mode) else "no folder"
            raise TargetError(f"{self._final / rel} is in the way: it is {what}.", hint=_IN_THE_WAY)
        elif there.st_dev != self._device:
            raise _other_system(self._final / rel)

    def _file(self, staged: str, rel: str) -> None:
        there, place = self._there(rel), self._final / rel
        if there is None:
            self._moves.append(Move(self._place(rel), fingerprint(staged)))
            return
        if not stat.S_ISREG(there.st_mode):
            kinds = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}
            what = kinds.get(stat.S_IFMT(there.st_mode), "no file")
            raise TargetError(f"{place} is in the way: it is {what}.", hint=_IN_THE_WAY)
        old = fingerprint(place)
        if same_bytes(staged, place):
            return
        os.chmod(staged, stat.S_IMODE(there.st_mode))  # noqa: PTH101  an entry gives strings
        aside = os.fsencode(f"{self._backup}/{rel}") if self._backup and rel not in self._grown else b""
        self._moves.append(Move(self._place(rel), fingerprint(staged), old, aside))


def _other_system(place: Path) -> TargetError:
    hint = "Changes are renamed into place, which only works inside one file system: name a folder inside it."
    return TargetError(f"Another file system is mounted at {place}.", hint=hint)


def staged_entries(root: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Everything below a folder in the order of names, folders before what they hold, each with its relative path."""
    pending = [""]
    while pending:
        rel = pending.pop()
        with os.scandir(root / rel) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        folders = []
        for entry in found:
            path = f"{rel}/{entry.name}" if rel else entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif not entry.is_file(follow_symlinks=False):
                raise InternalFaultError(f"Something was staged that is no file: {path}.")
            yield entry, path
        pending.extend(reversed(folders))


def same_bytes(left: str | Path, right: str | Path) -> bool:
    """Whether two files hold the same."""
    filecmp.clear_cache()
    return filecmp.cmp(left, right, shallow=False)
