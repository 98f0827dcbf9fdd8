"""SQLite databases, opened without trust and without a trace (docs/formats/containers.md, "SQLite")."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from converter.errors import EnvironmentFaultError, InputError, ItemError, LimitError
from converter.storage.faults import fault, opening
from converter.storage.limits import DEFAULT_LIMITS, Limits
from converter.storage.sniff import HEAD_BYTES, SQLITE_MAGIC, describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "check_sound",
    "create",
    "distrust",
    "harden",
    "has_hot_journal",
    "is_broken_text",
    "is_damage",
    "is_system_fault",
    "open_private",
    "open_readonly",
    "quoted",
    "reading",
    "tables",
    "text_sign",
    "uri_of",
    "writing",
]

_WAIT_SECONDS: Final = 5.0
_WAL_VERSION: Final = 2
_STEPS: Final = 100_000
"""Steps of SQLite's machine between two looks at a query."""
_FREE_STEPS: Final = 100_000_000
_STEPS_PER_BYTE: Final = 16
_PAGE_BYTES: Final = 4096
_SYSTEM: Final = (
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOLFS,
)
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_DAMAGE_HINT: Final = "Restore it from a backup, or export it again. --salvage reads what is left."
_IN_USE_HINT: Final = "Close the application that uses it, so that everything is in the database, and try again."


@contextmanager
def reading(what: str, *, item: bool = False) -> Iterator[None]:
    """Around reading: SQLite's errors become InputError, or ItemError where only one item is lost with them.

    What the system refuses becomes EnvironmentFaultError, a value that is too large LimitError. `what` names what is
    read.
    """
    try:
        yield
    except UnicodeError as error:  # the module decodes messages and names of columns strictly
        raise _refused(what, "names in it are not UTF-8", item=item) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_TOOBIG:
            raise LimitError(
                f"{what} holds a value that is above the limit load_bytes.",
                hint="If you trust this source: a higher --limits load_bytes=…, or --no-limits.",
            ) from error
        if is_system_fault(error):
            raise EnvironmentFaultError(
                f"Cannot read {what}: {error}.", hint="Is there room, and permission?"
            ) from error
        raise _refused(what, _reason(error), item=item, damaged=not _is_busy(error)) from error


def is_system_fault(error: sqlite3.Error) -> bool:
    """Whether SQLite failed because the system refused something, and not because of what a database holds."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SYSTEM


def is_damage(error: InputError) -> bool:
    """Whether a database was refused because it is damaged, and not for what it is or because it is in use."""
    cause = error.__cause__
    if not isinstance(cause, sqlite3.Error):
        return False
    return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _DAMAGED


def _refused(what: str, reason: str, *, item: bool, damaged: bool = True) -> InputError:
    kind = ItemError if item else InputError
    return kind(f"{what} cannot be read: {reason}.", hint=_DAMAGE_HINT if damaged else _IN_USE_HINT)


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return "a query does not come to an end"
    if _is_busy(error):
        return "another program is writing to it"
    return str(error)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around writing a database of ours: SQLite's errors become EnvironmentFaultError."""
    try:
        yield
    except sqlite3.Error as error:
        raise EnvironmentFaultError(f"Cannot write {path}: {error}.", hint="Is there room, and permission?") from error
    except OSError as error:
        raise fault(error, "Cannot write", path) from error


class _Reader(sqlite3.Connection):
    """A connection on which every query has a number of steps that it may take."""

    allowed = _FREE_STEPS
    taken = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a query; its steps are counted anew."""
        self.taken = 0
        return super().execute(sql, parameters)

    def look(self) -> bool:
        """Whether the query that is running has to stop."""
        self.taken += _STEPS
        return self.taken > self.allowed


def open_readonly(path: Path, limits: Limits = DEFAULT_LIMITS) -> sqlite3.Connection:
    """Open a database to read it and only that: no code in its schema is trusted, nothing appears beside the file.

    Text comes as `str`; bytes in it that are no UTF-8 come as lone surrogates (`surrogateescape`), so none is lost and
    `is_broken_text` can tell. Databases in UTF-16 work. A query that would not end is interrupted after a number of
    steps that grows with the file. Raises InputError for what is no database, for one that is in use, and for one whose
    newest rows lie in a `-wal` or `-journal` beside it. Use it inside `reading`, which translates what SQLite raises.
    """
    with opening(path, "an SQLite database"):
        head = _head(path)
        _refuse_newer_files(path)
        size = path.stat().st_size
    mode = "immutable=1" if _WAL_VERSION in head[18:20] else "mode=ro"
    with reading(str(path)):
        connection = sqlite3.connect(
            uri_of(path, mode),
            uri=True,
            timeout=_WAIT_SECONDS,
            isolation_level=None,
            factory=_Reader,
        )
        try:
            harden(connection, limits)
            connection.allowed = _FREE_STEPS + _STEPS_PER_BYTE * size
            connection.set_progress_handler(connection.look, _STEPS)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
    return connection


def quoted(name: str) -> str:
    """A name of a table or column, as a statement has it."""
    return '"' + name.replace('"', '""') + '"'


def uri_of(path: Path, query: str) -> str:
    """The address under which SQLite opens a file, wherever the path is told from."""
    return f"{path.absolute().as_uri()}?{query}"


def distrust(connection: sqlite3.Connection, *pragmas: str) -> None:
    """Trust nothing in the schema and the cells of a database, and take bytes that are no text as they are.

    What else is to hold for the connection is said by further `pragmas`.
    """
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", *pragmas):
        connection.execute(f"PRAGMA {pragma}")


def harden(connection: sqlite3.Connection, limits: Limits) -> None:
    """Make a connection read only, and trust nothing that its database says it should do."""
    distrust(connection, "query_only=ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(limits.load_bytes, 2**31 - 1))
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for name, value in (("DEFENSIVE", True), ("ENABLE_TRIGGER", False), ("ENABLE_VIEW", False)):
        option = getattr(sqlite3, f"SQLITE_DBCONFIG_{name}", None)
        if option is not None and hasattr(connection, "setconfig"):
            connection.setconfig(option, value)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(SQLITE_MAGIC):
        return head
    what = describe(head)
    if what == "unknown binary data":
        what = "encrypted, or no database at all"
    raise InputError(f"{path} is not an SQLite database: it is {what}.")


def _refuse_newer_files(path: Path) -> None:
    """What was not yet written into the database would be missed, and reading it would change files beside it."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise InputError(f"{path} is in use: {log.name} beside it holds newer rows.", hint=_IN_USE_HINT)
    if has_hot_journal(path):
        hint = f"{_IN_USE_HINT} After a crash: start and close that application."
        raise InputError(f"{path} is in the middle of a change: {path.name}-journal is beside it.", hint=hint)


def has_hot_journal(path: Path) -> bool:
    """Whether a change to a database was begun and not ended: SQLite looks at the first byte too. Raises OSError."""
    journal = path.with_name(path.name + "-journal")
    if not journal.exists():
        return False
    with journal.open("rb") as file:
        return file.read(1) not in (b"", b"\0")


def tables(connection: sqlite3.Connection) -> dict[str, str]:
    """The names of tables and views, sorted, with what they are: `table`, `view` or `virtual`.

    Only a `table` holds rows of its own; what the others give is computed, by whatever the file says.
    """
    query = "SELECT name, type, rootpage FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    return {
        name: kind if kind == "view" or root else "virtual"
        for name, kind, root in connection.execute(query)
        if isinstance(name, str) and not name.lower().startswith("sqlite_")
    }


def check_sound(connection: sqlite3.Connection, what: str) -> None:
    """Raise InputError when SQLite's own check finds damage. Reads the whole file.

    The quick check would not do: it does not compare indexes with their tables, and rows are found by indexes.
    """
    with reading(what), closing(connection.execute("PRAGMA integrity_check(1)")) as cursor:
        complaint = cursor.fetchone()[0]
    if complaint != "ok":
        complaint = complaint.rpartition("\n")[2]
        raise InputError(f"{what} is damaged: {complaint}.", hint=_DAMAGE_HINT) from sqlite3.DatabaseError(complaint)


def text_sign(value: object) -> str:
    """The sign for a value in a statement: bytes are text, which need not be UTF-8."""
    return "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"


def is_broken_text(text: str) -> bool:
    """Whether a text from a database holds bytes that are no UTF-8 (as lone surrogates)."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def create(path: Path) -> sqlite3.Connection:
    """A new database, fast to fill and the same for the same statements.

    It has no journal and does not sync: it must be made in a staging place. Raises EnvironmentFaultError. Use it inside
    `writing`, which translates what SQLite raises, and `commit` before closing.
    """
    with writing(path):
        connection = sqlite3.connect(path)
        try:
            for pragma in (
                f"page_size={_PAGE_BYTES}",
                "encoding='UTF-8'",
                "auto_vacuum=NONE",
                "journal_mode=OFF",
                "synchronous=OFF",
                "locking_mode=EXCLUSIVE",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
    return connection


def open_private(path: Path) -> sqlite3.Connection:
    """Open a private copy of a database to change it; nothing in its schema is trusted, no trigger runs.

    Text is as `open_readonly` gives it. One transaction is begun: `COMMIT` ends it. Nothing is synced. Use it inside
    `reading`, which translates what SQLite raises about a database that is damaged.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        distrust(connection, "synchronous=OFF")
        for name, value in (("DEFENSIVE", True), ("ENABLE_TRIGGER", False), ("ENABLE_VIEW", False)):
            option = getattr(sqlite3, f"SQLITE_DBCONFIG_{name}", None)
            if option is not None and hasattr(connection, "setconfig"):
                connection.setconfig(option, value)
        connection.execute("BEGIN IMMEDIATE")
    except BaseException:
        connection.close()
        raise
    return connection
