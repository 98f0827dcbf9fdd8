"""Edits as people and applications make them, in each kind of target."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["edit_document", "edit_note", "edit_rows", "edit_text"]

Row = dict[str, Any]


def edit_rows(package: Path, change: Callable[[dict[str, Row]], None], table: str = "Notes") -> None:
    """Let `change` edit the rows of a package (by their ids), and write it again."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(package) as archive:
            names = archive.namelist()
            archive.extractall(folder)
        database = next(Path(folder) / name for name in names if name.endswith("/notes.db"))
        with closing(sqlite3.connect(database)) as connection:
            rows = {key: json.loads(text) for key, text in connection.execute(f"SELECT * FROM {table}")}
            change(rows)
            connection.execute(f"DELETE FROM {table}")
            connection.executemany(
                f"INSERT INTO {table} VALUES (?, ?)", [(key, json.dumps(row)) for key, row in rows.items()]
            )
            connection.commit()
        new = package.with_suffix(".new")
        with zipfile.ZipFile(new, "w") as archive:
            for name in names:
                archive.write(Path(folder) / name, name)
        shutil.move(new, package)


def edit_note(package: Path, title: str, change: Callable[[Row], None]) -> None:
    """Edit the note of this title in a package."""

    def apply(rows: dict[str, Row]) -> None:
        change(next(row for row in rows.values() if row["title"] == title))

    edit_rows(package, apply)


def edit_document(workspace: Path, title: str, change: Callable[[Row], None]) -> None:
    """Edit the document of this title in a workspace."""
    for path in sorted(workspace.rglob("*.sy")):
        root = json.loads(path.read_bytes())
        if root["Properties"]["title"] == title:
            change(root)
            path.write_bytes(json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode())
            return
    raise AssertionError(f"no document is called {title!r}")


def edit_text(path: Path, old: str, new: str) -> None:
    """Replace text in a file; it must be there."""
    text = path.read_bytes().decode()
    assert old in text, f"{old!r} is not in {path}"
    path.write_bytes(text.replace(old, new, 1).encode())
