"""Databases that are opened to be changed: for one connection alone, and without trust.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from converter.errors import EnvironmentFaultError, InternalFaultError, TargetError
from converter.storage.backups import backup_hint
from converter.storage.sqlite import distrust, has_hot_journal, is_system_fault, uri_of
from converter.storage.system import opened_by

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "BESIDE",
    "broken_keys",
    "claim",
    "database_in_use",
    "open_alone",
    "refuse_triggers",
    "refuse_use",
    "schema_version",
    "take_back",
    "updating",
]

BESIDE: Final = ("-wal", "-shm", "-journal")
"""What the names of the files end in that SQLite keeps beside a database."""
_CLOSE_HINT: Final = "Close the application that uses it, and run again."
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_REFUSED: Final = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT)


def database_in_use(path: Path) -> str:
    """Why a database cannot be written now: which program has it open; "" where it can, as far as can be seen.

    Leaves everything as it is. Raises OSError.
    """
    holder = opened_by(path)
    if holder:
        return f"{path} is open in {holder}"
    if any(_has_bytes(path.with_name(path.name + ending)) for ending in BESIDE):
        return ""
    try:
        with closing(open_alone(path)) as connection:
            claim(connection)
    except sqlite3.Error as error:
        return f"{path} is in use by another program" if _code(error) in _BUSY else ""
    return ""


def refuse_use(final: Path) -> None:
    """Raise TargetError when another program has a database open."""
    why = database_in_use(final)
    if why:
        raise TargetError(f"{why}.", hint=_CLOSE_HINT)


def _has_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def open_alone(final: Path) -> sqlite3.Connection:
    """Open a database to write it: nothing in its schema is trusted, its journal mode stays, nobody is waited for."""
    connection = sqlite3.connect(uri_of(final, "mode=rw"), uri=True, timeout=0, isolation_level=None)
    try:
        distrust(connection, "foreign_keys=OFF", "synchronous=EXTRA", "locking_mode=EXCLUSIVE")
    except BaseException:
        connection.close()
        raise
    return connection


def claim(connection: sqlite3.Connection) -> None:
    """Take the database for this connection alone, until it is closed: a copy cannot be made inside a transaction."""
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def take_back(final: Path) -> None:
    """Let SQLite take back what a program that crashed had begun to change. Raises as `updating` does."""
    if has_hot_journal(final):
        with updating(final), closing(open_alone(final)) as connection:
            claim(connection)


def refuse_triggers(connection: sqlite3.Connection, final: Path) -> None:
    """A trigger is code that would run with our changes, and not every SQLite lets us turn it off."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchone()
    if found is not None:
        hint = "Its own application has to change it: make a file of its exchange format, and import that."
        raise TargetError(f"{final} has triggers ({found[0]}), which would run with our changes.", hint=hint)


def schema_version(connection: sqlite3.Connection) -> int:
    """A number that changes whenever the schema does."""
    version: int = connection.execute("PRAGMA schema_version").fetchone()[0]
    return version


def broken_keys(connection: sqlite3.Connection) -> int:
    """How many rows name a row that is not there, by the foreign keys of the schema."""
    try:
        return sum(1 for _ in connection.execute("PRAGMA foreign_key_check"))
    except sqlite3.OperationalError:  # a schema whose keys cannot be checked says nothing
        return 0


@contextmanager
def updating(final: Path) -> Iterator[None]:
    """Around changing a database: SQLite's errors become ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = _code(error)
        if code in _BUSY:
            raise TargetError(f"{final} is in use by another program.", hint=_CLOSE_HINT) from error
        if code in _REFUSED:
            hint = backup_hint(final, "Restore it from a backup, or name another target.")
            raise TargetError(f"{final} is damaged: {error}.", hint=hint) from error
        if is_system_fault(error) or code == sqlite3.SQLITE_READONLY:
            hint = "Is there room, and permission?"
            raise EnvironmentFaultError(f"Cannot write {final}: {error}.", hint=hint) from error
        raise InternalFaultError(f"The change to {final} failed: {error}.") from error


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code
