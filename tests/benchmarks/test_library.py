"""The library of the benchmarks is the same for the same seed, and the converter has nothing to say about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from benchmarks.library import DATABASE, make_library
from tests.cli.runner import invoke


def rows(folder: Path) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(folder / DATABASE)
    try:
        return database.execute("SELECT Key, Value FROM Storage ORDER BY Key").fetchall()
    finally:
        database.close()


def test_same_seed_same_rows(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_library(tmp_path / name, 120, seed)
    assert rows(tmp_path / "a") == rows(tmp_path / "b") != rows(tmp_path / "c")
    assert sum(key.startswith("note_0") for key, _ in rows(tmp_path / "a")) == 120


def test_library_is_valid_and_comes_back_as_it_was(tmp_path: Path) -> None:
    make_library(tmp_path / "a", 60, 1)
    made, again = tmp_path / "notes.mnemo", tmp_path / "b" / DATABASE
    again.parent.mkdir()
    assert invoke("validate", str(tmp_path / "a" / DATABASE), "-q").code == 0
    assert invoke("convert", str(tmp_path / "a" / DATABASE), str(made), "-q").code == 0
    assert invoke("convert", str(made), str(again), "--to", "mnemo-db", "-q").code == 0
    assert rows(again.parent) == rows(tmp_path / "a")
