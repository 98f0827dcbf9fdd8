"""Small libraries made for tests: a `mnemo.db` from rows, and one taken apart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["build_library", "note_row", "stored_rows"]

DDL = (
    "CREATE TABLE Storage (Key TEXT PRIMARY KEY, Value TEXT)",
    "CREATE TABLE DbVersion (Version INTEGER PRIMARY KEY, AppliedAt TEXT)",
    "INSERT INTO DbVersion VALUES (1, '2026-05-18T10:00:00.0000000Z')",
)


def build_library(
    path: Path,
    rows: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    *,
    ddl: Iterable[str] = DDL,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Path:
    """A library with these rows: texts and bytes as they stand, None as NULL, anything else as compact JSON.

    `before` are statements for an empty file, `after` such for one that is filled.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (*before, *ddl):
            connection.execute(statement)
        for key, value in pairs:
            told = value if value is None or isinstance(value, str | bytes) else compact(value)
            connection.execute("INSERT INTO Storage VALUES (?, ?)", (key, told))
        for statement in after:
            connection.execute(statement)
    return path


def compact(value: object) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"))


def note_row(identity: str, title: str = "", *blocks: object, **members: object) -> dict[str, Any]:
    """A note as the database spells it."""
    base: dict[str, Any] = {
        "NoteId": identity,
        "Title": title or f"Note {identity}",
        "FolderId": None,
        "ParentNoteId": None,
        "Order": 0,
        "FolderPath": "",
        "Content": "",
        "Blocks": list(blocks),
        "CreatedAt": "2026-05-18T10:00:00Z",
        "ModifiedAt": "2026-05-18T10:05:00.1234567Z",
        "IsFavorite": False,
    }
    return base | members


def stored_rows(path: Path) -> dict[str, Any]:
    """All rows of `Storage` by their keys, as SQLite has them; reading leaves no trace."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        return dict(connection.execute("SELECT Key, Value FROM Storage").fetchall())
