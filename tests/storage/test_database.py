"""Changes to a database that exists come whole or not at all, with the files beside it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from converter.errors import EnvironmentFaultError, InternalFaultError, TargetError
from converter.storage import exclusive
from converter.storage.commit import CommitResult
from converter.storage.database import DatabaseUpdate
from converter.storage.exclusive import database_in_use
from converter.storage.placed import Placed, write_placed
from converter.storage.room import room_of

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs the signals and the /proc of Linux")


def build(path: Path, *, log: bool = False, more: str = "") -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if log:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(
            "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('a', 'old');" + more
        )
    return path


@pytest.fixture(params=[False, True], ids=["journal", "log"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return build(tmp_path / "mnemo.db", log=request.param)


def rows(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT k, v FROM t"))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def insert(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO t VALUES ('b', 'new')")


def does(statement: str) -> Callable[[sqlite3.Connection], None]:
    def apply(connection: sqlite3.Connection) -> None:
        connection.execute(statement)

    return apply


def nothing(_: sqlite3.Connection) -> None:
    pass


def change(
    final: Path,
    apply: Callable[[sqlite3.Connection], None] = insert,
    files: dict[str, str] | None = None,
    *,
    backup: bool = True,
) -> CommitResult:
    with DatabaseUpdate(final) as update:
        for rel, text in (files or {}).items():
            (update.path / rel).parent.mkdir(parents=True, exist_ok=True)
            (update.path / rel).write_text(text)
        return update.commit(apply, backup)


def header(path: Path) -> bytes:
    return path.read_bytes()[18:20]


def test_a_change_its_files_and_a_backup(store: Path) -> None:
    mode = header(store)
    done = change(store, files={"images/x.png": "x"})
    assert done.backup == store.with_name("mnemo.db.bak-1")
    assert rows(store) == {"a": "old", "b": "new"}
    assert rows(store.with_name("mnemo.db.bak-1")) == {"a": "old"}
    assert (store.parent / "images" / "x.png").read_text() == "x"
    assert names(store.parent) == ["images/x.png", "mnemo.db", "mnemo.db.bak-1"]
    assert header(store) == mode


def test_without_backup(store: Path) -> None:
    assert change(store, backup=False) == CommitResult(None)
    assert rows(store) == {"a": "old", "b": "new"}
    assert names(store.parent) == ["mnemo.db"]


def test_nothing_to_do_changes_nothing(store: Path) -> None:
    before = (store.read_bytes(), store.stat().st_mtime_ns)
    (store.parent / "images").mkdir()
    (store.parent / "images" / "x.png").write_text("x")
    assert change(store, nothing, {"images/x.png": "x"}) == CommitResult(None)
    assert (store.read_bytes(), store.stat().st_mtime_ns) == before
    assert names(store.parent) == ["images/x.png", "mnemo.db"]


def test_a_change_of_the_schema_is_one(store: Path) -> None:
    assert change(store, does("CREATE TABLE u (x)")).backup is not None
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM u").fetchone() == (0,)


def test_files_alone(store: Path) -> None:
    change(store, nothing, {"images/x.png": "x"}, backup=False)
    assert names(store.parent) == ["images/x.png", "mnemo.db"]


def failing(error: Exception) -> Callable[[sqlite3.Connection], None]:
    def apply(connection: sqlite3.Connection) -> None:
        insert(connection)
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((str(n), "x" * 1000) for n in range(5000)))
        raise error

    return apply


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), TargetError("no"), ValueError("a bug")])
def test_an_error_undoes_everything(store: Path, error: Exception) -> None:
    before = store.read_bytes()
    with pytest.raises((EnvironmentFaultError, TargetError, ValueError)):
        change(store, failing(error), {"images/x.png": "x", "y/z": "z"})
    assert store.read_bytes() == before
    assert names(store.parent) == ["mnemo.db"]
    assert [path.name for path in store.parent.iterdir()] == ["mnemo.db"]


def test_a_wrong_statement_is_our_fault(store: Path) -> None:
    with pytest.raises(InternalFaultError, match="UNIQUE"):
        change(store, does("INSERT INTO t VALUES ('a', '')"))
    with pytest.raises(InternalFaultError, match="ended too early"):
        change(store, does("ROLLBACK"))
    assert rows(store) == {"a": "old"}


def test_another_file_of_that_name_is_not_replaced(store: Path) -> None:
    (store.parent / "x.png").write_text("theirs")
    with pytest.raises(TargetError, match="with other content"):
        change(store, files={"x.png": "ours"})
    (store.parent / "images").write_text("a file")
    with pytest.raises(TargetError, match="in the way"):
        change(store, files={"images/x.png": "ours"})
    with pytest.raises(InternalFaultError):
        change(store, files={"mnemo.db-wal": "ours"})
    assert rows(store) == {"a": "old"}
    assert (store.parent / "x.png").read_text() == "theirs"


def test_f07_a_target_that_changed_is_refused(store: Path) -> None:
    def changed() -> None:
        raise TargetError("It changed.")

    with DatabaseUpdate(store) as update, pytest.raises(TargetError, match="It changed"):
        update.commit(insert, True, changed)
    assert rows(store) == {"a": "old"}
    assert names(store.parent) == ["mnemo.db"]


TRIGGER = "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t WHERE k = 'a'; END;"
KEYS = "CREATE TABLE c (k TEXT REFERENCES t (k) ON DELETE CASCADE); INSERT INTO c VALUES ('a');"


def test_e06_triggers_do_not_run(tmp_path: Path) -> None:
    store = build(tmp_path / "mnemo.db", more=TRIGGER)
    with pytest.raises(TargetError, match="has triggers"):
        change(store)
    assert rows(store) == {"a": "old"}


def test_keys_of_others_stay_whole(tmp_path: Path) -> None:
    store = build(tmp_path / "mnemo.db", more=KEYS)
    with pytest.raises(InternalFaultError, match="foreign keys"):
        change(store, does("DELETE FROM t"))
    change(store, does("REPLACE INTO t VALUES ('a', 'new')"))
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT k FROM c").fetchall() == [("a",)]


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + bytes(84)])
def test_e01_what_is_no_database_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "mnemo.db").write_bytes(data)
    with pytest.raises(TargetError):
        change(tmp_path / "mnemo.db")
    with pytest.raises(TargetError, match="There is no database"):
        change(tmp_path / "missing.db")
    assert (tmp_path / "mnemo.db").read_bytes() == data
    assert names(tmp_path) == ["mnemo.db"]


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("SELECT * FROM t").fetchall()
if sys.argv[2]: connection.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(store: Path, statement: str = "") -> Iterator[None]:
    """Another program that has the database open."""
    command = [sys.executable, "-c", HOLDER, str(store), statement]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            process.communicate()


@LINUX
@pytest.mark.parametrize("statement", ["", "BEGIN IMMEDIATE", "BEGIN; INSERT INTO t VALUES ('c', 'theirs')"])
def test_e18_a_database_that_is_open_elsewhere(store: Path, statement: str) -> None:
    with held(store, statement.partition(";")[0]):
        assert database_in_use(store)
        with pytest.raises(TargetError, match="is open in python") as caught:
            change(store)
        assert "Close the application" in caught.value.hint
    assert database_in_use(store) == ""
    assert rows(store) == {"a": "old"}


@LINUX
@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_e18_locks_tell_it_where_the_system_does_not(
    store: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusive, "opened_by", lambda _: "")
    with held(store, statement), pytest.raises(TargetError, match="in use"):
        change(store)
    assert rows(store) == {"a": "old"}


@LINUX
def test_e18_a_log_that_others_have_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this mode even an idle reader is noticed by its lock."""
    store = build(tmp_path / "mnemo.db", log=True)
    monkeypatch.setattr(exclusive, "opened_by", lambda _: "")
    with held(store), pytest.raises(TargetError, match="in use"):
        change(store)
    assert rows(store) == {"a": "old"}


CRASH = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint=0")
connection.execute("INSERT INTO t VALUES ('c', 'theirs')")
os.kill(os.getpid(), signal.SIGKILL)
"""


@LINUX
def test_e03_what_a_crash_left_in_the_log_belongs_to_the_database(tmp_path: Path) -> None:
    store = build(tmp_path / "mnemo.db", log=True)
    subprocess.run([sys.executable, "-c", CRASH, str(store)], check=False)
    assert (tmp_path / "mnemo.db-wal").stat().st_size
    done = change(store)
    assert rows(store) == {"a": "old", "b": "new", "c": "theirs"}
    assert done.backup is not None
    assert rows(done.backup) == {"a": "old", "c": "theirs"}


CHILD = """
import os, signal, sys
from pathlib import Path
from converter.storage.database import DatabaseUpdate

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def apply(connection):
    if sys.argv[2] == "before": die()
    connection.execute("PRAGMA cache_size=1")
    connection.execute("INSERT INTO t VALUES ('b', 'new')")
    connection.executemany("INSERT INTO t VALUES (?, ?)", ((str(n), "x" * 1000) for n in range(2000)))
    if sys.argv[2] == "within": die()

with DatabaseUpdate(Path(sys.argv[1])) as update:
    (update.path / "images").mkdir()
    (update.path / "images" / "x.png").write_text("x")
    if sys.argv[2] == "after":
        import converter.storage.database as module
        module.remove_placed = lambda _: die()
    update.commit(apply, True)
"""


def killed(store: Path, moment: str) -> None:
    command = [sys.executable, "-c", CHILD, str(store), moment]
    done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL, done.stderr


@LINUX
@pytest.mark.parametrize("moment", ["before", "within", "after"])
@pytest.mark.parametrize("log", [False, True], ids=["journal", "log"])
def test_f03_killed_at_a_change(tmp_path: Path, moment: str, log: bool) -> None:
    """SQLite takes its part back; the next run removes the files, or keeps them when the change was made."""
    store = build(tmp_path / "mnemo.db", log=log)
    killed(store, moment)
    assert (tmp_path / "images" / "x.png").exists()
    with DatabaseUpdate(store) as update:
        told = update.leftovers
    made = moment == "after"
    assert ("b" in rows(store)) is made
    assert names(tmp_path) == (["images/x.png", "mnemo.db", "mnemo.db.bak-1"] if made else ["mnemo.db"])
    assert told[1].endswith("may have been made." if made else "was not made.")
    assert (tmp_path / "images").exists() is made


@LINUX
def test_f03_what_somebody_may_name_by_now_is_kept(tmp_path: Path) -> None:
    """Another program changed the database since the kill, so its count says nothing of our change."""
    store = build(tmp_path / "mnemo.db")
    killed(store, "before")
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("INSERT INTO t VALUES ('c', 'theirs')")
        connection.commit()
    with DatabaseUpdate(store) as update:
        told = update.leftovers
    assert str(tmp_path / "images" / "x.png") in told[2]
    assert names(tmp_path) == ["images/x.png", "mnemo.db", "mnemo.db.bak-1"]


@pytest.mark.parametrize("rel", [b"../x", b"/etc/passwd", b""])
def test_f03_a_forged_note_removes_nothing(tmp_path: Path, rel: bytes) -> None:
    store = build(tmp_path / "mnemo.db")
    room_of(store).mkdir()
    write_placed(room_of(store), Placed(b"mnemo.db", None, ((rel, (1, 1, 1)),)))
    with pytest.raises(TargetError, match="cannot be read"):
        change(store)
    assert rows(store) == {"a": "old"}


@pytest.mark.skipif(os.name == "nt", reason="needs locks of POSIX")
def test_f06_two_runs_on_one_target(store: Path) -> None:
    with DatabaseUpdate(store), pytest.raises(TargetError, match="Another run"), DatabaseUpdate(store):
        pass
