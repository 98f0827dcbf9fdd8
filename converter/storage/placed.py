"""Files that are put beside a database before the transaction that names them: what a killed run leaves of them."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

import msgspec

from converter.errors import TargetError
from converter.storage.record import DRAFT, Fingerprint, fingerprint, parts_of, read_record, write_record

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = [
    "PLACED_NAMES",
    "Placed",
    "change_counter",
    "count_change",
    "has_placed",
    "remove_placed",
    "settle_placed",
    "write_placed",
]

_SCHEMA: Final = "mnemo-converter-placed-1"
_PLACED: Final = "placed"
_TOLD: Final = 5
PLACED_NAMES: Final = (_PLACED, _PLACED + DRAFT)


class Placed(msgspec.Struct, frozen=True):
    """The files, with their fingerprints, and folders that one change puts beside the database of this name.

    `counter` is what the database counted of its changes before; None where its header does not say. Paths are as in a
    `Move`.
    """

    name: bytes
    counter: int | None
    files: tuple[tuple[bytes, Fingerprint], ...]
    folders: tuple[bytes, ...] = ()


def change_counter(database: Path) -> int | None:
    """How often a database was changed, modulo 2**32, by its header; None where its header does not say."""
    with database.open("rb") as file:
        head = file.read(100)
    return None if len(head) < 100 else int.from_bytes(head[24:28], "big")


def count_change(connection: sqlite3.Connection) -> None:
    """See to it that the database counts the transaction, which it may not do with a write-ahead log.

    It counts where its first page is written, so that is done: with what stands there already.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version={version:d}")


def has_placed(room: Path) -> bool:
    """Whether a change to a database was begun in this room and not ended."""
    return os.path.lexists(room / _PLACED)


def write_placed(room: Path, placed: Placed) -> None:
    """Bring to the disk which files are about to be placed."""
    write_record(room / _PLACED, _SCHEMA, placed)


def remove_placed(room: Path) -> None:
    """Say that the change is complete, or wholly undone."""
    (room / _PLACED).unlink()


def settle_placed(room: Path, final: Path, *, undone: bool = False) -> list[str]:
    """Remove the files that a change placed which was not made; keep them where it was, or where that is unknown.

    `undone`: it is known that it was not made. Else the database's own count tells: what it counts is the same as
    before. Gives sentences that say what was done. Raises TargetError when the note of them cannot be read.
    """
    placed = read_record(room / _PLACED, _SCHEMA, Placed)
    if placed is None or os.fsdecode(placed.name) != final.name or not all(_paths(placed)):
        hint = f"Look at {final} and what is beside it, and remove {room}."
        raise TargetError(f"The note of an unfinished change to {final} cannot be read.", hint=hint)
    parent = final.parent
    there = [path for path in (parent.joinpath(*parts_of(rel)) for rel, _ in placed.files) if os.path.lexists(path)]
    if undone or (placed.counter is not None and _counted(final) == placed.counter):
        for rel, known in placed.files:
            path = parent.joinpath(*parts_of(rel))
            if fingerprint(path) == known:
                path.unlink()
        for rel in reversed(placed.folders):
            with suppress(OSError):
                parent.joinpath(*parts_of(rel)).rmdir()
        told = [f"The change to {final} that it had begun was not made."]
    else:
        told = [f"The change to {final} that it had begun may have been made."]
        if there:
            names = ", ".join(str(path) for path in there[:_TOLD]) + (" …" if len(there) > _TOLD else "")
            told.append(f"Kept {len(there)} files that belong to it: {names}.")
    remove_placed(room)
    return told


def _has_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _paths(placed: Placed) -> list[list[str]]:
    return [parts_of(rel) for rel in (*(rel for rel, _ in placed.files), *placed.folders)]


def _counted(final: Path) -> int | None:
    """The database's count, after SQLite has taken back what was cut and brought in what was not.

    None where that cannot be known: somebody else has the database open, for one.
    """
    import sqlite3

    from converter.storage.sqlite import uri_of

    log, journal = (final.with_name(final.name + ending) for ending in ("-wal", "-journal"))
    try:
        if _has_bytes(journal) or _has_bytes(log):
            with closing(sqlite3.connect(uri_of(final, "mode=rw"), uri=True, timeout=0)) as connection:
                connection.execute("PRAGMA trusted_schema=OFF")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return None if _has_bytes(log) else change_counter(final)
    except (sqlite3.Error, OSError):
        return None
