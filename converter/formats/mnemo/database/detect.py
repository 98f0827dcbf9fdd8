"""Recognising a library by its database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from converter.errors import ConverterError
from converter.formats.front import Detection
from converter.formats.mnemo.database.index import database_in
from converter.formats.mnemo.database.layout import FILE
from converter.storage.snapshot import Snapshot
from converter.storage.sniff import SQLITE_MAGIC
from converter.storage.sqlite import reading, tables

__all__ = ["detect"]

_ID: Final = "mnemo-db"


def detect(path: Path) -> Detection | None:
    """What makes a file, or a folder with such a file, a library, and how surely; None for what is none."""
    database = database_in(path)
    inside = f"a folder with {FILE}: " if database != path else ""
    named = database.name.lower() == FILE
    try:
        if not database.is_file():
            return None
        with database.open("rb") as stream:
            head = stream.read(len(SQLITE_MAGIC))
        if head != SQLITE_MAGIC and not (named and not head):
            return Detection(_ID, f"{inside}named {FILE}, though no database", 30) if named else None
        with Snapshot(database) as snapshot, reading(str(database)):
            found = {name.lower() for name in tables(snapshot.connection)}
    except (OSError, ConverterError):
        return Detection(_ID, f"{inside}an SQLite database named {FILE}", 60) if named else None
    if "storage" in found and "dbversion" in found:
        return Detection(_ID, f"{inside}an SQLite database with Mnemo's table Storage", 100)
    if "storage" in found:
        return Detection(_ID, f"{inside}an SQLite database with a table Storage", 80)
    if named:
        return Detection(_ID, f"{inside}an SQLite database named {FILE}", 80)
    return None
