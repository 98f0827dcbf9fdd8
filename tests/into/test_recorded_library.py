"""A whole library of Mnemo into itself, and into a later state of itself, beside what the application made of it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.into.merging import into, picture, run
from tests.into.recorded import Items, items_of, spelled
from tests.mnemo.library import stored_rows
from tests.support import package_rows, shared

TARGETS = ("mnemo-db", "mnemo")
MISREAD = {"notes/legacy-a1", "notes/legacy-b1", "notes/legacy-b2"}
"""Notes in an old form, which the application misread before it exported them: in the package they are others."""

UNREADABLE = "legacy-unreadable"

pytestmark = pytest.mark.skipif(
    not os.environ.get("CONVERTER_TEST_DATA"), reason="CONVERTER_TEST_DATA does not name the folder with data/"
)


def _root() -> Path:
    return shared() / "data" / "mnemo" / "libraries" / "biology"


def _package() -> Path:
    return _root() / "packages" / "everything.mnemo"


def _record(name: str) -> dict[str, Any]:
    lines = (_root() / "conflicts" / "conflicts.jsonl").read_text(encoding="utf-8").splitlines()
    return next(one for one in map(json.loads, lines) if one["id"] == f"A-conflict-{name}")


def _dump(name: str) -> Items:
    found: Items = json.loads((_root() / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy that can be written."""
    place = tmp_path / "Mnemo"
    shutil.copytree(_root() / "library" / "Mnemo", place, copy_function=shutil.copyfile)
    for one in (place, *place.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    return place / "mnemo.db"


@pytest.fixture
def edited(library: Path) -> Path:
    """The library after the edits that the record tells."""
    edits, now, was = (
        _record("edited-dup-true")["editsBeforeImport"],
        _dump("conflicts/edited-before.json"),
        _dump("dump.json"),
    )
    kinds = (("notes", "note_", "noteId"), ("noteFolders", "note_folder_", "folderId"), ("mindmaps", "mindmap_", "id"))
    with closing(sqlite3.connect(library)) as connection:
        for kind, prefix, own in kinds:
            before = {one[own]: one for one in was[kind]}
            for item in now[kind]:
                if item[own] in edits.values() and before.get(item[own]) != item:
                    _put(connection, prefix + item[own], spelled(item))
        index = json.loads(stored_rows(library)["notes_index"])
        index.remove(edits["deleted"])
        _put(connection, "notes_index", [*index, edits["addedAfterExport"]])
        connection.execute("DELETE FROM Storage WHERE Key = ?", (f"note_{edits['deleted']}",))
        cards = json.loads(stored_rows(library)["flashcards.state.v2"])
        _put(connection, "flashcards.state.v2", cards | {"Decks": spelled(now["decks"])})
        _put(connection, edits["settingChanged"], "nb")
        connection.commit()
    (library.parent / "images" / edits["pictureReplaced"]).write_bytes(b"another picture")
    (library.parent / "images" / edits["pictureDeleted"]).unlink()
    return library


def _put(connection: sqlite3.Connection, key: str, value: object) -> None:
    connection.execute("INSERT OR REPLACE INTO Storage VALUES (?, ?)", (key, json.dumps(value)))


def _target(library: Path, to: str) -> Path:
    """The library itself, or a package made of it."""
    if to == "mnemo-db":
        return library
    package = library.parent.parent / "out.mnemo"
    assert run(library, package).code == 0
    return package


def _blocks(blocks: Any) -> Iterator[dict[str, Any]]:
    for block in blocks or ():
        yield block
        yield from _blocks(block.get("children"))


def _pages(note: dict[str, Any]) -> Iterator[str]:
    for block in _blocks(note.get("blocks")):
        if block["payload"]["kind"] == "page":
            yield block["payload"]["referenceNoteId"]


def _summary(before: Items, after: Items) -> dict[str, int]:
    """What the record counts: how far what is new is cut loose from what was there."""
    old = {kind: {one[own] for one in before[kind]} for kind, own in OWN.items()}
    new = {kind: [one for one in after[kind] if one[own] not in old[kind]] for kind, own in OWN.items()}
    before_blocks = {block["id"] for note in before["notes"] for block in _blocks(note["blocks"])}
    cards = Counter(card["id"] for deck in after["decks"] for card in deck["cards"])
    return {
        "newNotes": len(new["notes"]),
        "newFolders": len(new["noteFolders"]),
        "newNotesWithOldParentNote": sum(note["parentNoteId"] in old["notes"] for note in new["notes"]),
        "ofThesePointingToOldNotes": sum(page in old["notes"] for note in new["notes"] for page in _pages(note)),
        "newFoldersWithOldParentFolder": sum(one["parentId"] in old["noteFolders"] for one in new["noteFolders"]),
        "newNotesInOldFolders": sum(note["folderId"] in old["noteFolders"] for note in new["notes"]),
        "blockIdsSharedWithOriginals": sum(
            block["id"] in before_blocks for note in new["notes"] for block in _blocks(note["blocks"])
        ),
        "decksAfter": len(after["decks"]),
        "cardFoldersAfter": len(after["cardFolders"]),
        "mindmapsAfter": len(after["mindmaps"]),
        "cardIdsInTwoDecks": sum(count > 1 for count in cards.values()),
        "newDecksWhoseCardsKeepTheOldDeckId": sum(
            any(card["deckId"] in old["decks"] for card in deck["cards"]) for deck in new["decks"]
        ),
    }


OWN = {"notes": "noteId", "noteFolders": "folderId", "decks": "id", "mindmaps": "id"}
CUT_LOOSE = {
    "newNotesWithOldParentNote": "N1",
    "ofThesePointingToOldNotes": "N2",
    "newFoldersWithOldParentFolder": "N3",
    "blockIdsSharedWithOriginals": "N7",
    "newDecksWhoseCardsKeepTheOldDeckId": "F1",
    "cardIdsInTwoDecks": "F2",
}
"""What the application counts above zero, by the numbers of its defects; with us nothing hangs on to what was there."""


def _recorded_summary(name: str) -> dict[str, int]:
    summary = _record(name)["summary"]
    return {key: len(value) if isinstance(value, list) else value for key, value in summary.items()}


def test_the_count_is_that_of_the_record() -> None:
    counted = _summary(_dump("dump.json"), _dump("conflicts/unchanged-after-dup-true.json"))
    recorded = _recorded_summary("unchanged-dup-true")
    assert counted == {key: recorded[key] for key in counted}


def test_all_again_is_a_second_library_of_its_own(library: Path) -> None:
    before, files = items_of(library), picture(library)

    done = into(_package(), library, policy="duplicate-all")

    record = _record("unchanged-dup-true")["result"]["duplicated"]
    assert done.count("notes", "duplicated") + 22 == record["notes"]
    assert done.count("decks", "duplicated") + 4 == record["flashcards"]
    assert done.count("folders", "duplicated") == 22 + 4
    assert done.count("maps", "duplicated") == record["mindmaps"]
    after = items_of(library)
    recorded = _recorded_summary("unchanged-dup-true")
    counted = _summary(_dump("dump.json"), after | {"notes": _readable(after)})
    assert counted == {key: 0 if key in CUT_LOOSE else recorded[key] for key in counted}
    assert after["sessions"] == before["sessions"], "F5"
    assert len(after["sessions"]) == recorded["practiceRunsAfter"]
    now = picture(library)
    assert all(now[name] == files[name] for name in files if name.startswith("images/")), "N8"
    shown = Counter(name for note in after["notes"] for name in {*_shown(note)})
    old = {note["noteId"] for note in before["notes"]}
    there = {name.removeprefix("images/") for name in now}
    copies = {name for note in after["notes"] if note["noteId"] not in old for name in _shown(note)} & there
    assert len(copies) >= 10
    assert all(shown[name] == 1 for name in copies), "N7: each picture of a copy is shown by that copy alone"


def _readable(items: Items) -> list[Any]:
    """Without the row that the application cannot read."""
    return [note for note in items["notes"] if note["noteId"] != UNREADABLE]


def _shown(note: dict[str, Any]) -> Iterator[str]:
    for block in _blocks(note.get("blocks")):
        if block.get("payload", {}).get("kind") == "image":
            yield block["payload"]["path"].replace("\\", "/").rpartition("/")[2]


@pytest.mark.parametrize("to", TARGETS)
def test_a_library_into_itself(library: Path, to: str) -> None:
    """Where the application makes a second one of everything, there is nothing to do but for what it damaged."""
    target = _target(library, to)

    done = into(_package(), target)

    assert set(done.findings["duplicated"]) == MISREAD
    assert done.count("notes", "unchanged") == 56
    assert done.count("folders", "unchanged") == 26
    assert done.count("decks", "unchanged") == 7
    assert done.count("maps", "unchanged") == 5
    assert done.count("settings", "unchanged") == 2
    assert done.count("assets", "unchanged") == 17
    _check_settled(target, "duplicate")


def _check_settled(target: Path, policy: str) -> None:
    before = picture(target)
    assert into(_package(), target, policy=policy).written == 0
    assert picture(target) == before


@pytest.mark.parametrize("to", TARGETS)
def test_into_a_later_state_of_itself(edited: Path, to: str) -> None:
    edits = _record("edited-dup-true")["editsBeforeImport"]
    target = _target(edited, to)
    rows = stored_rows(edited)

    done = into(_package(), target)

    image = f"payloads/notes/assets/images/{edits['pictureReplaced']}"
    shows = _showing(edits["pictureReplaced"])
    assert set(done.findings["duplicated"]) == MISREAD | {
        f"notes/{edits['titleAndTextChanged']}",
        f"notes/{edits['movedToRoot']}",
        *(f"notes/{note}" for note in shows),
        f"folders/{edits['folderRenamed']}",
        f"maps/{edits['mindmapRenamed']}",
        f"decks/{edits['deckRenamed']}",
        f"assets/{image}",
    }
    assert done.findings["kept-existing"] == [f"settings/{edits['settingChanged']}"]
    assert done.count("notes", "created") == 1, "the deleted one"
    assert done.count("assets", "created") == 1, "the deleted one"
    if to == "mnemo-db":
        after = stored_rows(edited)
        grown = ("notes_index", "note_folders_index", "mindmaps_list", "flashcards.state.v2")
        assert {key: after[key] for key in rows if key not in grown} == {
            k: v for k, v in rows.items() if k not in grown
        }
        assert (edited.parent / "images" / edits["pictureReplaced"]).read_bytes() == b"another picture"
    _check_settled(target, "duplicate")


def _showing(name: str) -> list[str]:
    return [note["noteId"] for note in map(json.loads, package_rows(_package())) if name in _shown(note)]


@pytest.mark.parametrize("to", TARGETS)
def test_over_a_later_state_of_itself(edited: Path, to: str) -> None:
    """As the application does without duplication; pictures beside a library are not replaced (N8, T45)."""
    record = _record("edited-dup-false")
    edits = record["editsBeforeImport"]
    target = _target(edited, to)

    done = into(_package(), target, policy="overwrite")

    notes = {one for one in done.findings["overwritten"] if one.startswith("notes/")} - MISREAD
    shows = {f"notes/{note}" for note in _showing(edits["pictureReplaced"])} if to == "mnemo-db" else set()
    assert notes == {f"notes/{note}" for note in record["summary"]["notesOverwritten"]} | shows
    assert f"settings/{edits['settingChanged']}" in done.findings["overwritten"]
    if to == "mnemo-db":
        assert (edited.parent / "images" / edits["pictureReplaced"]).read_bytes() == b"another picture"
        after, app = items_of(edited), _dump("conflicts/edited-after-dup-false.json")
        for kind, own in OWN.items():
            assert {one[own] for one in after[kind]} - {UNREADABLE} == {one[own] for one in app[kind]}, kind
    else:
        with zipfile.ZipFile(target) as archive, zipfile.ZipFile(_package()) as came:
            name = f"payloads/notes/assets/images/{edits['pictureReplaced']}"
            assert archive.read(name) == came.read(name)
    _check_settled(target, "overwrite")
