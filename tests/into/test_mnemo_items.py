"""Small merges into Mnemo: what a duplicate takes with it, and what stays attached to what only the target has."""

from __future__ import annotations

import base64
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.into.merging import into, picture, run
from tests.into.recorded import items_of
from tests.mnemo.library import build_library, note_row, stored_rows
from tests.support import build_package, package_rows, text_block

PNG = base64.b64encode(b"\x89PNG one").decode()
PICTURE = "payloads/notes/assets/images/pic.png"
CARDS = "flashcards.state.v2"


def note(key: str, *blocks: dict[str, Any], **members: Any) -> dict[str, Any]:
    base = {"noteId": key, "title": key, "folderId": None, "parentNoteId": None, "order": 0, "folderPath": ""}
    times = {"createdAt": "2026-05-18T10:00:00Z", "modifiedAt": "2026-05-18T10:05:00Z", "isFavorite": False}
    return {**base, "content": "", "blocks": list(blocks), **times, **members}


def image(key: str, path: str = "/elsewhere/images/pic.png") -> dict[str, Any]:
    return text_block("", "Image", id=key, payload={"kind": "image", "path": path, "alt": "", "width": 0, "align": ""})


def deck(key: str, *cards: str, **members: Any) -> dict[str, Any]:
    made = [
        {
            "id": card,
            "deckId": key,
            "front": card,
            "back": "b",
            "type": 0,
            "tags": [],
            "dueDate": "2026-05-01T07:00:00Z",
        }
        for card in cards
    ]
    return {"id": key, "name": key, "folderId": None, "tags": [], "retentionScore": 0, "cards": made, **members}


def cards_package(path: Path, decks: list[Any], folders: list[Any]) -> Path:
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(path, "w") as archive:
        with closing(sqlite3.connect(Path(place) / "f.db")) as connection:
            connection.execute("CREATE TABLE Decks (DeckId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
            connection.execute("CREATE TABLE Folders (FolderId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
            for table, items in (("Decks", decks), ("Folders", folders)):
                rows = [(one["id"], json.dumps(one)) for one in items]
                connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
            connection.commit()
        archive.write(Path(place) / "f.db", "payloads/flashcards/flashcards.db")
        archive.writestr("manifest.json", _manifest("flashcards", len(decks)))
    return path


def settings_package(path: Path, settings: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("payloads/settings/settings.json", json.dumps(settings))
        archive.writestr("manifest.json", _manifest("settings", len(settings)))
    return path


def _manifest(kind: str, items: int) -> str:
    entry = {
        "payloadType": kind,
        "itemCount": items,
        "schemaVersion": 1,
        "path": f"payloads/{kind}",
        "capabilities": [],
    }
    when = "2026-05-18T20:52:32.1234567+00:00"
    return json.dumps({"format": "mnemo-package", "version": 1, "createdAtUtc": when, "entries": [entry], "assets": []})


def _settled(package: Path, target: Path, policy: str = "duplicate") -> None:
    before = picture(target)
    again = into(package, target, policy=policy)
    assert again.written == 0
    assert picture(target) == before


def test_a_duplicate_beside_a_library_has_its_own_picture(tmp_path: Path) -> None:
    """N7: the file is called as the block that shows it; the other note keeps its own."""
    target = tmp_path / "lib" / "mnemo.db"
    run(build_package(tmp_path / "a.mnemo", {"notes": [note("n", image("i"))], "files": {PICTURE: PNG}}), target)
    coming = note("n", image("i"), text_block("more"))
    package = build_package(tmp_path / "b.mnemo", {"notes": [coming], "files": {PICTURE: PNG}})

    done = into(package, target)

    assert done.count("notes", "duplicated") == 1
    assert done.count("assets", "unchanged") == 1
    old, new = items_of(target)["notes"]
    shown = [Path(one["blocks"][0]["payload"]["path"]) for one in (old, new)]
    assert shown[0] == target.parent / "images" / "pic.png"
    assert shown[1] == target.parent / "images" / f"{new['blocks'][0]['id']}.png"
    assert shown[1].read_bytes() == shown[0].read_bytes()
    _settled(package, target)


def test_a_duplicate_in_a_package_has_its_own_picture(tmp_path: Path) -> None:
    target = build_package(tmp_path / "lib" / "a.mnemo", _made(tmp_path, {"notes": [note("n", image("i"))]}))
    coming = note("n", image("i"), text_block("more"))
    package = build_package(tmp_path / "b.mnemo", {"notes": [coming], "files": {PICTURE: PNG}})

    into(package, target)

    _, new = map(json.loads, package_rows(target))
    own = f"{new['blocks'][0]['id']}.png"
    assert new["blocks"][0]["payload"]["path"] == f"/elsewhere/images/{own}"
    with zipfile.ZipFile(target) as archive:
        assert archive.read(f"payloads/notes/assets/images/{own}") == base64.b64decode(PNG)
    _settled(package, target)


def _made(tmp_path: Path, description: dict[str, Any]) -> dict[str, Any]:
    (tmp_path / "lib").mkdir()
    return {"files": {PICTURE: PNG}, **description}


def test_blocks_of_a_new_note_keep_ids_that_a_duplicate_gives_up(tmp_path: Path) -> None:
    target = build_library(tmp_path / "lib" / "mnemo.db", {"note_n": note_row("n", "n"), "notes_index": ["n"]})
    notes = [note("n", text_block("other", id="b")), note("new", text_block("fresh", id="b"))]
    package = build_package(tmp_path / "b.mnemo", {"notes": notes})

    into(package, target)

    found = {one["title"]: one["blocks"] for one in items_of(target)["notes"] if one["blocks"]}
    assert found["new"][0]["id"] == "b"
    assert found["n"][0]["id"] != "b"
    _settled(package, target)


@pytest.mark.parametrize("there", [True, False])
def test_a_part_of_a_library_stays_attached_to_the_rest(tmp_path: Path, there: bool) -> None:
    """N4, T38: a parent that only the target has is a parent; one that is nowhere is none, and that is said."""
    rows = {
        "note_folder_top": {"FolderId": "top", "Name": "Top", "ParentId": None, "Order": 0},
        "note_folders_index": ["top"],
        "note_page": note_row("page", "page"),
        "notes_index": ["page"],
    }
    target = build_library(tmp_path / "lib" / "mnemo.db", rows if there else {})
    page = text_block("", "Page", id="p", payload={"kind": "page", "referenceNoteId": "page"})
    folders = [{"folderId": "inner", "name": "Inner", "parentId": "top", "order": 0}]
    notes = [note("a", folderId="inner"), note("b", page, folderId="top", parentNoteId="page")]
    package = build_package(tmp_path / "b.mnemo", {"notes": notes, "folders": folders})

    done = into(package, target)

    after = items_of(target)
    inner = next(one for one in after["noteFolders"] if one["folderId"] == "inner")
    child = next(one for one in after["notes"] if one["noteId"] == "b")
    assert inner["parentId"] == ("top" if there else None)
    assert (child["folderId"], child["parentNoteId"]) == ("top", "page")
    told = {code: done.findings.get(code, []) for code in ("folder-missing", "parent-missing", "link-missing")}
    missing = {
        "folder-missing": ["folders/inner", "notes/b"],
        "parent-missing": ["notes/b"],
        "link-missing": ["notes/b"],
    }
    assert told == ({key: [] for key in missing} if there else missing)
    _settled(package, target)


def test_decks_that_share_ids_of_cards_get_different_ones(tmp_path: Path) -> None:
    """F1, F2: also where two decks of one package had the same."""
    target = tmp_path / "lib" / "mnemo.db"
    run(cards_package(tmp_path / "a.mnemo", [deck("d", "c"), deck("e", "c")], []), target)
    changed = [deck("d", "c", name="D"), deck("e", "c", name="E"), deck("new", "c")]
    package = cards_package(tmp_path / "b.mnemo", changed, [])

    done = into(package, target)

    assert done.count("decks", "duplicated") == 2
    decks = {one["name"]: one for one in items_of(target)["decks"]}
    cards = [decks[name]["cards"][0]["id"] for name in ("D", "E")]
    assert len({*cards, "c"}) == 3
    assert decks["new"]["cards"][0]["id"] == "c"
    assert all(card["deckId"] == one["id"] for one in decks.values() for card in one["cards"])
    _settled(package, target)


def test_a_deck_without_lists_is_the_same_again(tmp_path: Path) -> None:
    """T44: the library has empty lists where the package has none."""
    target = build_library(tmp_path / "lib" / "mnemo.db")
    bare = {"id": "d", "name": "Bare", "folderId": None, "retentionScore": "0"}
    package = cards_package(tmp_path / "b.mnemo", [bare], [])

    into(package, target)

    (made,) = items_of(target)["decks"]
    assert (made["tags"], made["cards"]) == ([], [])
    _settled(package, target)


def test_folders_of_decks_that_no_one_would_see_stand_at_the_top(tmp_path: Path) -> None:
    """F4, and circles; one whose own is in the library stays below it."""
    there = {"Folders": [{"Id": "top", "Name": "Top", "ParentId": None, "Order": 0}], "Decks": [], "SessionHistory": []}
    target = build_library(tmp_path / "lib" / "mnemo.db", {CARDS: there})
    parents = {"below": "top", "lost": "nowhere", "odd": "", "a": "b", "b": "a"}
    folders = [{"id": key, "name": key, "parentId": parent, "order": 0} for key, parent in parents.items()]
    package = cards_package(tmp_path / "b.mnemo", [], folders)

    done = into(package, target)

    made = {one["id"]: one["parentId"] for one in items_of(target)["cardFolders"]}
    assert made == {"top": None, "below": "top", "lost": None, "odd": None, "a": None, "b": "a"}
    assert done.findings["folder-missing"] == ["folders/lost"]
    assert done.findings["folder-cycle"] == ["folders/a"]
    _settled(package, target)


def test_a_switch_that_came_as_a_text_is_a_switch(tmp_path: Path) -> None:
    """S2, S3, T124: what the application stores so, it ignores."""
    rows = {"App.EnableToasts": False, "App.Language": "nb", "Notes.FontSize": 12}
    target = build_library(tmp_path / "lib" / "mnemo.db", rows)
    settings = {"App.EnableToasts": "true", "app.language": "de", "Notes.FontSize": "14"}
    package = settings_package(tmp_path / "b.mnemo", settings)

    kept = into(package, target)
    assert kept.count("settings", "skipped") == 3

    done = into(package, target, policy="overwrite")

    assert done.count("settings", "overwritten") == 3
    after = stored_rows(target)
    assert {key: json.loads(after[key]) for key in rows} == {
        "App.EnableToasts": True,
        "App.Language": "de",
        "Notes.FontSize": 14,
    }
    assert "app.language" not in after
    _settled(package, target, "overwrite")


KEYS = "CREATE TABLE keybind_overrides (action_id TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)"


def _library(path: Path, title: str, *rows: tuple[str, str], paths: tuple[str, ...] = ("p",)) -> Path:
    made = {f"path_{key}": {"path_id": key, "title": title} for key in paths} | {"learning_paths_index": list(paths)}
    inserts = [f"INSERT INTO keybind_overrides VALUES ('{key}', '{value}')" for key, value in rows]
    return build_library(path, made, after=[KEYS, *inserts])


def _told(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT action_id, value FROM keybind_overrides").fetchall())


def test_records_of_two_libraries_stand_side_by_side(tmp_path: Path) -> None:
    target = _library(tmp_path / "lib" / "mnemo.db", "Here", ("a", "1"))
    source = _library(tmp_path / "src" / "mnemo.db", "Here", ("a", "1"), ("b", "2"), paths=("p", "q"))

    done = into(source, target)

    assert done.count("records", "skipped") == 0
    assert _told(target) == {"a": "1", "b": "2"}
    rows = stored_rows(target)
    assert json.loads(rows["learning_paths_index"]) == ["p", "q"]
    assert json.loads(rows["path_q"])["title"] == "Here"
    _settled(source, target)


@pytest.mark.parametrize("policy", ["duplicate", "overwrite"])
def test_a_record_that_differs_is_kept_or_replaced_and_that_is_said(tmp_path: Path, policy: str) -> None:
    target = _library(tmp_path / "lib" / "mnemo.db", "Here", ("a", "1"), ("mine", "0"))
    source = _library(tmp_path / "src" / "mnemo.db", "There", ("a", "2"))

    done = into(source, target, policy=policy)

    way, code = ("overwritten", "overwritten") if policy == "overwrite" else ("skipped", "kept-existing")
    assert done.count("records", way) == 2
    assert done.findings[code] == ["payloads/Storage/path_p", "payloads/Tables/keybind_overrides"]
    replaced = policy == "overwrite"
    assert _told(target) == {"a": "2" if replaced else "1", "mine": "0"}
    assert json.loads(stored_rows(target)["path_p"])["title"] == ("There" if replaced else "Here")
    _settled(source, target, policy)
