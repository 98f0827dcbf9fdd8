"""What a job does besides the command line: changes by the storage room itself, as exit code and message."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from converter.errors import ConverterError
from converter.storage.database import DatabaseUpdate
from converter.storage.update import TreeUpdate

STAGED = {"a.md": "new a", "sub/b.md": "b", "sub/c.md": "new c", "sub/new.md": "new", "fresh/deep/d.md": "d" * 5000}
IMAGES = {"images/old.png": "old", "images/new.png": "new", "images/more/x.png": "x"}


def _fill(root: Path, files: dict[str, str]) -> None:
    for rel, text in files.items():
        (root / rel).parent.mkdir(parents=True, exist_ok=True)
        (root / rel).write_text(text)


def _tree(final: str, backup: bool) -> None:
    with TreeUpdate(Path(final)) as update:
        _fill(update.path, STAGED)
        update.commit(backup)


def _rows(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA cache_size=2")
    connection.execute("UPDATE t SET v = 'new' WHERE k = 'a'")
    for number in range(20):
        connection.execute("INSERT OR REPLACE INTO t VALUES (?, ?)", (str(number), "x" * 3000))


def _database(final: str, backup: bool) -> None:
    with DatabaseUpdate(Path(final)) as update:
        _fill(update.path, IMAGES)
        update.commit(_rows, backup)


def _told(action: Callable[[str, bool], None]) -> Callable[[str, bool], tuple[int, str]]:
    def run(final: str, backup: bool) -> tuple[int, str]:
        try:
            action(final, backup)
        except ConverterError as error:
            return error.exit_code, f"error: {error.message} {error.hint}"
        except Exception as error:  # noqa: BLE001  as a traceback would be
            return 7, f"Traceback: {error!r}"
        return 0, ""

    return run


ACTIONS: dict[str, Callable[[str, bool], tuple[int, str]]] = {"tree": _told(_tree), "database": _told(_database)}
