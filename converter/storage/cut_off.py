"""Databases that were cut off: made such that SQLite opens them, with nothing in them that was not there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import IO, TYPE_CHECKING, Final

from converter.storage.sqlite import distrust, reading

if TYPE_CHECKING:
    from pathlib import Path

    from converter.storage.limits import Limits

__all__ = ["mend_head"]

_VERSIONS_AT: Final = 18
_PAGES_AT: Final = 28
_ROLLBACK: Final = b"\x01\x01"
_LARGEST_PAGE: Final = 65536
_GONE: Final = "rootpage > ?"


def mend_head(path: Path, limits: Limits) -> tuple[int, tuple[str, ...]]:
    """Make the head of a private copy say how long it is; gives that length, and the tables of which nothing is there.

    SQLite opens no file that is shorter than its head says, nor one in which a table begins behind the end. What is
    missing must not become zeros: as the last page of a long text they would be read. Raises InputError where the names
    of the tables cannot be read.
    """
    with path.open("r+b") as file:
        page, told = _said(file)
        pages = path.stat().st_size // page
        file.seek(_VERSIONS_AT)
        file.write(_ROLLBACK)
        file.truncate(pages * page)
        if pages < told and told * page <= limits.file_bytes:
            file.truncate(told * page)
    gone = _without_roots(path, pages) if pages < told else ()
    with path.open("r+b") as file:
        file.truncate(pages * page)
        file.seek(_PAGES_AT)
        file.write(pages.to_bytes(4, "big"))
    return pages * page, gone


def _said(file: IO[bytes]) -> tuple[int, int]:
    """The size of a page and their number, as the head says it."""
    head = file.read(_PAGES_AT + 4)
    size = int.from_bytes(head[16:18], "big")
    return _LARGEST_PAGE if size == 1 else max(size, 1), int.from_bytes(head[_PAGES_AT:], "big")


def _without_roots(path: Path, pages: int) -> tuple[str, ...]:
    """Forget tables and indexes that begin behind the last page; the names of these tables."""
    with reading(path.name), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        distrust(connection, "journal_mode=OFF", "synchronous=OFF", "writable_schema=ON")
        query = f"SELECT name FROM sqlite_master WHERE type = 'table' AND {_GONE} ORDER BY name"
        names = tuple(str(name) for (name,) in connection.execute(query, (pages,)))
        connection.execute(f"DELETE FROM sqlite_master WHERE {_GONE}", (pages,))
    return names
