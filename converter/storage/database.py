"""Changes to a database that exists, and to the files beside it: files first, then one transaction.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Self

from converter.errors import ConverterError, InternalFaultError, TargetError
from converter.storage.backups import backup_hint, free_backup
from converter.storage.commit import CommitResult
from converter.storage.exclusive import (
    BESIDE,
    broken_keys,
    claim,
    open_alone,
    refuse_triggers,
    refuse_use,
    schema_version,
    updating,
)
from converter.storage.faults import writing
from converter.storage.placed import (
    Placed,
    change_counter,
    count_change,
    has_placed,
    remove_placed,
    settle_placed,
    write_placed,
)
from converter.storage.record import fingerprint
from converter.storage.room import Room, RoomUser
from converter.storage.sniff import SQLITE_MAGIC
from converter.storage.system import rename_new, sync, sync_folders
from converter.storage.target import check_kind
from converter.storage.update import same_bytes, staged_entries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["DatabaseUpdate"]


class DatabaseUpdate(RoomUser):
    """Changes to a database in the making; a context manager that cleans up after itself.

    `path` is an empty folder: a file staged at `path/REL` is to stand beside the database, at `final.parent/REL`.
    `commit` puts the files there and makes the changes; without it nothing has happened. `leftovers` tells what was
    found of an earlier run that was killed, and what became of it. Entering and leaving raise as `Room` does; entering
    raises TargetError too where there is no such database, or another program uses it.
    """

    def __init__(self, final: Path, *, needed: int = 0) -> None:
        super().__init__(final, needed=needed)
        self.path = self._room.work

    def __enter__(self) -> Self:
        with writing(self.final):
            _check_database(self.final)
            refuse_use(self.final)
        return super().__enter__()

    def commit(
        self,
        apply: Callable[[sqlite3.Connection], None],
        backup: bool,
        revalidate: Callable[[], None] | None = None,
    ) -> CommitResult:
        """Place the staged files, then let `apply` make its changes in one transaction: all of it or nothing.

        The database as it was is kept as `NAME.bak-1` (or the next number that is free) when `backup`. A staged file
        that is there already with the same bytes is left alone; where `apply` changes nothing and no file is new,
        nothing happens at all. `revalidate` is called when nobody else can change the database any more, before the
        first change, and raises to prevent it.

        No reading connection of this process may be in the middle of a query. Raises TargetError when another program
        has the database open, when it is damaged or has triggers, or when something else stands in a file's place;
        EnvironmentFaultError when the system refuses. All is then as it was.
        """
        with writing(self.final, needed=self._needed):
            _check_database(self.final)
            refuse_use(self.final)
            change = _Change(self._room, self.final)
            change.compare()
            sync(self.path)
            try:
                with updating(self.final), closing(open_alone(self.final)) as connection:
                    claim(connection)
                    if revalidate is not None:
                        revalidate()
                    made = change.make(connection, apply, backup=backup)
            except BaseException as error:
                if has_placed(self._room.path):
                    told = settle_placed(self._room.path, self.final, undone=not change.ending)
                    if change.ending and isinstance(error, ConverterError):
                        error.hint = " ".join((error.hint, *told)).strip()
                raise
            try:
                self._forget_placed()
            except KeyboardInterrupt:  # a signal stops the run, and not its tidying up
                self._forget_placed()
                raise
        return made

    def _forget_placed(self) -> None:
        """The change is made; where the note of its files cannot be removed, the next run tells of it."""
        if has_placed(self._room.path):
            with suppress(OSError):
                remove_placed(self._room.path)


class _Change:
    """One change: which files are placed, and whether its transaction may have been made (`ending`)."""

    def __init__(self, room: Room, final: Path) -> None:
        self.ending = False
        self._room = room
        self._final = final
        self._counter = change_counter(final)
        self._folders: list[str] = []
        self._files: list[str] = []

    def compare(self) -> None:
        """See which of the staged files and folders are new."""
        for entry, rel in staged_entries(self._room.work):
            place = self._final.parent / rel
            if rel in {self._final.name + ending for ending in ("", *BESIDE)}:
                raise InternalFaultError(f"The database {place} was staged as a file.")
            folder = entry.is_dir(follow_symlinks=False)
            if not os.path.lexists(place):
                (self._folders if folder else self._files).append(rel)
            elif place.is_symlink() or place.is_dir() is not folder:
                raise TargetError(f"{place} is in the way.", hint="Move it elsewhere and run again.")
            elif not folder and not same_bytes(entry.path, place):
                raise TargetError(f"{place} exists already, with other content.", hint="Run again.")

    def make(
        self, connection: sqlite3.Connection, apply: Callable[[sqlite3.Connection], None], *, backup: bool
    ) -> CommitResult:
        """Make it, on a connection that has the database for itself."""
        refuse_triggers(connection, self._final)
        copy = self._copy(connection) if backup else None
        connection.execute("BEGIN EXCLUSIVE")
        broken, changes, schema = broken_keys(connection), connection.total_changes, schema_version(connection)
        self._place(copy)
        apply(connection)
        if not connection.in_transaction:
            raise InternalFaultError(f"The transaction on {self._final} was ended too early.")
        if broken_keys(connection) > broken:
            raise InternalFaultError(f"The change would break foreign keys of {self._final}.")
        changed = connection.total_changes != changes or schema_version(connection) != schema
        if not changed:
            connection.execute("ROLLBACK")
            if not self._files and not self._folders:
                return self._unmade()
        else:
            count_change(connection)
            self.ending = True
            connection.execute("COMMIT")
        return CommitResult(copy)

    def _unmade(self) -> CommitResult:
        """Take the backup away again: nothing changed."""
        if has_placed(self._room.path):
            settle_placed(self._room.path, self._final, undone=True)
        return CommitResult()

    def _copy(self, connection: sqlite3.Connection) -> Path:
        """Stage a copy of the database as it is; where it is to be kept."""
        copy = free_backup(self._final)
        made = self._room.work / copy.name
        with closing(sqlite3.connect(made, isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode=OFF")
            other.execute("PRAGMA synchronous=OFF")
            connection.backup(other)
        sync(made)
        return copy

    def _place(self, copy: Path | None) -> None:
        """Put the new files and the backup in their places, after a note of which they are."""
        parent, work = self._final.parent, self._room.work
        files = [*self._files, *([copy.name] if copy is not None else [])]
        if not files and not self._folders:
            return
        fingerprints = tuple(
            (os.fsencode(rel), known) for rel in files if (known := fingerprint(work / rel)) is not None
        )
        name, folders = os.fsencode(self._final.name), tuple(map(os.fsencode, self._folders))
        write_placed(self._room.path, Placed(name, self._counter, fingerprints, folders))
        for rel in self._folders:
            (parent / rel).mkdir()
        for rel in files:
            rename_new(work / rel, parent / rel)
        sync_folders(sorted({parent, *((parent / rel).parent for rel in (*files, *self._folders))}))


def _check_database(final: Path) -> None:
    check_kind(final, folder=False)
    if not final.exists():
        raise TargetError(f"There is no database {final}.", hint=backup_hint(final, "Check the path."))
    with final.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise TargetError(f"{final} is no SQLite database.", hint="Name another target.")
