"""More of family E of the catalogue: libraries and payloads that are databases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.hostile.case import FOUND, LIMITED, Case, Maker
from tests.hostile.files import library, logged
from tests.hostile.package import NOTES_DB, package, picture_note, with_notes
from tests.mnemo.builders import note_json
from tests.mnemo.library import build_library, note_row
from tests.storage.forge import Member

_JSON = "out.jsonl"
_SECONDS = 1_716_000_000
_TOLD = "2024-05-18T"


def encoded(encoding: str, *titles: str) -> Maker:
    """Makes a library in another encoding."""

    def make(folder: Path) -> Path:
        rows = {f"note_n{at}": note_row(f"n{at}", title) for at, title in enumerate(titles)}
        return build_library(folder / "mnemo.db", rows, before=(f"PRAGMA encoding = '{encoding}'",))

    return make


def packed(encoding: str) -> Maker:
    """Makes a package whose notes lie in a database of another encoding."""

    def make(folder: Path) -> Path:
        path = folder / "notes.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA encoding = '{encoding}'")
            connection.execute("CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT)")
            connection.execute("CREATE TABLE Folders (FolderId TEXT, Json)")
            connection.execute("INSERT INTO Notes VALUES ('n', ?)", (json.dumps(picture_note(title="苔")),))
            connection.commit()
        data = path.read_bytes()
        path.unlink()
        return package(db=Member(NOTES_DB, data))(folder)

    return make


def dated(value: object, **members: object) -> Maker:
    """Makes a library of one note that was made then."""
    row = note_row("n0", "Moss", CreatedAt=value, **members)
    return library("Moss", rows={"note_n0": row})


def alone(make_first: Maker) -> Maker:
    """Makes a library in a folder that nobody may write to."""

    def make(folder: Path) -> Path:
        closed = folder / "closed"
        closed.mkdir()
        path = make_first(closed)
        path.chmod(0o400)
        closed.chmod(0o500)
        return path

    return make


def in_wal_mode(folder: Path) -> Path:
    """A library in WAL mode whose log is gone: its application was closed."""
    path = library("Moss")(folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").fetchone()
    return path


def filled(rows: int, table: str = "Storage") -> Maker:
    """Makes a library of very many rows."""
    values = f"WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < {rows})"
    ddl = () if table == "Storage" else (f"CREATE TABLE {table} (Key TEXT PRIMARY KEY, Value TEXT)",)
    return library("Moss", after=(*ddl, f"INSERT INTO {table} {values} SELECT 'k' || x, '1' FROM r"))


_NUMBERS: Mapping[str, object] = {
    "seconds": _SECONDS,
    "seconds in quotes": str(_SECONDS),
    "milliseconds": _SECONDS * 1000,
    "microseconds": _SECONDS * 1_000_000,
    "a Julian day": 2_460_448.61,
    "a blank for the T": "2024-05-18 02:40:00",
}
_AMBIGUOUS: Mapping[str, object] = {
    "a small number": 5,
    "a number between": 20_240_518,
    "a huge number": 10**30,
    "days first": "18.05.2024",
    "months first": "05/18/2024",
    "nothing": "",
    "null": None,
    "true": True,
    "no such day": "2024-02-30T00:00:00Z",
    "no such zone": "2024-05-18T10:00:00+99:00",
}

CASES: list[Case] = [
    Case("E04", "a folder that nobody may write to", alone(library("Moss")), notes=1),
    Case("E04", "such a folder, with a log", alone(logged), notes=1),
    Case("E04", "such a folder, in WAL mode", alone(in_wal_mode), notes=1),
    Case("E04", "in WAL mode", in_wal_mode, notes=1),
    Case(
        "E09",
        "a value above the limit",
        library("Moss", rows={"other": "x" * 70_000}),
        LIMITED,
        text="load_bytes",
        options=("--limits", "load_bytes=50K"),
    ),
    Case(
        "E09",
        "a note above its limit",
        library("Moss", "Fern", rows={"note_n0": note_row("n0", "x" * 70_000)}),
        FOUND,
        codes=("item-unreadable",),
        notes=1,
        options=("--limits", "note_bytes=50K"),
    ),
    *(
        Case(
            "E09",
            f"more rows of {table} than the limit",
            filled(2000, table),
            LIMITED,
            text="rows=1,000",
            options=("--limits", "rows=1000"),
        )
        for table in ("Storage", "Statistics", "FlashcardDecks")
    ),
    Case(
        "E09",
        "more notes in a package than the limit",
        with_notes(*(note_json(noteId=f"n{at}") for at in range(11))),
        LIMITED,
        text="rows=10",
        options=("--limits", "rows=10"),
    ),
    Case("E09", "a table that is read as a whole", filled(2000, "Other"), notes=1, options=("--limits", "rows=1000")),
    Case("E09", "as many rows as the limit", filled(900), notes=1, options=("--limits", "rows=1000"), to=_JSON),
    *(
        Case(
            "E10", f"a library in {encoding}", encoded(encoding, "苔", "\U0001f33f"), notes=2, holds=("苔", "🌿"), to=to
        )
        for encoding, to in (("UTF-16le", _JSON), ("UTF-16be", "out.mnemo"))
    ),
    *(
        Case("E10", f"a package in {encoding}", packed(encoding), notes=1, holds=("苔",), to=_JSON)
        for encoding in ("UTF-16le", "UTF-16be")
    ),
    *(
        Case("E15", what, dated(value), codes=("date-repaired",), notes=1, holds=(_TOLD,), to=_JSON)
        for what, value in _NUMBERS.items()
    ),
    *(
        Case("E15", what, dated(value), codes=("date-invalid",), notes=1, to=_JSON)
        for what, value in _AMBIGUOUS.items()
    ),
    Case("E15", "a day", dated("2024-05-18"), without=("date-invalid",), notes=1, holds=("2024-05-18",), to=_JSON),
    Case(
        "E15",
        "the year 1",
        dated("0001-01-01T00:00:00"),
        without=("date-invalid", "date-repaired"),
        notes=1,
        to=_JSON,
    ),
    Case("E15", "the last year", dated("9999-12-31T23:59:59.9999999Z"), notes=1, holds=("9999-12-31T",), to=_JSON),
]
