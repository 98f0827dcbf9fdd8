"""E02: what is left of a damaged database is told from what is lost, and nothing wrong is among it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from converter.errors import InputError
from converter.storage.limits import DEFAULT_LIMITS
from converter.storage.salvage import Loss, damage_of, recover
from tests.storage import damage
from tests.storage.damage import PAGE

COUNT = 1500
KEYED = "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT, n INTEGER)"


def value(number: int) -> str:
    return f"{number} " * 60


@cache
def whole(*ddl: str) -> bytes:
    """A database of many pages, with free ones in it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in ddl or (KEYED,):
            connection.execute(statement)
        connection.execute("CREATE TABLE free (x)")
        connection.executemany("INSERT INTO free VALUES (?)", [("x" * 900,)] * 200)
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?)", [(f"key{at:05}", value(at), at) for at in range(COUNT)]
        )
        connection.execute("DROP TABLE free")
        return connection.serialize()


def left(tmp_path: Path, data: bytes) -> tuple[dict[str, tuple[str, int]], Loss]:
    """The rows that are left, and what the table has lost."""
    path = tmp_path / "damaged.db"
    path.write_bytes(data)
    losses = recover(path, tmp_path / "made.db", DEFAULT_LIMITS)
    assert damage_of(tmp_path / "made.db", DEFAULT_LIMITS) == ""
    with closing(sqlite3.connect(tmp_path / "made.db")) as connection:
        rows = {key: (text, number) for key, text, number in connection.execute("SELECT * FROM t")}
    for key, (text, number) in rows.items():
        assert (key, text) == (f"key{number:05}", value(number))
    found = {loss.table: loss for loss in losses}
    return rows, found.get("t", Loss(table="t"))


@pytest.mark.parametrize(
    "change",
    [
        damage.cut,
        damage.headless,
        damage.pierced,
        damage.overwritten,
        damage.misplaced,
        damage.looped,
        damage.shared,
        damage.circular,
    ],
    ids=lambda change: str(change.__name__),
)
def test_every_row_is_there_or_told(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    data = change(whole())
    path = tmp_path / "a.db"
    path.write_bytes(data)
    assert damage_of(path, DEFAULT_LIMITS)

    rows, loss = left(tmp_path, data)

    assert not set(rows) & set(loss.keys)
    assert loss.gap or len(rows) + len(loss.keys) == COUNT
    assert change is not damage.looped or len(rows) == COUNT
    assert change is not damage.pierced or COUNT * 0.7 < len(rows) < COUNT * 0.8
    if change in (damage.headless, damage.overwritten, damage.misplaced):
        assert len(rows) > COUNT - 60
        assert not loss.gap


@pytest.mark.parametrize("seed", range(12))
def test_pages_at_random(tmp_path: Path, seed: int) -> None:
    """Pages become noise, or copies of others: of a text that lies on one page nothing can be mixed up."""
    chance = random.Random(seed)  # noqa: S311
    data = bytearray(whole())
    for _ in range(chance.choice((1, 5, 40))):
        at = chance.randrange(1, len(data) // PAGE) * PAGE
        other = chance.randrange(1, len(data) // PAGE) * PAGE
        data[at : at + PAGE] = chance.choice((b"\xff" * PAGE, chance.randbytes(PAGE), whole()[other : other + PAGE]))

    rows, loss = left(tmp_path, bytes(data))

    assert loss.gap or len(rows) + len(loss.keys) >= COUNT


@pytest.mark.parametrize("seed", range(6))
def test_bytes_at_random(tmp_path: Path, seed: int) -> None:
    """What was changed and is still a text cannot be told; what lies in its row stays together, and it ends."""
    chance = random.Random(seed)  # noqa: S311
    data = bytearray(whole())
    for _ in range(200):
        data[chance.randrange(PAGE, len(data))] = chance.randrange(256)
    path = tmp_path / "damaged.db"
    path.write_bytes(data)

    losses = recover(path, tmp_path / "made.db", DEFAULT_LIMITS)

    with closing(sqlite3.connect(tmp_path / "made.db")) as connection:
        count = connection.execute("SELECT count(*) FROM t").fetchone()[0]
    assert COUNT * 0.8 < count <= COUNT
    assert {loss.table for loss in losses} <= {"t"}


def test_an_index_that_tells_of_another_key(tmp_path: Path) -> None:
    rows, loss = left(tmp_path, damage.unlike(whole(), b"key00700", b"kex"))

    assert len(rows) == COUNT
    assert loss.keys == ("kex00700",)


@pytest.mark.parametrize(
    "ddl",
    [
        "CREATE TABLE t (k TEXT, v TEXT, n INTEGER)",
        "CREATE TABLE t (k TEXT, v TEXT, n INTEGER PRIMARY KEY)",
        "CREATE TABLE t (k TEXT, v TEXT, n INTEGER, PRIMARY KEY (k, n))",
        "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT, n INTEGER) WITHOUT ROWID",
    ],
    ids=["without a key", "numbers as keys", "two columns", "without numbers"],
)
def test_tables_that_do_not_tell_what_they_have_lost(tmp_path: Path, ddl: str) -> None:
    rows, loss = left(tmp_path, damage.cut(whole(ddl)))

    assert 0 < len(rows) < COUNT
    assert loss.gap


def test_columns_named_as_the_numbers_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE t ("rowid" TEXT, "OID" TEXT, "a""b" "odd type" NOT NULL)')
        connection.execute("INSERT INTO t VALUES ('x', 'y', 'z')")
        connection.execute("CREATE VIEW v AS SELECT 1")
        connection.commit()

    assert recover(path, tmp_path / "made.db", DEFAULT_LIMITS) == ()
    with closing(sqlite3.connect(tmp_path / "made.db")) as connection:
        assert connection.execute("SELECT * FROM t").fetchall() == [("x", "y", "z")]
        kinds = dict(connection.execute("SELECT name, type FROM sqlite_master").fetchall())
    assert kinds == {"t": "table", "v": "view"}


def test_values_of_every_kind_in_every_encoding(tmp_path: Path) -> None:
    stored = [("a", "苔🌿"), ("b", None), ("c", b"\x00\xff"), ("d", 5), ("e", 1.5), ("f", "")]
    for encoding in ("UTF-8", "UTF-16le", "UTF-16be"):
        path, made = tmp_path / f"{encoding}.db", tmp_path / f"{encoding}-made.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA encoding='{encoding}'")
            connection.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v)")
            connection.executemany("INSERT INTO t VALUES (?, ?)", stored)
            connection.commit()
        assert recover(path, made, DEFAULT_LIMITS) == ()
        with closing(sqlite3.connect(made)) as connection:
            assert connection.execute("SELECT * FROM t").fetchall() == stored


def test_a_long_text_of_which_a_page_is_missing_is_lost(tmp_path: Path) -> None:
    """A page that is not there must not become zeros in a text, nor one that is noise a part of it."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [("short", "x"), ("long", "y" * 50_000)])
        connection.commit()
    data = path.read_bytes()
    for name, changed in (("cut", data[: -PAGE - 100]), ("noise", data[:-PAGE] + b"\xff" * PAGE)):
        path.write_bytes(changed)
        losses = recover(path, tmp_path / f"{name}.db", DEFAULT_LIMITS)
        assert losses == (Loss(table="t", keys=("long",)),)


def test_nothing_is_left_of_a_database_without_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(whole()[:100] + b"\xff" * (PAGE - 100) + whole()[PAGE:])

    with pytest.raises(InputError):
        recover(path, tmp_path / "made.db", DEFAULT_LIMITS)


def test_a_database_that_is_in_use_or_none_is_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"Dear diary")
    with pytest.raises(InputError, match="not an SQLite database"):
        damage_of(path, DEFAULT_LIMITS)
    path.write_bytes(whole())
    path.with_name("a.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    with pytest.raises(InputError, match="in the middle of a change"):
        damage_of(path, DEFAULT_LIMITS)


def test_a_table_that_begins_behind_the_end(tmp_path: Path) -> None:
    """SQLite opens no such file; the other tables are read all the same."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT, n INTEGER)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [(f"key{at:05}", value(at), at) for at in range(100)])
        connection.execute("CREATE TABLE last (x)")
        connection.execute("CREATE INDEX of_last ON last (x)")
        connection.commit()
    path.write_bytes(path.read_bytes()[: -2 * PAGE])

    losses = recover(path, tmp_path / "made.db", DEFAULT_LIMITS)

    assert losses == (Loss(table="last", gap=True),)
    with closing(sqlite3.connect(tmp_path / "made.db")) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (100,)
