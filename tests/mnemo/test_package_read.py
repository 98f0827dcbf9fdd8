"""What an opened package says of itself: notes, folders, files, payloads, and what is odd about it."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding
from converter.formats.mnemo.package.detect import detect
from converter.formats.mnemo.package.index import PackageSource, open_source
from converter.formats.mnemo.package.layout import fold
from converter.model.facts import AssetFact, Fact, FolderFact, JunkFact, NoteFact, PayloadFact
from tests.mnemo.builders import (
    CONTEXT,
    data_path,
    database,
    entry,
    make_package,
    manifest,
    needs_data,
    note_json,
    notes_database,
)

STRICT = msgspec.structs.replace(CONTEXT, strict_unknown=True)
PNG = b"\x89PNG moss"


@pytest.fixture
def notes_db(tmp_path: Path) -> bytes:
    return notes_database(tmp_path, [("n", note_json())], [("f", {"folderId": "f", "name": "Lab", "order": 1})])


def _facts(path: Path, *, context: Any = CONTEXT) -> tuple[list[Fact], list[str]]:
    source = open_source(path, context)
    try:
        found = list(source.facts())
    finally:
        source.close()
    facts = [fact for fact in found if not isinstance(fact, Finding)]
    return facts, [fact.code for fact in found if isinstance(fact, Finding)]


def _keys(source: PackageSource, keys: list[str] | None = None) -> list[str]:
    return [stored.key for stored in source.fetch(keys) if not isinstance(stored, Finding)]


def test_a_package_of_everything(tmp_path: Path, notes_db: bytes) -> None:
    decks = database(
        {"Decks": ("DeckId", [("d", {"id": "d", "name": "Latin"})]), "Folders": ("FolderId", [("c", {"id": "c"})])},
        tmp_path,
    )
    files = {
        "payloads/flashcards/flashcards.db": decks,
        "payloads/mindmaps/data.json": b'[{"id":"m","title":"Moss"}]',
        "payloads/notes/notes.db": notes_db,
        "payloads/notes/assets/images/a.PNG": PNG,
        "payloads/notes/assets/note-assets/0.png": PNG,
        "payloads/notes/assets/files/x/list.csv": b"1",
        "payloads/settings/settings.json": b'{"App.Language":"de"}',
    }
    entries = [entry(kind, 1) for kind in ("flashcards", "mindmaps", "notes", "settings")]
    facts, codes = _facts(make_package(tmp_path / "a.mnemo", manifest(*entries), files))

    assert codes == []
    assert [fact for fact in facts if isinstance(fact, (FolderFact, NoteFact))] == [
        FolderFact(key="f", name="Lab", id="f", order=1, path="Lab"),
        NoteFact(key="n", size=len(json.dumps(note_json()))),
    ]
    assert [(fact.key, fact.name) for fact in facts if isinstance(fact, AssetFact)] == [
        ("payloads/notes/assets/images/a.PNG", "a.PNG"),
        ("payloads/notes/assets/note-assets/0.png", "0.png"),
        ("payloads/notes/assets/files/x/list.csv", "list.csv"),
    ]
    payloads = [fact for fact in facts if isinstance(fact, PayloadFact)]
    assert [(fact.type, [(unit.kind, unit.key, unit.title) for unit in fact.units]) for fact in payloads] == [
        ("flashcards", [("decks", "d", "Latin"), ("folders", "c", "")]),
        ("mindmaps", [("maps", "m", "Moss")]),
        ("settings", [("settings", "App.Language", "")]),
    ]
    assert [(member.key, member.name, member.size) for member in payloads[0].members] == [
        ("payloads/flashcards/flashcards.db", "flashcards.db", len(decks))
    ]
    assert json.loads(payloads[0].entry) == entry("flashcards", 1)


def test_files_are_opened_by_their_names(tmp_path: Path, notes_db: bytes) -> None:
    files = {"payloads/notes/notes.db": notes_db, "payloads/notes/assets/images/a.png": PNG}
    source = open_source(make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1)), files), CONTEXT)

    with source.open_asset("payloads/notes/assets/images/a.png") as stream:
        assert stream.read() == PNG
    with source.open_member("manifest.json") as stream:
        assert json.loads(stream.read())["version"] == 1
    source.close()


def _listed(sha256: str, size: int = len(PNG)) -> dict[str, Any]:
    asset = {"path": "payloads/notes/assets/images/a.png", "sizeBytes": size, "checksumSha256": sha256}
    return manifest(entry("notes", 1), assets=[asset])


def test_a_file_that_is_not_the_listed_one_is_refused_by_itself(tmp_path: Path, notes_db: bytes) -> None:
    files = {"payloads/notes/notes.db": notes_db, "payloads/notes/assets/images/a.png": PNG}
    good = open_source(
        make_package(tmp_path / "a.mnemo", _listed(hashlib.sha256(PNG).hexdigest().upper()), files), CONTEXT
    )
    with good.open_asset("payloads/notes/assets/images/a.png") as stream:
        assert stream.read() == PNG
    good.close()

    path = make_package(tmp_path / "b.mnemo", _listed("0" * 64, 5), files)
    bad = open_source(path, CONTEXT)
    with bad.open_asset("payloads/notes/assets/images/a.png") as stream, pytest.raises(ItemError, match="SHA-256"):
        list(iter(lambda: stream.read(3), b""))
    bad.close()
    assert _facts(path)[1] == ["asset-mismatch"]


def test_keys_are_the_inner_ids(tmp_path: Path) -> None:
    rows: list[tuple[str | None, object]] = [
        ("k1", note_json(noteId="n1")),
        ("k2", '{"NOTEID":"n2"}'),
        ("k3", "{}"),
        ("k4", note_json(noteId="n1")),
        ("k5", note_json(noteId="n1")),
        ("k6", "null"),
        ("k7", '{"noteId":'),
        ("k8", None),
        (None, note_json(noteId="")),
        ("k9", b'{"noteId":"blob"}'),
    ]
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 9)), {"payloads/notes/notes.db": notes_database(tmp_path, rows)}
    )
    facts, codes = _facts(package)
    expected = ["n1", "n2", "k3", "n1~2", "n1~3", "k7", "k8", "", "blob"]

    assert [fact.key for fact in facts if isinstance(fact, NoteFact)] == expected
    assert codes == ["duplicate-id", "duplicate-id", "row-null"]
    source = open_source(package, CONTEXT)
    assert _keys(source) == expected
    assert _keys(source, ["n1~3", "n2", "nowhere"]) == ["n2", "n1~3"]
    assert len(list(source.facts())) == 12
    assert _keys(source) == expected
    assert _keys(source, ["n1~3", "n2", "nowhere"]) == ["n2", "n1~3"]
    source.close()


def test_folders_have_paths_even_in_a_circle(tmp_path: Path) -> None:
    rows: list[tuple[str | None, object]] = [
        ("a", {"folderId": "a", "name": "A", "parentId": "b"}),
        ("b", {"folderId": "b", "name": "B", "parentId": "a"}),
        ("c", {"name": "C", "parentId": "a"}),
        ("d", {"folderId": "d", "name": "D", "parentId": "gone"}),
        ("a", {"folderId": "a", "name": "A2", "parentId": ""}),
        ("e", "[]"),
        ("g", "null"),
    ]
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes")), {"payloads/notes/notes.db": notes_database(tmp_path, [], rows)}
    )
    facts, codes = _facts(package)

    assert [(fact.key, fact.path) for fact in facts if isinstance(fact, FolderFact)] == [
        ("a", "B/A"),
        ("b", "A/B"),
        ("c", "B/A/C"),
        ("d", "D"),
        ("a~2", "A2"),
        ("e", "e"),
    ]
    assert codes == ["duplicate-id", "item-unreadable", "row-null"]


@pytest.mark.parametrize(
    ("tables", "codes", "notes"),
    [
        ({"Notes": ("NoteId", [("n", "{}")])}, ["payload-unreadable"], 1),
        ({"Folders": ("FolderId", [])}, ["payload-unreadable", "count-mismatch"], 0),
        ({"notes": ("X", [("n", "{}")]), "FOLDERS": ("Y", [])}, [], 1),
    ],
)
def test_tables_may_be_missing_or_spelt_otherwise(
    tmp_path: Path, tables: dict[str, Any], codes: list[str], notes: int
) -> None:
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 1)), {"payloads/notes/notes.db": database(tables, tmp_path)}
    )
    facts, found = _facts(package)

    assert sum(isinstance(fact, NoteFact) for fact in facts) == notes
    assert found == codes


def test_a_damaged_database_travels_as_a_file(tmp_path: Path) -> None:
    package = make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1)), {"payloads/notes/notes.db": b"moss"})
    facts, codes = _facts(package)

    assert codes == ["payload-unreadable"]
    (fact,) = facts
    assert isinstance(fact, PayloadFact)
    assert (fact.type, fact.key, fact.known) == ("", "payloads/notes/notes.db", False)
    source = open_source(package, CONTEXT)
    assert _keys(source) == []
    source.close()


def test_what_no_entry_covers(tmp_path: Path, notes_db: bytes) -> None:
    files = {
        "payloads/notes/notes.db": notes_db,
        "payloads/notes/converter.json": b"{}",
        "payloads/notes/assets/images/Thumbs.db": b"x",
        "payloads/whiteboards/boards.json": b"[]",
        "payloads/unlisted/readme.txt": b"hi",
        "foo../bar": b"",
        ".DS_Store": b"",
        "__MACOSX/._x": b"",
    }
    facts, codes = _facts(
        make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1), entry("whiteboards", 2)), files)
    )

    assert [(fact.key, fact.kind) for fact in facts if isinstance(fact, JunkFact)] == [
        ("payloads/notes/assets/images/Thumbs.db", "assets"),
        (".DS_Store", "payloads"),
        ("__MACOSX/._x", "payloads"),
    ]
    assert [(fact.key, fact.type, fact.known) for fact in facts if isinstance(fact, PayloadFact)] == [
        ("payloads/notes/converter.json", "", False),
        ("whiteboards", "whiteboards", False),
        ("payloads/unlisted/readme.txt", "", False),
        ("foo../bar", "", False),
    ]
    assert codes == ["member-refused", "payload-unlisted", "payload-unknown", "payload-unlisted", "payload-unlisted"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (entry("whiteboards"), "whiteboards"),
        (entry("notes", schemaVersion=2), "schema version 2"),
        (entry("notes", itemCount=1, path="payloads/notes", capabilities=[None]), ""),
    ],
)
def test_strict_refuses_before_anything_is_read(tmp_path: Path, notes_db: bytes, given: Any, code: str) -> None:
    package = make_package(tmp_path / "a.mnemo", manifest(given), {"payloads/notes/notes.db": notes_db})
    if not code:
        open_source(package, STRICT).close()
        return
    with pytest.raises(InputError, match=code):
        open_source(package, STRICT)


def test_strict_asks_for_what_the_schema_asks_for(tmp_path: Path, notes_db: bytes) -> None:
    asset = {"path": "x", "sizeBytes": 1, "checksumSha256": "moss"}
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 1), assets=[asset]), {"payloads/notes/notes.db": notes_db}
    )

    open_source(package, CONTEXT).close()
    with pytest.raises(InputError, match="assets"):
        open_source(package, STRICT)


@pytest.mark.parametrize("path", ["/payloads/notes", "C:/payloads/notes", "..\\notes", "payloads/../notes"])
def test_b06_an_entry_outside_of_the_package_is_refused(tmp_path: Path, notes_db: bytes, path: str) -> None:
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 1, path=path)), {"payloads/notes/notes.db": notes_db}
    )

    with pytest.raises(InputError, match=r"the path .* of an entry"):
        open_source(package, CONTEXT)


@pytest.mark.parametrize(
    ("path", "found", "codes"),
    [
        ("payloads\\notes", 1, []),
        ("payloads/notes/", 1, []),
        ("PAYLOADS/Notes", 1, []),
        ("payloads\\notes\\", 1, ["manifest-repaired"]),
        ("", 1, ["manifest-repaired"]),
        (None, 1, ["manifest-repaired", "manifest-repaired"]),
    ],
)
def test_where_an_entry_says_its_files_are(
    tmp_path: Path, notes_db: bytes, path: object, found: int, codes: list[str]
) -> None:
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 1, path=path)), {"payloads/notes/notes.db": notes_db}
    )
    facts, given = _facts(package)

    assert sum(isinstance(fact, NoteFact) for fact in facts) == found
    assert given == codes


def test_two_notes_payloads_are_both_read(tmp_path: Path, notes_db: bytes) -> None:
    more = notes_database(tmp_path, [("m", note_json(noteId="m")), ("n", note_json())])
    files = {"payloads/notes/notes.db": notes_db, "second/NOTES.DB": more}
    facts, codes = _facts(
        make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1), entry("NOTES", 2, path="second")), files)
    )

    assert [fact.key for fact in facts if isinstance(fact, NoteFact)] == ["n", "m", "n~2"]
    assert codes == ["duplicate-id"]


def test_an_entry_twice_and_an_entry_for_nothing(tmp_path: Path, notes_db: bytes) -> None:
    files = {"payloads/notes/notes.db": notes_db}
    entries = manifest(entry("notes", 1), entry("notes", 1), entry("settings", 3))
    facts, codes = _facts(make_package(tmp_path / "a.mnemo", entries, files))

    assert sum(isinstance(fact, NoteFact) for fact in facts) == 1
    assert codes == ["entry-repeated", "payload-missing"]


def test_counts_are_compared(tmp_path: Path, notes_db: bytes) -> None:
    files = {"payloads/notes/notes.db": notes_db, "payloads/settings/settings.json": b'{"a":"1","b":"2"}'}
    entries = manifest(entry("notes", 17), entry("settings", 2))

    assert _facts(make_package(tmp_path / "a.mnemo", entries, files))[1] == ["count-mismatch"]


@pytest.mark.parametrize(
    ("kind", "files", "units", "codes"),
    [
        ("mindmaps", {"data.json": b'\xef\xbb\xbf[{"id":"m"},null]'}, [("maps", "m"), ("maps", "1")], []),
        ("mindmaps", {"data.json": b"null"}, [], []),
        ("mindmaps", {"data.json": b"{}"}, [("payloads", "mindmaps")], ["payload-unreadable"]),
        ("mindmaps", {"data.json": b"[1]"}, [("maps", "0")], ["payload-unreadable"]),
        ("settings", {"settings.json": b"[1,"}, [("payloads", "settings")], ["payload-unreadable"]),
        ("settings", {"other.json": b"{}"}, [("payloads", "settings")], ["payload-unreadable"]),
        ("flashcards", {"flashcards.db": b"x"}, [("payloads", "flashcards")], ["payload-unreadable"]),
        ("proofing", {"proofing.json": b"{}"}, [("payloads", "proofing")], []),
    ],
)
def test_payloads_pass_whole_whatever_is_in_them(
    tmp_path: Path, kind: str, files: dict[str, bytes], units: list[tuple[str, str]], codes: list[str]
) -> None:
    given = entry(kind, len(units))
    del given["itemCount"]
    package = make_package(
        tmp_path / "a.mnemo", manifest(given), {f"payloads/{kind}/{name}": data for name, data in files.items()}
    )
    facts, found = _facts(package)
    (fact,) = facts

    assert isinstance(fact, PayloadFact)
    assert [(unit.kind, unit.key) for unit in fact.units] == units
    assert len(fact.members) == len(files)
    assert found == codes


def test_maps_of_0_8_are_counted_once_beside_the_old_file(tmp_path: Path) -> None:
    maps = database({"Maps": ("MapId", [("m", {"id": "m", "title": "T"})])}, tmp_path)
    files = {"payloads/mindmaps/data.json": b'[{"id":"m"}]', "payloads/mindmaps/mindmaps.db": maps}
    facts, codes = _facts(make_package(tmp_path / "a.mnemo", manifest(entry("mindmaps", 1, schemaVersion=2)), files))
    (fact,) = facts

    assert isinstance(fact, PayloadFact)
    assert [(unit.kind, unit.key, unit.title) for unit in fact.units] == [("maps", "m", "T")]
    assert codes == []


def test_cards_of_0_8_may_do_without_folders(tmp_path: Path) -> None:
    decks = database({"Decks": ("DeckId", [("d", "{}"), ("e", "{")])}, tmp_path)
    package = make_package(
        tmp_path / "a.mnemo",
        manifest(entry("flashcards", 2, schemaVersion=4)),
        {"payloads/flashcards/flashcards.db": decks},
    )
    facts, codes = _facts(package)
    (fact,) = facts

    assert isinstance(fact, PayloadFact)
    assert [unit.key for unit in fact.units] == ["d", "e"]
    assert codes == ["schema-newer", "payload-unreadable"]


def test_a_backup_is_told(tmp_path: Path, notes_db: bytes) -> None:
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 1), kind="Backup"), {"payloads/notes/notes.db": notes_db}
    )

    assert _facts(package)[1] == ["package-is-backup"]


def test_notes_without_their_database(tmp_path: Path) -> None:
    package = make_package(
        tmp_path / "a.mnemo", manifest(entry("notes", 0)), {"payloads/notes/assets/images/a.png": PNG}
    )
    facts, codes = _facts(package)

    assert [type(fact) for fact in facts] == [AssetFact]
    assert codes == ["payload-missing"]


def test_a_damaged_manifest_refuses_the_package(tmp_path: Path) -> None:
    path = tmp_path / "a.mnemo"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest()))
    path.write_bytes(path.read_bytes().replace(b"mnemo-package", b"mnemo-packagE"))
    with pytest.raises(InputError) as caught:
        open_source(path, CONTEXT)

    assert not isinstance(caught.value, ItemError)


def test_names_that_the_application_takes_for_one_are_ambiguous(tmp_path: Path, notes_db: bytes) -> None:
    files = {"payloads/notes/notes.db": notes_db, "PAYLOADS/notes/NOTES.DB": notes_db}
    with pytest.raises(InputError, match="ambiguous"):
        open_source(make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1)), files), CONTEXT)


@pytest.mark.parametrize("name", ["../evil.txt", "/abs", "a/../b", "..\\x", "C:/x", "a/.."])
def test_unsafe_names_are_refused_by_name(tmp_path: Path, notes_db: bytes, name: str) -> None:
    files = {"payloads/notes/notes.db": notes_db, name: b""}
    with pytest.raises(InputError, match="member"):
        open_source(make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1)), files), CONTEXT)


def test_a_package_without_a_manifest_says_where_one_is(tmp_path: Path) -> None:
    path = tmp_path / "a.mnemo"
    for name, hint in (
        ("inner/manifest.json", "inner/manifest.json"),
        ("payloads/notes/notes.db", "half-way"),
        ("x", ""),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, b"{}")
        with pytest.raises(InputError, match="is missing from the package") as caught:
            open_source(path, CONTEXT)
        assert hint in caught.value.hint


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mnemo"
    for data in (b"", b"moss", b"PK\x03\x04moss"):
        path.write_bytes(data)
        with pytest.raises(InputError):
            open_source(path, CONTEXT)


def test_the_temporary_files_go(tmp_path: Path, notes_db: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    package = make_package(tmp_path / "a.mnemo", manifest(entry("notes", 1)), {"payloads/notes/notes.db": notes_db})
    source = open_source(package, CONTEXT)
    list(source.facts())
    assert list((tmp_path / "temp").iterdir()) != []
    source.close()
    source.close()

    assert list((tmp_path / "temp").iterdir()) == []


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Ä", "ä", True),
        ("µ", "Μ", True),
        ("ς", "σ", True),
        ("ß", "ẞ", False),
        ("ſ", "s", False),
        ("\u212a", "k", False),
    ],
)
def test_names_are_compared_as_the_application_does(left: str, right: str, same: bool) -> None:
    assert (fold(left) == fold(right)) is same


def test_detection(tmp_path: Path, notes_db: bytes) -> None:
    package = make_package(tmp_path / "a.zip", manifest(entry("notes")), {"payloads/notes/notes.db": notes_db})
    found = detect(package)
    assert found is not None
    assert (found.format, found.score) == ("mnemo", 100)

    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", b"moss")
    assert detect(other) is None
    named = other.rename(tmp_path / "named.MNEMO")
    assert getattr(detect(named), "score", 0) == 50

    text = tmp_path / "text.mnemo"
    text.write_bytes(b"moss")
    assert getattr(detect(text), "score", 0) == 30
    assert detect(text.rename(tmp_path / "text.txt")) is None
    assert detect(tmp_path) is None
    assert detect(tmp_path / "nowhere.mnemo") is None

    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("payloads/notes/notes.db", b"")
    assert getattr(detect(tmp_path / "b.zip"), "score", 0) == 60
    make_package(tmp_path / "c.mnemo", b"{}")
    assert getattr(detect(tmp_path / "c.mnemo"), "score", 0) == 80


@needs_data
def test_a_library_with_an_unknown_payload() -> None:
    facts, codes = _facts(data_path("libraries", "biology", "packages", "unknown-payload.mnemo"))
    units = [unit.kind for fact in facts if isinstance(fact, PayloadFact) for unit in fact.units]

    assert sum(isinstance(fact, NoteFact) for fact in facts) == 59
    assert sum(isinstance(fact, FolderFact) for fact in facts) == 22
    assert sum(isinstance(fact, AssetFact) for fact in facts) == 17
    assert {kind: units.count(kind) for kind in units} == {
        "decks": 7,
        "folders": 4,
        "maps": 5,
        "settings": 2,
        "payloads": 3,
    }
    assert sorted(codes) == ["payload-unknown", "payload-unlisted", "payload-unlisted"]
