"""E02 with `--salvage`: what is left of damaged libraries, and of databases in packages (code `database-salvaged`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.hostile.case import Outcome, ask, convert, seen, validate
from tests.hostile.files import library, logged
from tests.hostile.package import MANIFEST, package
from tests.mnemo.builders import entry, manifest
from tests.mnemo.library import DDL, build_library, note_row
from tests.storage import damage
from tests.storage.damage import PAGE
from tests.storage.forge import Member

COUNT = 300
OTHERS = {
    "App.Language": '"de"',
    "notes_index": [f"n{at:03}" for at in range(COUNT)],
    "note_folder_f": {"FolderId": "f", "Name": "Folder", "ParentId": None, "Order": 0},
}


def text(number: int) -> str:
    return f"{number} " * 150


def title(number: int) -> str:
    return f"T{number}"


@cache
def whole() -> bytes:
    """A library of notes on many pages, with free ones in it."""
    rows: dict[str, Any] = dict(OTHERS)
    rows |= {f"note_n{at:03}": note_row(f"n{at:03}", title(at), Content=text(at)) for at in range(COUNT)}
    free = ("CREATE TABLE Free (x)", "INSERT INTO Free VALUES (zeroblob(90000))", "DROP TABLE Free")
    with TemporaryDirectory() as folder:
        return build_library(Path(folder) / "mnemo.db", rows, after=free).read_bytes()


CHANGES: Mapping[str, Callable[[bytes], bytes]] = {
    "cut": damage.cut,
    "pages overwritten": damage.overwritten,
    "a page in the place of another": damage.misplaced,
    "free pages in a circle": damage.looped,
    "index and table differ": lambda data: damage.unlike(data, b"note_n150", b"note_nxxx"),
    "pages shared": damage.shared,
    "pages in a circle": damage.circular,
}


def broken(folder: Path, change: Callable[[bytes], bytes]) -> Path:
    path = folder / "mnemo.db"
    path.write_bytes(change(whole()))
    return path


def both(source: Path, target: str) -> Outcome:
    """Both commands with the option: they agree, and the source stays as it is."""
    before = seen(source.parent)
    checked = validate(source, "--salvage")
    done = convert(source, target, "--salvage")
    assert (done.code, set(checked.codes) - set(done.codes)) == (checked.code, set()), (checked, done)
    assert {path: now for path, now in seen(source.parent).items() if path in before} == before
    return done


@pytest.mark.parametrize("how", CHANGES)
def test_a_damaged_library(tmp_path: Path, how: str) -> None:
    source = broken(tmp_path, CHANGES[how])
    for refused in (validate(source), convert(source, f"{tmp_path}/no/")):
        assert refused.code == 3
        assert "--salvage" in refused.hint
    assert not (tmp_path / "no").exists()

    done = both(source, f"{tmp_path}/out.jsonl")

    counts = done.counts["notes"]
    assert "database-salvaged" in done.codes
    lines = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    notes = {line["title"]: json.dumps(line) for line in lines if line["kind"] == "note"}
    assert len(notes) == counts["created"]
    for number in (number for number in range(COUNT) if title(number) in notes):
        assert text(number).strip() in notes[title(number)]
    assert set(notes) <= {title(number) for number in range(COUNT)}
    failed = sum(kind.get("failed", 0) for kind in done.counts.values())
    assert (done.code, failed > 0) == ((0, False) if how == "free pages in a circle" else (1, True))
    if "payload-unreadable" not in done.codes:
        assert counts["created"] + counts["failed"] >= COUNT


def test_what_is_left_becomes_a_sound_library(tmp_path: Path) -> None:
    source = broken(tmp_path, damage.overwritten)

    done = both(source, f"{tmp_path}/new/mnemo.db")

    again = validate(tmp_path / "new" / "mnemo.db")
    assert (again.code, again.counts["notes"]["read"]) == (0, done.counts["notes"]["created"])
    assert done.counts["settings"]["created"] == 1


def test_rows_that_are_no_notes(tmp_path: Path) -> None:
    """The page with the index, a setting and a folder is lost: each is told as what it was."""

    def change(data: bytes) -> bytes:
        page = data.index(b"note_folder_f", PAGE) // PAGE * PAGE
        assert data[page] == damage.TABLE_LEAF
        return data[:page] + b"\xff" * PAGE + data[page + PAGE :]

    source = broken(tmp_path, change)
    done = both(source, f"{tmp_path}/out/")

    assert {"index-unreadable", "item-unreadable", "row-orphan"} <= set(done.codes)
    assert done.counts["settings"]["failed"] == 1
    assert done.counts["folders"]["read"] == 1
    counts = done.counts["notes"]
    assert (counts["read"], counts["created"] + counts["failed"]) == (COUNT, COUNT)
    assert counts["failed"] < 10


@pytest.mark.parametrize("make", [library("Moss", "Fern"), logged], ids=["plain", "with a log"])
def test_a_sound_library_is_read_as_ever(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    source = make(tmp_path)

    done = both(source, f"{tmp_path}/out.jsonl")

    plain = convert(source, f"{tmp_path}/plain.jsonl")
    assert (done.code, done.codes, done.counts) == (plain.code, plain.codes, plain.counts)


def test_a_view_stays_refused(tmp_path: Path) -> None:
    rows = [(f"note_n{at}", note_row(f"n{at}", "x" * 900)) for at in range(40)]
    view = "CREATE VIEW Storage AS SELECT * FROM T"
    ddl = ("CREATE TABLE T (Key TEXT PRIMARY KEY, Value TEXT)", *DDL[1:])
    with closing(sqlite3.connect(tmp_path / "mnemo.db")) as connection:
        for statement in (*ddl, view):
            connection.execute(statement)
        connection.executemany("INSERT INTO T VALUES (?, ?)", [(key, json.dumps(row)) for key, row in rows])
        connection.commit()
    source = tmp_path / "mnemo.db"
    source.write_bytes(source.read_bytes()[: -2 * PAGE])

    refused = convert(source, f"{tmp_path}/out/", "--salvage")

    assert (refused.code, "is a view" in refused.message) == (3, True)


def test_nothing_is_left_without_the_schema(tmp_path: Path) -> None:
    source = broken(tmp_path, lambda data: data[:100] + b"\xff" * (PAGE - 100) + data[PAGE:])

    refused = convert(source, f"{tmp_path}/out/", "--salvage")

    assert (refused.code, "Nothing of it can be read" in refused.message) == (3, True)


def test_a_target_is_never_salvaged(tmp_path: Path) -> None:
    source = library("Moss")(tmp_path / "from")
    target = broken(tmp_path, damage.overwritten)
    before = seen(tmp_path)

    assert ask("convert", str(source), "--into", str(target), "--salvage").code == 4
    assert seen(tmp_path) == before


def _deck(number: int) -> dict[str, Any]:
    card = {"id": f"c{number}", "deckId": f"d{number}", "type": 0, "front": "f" * 900, "back": "b", "tags": []}
    return {"id": f"d{number}", "folderId": None, "name": f"Deck {number}", "tags": [], "cards": [card]}


def _map(number: int) -> dict[str, Any]:
    node = {"id": "n", "nodeType": "text", "content": {"$type": "text", "text": "x" * 900}}
    layout = {"nodes": {"n": {"x": 0, "y": 0}}}
    return {"id": f"m{number}", "title": f"Map {number}", "nodes": [node], "edges": [], "layout": layout}


@pytest.mark.parametrize("change", [damage.overwritten, damage.cut], ids=["overwritten", "cut"])
@pytest.mark.parametrize(
    ("kind", "unit", "table", "key", "make"),
    [("flashcards", "decks", "Decks", "DeckId", _deck), ("mindmaps", "maps", "Maps", "MapId", _map)],
    ids=["flashcards", "mindmaps"],
)
def test_a_damaged_payload(
    tmp_path: Path,
    kind: str,
    unit: str,
    table: str,
    key: str,
    make: Callable[[int], dict[str, Any]],
    change: Callable[[bytes], bytes],
) -> None:
    path = tmp_path / f"{kind}.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE {table} ({key} TEXT PRIMARY KEY, Json TEXT)")
        connection.execute("CREATE TABLE Folders (FolderId TEXT PRIMARY KEY, Json TEXT)")
        rows = [(make(at)["id"], json.dumps(make(at))) for at in range(100)]
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
        connection.commit()
    member = Member(f"payloads/{kind}/{kind}.db", change(path.read_bytes()))
    path.unlink()
    listed = json.dumps(manifest(entry("notes", 1), entry(kind, 100))).encode()
    source = package(member, manifest=Member(MANIFEST, listed))(tmp_path)

    plain = convert(source, str(tmp_path / "plain.mnemo"))
    done = both(source, str(tmp_path / "out.mnemo"))

    assert (plain.code, done.code, "database-salvaged" in done.codes) == (1, 1, True)
    counts = done.counts[unit]
    assert counts["created"] > 40
    assert counts["failed"] > 0 or "payload-unreadable" in done.codes
    assert change is damage.cut or counts["created"] + counts["failed"] == 100
    again = validate(tmp_path / "out.mnemo")
    assert (again.code, again.counts[unit]["read"]) == (0, counts["created"])
