"""Libraries that are written: tables, rows and pictures as the application has them; to packages and back."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert, diff
from converter.findings.report import Report
from tests.mnemo.builders import block_json, entry, make_package, manifest
from tests.mnemo.library import build_library, compact, note_row, stored_rows
from tests.support import EPOCH, build_package, content, text_block

CARD = {
    "Id": "c",
    "DeckId": "d",
    "Front": "2\u002b2?",
    "Back": "4",
    "Type": 0,
    "Tags": [],
    "DueDate": "2026-05-18T10:00:00+00:00",
    "Stability": 1.5,
    "Difficulty": None,
    "Retrievability": None,
    "SourceInfo": None,
    "FrontBlocks": None,
    "BackBlocks": None,
    "ReviewCount": None,
    "LapseCount": None,
    "LeitnerBox": None,
    "LastReviewedAt": None,
    "FsrsState": 0,
}
CARDS = {
    "Folders": [{"Id": "f", "Name": "Biology", "ParentId": None, "Order": 0}],
    "Decks": [
        {
            "Id": "d",
            "Name": "Cells",
            "FolderId": "f",
            "Description": None,
            "Tags": [],
            "LastStudied": None,
            "RetentionScore": 0,
            "Cards": [CARD],
            "SchedulingAlgorithm": 1,
        }
    ],
    "SessionHistory": [{"DeckId": "d", "StartedAt": "2026-05-18T10:00:00+00:00", "CardResults": []}],
}
MAP = {
    "Version": 1,
    "Id": "m",
    "Title": "Plan",
    "RootNodeId": "n",
    "Nodes": [
        {
            "Id": "n",
            "NodeType": "text",
            "Content": {"$type": "text", "Text": "Plan"},
            "Metadata": {"Kept": 1},
            "Style": {"shape": "pill"},
        }
    ],
    "Edges": [],
    "Layout": {"Algorithm": "TreeVertical", "Nodes": {"Node": {"X": 1, "Y": 2, "Width": None, "Height": None}}},
}
ROWS: dict[str, Any] = {
    "notes_index": ["a", "b"],
    "note_a": note_row("a", "Moss"),
    "note_b": note_row("b", "Fern"),
    "mindmaps_list": ["m"],
    "mindmap_m": MAP,
    "flashcards.state.v2": compact(CARDS).replace("2+2", "2\\u002B2"),
    "App.Language": '"en"',
    "App.EnableToasts": "false",
    "learning_paths_index": ["p"],
    "path_p": {"path_id": "p", "title": "Path", "units": []},
    "chat_module_history": {"Version": 1, "Conversations": []},
    "blob": b"\x00\xff",
    "nothing": None,
}
TABLES = (
    "CREATE TABLE keybind_overrides (action_id TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
    "INSERT INTO keybind_overrides VALUES ('global.search', '{}')",
    'CREATE TABLE Mine (x, y REAL, "odd ""name""" TEXT)',
    "INSERT INTO Mine VALUES (x'00ff', 0.1, 'a'), (NULL, 1e300, CAST(x'ff' AS TEXT)), (7, NULL, 'ä')",
)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


@contextmanager
def _converted(source: Path, target: Path, **options: Any) -> Iterator[Report]:
    with convert(Options(source=str(source), target=str(target), timezone="UTC", **options)) as report:
        assert report.fault is None, report.fault
        yield report


def _convert(source: Path, target: Path, **options: Any) -> Path:
    with _converted(source, target, **options) as report:
        assert report.verification.status == "passed"
    return target


def _tables(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names if name != "Storage"}


def test_a_new_library_is_made_as_the_application_makes_it(tmp_path: Path) -> None:
    notes = [{"noteId": "a", "title": "Moss & fern", "blocks": [text_block("Green")]}, {"noteId": "b", "folderId": "f"}]
    source = build_package(tmp_path / "x.mnemo", {"notes": notes, "folders": [{"folderId": "f", "name": "Wood"}]})

    path = _convert(source, tmp_path / "lib" / "mnemo.db")

    assert [entry.name for entry in path.parent.iterdir()] == ["mnemo.db"]
    with closing(sqlite3.connect(path)) as connection:
        schema = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        settings = [
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "page_size", "encoding")
        ]
    assert schema == {
        "Storage": "CREATE TABLE Storage (Key TEXT PRIMARY KEY, Value TEXT)",
        "DbVersion": "CREATE TABLE DbVersion (Version INTEGER PRIMARY KEY, AppliedAt TEXT)",
    }
    assert settings == ["delete", 4096, "UTF-8"]
    assert _tables(path) == {"DbVersion": [(1, "2026-01-01T00:00:00.0000000Z")]}
    rows = stored_rows(path)
    assert set(rows) == {
        "notes_index",
        "note_a",
        "note_b",
        "note_folders_index",
        "note_folder_f",
        "flashcards.state.v2",
    }
    assert (rows["notes_index"], rows["note_folders_index"]) == ('["a","b"]', '["f"]')
    assert rows["note_folder_f"] == '{"FolderId":"f","Name":"Wood","ParentId":null,"Order":0}'
    assert rows["flashcards.state.v2"] == '{"Folders":[],"Decks":[],"SessionHistory":[]}'
    assert re.match(
        r'\{"NoteId":"a","Title":"Moss \\u0026 fern","FolderId":null,.*"Blocks":\[\{"id":"b-', rows["note_a"]
    )


def test_a_library_passes_into_a_library_row_by_row(tmp_path: Path) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS, after=TABLES)

    target = _convert(source, tmp_path / "b" / "mnemo.db")

    assert stored_rows(target) == stored_rows(source)
    ours, theirs = _tables(target), _tables(source)
    assert {name: ours[name] for name in ("Mine", "keybind_overrides")} == {
        name: theirs[name] for name in ("Mine", "keybind_overrides")
    }


@pytest.mark.parametrize("spellings", [("APP.LANGUAGE", "App.Language"), ("App.Language", "APP.LANGUAGE")])
def test_of_a_setting_in_two_spellings_the_right_one_counts(spellings: tuple[str, str], tmp_path: Path) -> None:
    text = json.dumps({name: name for name in spellings}).encode()
    package = make_package(
        tmp_path / "x.mnemo", manifest(entry("settings", 2)), {"payloads/settings/settings.json": text}
    )

    rows = stored_rows(_convert(package, tmp_path / "mnemo.db"))

    assert (rows["App.Language"], rows["APP.LANGUAGE"]) == ('"App.Language"', '"APP.LANGUAGE"')


def test_a_package_takes_what_it_can_and_carries_the_rest_home(tmp_path: Path) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS, after=TABLES)

    with _converted(source, tmp_path / "x.mnemo") as report:
        carried = {finding.item for finding in report.spool if finding.code == "carried"}
    assert carried == {
        "settings/App.EnableToasts",
        "records/path_p",
        "records/chat_module_history",
        "records/blob",
        "records/nothing",
        "records/Flashcards/SessionHistory",
        "records/keybind_overrides/global.search",
        "payloads/Tables/Mine",
    }
    with zipfile.ZipFile(tmp_path / "x.mnemo") as archive:
        (element,) = json.loads(archive.read("payloads/mindmaps/data.json"))
        assert element["nodes"][0]["content"] == {"$type": "text", "text": "Plan"}
        assert element["nodes"][0]["metadata"] == {"Kept": 1}
        assert set(element["layout"]["nodes"]) == {"Node"}
        assert archive.read("payloads/settings/settings.json") == b'{"App.Language":"en"}'
        manifest = json.loads(archive.read("manifest.json"))
    counts = {entry["payloadType"]: entry["itemCount"] for entry in manifest["entries"]}
    assert counts == {"flashcards": 1, "mindmaps": 1, "notes": 2, "settings": 1}

    between = _convert(tmp_path / "x.mnemo", tmp_path / "y.mnemo")
    home = _convert(between, tmp_path / "home" / "mnemo.db")

    assert stored_rows(home) == stored_rows(source)
    assert _tables(home)["Mine"] == _tables(source)["Mine"]


def test_without_residue_what_a_package_cannot_take_is_lost_and_told(tmp_path: Path) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS)

    with _converted(source, tmp_path / "x.mnemo", residue=False) as report:
        assert {finding.code for finding in report.spool} == {"payload-lost", "setting-lost"}
    with zipfile.ZipFile(tmp_path / "x.mnemo") as archive:
        assert not any("converter" in name for name in archive.namelist())


def _odd_package(path: Path) -> Path:
    entries: list[dict[str, object]] = [
        {"payloadType": kind, "itemCount": 1, "schemaVersion": 1, "path": f"payloads/{kind}", "capabilities": []}
        for kind in ("notes", "whiteboards")
    ]
    files = {"payloads/whiteboards/board.json": "e30=", "payloads/unlisted/readme.txt": "aGk="}
    return build_package(path, {"notes": [{"noteId": "a", "title": "A"}], "entries": entries, "files": files})


def test_payloads_that_nobody_knows_come_home_from_a_library(tmp_path: Path) -> None:
    source = _odd_package(tmp_path / "x.mnemo")

    with _converted(source, tmp_path / "lib" / "mnemo.db") as report:
        carried = {finding.item for finding in report.spool if finding.code == "carried"}
    assert carried == {"payloads/whiteboards", "payloads/payloads/unlisted/readme.txt"}
    _convert(tmp_path / "lib" / "mnemo.db", tmp_path / "back.mnemo")

    with zipfile.ZipFile(source) as before, zipfile.ZipFile(tmp_path / "back.mnemo") as after:
        for name in ("payloads/whiteboards/board.json", "payloads/unlisted/readme.txt"):
            assert after.read(name) == before.read(name)
        assert set(after.namelist()) == set(before.namelist())
        types = [entry["payloadType"] for entry in json.loads(after.read("manifest.json"))["entries"]]
    assert types == ["notes", "whiteboards"]


def test_residue_of_another_system_and_our_own_travel_together(tmp_path: Path) -> None:
    """vault → package with a strange payload → library → package → vault."""
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "A.md").write_text("---\naliases: [x]\n---\n- [ ] a\n\t1. b ==c==\n%%d%%\n", encoding="utf-8")
    package = _convert(vault, tmp_path / "a.mnemo")
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("payloads/strange.bin", b"strange")

    library = _convert(package, tmp_path / "lib" / "mnemo.db")
    back = _convert(library, tmp_path / "b.mnemo")

    with zipfile.ZipFile(back) as archive:
        assert archive.read("payloads/strange.bin") == b"strange"
    for source in (library, back):
        again = _convert(source, tmp_path / f"vault of {source.name}", target_format="markdown")
        assert (again / "A.md").read_bytes() == (vault / "A.md").read_bytes()
        assert [entry.name for entry in again.glob("*")] == ["A.md"] or again.joinpath(".converter").is_dir()


@pytest.mark.parametrize("middle", ["vault/", "x.jsonl", "ws"])
def test_a_library_comes_home_from_other_systems(tmp_path: Path, middle: str) -> None:
    blocks = [block_json("Text", "Green", id="b1"), block_json("Quote", "Moss", id="b2", order=1)]
    rows = ROWS | {"note_a": note_row("a", "Moss", *blocks)}
    (tmp_path / "a" / "images").mkdir(parents=True)
    (tmp_path / "a" / "images" / "p.png").write_bytes(b"png")
    source = build_library(tmp_path / "a" / "mnemo.db", rows, after=TABLES)
    normal = _convert(source, tmp_path / "normal" / "mnemo.db")
    options = {"target_format": "siyuan"} if middle == "ws" else {}

    between = _convert(normal, tmp_path / middle, **options)
    home = _convert(between, tmp_path / "home" / "mnemo.db")

    assert stored_rows(home) == stored_rows(normal)
    assert content(home.parent / "images") == content(source.parent / "images")
    assert _tables(home)["Mine"] == _tables(source)["Mine"]


PICTURE = {"kind": "image", "path": "C:\\Users\\me\\p.png", "alt": "", "width": 0, "align": "left"}


def _picture(payload: dict[str, Any] = PICTURE, **members: Any) -> dict[str, Any]:
    return block_json("Image", "", payload=payload, **members)


def _paths(row: str) -> list[str]:
    return [block["payload"]["path"] for block in json.loads(row)["Blocks"]]


def test_pictures_of_mnemo_keep_their_names_and_get_their_final_place(tmp_path: Path) -> None:
    outside = PICTURE | {"path": "https://example.org/x.png"}
    notes = [
        {"noteId": "a", "blocks": [_picture(), _picture(outside, id="c", order=1)]},
        {"noteId": "b", "blocks": [text_block("Nothing shown")]},
    ]
    files = {
        "payloads/notes/assets/images/p.png": "cG5n",
        "payloads/notes/assets/note-assets/p.png": "b3RoZXI=",
        "payloads/notes/assets/files/doc.pdf": "cGRm",
        "payloads/notes/assets/images/old/q.png": "cQ==",
    }
    source = build_package(tmp_path / "x.mnemo", {"notes": notes, "files": files})

    with _converted(source, tmp_path / "lib" / "mnemo.db") as report:
        renamed = [finding.item for finding in report.spool if finding.code == "name-changed"]

    library = tmp_path / "lib"
    assert renamed == ["assets/payloads/notes/assets/note-assets/p.png"]
    found = {file.relative_to(library).as_posix(): file.read_bytes() for file in library.rglob("*") if file.is_file()}
    found.pop("mnemo.db")
    assert found == {
        "images/p.png": b"png",
        "images/p 2.png": b"other",
        "images/old/q.png": b"q",
        "files/doc.pdf": b"pdf",
    }
    rows = stored_rows(library / "mnemo.db")
    # a name in note-assets wins: that is where a newer application looks
    assert _paths(rows["note_a"]) == [str(library / "images" / "p 2.png"), "https://example.org/x.png"]


def test_pictures_of_other_systems_are_named_by_their_bytes(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "A.md").write_text("![](p.png)\n", encoding="utf-8")
    (vault / "p.png").write_bytes(b"png")

    _convert(vault, tmp_path / "lib" / "mnemo.db")

    (picture,) = (tmp_path / "lib" / "images").iterdir()
    assert re.fullmatch(r"[0-9a-f]{32}\.png", picture.name)
    (row,) = (
        value for key, value in stored_rows(tmp_path / "lib" / "mnemo.db").items() if re.match("note_[0-9a-f]", key)
    )
    assert _paths(row) == [str(picture)]


def test_the_folder_of_pictures_may_be_called_otherwise_in_the_text(tmp_path: Path) -> None:
    files = {"payloads/notes/assets/images/p.png": "cG5n"}
    source = build_package(tmp_path / "x.mnemo", {"notes": [{"noteId": "a", "blocks": [_picture()]}], "files": files})

    _convert(source, tmp_path / "lib" / "mnemo.db", images_dir="/srv/Mnemo/images/")

    assert (tmp_path / "lib" / "images" / "p.png").is_file()
    assert _paths(stored_rows(tmp_path / "lib" / "mnemo.db")["note_a"]) == ["/srv/Mnemo/images/p.png"]


def test_a_target_may_be_a_folder(tmp_path: Path) -> None:
    source = build_package(tmp_path / "x.mnemo", {"notes": [{"noteId": "a"}]})
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "notes.txt").write_text("mine", encoding="utf-8")

    with _converted(source, tmp_path / "lib", target_format="mnemo-db") as report:
        assert report.target is not None
        assert report.target.path == str(tmp_path / "lib" / "mnemo.db")
    assert sorted(entry.name for entry in (tmp_path / "lib").iterdir()) == ["mnemo.db", "notes.txt"]


def test_a_folder_of_pictures_that_is_there_is_not_touched(tmp_path: Path) -> None:
    files = {"payloads/notes/assets/images/p.png": "cG5n"}
    source = build_package(tmp_path / "x.mnemo", {"notes": [], "files": files})
    old = tmp_path / "lib" / "images" / "old.png"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    options = Options(source=str(source), target=str(tmp_path / "lib" / "mnemo.db"))

    with convert(options) as report:
        assert report.fault is not None
        assert report.fault.exit_code == 4
    assert [entry.name for entry in old.parent.parent.iterdir()] == ["images"]

    _convert(source, tmp_path / "lib" / "mnemo.db", overwrite_output=True)
    kept = sorted(file.relative_to(tmp_path / "lib").as_posix() for file in (tmp_path / "lib").rglob("*.png"))
    assert kept == ["images.bak-1/old.png", "images/p.png"]


def test_a_library_for_the_newer_application_is_not_written(tmp_path: Path) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS)

    with pytest.raises(Exception, match=r"mnemo\.db for application 0\.8 cannot be written"):
        convert(Options(source=str(source), target=str(tmp_path / "b" / "mnemo.db"), mnemo_target="0.8"))
    _convert(source, tmp_path / "x.mnemo", mnemo_target="0.8")


def test_the_same_input_gives_the_same_library(tmp_path: Path) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS, after=TABLES)
    first = _convert(source, tmp_path / "one" / "lib" / "mnemo.db", images_dir="/x")
    second = _convert(source, tmp_path / "two" / "lib" / "mnemo.db", images_dir="/x")

    assert first.read_bytes() == second.read_bytes()


def _deck(**members: Any) -> dict[str, Any]:
    return {"id": "d", "name": "D", "tags": [], "cards": [], "schedulingAlgorithm": 1, "retentionScore": 0} | members


def _entries(**counts: int) -> list[dict[str, object]]:
    return [
        {"payloadType": kind, "itemCount": count, "schemaVersion": 1, "path": f"payloads/{kind}", "capabilities": []}
        for kind, count in counts.items()
    ]


def _with_decks(path: Path, *decks: dict[str, Any], facts: bool = False) -> Path:
    database = path.with_suffix(".db")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE Decks (DeckId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
        connection.execute("CREATE TABLE Folders (FolderId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
        for number, deck in enumerate(decks):
            connection.execute("INSERT INTO Decks VALUES (?, ?)", (str(number), json.dumps(deck)))
        if facts:
            connection.execute("CREATE TABLE Facts (FactId TEXT PRIMARY KEY, Json TEXT)")
            connection.execute("INSERT INTO Facts VALUES ('f', '{}')")
        connection.commit()
    build_package(path, {"entries": _entries(notes=0, flashcards=len(decks))})
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(database, "payloads/flashcards/flashcards.db")
    return path


def test_a_value_that_would_cost_all_flashcards_is_mended_on_the_way(tmp_path: Path) -> None:
    """Packages are read more generously than the database, where such values lose everything."""
    card = {"ID": "c", "type": "0", "dueDate": "2026-05-18 10:00:00", "stability": "1.5", "tags": None}
    source = _with_decks(tmp_path / "x.mnemo", _deck(retentionScore="+5", cards=[card], tags=None))

    _convert(source, tmp_path / "lib" / "mnemo.db")

    (deck,) = json.loads(stored_rows(tmp_path / "lib" / "mnemo.db")["flashcards.state.v2"])["Decks"]
    assert (deck["RetentionScore"], deck["Tags"]) == (5, [])
    (stored,) = deck["Cards"]
    assert (stored["Id"], stored["Type"], stored["Stability"], stored["Tags"]) == ("c", 0, 1.5, [])
    assert stored["DueDate"].startswith("2026-05-18T10:00:00")


@pytest.mark.parametrize(
    "card",
    [{"stability": "NaN"}, {"type": "Classic"}, {"dueDate": "soon"}, {"frontBlocks": {}}, {"leitnerBox": 2**31}],
)
def test_a_deck_that_cannot_be_stored_safely_fails_alone(tmp_path: Path, card: dict[str, Any]) -> None:
    source = _with_decks(tmp_path / "x.mnemo", _deck(cards=[card]), _deck(id="e"))

    with _converted(source, tmp_path / "lib" / "mnemo.db") as report:
        assert {finding.item for finding in report.spool if finding.code == "item-unreadable"} == {"decks/d"}
    decks = json.loads(stored_rows(tmp_path / "lib" / "mnemo.db")["flashcards.state.v2"])["Decks"]
    assert [deck["Id"] for deck in decks] == ["e"]


def test_flashcards_that_nobody_can_read_are_carried(tmp_path: Path) -> None:
    """The application would put an empty document in their place."""
    source = build_library(tmp_path / "a" / "mnemo.db", {"flashcards.state.v2": '{"Decks":['})

    with _converted(source, tmp_path / "b" / "mnemo.db") as report:
        assert {finding.code for finding in report.spool} == {"payload-unreadable", "carried"}
    assert stored_rows(tmp_path / "b" / "mnemo.db")["flashcards.state.v2"].startswith('{"Folders":[]')
    assert b'{\\"Decks\\":[' in (tmp_path / "b" / "mnemo.db").read_bytes()


def _with_residue(path: Path, *members: tuple[str, str]) -> Path:
    header = {"kind": "header", "schema": "mnemo-converter/residue-1", "origin": "mnemo-db"}
    lines: list[dict[str, Any]] = [header]
    for key, text in members:
        fact = {"tag": "payload", "key": key, "type": "storage", "members": [[key, key, 0]]}
        lines += [
            {
                "kind": "payload",
                "fact": ["payload", key, "storage", [[key, key, 0]], [["records", key, "", "", False]], True, ""],
            }
        ]
        lines += [{"kind": "member", "key": key, "content": {"text": text}}]
        assert fact
    build_package(path, {"notes": [{"noteId": "a", "title": "A"}]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("payloads/notes/mnemo-converter.jsonl", "".join(compact(line) + "\n" for line in lines))
    return path


def test_rows_in_residue_become_rows_again(tmp_path: Path) -> None:
    source = _with_residue(tmp_path / "x.mnemo", ("Storage/mine%2F1", '"kept"'))

    _convert(source, tmp_path / "lib" / "mnemo.db")

    assert stored_rows(tmp_path / "lib" / "mnemo.db")["mine/1"] == '"kept"'


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ("Storage/note_a", "{}"),
        ("Storage/notes_index", "[]"),
        ("Storage/note_folder_x", "{}"),
        ("Storage/Developer.VertexCredentialsPath", '"/x"'),
        ("Elsewhere/x", "1"),
        ("Tables/Storage", '{"table":"Storage","columns":[]}\n'),
        ("Tables/x", '{"table":"y","columns":[]}\n'),
        ("Tables/x", "no JSON\n"),
        ("Tables/x", '{"table":"x","columns":[["a","",false,0]]}\n[{"blob":"?"}]\n'),
    ],
)
def test_forged_residue_changes_no_row(tmp_path: Path, member: str, text: str) -> None:
    source = _with_residue(tmp_path / "x.mnemo", (member, text))

    clean = _convert(source, tmp_path / "clean" / "mnemo.db", ignore_residue=True, residue=False)
    with _converted(source, tmp_path / "lib" / "mnemo.db") as report:
        assert {(finding.code, finding.item) for finding in report.spool} == {("item-unreadable", f"payloads/{member}")}
    assert stored_rows(tmp_path / "lib" / "mnemo.db") == stored_rows(clean)


@pytest.mark.parametrize("middle", ["x.mnemo", "vault/", "c/mnemo.db"])
def test_odd_rows_arrive_as_rows_that_the_application_reads(tmp_path: Path, middle: str) -> None:
    """Ids that are missing or null, a title that is a number, a block that is null."""
    rows = {
        "notes_index": ["a", "b"],
        "note_a": note_row("a", "A", None) | {"NoteId": None},
        "note_b": {"Title": 7, "Blocks": [], "CreatedAt": "2026-05-18T10:00:00Z", "ModifiedAt": "2026-05-18T10:00:00Z"},
        "mindmaps_list": ["m"],
        "mindmap_m": {name: value for name, value in MAP.items() if name != "Id"},
    }
    source = build_library(tmp_path / "a" / "mnemo.db", rows)

    between = _convert(source, tmp_path / middle)
    home = stored_rows(_convert(between, tmp_path / "home" / "mnemo.db"))

    assert [json.loads(home[f"note_{one}"])["NoteId"] for one in "ab"] == ["a", "b"]
    assert json.loads(home["note_b"])["Title"] == "7"
    assert json.loads(home["note_a"])["Blocks"] == [None]
    assert "mindmap_m" in home


def test_a_comparison_sees_through_both_forms(tmp_path: Path) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS, after=TABLES)
    package = _convert(source, tmp_path / "x.mnemo")
    home = _convert(package, tmp_path / "b" / "mnemo.db")

    with diff(Options(source=str(source), target=str(home))) as report:
        assert report.exit_code == 0, list(report.spool)


def test_what_a_package_carries_goes_on_to_other_systems_and_comes_home(tmp_path: Path) -> None:
    """library → package → vault → package and library: the package carries again, the library has it all."""
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS, after=TABLES)
    vault = _convert(_convert(source, tmp_path / "x.mnemo"), tmp_path / "vault", target_format="markdown")

    package = _convert(vault, tmp_path / "y.mnemo")
    by_package = _convert(package, tmp_path / "b" / "mnemo.db")
    at_once = _convert(vault, tmp_path / "c" / "mnemo.db")

    for home in (by_package, at_once):
        assert stored_rows(home) == stored_rows(source)
        assert _tables(home)["Mine"] == _tables(source)["Mine"]


def test_what_a_newer_package_says_of_cards_beside_their_decks_is_carried(tmp_path: Path) -> None:
    source = _with_decks(tmp_path / "x.mnemo", _deck(), facts=True)

    with _converted(source, tmp_path / "lib" / "mnemo.db") as report:
        assert {(finding.code, finding.item) for finding in report.spool} == {("carried", "records/flashcards/Facts")}
        assert dict(report.tally.rows())["decks"]["created"] == 1
    with _converted(tmp_path / "lib" / "mnemo.db", tmp_path / "y.mnemo") as report:
        assert {finding.item for finding in report.spool if finding.code == "carried"} == {"records/flashcards/Facts"}
    with zipfile.ZipFile(tmp_path / "y.mnemo") as archive:
        assert b"flashcards.whole" in archive.read("payloads/notes/mnemo-converter.jsonl")


def test_maps_of_a_newer_package_come_home_whole(tmp_path: Path) -> None:
    database = tmp_path / "mindmaps.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE Maps (MapId TEXT PRIMARY KEY, FolderId TEXT, Json TEXT NOT NULL)")
        connection.execute("INSERT INTO Maps VALUES ('m', NULL, ?)", (compact({"id": "m", "title": "Plan"}),))
        connection.commit()
    source = build_package(tmp_path / "x.mnemo", {"entries": _entries(notes=0, mindmaps=1)})
    with zipfile.ZipFile(source, "a") as archive:
        archive.write(database, "payloads/mindmaps/mindmaps.db")

    with _converted(source, tmp_path / "lib" / "mnemo.db") as report:
        assert {(finding.code, finding.item) for finding in report.spool} == {("carried", "maps/m")}
    _convert(tmp_path / "lib" / "mnemo.db", tmp_path / "y.mnemo")

    with zipfile.ZipFile(tmp_path / "y.mnemo") as archive:
        assert archive.read("payloads/mindmaps/mindmaps.db") == database.read_bytes()


@pytest.mark.parametrize(
    ("only", "rows"),
    [
        (("notes",), {"notes_index", "note_a", "note_b", "flashcards.state.v2"}),
        (("mindmaps",), {"mindmaps_list", "mindmap_m", "flashcards.state.v2"}),
        (("settings",), {"App.Language", "App.EnableToasts", "flashcards.state.v2"}),
    ],
)
@pytest.mark.parametrize("by_way", ["", "x.mnemo"])
def test_a_selection_leaves_the_rest(tmp_path: Path, only: tuple[str, ...], rows: set[str], by_way: str) -> None:
    source = build_library(tmp_path / "a" / "mnemo.db", ROWS)
    if by_way:
        source = _convert(source, tmp_path / by_way)

    target = _convert(source, tmp_path / "b" / "mnemo.db", only=only)

    assert set(stored_rows(target)) == rows
    assert stored_rows(target)["flashcards.state.v2"].startswith('{"Folders":[],"Decks":[]')
