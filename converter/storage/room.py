"""The hidden folder beside a target in which a run makes it: locked, and gone when the run ends.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from converter.digests import sha256
from converter.errors import TargetError
from converter.storage.faults import check_space, fault, writing
from converter.storage.journal import JOURNAL_NAMES, has_journal, read_journal
from converter.storage.moves import OLD, SCRATCH, WORK
from converter.storage.placed import PLACED_NAMES, has_placed, settle_placed
from converter.storage.system import entries_below, is_locked, remove, try_lock

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Room", "RoomUser", "check_settled", "room_of", "settle"]

_MARK: Final = ".mnemo-converter"
_LOCK: Final = "lock"
_OURS: Final = frozenset((_LOCK, WORK, OLD, SCRATCH, *JOURNAL_NAMES, *PLACED_NAMES))
_NAME_BYTES: Final = 200


class Room:
    """The room of one target, while the context lasts. `needed` is how many bytes the target takes at least.

    What a run that was killed left in the room is settled on entering: a change that it had begun is completed, the
    rest removed; `leftovers` tells it. Entering raises TargetError when another run is at work on the target, and
    EnvironmentFaultError when there is no space for `needed` bytes or the system refuses; so does leaving with an
    OSError. A room in which a change could not be ended stays.
    """

    def __init__(self, final: Path, *, needed: int = 0) -> None:
        self.final = _named(final)
        if not self.final.name:
            raise TargetError(f"{final} cannot be a target.", hint="Name a folder in it.")
        self.path = room_of(self.final)
        self.work = self.path / WORK
        self.leftovers: tuple[str, ...] = ()
        self._needed = needed
        self._lock: int | None = None
        self._claimed = False
        self._made_parents: list[Path] = []

    def __enter__(self) -> Self:
        with writing(self.final):
            try:
                self._make_parents()
                self._claim()
                check_space(self.path, self.final, self._needed)
                self.work.mkdir()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, OSError):
                needed = max(self._needed, _size(self.path))
                raise fault(error, "Cannot write", self._blamed(error), needed=needed) from error
        finally:
            try:
                self._leave()
            except KeyboardInterrupt:  # a signal stops the run, and not its tidying up
                self._leave()
                raise

    def _blamed(self, error: OSError) -> str:
        """The file that an error is about: what is staged is shown under its final name."""
        name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
        return name if name and not name.startswith(str(self.path)) else str(self.final)

    def _make_parents(self) -> None:
        for parent in (self.final.parent, *self.final.parent.parents):
            if parent.exists():
                break
            self._made_parents.append(parent)
        self.final.parent.mkdir(parents=True, exist_ok=True)

    def _claim(self) -> None:
        """Make the room and lock it, after settling what a killed run left of its own."""
        stale = False
        try:
            stale = not self._make()
            self._lock = try_lock(self.path / _LOCK)
        except (FileNotFoundError, NotADirectoryError):
            self._lock = None
        except BaseException:
            if not stale:  # it is ours as soon as it is locked, and only then may be removed
                with suppress(OSError):
                    self._lock = try_lock(self.path / _LOCK)
                self._claimed = self._lock is not None
            raise
        if self._lock is None:
            hint = f"Wait until it is done. It works in {self.path}."
            raise TargetError(f"Another run is making the target {self.final}.", hint=hint)
        self._claimed = not stale
        if stale:
            self._settle()
            self._claimed = True

    def _make(self) -> bool:
        """Make the room; False where there is one."""
        try:
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            return False
        return True

    def _settle(self) -> None:
        """Complete what a run that was killed had begun, and remove what it left."""
        names = {entry.name for entry in self.path.iterdir()}
        if not names <= _OURS:
            raise TargetError(f"{self.path} is in the way: it holds files that are not of mnemo-converter.")
        told = [f"Removed {self.path}, which a run that was stopped had left behind."]
        if has_journal(self.path):
            from converter.storage.recover import roll

            told += roll(self.path, self.final)
        if has_placed(self.path):
            told += settle_placed(self.path, self.final)
        for name in sorted(names - {_LOCK}):
            remove(self.path / name)
        self.leftovers = tuple(told)

    def _leave(self) -> None:
        """Give the lock back, and remove the room and the parents that were made for nothing."""
        if self._claimed and not (has_journal(self.path) or has_placed(self.path)):
            self._remove()
        self._unlock()
        self._claimed = False
        for parent in self._made_parents:
            with suppress(OSError):
                parent.rmdir()

    def _unlock(self) -> None:
        """Give the lock back. Where a signal comes in between, the end of the process does: better so than twice."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _remove(self) -> None:
        """Remove the room, the lock last: until then nobody else can come in."""
        for name in sorted(_OURS - {_LOCK}):
            remove(self.path / name)
        if os.name == "nt":  # an open file cannot be removed there
            self._unlock()
        remove(self.path / _LOCK)
        with suppress(OSError):
            self.path.rmdir()


def _named(final: Path) -> Path:
    """The path of a target from the root, with a name of its own at its end."""
    final = final.absolute()
    return final.resolve() if final.name == ".." else final


class RoomUser:
    """A change to a target that is made in its room; a context manager, which enters and leaves as the room does."""

    def __init__(self, final: Path, *, needed: int = 0) -> None:
        self._room = Room(final, needed=needed)
        self.final = self._room.final
        self._needed = needed

    @property
    def leftovers(self) -> tuple[str, ...]:
        """What was found of a run that was killed, and what became of it."""
        return self._room.leftovers

    def __enter__(self) -> Self:
        self._room.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.__exit__(kind, error, trace)


def room_of(final: Path) -> Path:
    """The room of a target; no two targets have the same one."""
    name, mark = final.name, _MARK
    if len(os.fsencode(name)) > _NAME_BYTES:
        name, mark = sha256(os.fsencode(name)).hexdigest(), _MARK + "-long"
    return final.with_name(f".{name}{mark}")


def settle(final: Path) -> tuple[str, ...]:
    """Complete what a killed run had begun to do to a target: what was found, and what became of it.

    For a run that has to read the target before it changes it. Raises as `Room` does.
    """
    if not os.path.lexists(room_of(_named(final))):
        return ()
    with Room(final) as room:
        return room.leftovers


def check_settled(final: Path, *, above: int = 0) -> None:
    """Refuse a file or folder in the middle of a change, which shows neither its old nor its new state.

    So many folders above it are looked at as well: it may be a part of what is changed. Raises TargetError. A target
    that is replaced as a whole is one or the other at any time at which it is there.
    """
    final = _named(final)
    for place in (final, *list(final.parents)[:above]):
        if place.name and has_journal(room_of(place)):
            _refuse_unsettled(place, room_of(place))


def _refuse_unsettled(final: Path, room: Path) -> None:
    if is_locked(room / _LOCK):
        raise TargetError(f"Another run is changing {final}.", hint=f"Wait until it is done. It works in {room}.")
    moves = read_journal(room, final).moves
    if len(moves) == 1 and b"/" not in moves[0].place and os.path.lexists(final):
        return
    hint = f"`mnemo-converter convert … --into {final}` again completes it, and so does any run that writes to it."
    raise TargetError(f"{final} is in the middle of a change: a run that wrote to it was stopped.", hint=hint)


def _size(root: Path) -> int:
    """The size of a tree, as far as it can be seen."""
    size = 0
    for entry in entries_below(root):
        with suppress(OSError):
            size += entry.stat(follow_symlinks=False).st_size if entry.is_file(follow_symlinks=False) else 0
    return size
