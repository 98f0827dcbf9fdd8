"""Merging into packages: what is there stays byte for byte, what comes is added or takes the place of its key."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from converter.errors import ItemError, TargetError
from converter.formats.front import Part, Rendered
from converter.formats.later import later
from converter.formats.mnemo.package import FORMAT
from converter.formats.mnemo.package.index import open_source
from converter.formats.mnemo.package.merge import PackageMerge, open_merge
from converter.model.facts import AssetFact, FolderFact, MemberFact, NoteFact, PayloadFact
from converter.model.items import Folder
from tests.mnemo.builders import (
    CONTEXT,
    NOTES,
    TARGET,
    data_path,
    database,
    entry,
    make_package,
    manifest,
    needs_data,
    note_json,
    notes_database,
)

DATABASE = f"{NOTES}notes.db"
RESIDUE = f"{NOTES}mnemo-converter.jsonl"
LINES = b'{"schema":"mnemo-converter/residue-1"}\n'


def _note(key: str, title: str = "New") -> Rendered:
    return Rendered(key, json.dumps(note_json(noteId=key, title=title)).encode())


def _part(kind: str, key: str, **members: object) -> Part:
    return Part(group="", kind=kind, key=key, data=json.dumps({"id": key, **members}, separators=(",", ":")).encode())


def _merged(present: Path, *steps: Callable[[PackageMerge], None]) -> Path:
    """What comes of a package when these are handed over."""
    made = present.with_name(f"{present.name}.new")
    target = open_merge(present, made, TARGET)
    for step in steps:
        step(target)
    target.finish()
    assert sorted(path.name for path in made.parent.iterdir() if path.name.startswith(made.name)) == [made.name]
    return made


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _manifest(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(_members(path)["manifest.json"])
    return value


def _rows(data: bytes, table: str = "Notes") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        connection.text_factory = bytes
        return connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()


def _counts(path: Path) -> dict[str, int]:
    return {one["payloadType"]: one["itemCount"] for one in _manifest(path)["entries"]}


def _keys(path: Path) -> dict[type, list[str]]:
    source = open_source(path, CONTEXT)
    found: dict[type, list[str]] = {}
    for fact in source.facts():
        if isinstance(fact, NoteFact | FolderFact | AssetFact | PayloadFact):
            found.setdefault(type(fact), []).append(fact.key)
    source.close()
    return found


def _package(
    folder: Path, notes: Any, folders: Any = (), files: Mapping[str, bytes] | None = None, **more: Any
) -> Path:
    data = notes_database(folder, notes, folders)
    text = manifest(*more.pop("entries", [entry("notes", len(notes))]), **more)
    return make_package(folder / "there.mnemo", text, {DATABASE: data, **(files or {})})


def test_everything_that_was_there_stays_and_what_is_new_comes_behind(tmp_path: Path) -> None:
    files = {f"{NOTES}assets/images/a.png": b"a", "readme.txt": b"stray", "payloads/odd/x": b"\0\1", f"{NOTES}b": b"b"}
    entries = [entry("odd", 7, path="payloads/odd", mine=[1]), entry("notes", 1, theirs="x")]
    there = _package(
        tmp_path, [("k", note_json(noteId="n"))], [("f", {"folderId": "f", "name": "Lab"})], files,
        entries=entries, packageKind="notes", createdByAppVersion="0.8.1", kind="export", collectionId="00ff",
    )  # fmt: skip

    made = _merged(
        there,
        lambda target: target.note(_note("m")),
        lambda target: target.folder(Folder(key="g", name="Sea", id="g"), "Sea"),
        lambda target: target.asset("assets/images/z.png", io.BytesIO(b"zz")),
        lambda target: target.residue(io.BytesIO(LINES)),
    )

    before, after = _members(there), _members(made)
    kept = [name for name in before if name != "manifest.json"]
    assert [*after] == [*kept, f"{NOTES}assets/images/z.png", RESIDUE, "manifest.json"]
    assert all(after[name] == data for name, data in before.items() if name not in (DATABASE, "manifest.json"))
    for table in ("Notes", "Folders"):
        assert _rows(after[DATABASE], table)[:1] == _rows(before[DATABASE], table)
        assert len(_rows(after[DATABASE], table)) == 2
    old, new = _manifest(there), _manifest(made)
    old["entries"][1]["itemCount"] = 2
    listed = new.pop("assets")
    assert {**new, "assets": []} == old
    assert listed == [
        {
            "path": f"{NOTES}assets/images/z.png",
            "sizeBytes": 2,
            "checksumSha256": "4a60bf7d4bc1e485744cf7e8d0860524752fca1ce42331be7c439fd23043f151",
        }
    ]


def test_nothing_handed_over_changes_no_member(tmp_path: Path) -> None:
    there = _package(tmp_path, [("k", note_json(noteId="n"))], files={"x": b"1"})

    assert _members(_merged(there)) == _members(there)


def test_a_row_that_says_the_same_leaves_the_database_as_it_is(tmp_path: Path) -> None:
    there = _package(tmp_path, [("k", _note("n").data.decode())])

    assert _members(_merged(there, lambda target: target.note(_note("n", "New")))) == _members(there)


def test_rows_are_replaced_by_the_key_of_the_reader(tmp_path: Path) -> None:
    """Of two rows with one id the second is `n~2`; a row without an id goes by its key column."""
    rows = [("a", note_json(noteId="n")), ("b", note_json(noteId="n")), ("c", {"title": "old"}), ("d", "null")]
    there = _package(tmp_path, rows)

    made = _merged(there, *(lambda target, key=key: target.note(_note(key)) for key in ("n~2", "c", "d")))

    before, after = _rows(_members(there)[DATABASE]), _rows(_members(made)[DATABASE])
    assert after[0] == before[0]
    assert after[3] == before[3]
    assert [row[1] for row in after] == [b"a", b"b", b"c", b"d", b"d~2"]
    assert [json.loads(row[2])["noteId"] for row in after[1:3]] == ["n~2", "c"]
    assert _keys(made)[NoteFact] == ["n", "n~2", "c", "d"]
    assert _counts(made) == {"notes": 4}


def test_a_table_with_more_columns_keeps_what_is_in_them(tmp_path: Path) -> None:
    ddl = "ALTER TABLE Notes ADD COLUMN Mine TEXT; UPDATE Notes SET Mine = 'kept'; CREATE TABLE Other (x);"
    data = database({"Notes": ("NoteId", [("n", note_json())]), "Folders": ("FolderId", [])}, tmp_path, ddl=ddl)
    there = make_package(tmp_path / "there.mnemo", manifest(entry("notes", 1)), {DATABASE: data})

    made = _merged(there, lambda target: target.note(_note("n")), lambda target: target.note(_note("m")))

    assert [row[3] for row in _rows(_members(made)[DATABASE])] == [b"kept", None]


def test_rows_go_to_the_payload_of_notes_that_has_them(tmp_path: Path) -> None:
    one, two = (notes_database(tmp_path, [(key, note_json(noteId=key))]) for key in "ab")
    entries = [entry("notes", 1), entry("NOTES", 1, path="more")]
    there = make_package(tmp_path / "there.mnemo", manifest(*entries), {DATABASE: one, "more/notes.db": two})

    made = _merged(there, lambda target: target.note(_note("b")), lambda target: target.note(_note("c")))

    after = _members(made)
    assert [row[1] for row in _rows(after[DATABASE])] == [b"a", b"c"]
    assert [json.loads(row[2])["title"] for row in _rows(after["more/notes.db"])] == ["New"]
    assert [one["itemCount"] for one in _manifest(made)["entries"]] == [2, 1]


def test_a_file_is_replaced_and_its_listing_with_it(tmp_path: Path) -> None:
    name = f"{NOTES}assets/images/a.png"
    assets = [{"path": name, "sizeBytes": 1, "checksumSha256": "00", "mine": True}]
    there = _package(tmp_path, [("n", note_json())], files={name: b"a", "z": b""}, assets=assets)

    made = _merged(there, lambda target: target.asset("assets/images/a.png", io.BytesIO(b"other")))

    assert [*_members(made)] == [*_members(there)]
    assert _members(made)[name] == b"other"
    (listed,) = _manifest(made)["assets"]
    assert (listed["sizeBytes"], listed["mine"]) == (5, True)
    source = open_source(made, CONTEXT)
    assert not [fact for fact in source.facts() if getattr(fact, "code", "") == "asset-mismatch"]
    with source.open_asset(name) as stream:
        assert stream.read() == b"other"
    source.close()


def test_payloads_that_are_not_there_are_made(tmp_path: Path) -> None:
    there = make_package(tmp_path / "there.mnemo", {})

    made = _merged(
        there,
        lambda target: target.part(_part("decks", "d", name="Moss", cards=[])),
        lambda target: target.part(_part("folders", "f", name="Lab")),
        lambda target: target.part(_part("maps", "m", title="Map")),
        lambda target: target.part(Part(group="settings", kind="settings", key="Theme.Mode", data=b'"Dark"')),
        lambda target: target.asset("assets/files/x.pdf", io.BytesIO(b"x")),
    )

    assert _counts(made) == {"notes": 0, "flashcards": 1, "mindmaps": 1, "settings": 1}
    kept = {AssetFact: [f"{NOTES}assets/files/x.pdf"], PayloadFact: ["flashcards", "mindmaps", "settings"]}
    assert _keys(made) == kept
    assert _members(made)["payloads/mindmaps/data.json"] == b'[{"id":"m","title":"Map"}]'


def test_parts_are_added_and_replaced_and_other_bytes_stay(tmp_path: Path) -> None:
    decks = {
        "Decks": ("DeckId", [("d", {"id": "d", "name": "Old"}), ("x", '{"id":"e" }')]),
        "Folders": ("FolderId", []),
    }
    maps = b'\n[ {"id": "a", "n": 1.50},\n  {"id":"b"}, null ]\n'
    settings = b'{ "A.B" : "1" , "C.D":"2"}'
    entries = [entry("flashcards", 2), entry("mindmaps", 3), entry("settings", 2)]
    files = {
        "payloads/flashcards/flashcards.db": database(decks, tmp_path),
        "payloads/mindmaps/data.json": maps,
        "payloads/settings/settings.json": settings,
    }
    there = make_package(tmp_path / "there.mnemo", manifest(*entries), files)

    made = _merged(
        there,
        lambda target: target.part(_part("decks", "e", name="New")),
        lambda target: target.part(_part("decks", "f", name="More")),
        lambda target: target.part(_part("maps", "b", title="New")),
        lambda target: target.part(_part("maps", "c")),
        lambda target: target.part(_part("maps", "a", n=1)),
        lambda target: target.part(Part(group="settings", kind="settings", key="C.D", data=b'"3"')),
        lambda target: target.part(Part(group="settings", kind="settings", key="E.F", data=b'"4"')),
    )

    after = _members(made)
    assert [row[1:] for row in _rows(after["payloads/flashcards/flashcards.db"], "Decks")] == [
        (b"d", b'{"id": "d", "name": "Old"}'),
        (b"x", b'{"id":"e","name":"New"}'),
        (b"f", b'{"id":"f","name":"More"}'),
    ]
    assert (
        after["payloads/mindmaps/data.json"]
        == b'\n[ {"id":"a","n":1},\n  {"id":"b","title":"New"}, null,{"id":"c"} ]\n'
    )
    assert after["payloads/settings/settings.json"] == b'{ "A.B" : "1" , "C.D":"3","E.F":"4"}'
    assert _counts(made) == {"flashcards": 3, "mindmaps": 4, "settings": 3}


def test_parts_that_say_the_same_change_nothing(tmp_path: Path) -> None:
    files = {
        "payloads/mindmaps/data.json": b'[ {"id" : "a"} ]',
        "payloads/settings/settings.json": b'{"A.B":"\\u0031"}',
    }
    there = make_package(tmp_path / "there.mnemo", manifest(entry("mindmaps", 1), entry("settings", 1)), files)

    made = _merged(
        there,
        lambda target: target.part(_part("maps", "a")),
        lambda target: target.part(Part(group="settings", kind="settings", key="A.B", data=b'"1"')),
    )

    assert _members(made) == _members(there)


def test_a_payload_comes_whole_beside_others_and_replaces_its_own_files(tmp_path: Path) -> None:
    there = _package(
        tmp_path, [("n", note_json())], files={"payloads/odd/a": b"old", "payloads/odd/b": b"b"},
        entries=[entry("notes", 1), entry("odd", 1, mine=1)],
    )  # fmt: skip
    kinds = [
        ("odd", {"payloads/odd/a": b"new"}, entry("odd", 5)),
        ("more", {"payloads/more/c": b"c"}, entry("more", 2)),
    ]

    def payloads(target: PackageMerge) -> None:
        for kind, files, text in kinds:
            members = tuple(MemberFact(key=name, name=name, size=1) for name in files)
            fact = PayloadFact(key=kind, type=kind, members=members, entry=json.dumps(text))
            target.payload(fact, [(name, io.BytesIO(data)) for name, data in files.items()])

    made = _merged(there, payloads)

    after = _members(made)
    assert [after[f"payloads/{name}"] for name in ("odd/a", "odd/b", "more/c")] == [b"new", b"b", b"c"]
    assert _manifest(made)["entries"] == [entry("notes", 1), entry("odd", 5, mine=1), entry("more", 2)]


def test_residue_is_replaced_in_its_place(tmp_path: Path) -> None:
    there = _package(tmp_path, [("n", note_json())], files={RESIDUE: LINES, "z": b"z"})

    made = _merged(there, lambda target: target.residue(io.BytesIO(LINES * 2)))

    assert [*_members(made)] == [*_members(there)]
    assert _members(made)[RESIDUE] == LINES * 2


def test_abandoning_leaves_nothing(tmp_path: Path) -> None:
    there = _package(tmp_path, [("n", note_json())])
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    target = open_merge(there, tmp_path / "new", TARGET)
    target.note(_note("m"))

    target.abandon()

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


VIEW = "ALTER TABLE Notes RENAME TO Real; CREATE VIEW Notes AS SELECT * FROM Real;"
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON Notes BEGIN DELETE FROM Notes; END;"
ROWLESS = "DROP TABLE Notes; CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT) WITHOUT ROWID;"


@pytest.mark.parametrize(
    ("ddl", "why"),
    [
        (VIEW, "no table of its own"),
        (TRIGGER, "triggers"),
        (ROWLESS, "no numbers"),
        ("DROP TABLE Folders", "missing"),
        ("ALTER TABLE Notes RENAME COLUMN NoteId TO Id", "columns NoteId and Json"),
        ("CREATE TABLE x (y); CREATE UNIQUE INDEX i ON Notes (length(Json) > 0)", "UNIQUE"),
    ],
)
def test_a_database_that_cannot_be_added_to_is_refused(tmp_path: Path, ddl: str, why: str) -> None:
    tables = {"Notes": ("NoteId", [("n", note_json())]), "Folders": ("FolderId", [])}
    files = {DATABASE: database(tables, tmp_path, ddl=ddl)}
    there = make_package(tmp_path / "there.mnemo", manifest(entry("notes", 1)), files)
    target = open_merge(there, tmp_path / "new", TARGET)

    with pytest.raises(TargetError, match=why):
        target.note(_note("m"))

    target.abandon()
    assert _members(_merged(there)) == _members(there), "what is not changed need not be such a table"


@pytest.mark.parametrize("name", ["notes.db", "data.json", "settings.json"])
def test_a_damaged_payload_is_refused(tmp_path: Path, name: str) -> None:
    kind = {"notes.db": "notes", "data.json": "mindmaps", "settings.json": "settings"}[name]
    there = make_package(tmp_path / "there.mnemo", manifest(entry(kind)), {f"payloads/{kind}/{name}": b"{,]"})
    target = open_merge(there, tmp_path / "new", TARGET)

    put = target.note if kind == "notes" else target.part
    item = _note("m") if kind == "notes" else _part("maps" if kind == "mindmaps" else kind, "A.B")

    with pytest.raises(TargetError):
        put(item)  # type: ignore[arg-type]

    target.abandon()


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    there = _package(tmp_path, [("n", note_json())], files={"x": b"right" * 10})
    with zipfile.ZipFile(there) as archive:
        place = archive.getinfo("x").header_offset + 33
    data = bytearray(there.read_bytes())
    data[place] ^= 0xFF
    there.write_bytes(data)
    target = open_merge(there, tmp_path / "new", TARGET)

    with pytest.raises(TargetError, match="'x'"):
        target.finish()

    target.abandon()
    assert not (tmp_path / "new").exists()


def _linked(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "elsewhere")


def _encrypted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_linked, "symbolic link"),
        (_encrypted, "password"),
        (lambda path: path.write_bytes(b"before" + path.read_bytes()), "bytes around"),
        (lambda path: path.write_bytes(path.read_bytes()[:-30]), "cannot be read"),
    ],
)
def test_an_archive_that_would_lose_something_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], why: str
) -> None:
    there = _package(tmp_path, [("n", note_json())])
    spoil(there)

    with pytest.raises(TargetError, match=why):
        open_merge(there, tmp_path / "new", TARGET)

    assert {path.name for path in tmp_path.iterdir()} == {"there.mnemo", "made.db"}


def test_files_that_no_entry_covers_never_become_files_of_notes(tmp_path: Path) -> None:
    files = {f"{NOTES}assets/images/stray.png": b"s"}
    there = make_package(tmp_path / "there.mnemo", manifest(entry("settings", path="s")), files)
    target = open_merge(there, tmp_path / "new", TARGET)
    target.note(_note("m"))

    with pytest.raises(TargetError, match=r"stray\.png"):
        target.finish()

    target.abandon()


def test_residue_of_another_program_is_not_replaced(tmp_path: Path) -> None:
    there = _package(tmp_path, [("n", note_json())], files={RESIDUE: b"mine"})
    target = open_merge(there, tmp_path / "new", TARGET)

    with pytest.raises(TargetError, match="no residue"):
        target.residue(io.BytesIO(LINES))

    target.abandon()


def test_maps_of_a_newer_application_take_no_others(tmp_path: Path) -> None:
    files = {"payloads/mindmaps/mindmaps.db": database({"Maps": ("MapId", [])}, tmp_path)}
    there = make_package(tmp_path / "there.mnemo", manifest(entry("mindmaps")), files)
    target = open_merge(there, tmp_path / "new", TARGET)

    with pytest.raises(ItemError, match="maps/m"):
        target.part(_part("maps", "m"))

    target.abandon()


@needs_data
@pytest.mark.parametrize("name", ["everything", "decks-only", "unknown-payload", "settings-only", "mindmaps-only"])
def test_real_packages_keep_all_that_they_hold(tmp_path: Path, name: str) -> None:
    there = tmp_path / "there.mnemo"
    shutil.copy(data_path("libraries", "biology", "packages", f"{name}.mnemo"), there)

    made = _merged(
        there,
        lambda target: target.note(_note("quite-new")),
        lambda target: target.part(_part("decks", "new-deck", name="New", cards=[])),
    )

    before, after = _members(there), _members(made)
    changed = {DATABASE, "payloads/flashcards/flashcards.db"}
    kept = [file for file in before if file not in {*changed, "manifest.json"}]
    assert kept or name == "decks-only"
    assert [name for name in after if name in kept] == kept
    assert all(after[name] == before[name] for name in kept)
    for file, table in ((DATABASE, "Notes"), (DATABASE, "Folders"), ("payloads/flashcards/flashcards.db", "Decks")):
        rows = _rows(after[file], table)
        assert len(rows) == (len(_rows(before[file], table)) if file in before else 0) + (table != "Folders")
        assert file not in before or rows[: len(_rows(before[file], table))] == _rows(before[file], table)
    counts = _counts(made)
    assert counts["notes"] == len(_rows(after[DATABASE]))
    assert {kind: n for kind, n in counts.items() if kind not in ("notes", "flashcards")} == {
        kind: n for kind, n in _counts(there).items() if kind not in ("notes", "flashcards")
    }
    old, new = _keys(there), _keys(made)
    assert all(set(keys) <= set(new[kind]) for kind, keys in old.items())


def test_the_record_of_the_format_offers_it() -> None:
    assert isinstance(FORMAT.open_merge, later)
    assert FORMAT.open_merge.function is open_merge
    assert FORMAT.merges == "file"
