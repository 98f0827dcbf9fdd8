"""Databases that an application may have open: read as they were at one moment, and left as they are."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from converter.errors import InputError
from converter.storage.snapshot import Snapshot
from converter.storage.sqlite import reading


def _state(folder: Path) -> dict[str, str]:
    return {entry.name: hashlib.sha256(entry.read_bytes()).hexdigest() for entry in sorted(folder.iterdir())}


def _values(path: Path) -> list[str]:
    with Snapshot(path) as snapshot, reading(str(path)):
        return [value for (value,) in snapshot.connection.execute("SELECT x FROM t ORDER BY x")]


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """A database whose last row still lies in the log beside it, held open by its application."""
    path = tmp_path / "open" / "a.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE t (x TEXT)")
        connection.execute("INSERT INTO t VALUES ('old')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("INSERT INTO t VALUES ('new')")
        yield path


def test_rows_in_a_log_are_read_and_nothing_changes(logged: Path) -> None:
    before = _state(logged.parent)

    assert _values(logged) == ["new", "old"]
    assert _state(logged.parent) == before


def test_what_was_not_committed_is_not_there(logged: Path) -> None:
    with closing(sqlite3.connect(logged, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO t VALUES ('half')")

        assert _values(logged) == ["new", "old"]


def test_a_copy_whose_application_is_gone_is_read_as_well(logged: Path, tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    for name in ("a.db", "a.db-wal"):
        shutil.copy(logged.with_name(name), left / name)
    before = _state(left)

    assert _values(left / "a.db") == ["new", "old"]
    assert _state(left) == before


def test_a_log_that_belongs_to_no_row_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('old')")
    path.with_name("a.db-wal").write_bytes(b"no log at all")

    assert _values(path) == ["old"]


def test_a_hot_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (x TEXT)")
    path.with_name("a.db-journal").write_bytes(b"\xd9\xd5\x05\xf9 \xa1c\xd7" + b"x" * 100)

    with pytest.raises(InputError, match=r"in the middle of a change.*a\.db-journal"):
        Snapshot(path)


def test_a_file_of_no_bytes_is_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()

    with Snapshot(path) as snapshot:
        assert snapshot.connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


@pytest.mark.parametrize(("name", "message"), [("none.db", "no such file"), ("", "is a folder")])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Snapshot(tmp_path / name)


def test_a_change_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('old')")
    with Snapshot(path) as snapshot:
        snapshot.check()
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("INSERT INTO t VALUES ('new')")

        with pytest.raises(InputError, match="it changes while it is read"):
            snapshot.check()
