"""Databases that may be broken or hostile: rows of the catalogue of hostile inputs, by their ids."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from converter.errors import EnvironmentFaultError, InputError, ItemError, LimitError
from converter.storage import sqlite
from converter.storage.limits import DEFAULT_LIMITS, Limits


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make(tmp_path / "notes.db")


def make(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT)")
        database.executemany("INSERT INTO Notes VALUES (?, ?)", [(f"n{n}", "text " * 100) for n in range(200)])
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        sqlite.open_readonly(path).close()
    return caught.value.message


def names(folder: Path) -> dict[str, str]:
    return {entry.name: hashlib.sha256(entry.read_bytes()).hexdigest() for entry in folder.iterdir()}


def test_reading_leaves_no_trace(path: Path) -> None:
    before = names(path.parent)
    with closing(sqlite.open_readonly(path)) as database:
        assert database.execute("SELECT count(*) FROM Notes").fetchone() == (200,)
        assert database.execute("SELECT NoteId FROM Notes ORDER BY Json, NoteId DESC").fetchone() == ("n99",)
        sqlite.check_sound(database, "notes.db")
        assert names(path.parent) == before
    assert names(path.parent) == before


@pytest.mark.parametrize("name", ["what?.db", "50%25 #1.db", "ä ö.db"])
def test_names_that_mean_something_in_a_uri(tmp_path: Path, name: str) -> None:
    with closing(sqlite.open_readonly(make(tmp_path / name))) as database:
        assert sqlite.tables(database) == {"Notes": "table"}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "an empty file (0 bytes)"),
        (b"just a text", "text"),
        (bytes(range(256)) * 16, "encrypted, or no database at all"),
        (b"PK\x03\x04", "a ZIP archive"),
    ],
)
def test_e01_says_what_the_file_is(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    assert refusal(path) == f"{path} is not an SQLite database: it is {what}."


def test_e01_header_only_missing_and_folder(tmp_path: Path, path: Path) -> None:
    header = tmp_path / "header.db"
    header.write_bytes(path.read_bytes()[:100])
    assert "cannot be read" in refusal(header)
    header.write_bytes(path.read_bytes()[:18])
    assert "cannot be read" in refusal(header)
    assert "There is no such file" in refusal(tmp_path / "missing.db")
    assert "is a folder" in refusal(tmp_path)


def test_e02_truncated_and_overwritten(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-777])
    with closing(sqlite.open_readonly(path)) as database, pytest.raises(InputError):
        sqlite.check_sound(database, "notes.db")
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with closing(sqlite.open_readonly(path)) as database:
        with pytest.raises(InputError, match=r"notes\.db is damaged: "):
            sqlite.check_sound(database, "notes.db")
        with pytest.raises(ItemError, match="the rows cannot be read"), sqlite.reading("the rows", item=True):
            database.execute("SELECT * FROM Notes").fetchall()


def test_e03_a_log_beside_it(path: Path) -> None:
    log = path.with_name("notes.db-wal")
    log.write_bytes(b"")
    sqlite.open_readonly(path).close()
    log.write_bytes(b"rows")
    assert refusal(path) == f"{path} is in use: notes.db-wal beside it holds newer rows."


def test_e03_a_journal_beside_it(path: Path) -> None:
    journal = path.with_name("notes.db-journal")
    journal.write_bytes(bytes(512))
    sqlite.open_readonly(path).close()
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    assert "is in the middle of a change" in refusal(path)


def test_e03_a_database_in_wal_mode_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    before = names(path.parent)
    with closing(sqlite.open_readonly(path)) as database:
        assert database.execute("SELECT count(*) FROM Notes").fetchone() == (200,)
        assert names(path.parent) == before


def test_e03_a_database_in_wal_mode_in_use(path: Path) -> None:
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO Notes VALUES ('new', 'x')")
        writer.commit()
        assert "is in use" in refusal(path)


def test_e04_a_locked_database(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0.05)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert "another program is writing to it" in refusal(path)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs the permissions of POSIX")
def test_e04_a_folder_that_cannot_be_written() -> None:
    """As another user where the tests run as root, for whom no folder is closed."""
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom converter.storage import sqlite\n"
        "sqlite.open_readonly(Path(sys.argv[1])).close()  # all is imported before the user changes\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "database = sqlite.open_readonly(Path(sys.argv[1]))\n"
        "print(database.execute('SELECT count(*) FROM Notes').fetchone()[0])"
    )
    with tempfile.TemporaryDirectory() as name:
        path = make(Path(name) / "notes.db")
        path.chmod(0o444)
        path.parent.chmod(0o555)
        command = [sys.executable, "-c", script, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
        path.parent.chmod(0o755)
    assert (done.stdout, done.stderr) == ("200\n", "")


def test_e06_what_is_a_table(tmp_path: Path) -> None:
    path = make(
        tmp_path / "x.db",
        "CREATE VIEW Folders AS SELECT 1 AS FolderId",
        "CREATE VIRTUAL TABLE search USING fts4(text)",
        'CREATE TABLE "odd name\'" (id INTEGER PRIMARY KEY AUTOINCREMENT)',
        "CREATE TRIGGER t AFTER INSERT ON Notes BEGIN SELECT 1; END",
    )
    with closing(sqlite.open_readonly(path)) as database:
        found = sqlite.tables(database)
    assert list(found) == sorted(found)
    assert {name: kind for name, kind in found.items() if not name.startswith("search_")} == {
        "Folders": "view",
        "Notes": "table",
        "odd name'": "table",
        "search": "virtual",
    }


def test_e06_nothing_can_be_written_or_attached(path: Path) -> None:
    with closing(sqlite.open_readonly(path)) as database:
        for statement in ("DELETE FROM Notes", "CREATE TABLE x (y)", f"ATTACH '{path.parent / 'other.db'}' AS o"):
            with pytest.raises(InputError), sqlite.reading("notes.db"):
                database.execute(statement)
        assert database.execute("PRAGMA trusted_schema").fetchone() == (0,)
    assert list(names(path.parent)) == ["notes.db"]


ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"


def test_e07_an_endless_query_is_interrupted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_FREE_STEPS", 1_000_000)
    with closing(sqlite.open_readonly(path)) as database:
        with pytest.raises(InputError, match="a query does not come to an end"), sqlite.reading("notes.db"):
            database.execute(f"SELECT count(*) FROM ({ENDLESS})")
        with pytest.raises(InputError, match="a query does not come to an end"), sqlite.reading("notes.db"):
            for _ in database.execute(ENDLESS):
                pass


def test_e07_each_query_has_steps_of_its_own(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_FREE_STEPS", 300_000)
    monkeypatch.setattr(sqlite, "_STEPS_PER_BYTE", 0)
    query = f"SELECT count(*) FROM ({ENDLESS} LIMIT 15000)"
    with closing(sqlite.open_readonly(path)) as database:
        for _ in range(20):
            assert database.execute(query).fetchone() == (15000,)


def test_e08_text_that_is_no_utf8(tmp_path: Path) -> None:
    path = make(
        tmp_path / "x.db",
        "DELETE FROM Notes",
        "INSERT INTO Notes VALUES ('a', CAST(x'61ff62' AS TEXT))",
        "INSERT INTO Notes VALUES ('b', CAST(x'610062' AS TEXT))",
        "INSERT INTO Notes VALUES ('c', x'61ff62')",
        "INSERT INTO Notes VALUES ('d', 'ä')",
        "INSERT INTO Notes VALUES ('e', 5)",
        "INSERT INTO Notes VALUES ('f', NULL)",
    )
    with closing(sqlite.open_readonly(path)) as database:
        found = [row[0] for row in database.execute("SELECT Json FROM Notes ORDER BY NoteId")]
    assert found == ["a\udcffb", "a\x00b", b"a\xffb", "ä", "5", None]
    assert found[0].encode("utf-8", "surrogateescape") == b"a\xffb"
    assert [sqlite.is_broken_text(text) for text in (found[0], "ä", "a", "")] == [True, False, False, False]


def test_e09_a_value_that_is_too_large(path: Path) -> None:
    limits = Limits(load_bytes=400)
    with closing(sqlite.open_readonly(path, limits)) as database:
        assert database.execute("SELECT NoteId FROM Notes").fetchone() == ("n0",)
        with pytest.raises(LimitError, match="above the limit load_bytes"), sqlite.reading("notes.db"):
            database.execute("SELECT Json FROM Notes").fetchone()


def test_e10_a_database_in_utf16(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA encoding='UTF-16le'")
        database.execute("CREATE TABLE Nötes (Text)")
        database.execute("INSERT INTO Nötes VALUES ('漢字 👩')")
        database.commit()
    with closing(sqlite.open_readonly(path)) as database:
        assert sqlite.tables(database) == {"Nötes": "table"}
        assert database.execute("SELECT Text FROM Nötes").fetchone() == ("漢字 👩",)


def mutations(whole: bytes) -> Iterator[bytes]:
    for seed in range(120):
        source = hashlib.shake_128(str(seed).encode()).digest(64)
        data = bytearray(whole)
        for at in range(0, 64, 4):
            place = int.from_bytes(source[at : at + 3], "big")
            data[place % (len(data) if seed % 2 else 4096)] = source[at + 3]
        yield bytes(data)


def test_nothing_but_our_errors(path: Path) -> None:
    read = refused = 0
    for data in mutations(path.read_bytes()):
        path.write_bytes(data)
        try:
            with closing(sqlite.open_readonly(path)) as database:
                for name in sqlite.tables(database):
                    with sqlite.reading(name):
                        database.execute(f'SELECT * FROM "{name}"').fetchall()
                read += 1
        except InputError:
            refused += 1
    assert read
    assert refused


def test_created_databases_are_the_same(tmp_path: Path) -> None:
    def fill(path: Path) -> bytes:
        with sqlite.writing(path), closing(sqlite.create(path)) as database:
            database.execute("CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT)")
            database.executemany("INSERT INTO Notes VALUES (?, ?)", [(f"{n}", "x" * n) for n in range(500)])
            database.commit()
        return path.read_bytes()

    assert fill(tmp_path / "a.db") == fill(tmp_path / "b.db")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.db", "b.db"]
    with closing(sqlite.open_readonly(tmp_path / "a.db")) as database:
        sqlite.check_sound(database, "a.db")
        assert database.execute("PRAGMA page_size").fetchone() == (4096,)


def test_f01_errors_of_writing(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaultError, match="Cannot write"):
        sqlite.create(tmp_path / "missing" / "x.db")
    with pytest.raises(EnvironmentFaultError, match="No space left"), sqlite.writing(tmp_path / "x.db"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_the_default_limits_are_those_of_the_connection(path: Path) -> None:
    with closing(sqlite.open_readonly(path)) as database:
        assert database.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == DEFAULT_LIMITS.load_bytes
        assert database.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
