"""Real libraries: all of one goes through a package and comes home; what the application reads, we read."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert, diff
from converter.formats.mnemo.spelling import packed, stored
from converter.text.json_text import JsonValue, Members, dump, parse
from tests.mnemo.builders import data_path, needs_data
from tests.mnemo.library import DDL, build_library, stored_rows
from tests.support import package_rows

pytestmark = needs_data

LIBRARY = ("libraries", "biology", "library", "Mnemo")
PICTURES = (".png", ".jpg", ".gif", ".svg", ".bmp", ".webp")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of a student, through a package."""
    place = tmp_path_factory.mktemp("home")
    for source, target in ((data_path(*LIBRARY), place / "x.mnemo"), (place / "x.mnemo", place / "lib" / "mnemo.db")):
        with convert(Options(source=str(source), target=str(target), timezone="UTC")) as report:
            assert report.exit_code == 0, report.fault
            assert report.verification.status == "passed"
    return place / "lib" / "mnemo.db"


@cache
def _counts() -> Any:
    return json.loads(data_path("libraries", "biology", "counts.json").read_text(encoding="utf-8"))


def _objects(rows: dict[str, Any], index: str, prefix: str) -> list[Any]:
    return [json.loads(rows[prefix + identity]) for identity in json.loads(rows[index])]


def _walk(blocks: list[Any]) -> Iterator[Any]:
    for block in blocks:
        yield block
        yield from _walk(block.get("children") or [])


def test_every_note_and_block_comes_home(home: Path) -> None:
    counts, notes = _counts()["notes"], _objects(stored_rows(home), "notes_index", "note_")
    rescued = {*counts["rowUnreadableForTheApp"], *counts["rowsNotInIndex"]}

    assert len(notes) == counts["readByTheApp"] + len(rescued)
    assert rescued <= {note["NoteId"] for note in notes}
    read = [note for note in notes if note["NoteId"] not in rescued]
    assert sum(note["IsFavorite"] for note in read) == counts["favourite"]
    assert sum(not note["Title"] for note in read) == counts["emptyTitle"]
    kinds = Counter(block["type"] for note in read for block in _walk(note["Blocks"] or []))
    assert kinds == _counts()["blocksWithTheOldNumberingUndone"]["byType"]


def test_every_other_object_comes_home(home: Path) -> None:
    counts, rows = _counts(), stored_rows(home)
    cards = json.loads(rows["flashcards.state.v2"])
    maps = _objects(rows, "mindmaps_list", "mindmap_")
    edges = [edge for one in maps for edge in one["Edges"]]
    paths = _objects(rows, "learning_paths_index", "path_")

    assert len(_objects(rows, "note_folders_index", "note_folder_")) == counts["folders"]["all"]
    assert len(cards["Decks"]) == counts["decks"]["all"]
    assert len(cards["Folders"]) == counts["decks"]["folders"]
    assert sum(len(deck["Cards"]) for deck in cards["Decks"]) == counts["decks"]["cards"]
    assert len(cards["SessionHistory"]) == counts["decks"]["practiceRuns"]
    assert len(maps) == counts["mindmaps"]["all"]
    assert sum(len(one["Nodes"]) for one in maps) == counts["mindmaps"]["nodes"]
    assert Counter(edge["Kind"] for edge in edges) == {
        0: counts["mindmaps"]["hierarchyEdges"],
        1: counts["mindmaps"]["linkEdges"],
    }
    assert len(paths) == counts["learningPaths"]["all"]
    assert sum(len(path["units"]) for path in paths) == counts["learningPaths"]["units"]
    assert sum(key[0].isupper() for key in rows) == counts["settings"]
    assert set(counts["otherStorageKeys"]) <= set(rows)
    with closing(sqlite3.connect(home)) as connection:
        for table, number in (("keybind_overrides", counts["keybinds"]), ("Statistics", counts["statistics"])):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (number,)


def test_every_picture_comes_home_and_shows(home: Path) -> None:
    counts, images = _counts()["images"], home.parent / "images"
    source = data_path(*LIBRARY, "images")
    files = {file.relative_to(source) for file in source.rglob("*") if file.suffix.lower() in PICTURES}

    assert {file.relative_to(images) for file in images.rglob("*") if file.is_file()} == files
    assert len(files) == counts["filesInFolder"] - 1 + len(counts["filesInSubfolders"])  # but for Thumbs.db
    assert all((images / file).read_bytes() == (source / file).read_bytes() for file in files)
    notes = _objects(stored_rows(home), "notes_index", "note_")
    shown = [b["payload"]["path"] for note in notes for b in _walk(note["Blocks"] or []) if b["type"] == "Image"]
    lost = {path for path in shown if path and not path.startswith("http") and not Path(path).is_file()}
    named = {one["path"] for one in counts["notByPath"]["missing"]}
    outside = {one["path"] for one in counts["notByPath"]["outsideFolder"]}
    assert lost <= named | outside


def test_rows_come_home_as_the_application_wrote_them(home: Path) -> None:
    """What is no note is byte for byte what it was; of notes that alone changes which is said in the report."""
    before, after = stored_rows(data_path(*LIBRARY, "mnemo.db")), stored_rows(home)

    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert {key for key in changed if not key.startswith("note")} == set()
    with diff(Options(source=str(data_path(*LIBRARY)), target=str(home))) as report:
        assert report.exit_code == 0
        assert report.diff
        assert not any(row.changed for row in report.diff.values())


def test_decks_maps_and_settings_are_packed_as_the_application_packs_them(home: Path) -> None:
    own, theirs = home.parent.parent / "x.mnemo", data_path("libraries", "biology", "packages", "everything.mnemo")

    for table in ("Decks", "Folders"):
        member = "payloads/flashcards/flashcards.db"
        assert package_rows(own, table, member) == package_rows(theirs, table, member)


@pytest.mark.parametrize("name", ["fresh", "fresh-notes-listed", "legacy-after", "legacy-before", "library", "welcome"])
def test_databases_of_the_application_come_home(tmp_path: Path, name: str) -> None:
    source = data_path("blocks", "databases", f"{name}.db")
    for at, to in ((source, tmp_path / "x.mnemo"), (tmp_path / "x.mnemo", tmp_path / "lib" / "mnemo.db")):
        with convert(Options(source=str(at), target=str(to), source_format="", timezone="UTC")) as report:
            assert report.fault is None, report.fault

    with diff(Options(source=str(source), target=str(tmp_path / "lib"))) as report:
        assert report.fault is None
        rows = (report.diff or {}).values()
        assert not any(row.changed or row.only_a or row.only_b for row in rows)
    before = stored_rows(source)
    own = {"flashcards.state.v2": '{"Folders":[],"Decks":[],"SessionHistory":[]}'}
    after = stored_rows(tmp_path / "lib" / "mnemo.db")
    assert {key for key in (own | before).keys() ^ after.keys() if key[0].islower()} == set()


@pytest.mark.parametrize("where", [(*LIBRARY, "mnemo.db"), ("blocks", "databases", "library.db")])
def test_what_the_application_writes_is_spelled_both_ways_without_a_change(where: tuple[str, ...]) -> None:
    rows = stored_rows(data_path(*where))
    maps = [text for key, text in rows.items() if key.startswith("mindmap_")]
    cards = parse(rows["flashcards.state.v2"], 100).value
    assert isinstance(cards, Members)
    assert maps

    assert [_there_and_back("maps", parse(text, 100).value) for text in maps] == maps
    for name, elements in cards.pairs[:2]:
        assert isinstance(elements, list)
        texts = ",".join(_there_and_back(name.lower(), one) for one in elements)
        assert f'"{name}":[{texts}]' in rows["flashcards.state.v2"]


def _there_and_back(kind: str, value: JsonValue) -> str:
    return dump(stored(kind, packed(kind, value).encode(), 100))


def _scenarios() -> list[Any]:
    path = data_path("blocks", "storage-scenarios.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _build(scenario: Any, path: Path) -> Path:
    prepared = scenario.get("prepared") or {}
    sql = prepared.get("sql", [])
    ddl = DDL[:1] if prepared.get("version") is False else DDL
    rows = [] if any("drop table" in one for one in sql) else scenario["before"]
    told = [(key, _value(kind, value)) for key, kind, value in rows]
    return build_library(path, told, ddl=ddl, before=prepared.get("pragmas", []), after=sql)


def _value(kind: str, value: str) -> Any:
    return None if kind == "null" else bytes.fromhex(value) if kind == "blob" else value


def test_every_note_that_the_application_lists_is_read_in_every_scenario(tmp_path: Path) -> None:
    """Odd databases and what the application made of them: its lists are part of what we read."""
    listed = 0
    for scenario in _scenarios():
        first = scenario["steps"][0]
        place = tmp_path / scenario["id"]
        source = _build(scenario, place / "mnemo.db")
        with convert(Options(source=str(source), target=str(place / "x.mnemo"), timezone="UTC")) as report:
            assert report.fault is None, (scenario["id"], report.fault)
        if not str(first["step"]).startswith("list notes") or not isinstance(first["result"], dict):
            continue
        titles = [json.loads(row)["title"] for row in package_rows(place / "x.mnemo")]
        wanted = [note["title"] for note in first["result"]["notes"] if note["title"]]
        listed += len(wanted)
        assert set(wanted) <= set(titles), scenario["id"]
    assert listed > 15
