"""Packages that are written: their order, their manifest, and that they are read again as they were."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from converter.errors import InternalFaultError
from converter.findings.finding import Finding
from converter.formats.mnemo.package.index import open_source
from converter.formats.mnemo.package.write import PackageTarget, open_target, render
from converter.formats.mnemo.read import read
from converter.model.blocks import Paragraph
from converter.model.facts import AssetFact, FolderFact, MemberFact, PayloadFact
from converter.model.items import Folder, Note
from converter.storage.schemas import load_schema
from tests.mnemo.builders import (
    CONTEXT,
    NOTES,
    TARGET,
    data_path,
    entry,
    make_package,
    manifest,
    needs_data,
    note_json,
    notes_database,
)


def _begin(tmp_path: Path, name: str = "out.mnemo") -> PackageTarget:
    return open_target(tmp_path / name, TARGET)


def _payload(kind: str, entry_text: str, **files: bytes) -> tuple[PayloadFact, list[tuple[str, Any]]]:
    members = tuple(
        MemberFact(key=f"payloads/{kind}/{name}", name=name, size=len(data)) for name, data in files.items()
    )
    fact = PayloadFact(key=kind, type=kind, members=members, entry=entry_text)
    return fact, [(name, io.BytesIO(data)) for name, data in files.items()]


def _filled(tmp_path: Path, name: str = "out.mnemo") -> Path:
    target = _begin(tmp_path, name)
    target.folder(Folder(key="f", name="Lab", id="f"), "Lab")
    target.asset("assets/note-assets/b.png", io.BytesIO(b"png" * 40))
    target.asset("assets/files/a.txt", io.BytesIO(b"moss " * 200))
    target.asset("assets/images/empty.svg", io.BytesIO(b""))
    target.note(render(Note(key="n", id="n", title="Moss", blocks=(Paragraph(id="p"),)), TARGET))
    target.payload(*_payload("settings", json.dumps(entry("settings", 1)), **{"settings.json": b"{}"}))
    target.payload(
        *_payload("Flashcards", json.dumps(entry("Flashcards", 0, schemaVersion=3)), **{"flashcards.db": b"x"})
    )
    stray = PayloadFact(
        key="x", type="", members=(MemberFact(key="payloads/notes/own.jsonl", name="own.jsonl"),), known=False
    )
    target.payload(stray, [("payloads/notes/own.jsonl", io.BytesIO(b"1"))])
    target.finish()
    return tmp_path / name


def test_the_order_of_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(_filled(tmp_path)) as archive:
        infos = archive.infolist()

    assert [info.filename for info in infos] == [
        "payloads/Flashcards/flashcards.db",
        f"{NOTES}notes.db",
        f"{NOTES}assets/files/a.txt",
        f"{NOTES}assets/images/empty.svg",
        f"{NOTES}assets/note-assets/b.png",
        "payloads/settings/settings.json",
        "payloads/notes/own.jsonl",
        "manifest.json",
    ]
    stored = {info.filename.rpartition("/")[2] for info in infos if info.compress_type == zipfile.ZIP_STORED}
    assert stored == {"empty.svg", "b.png"}


def test_the_manifest_lists_payloads_and_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(_filled(tmp_path)) as archive:
        text = archive.read("manifest.json").decode()
        found = json.loads(text)
        for asset in found["assets"]:
            data = archive.read(asset["path"])
            assert (asset["sizeBytes"], asset["checksumSha256"]) == (len(data), hashlib.sha256(data).hexdigest())

    assert not list(Draft202012Validator(load_schema("manifest-1")).iter_errors(found))
    assert found["createdAtUtc"] == "2026-05-18T10:00:00+00:00"
    assert [(e["payloadType"], e["itemCount"], e["schemaVersion"]) for e in found["entries"]] == [
        ("Flashcards", 0, 3),
        ("notes", 1, 1),
        ("settings", 1, 1),
    ]
    assert [asset["path"] for asset in found["assets"]] == sorted(asset["path"] for asset in found["assets"])
    assert len(found["assets"]) == 3
    assert text.startswith('{\n  "format"')
    assert text.endswith("]\n}")


def test_the_database_is_the_application_s(tmp_path: Path) -> None:
    with zipfile.ZipFile(_filled(tmp_path)) as archive:
        (tmp_path / "notes.db").write_bytes(archive.read(f"{NOTES}notes.db"))
    connection = sqlite3.connect(tmp_path / "notes.db")
    schema = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    folders = connection.execute("SELECT * FROM Folders").fetchall()
    ((key, text),) = connection.execute("SELECT * FROM Notes").fetchall()
    connection.close()

    assert schema == [
        ("Folders", "CREATE TABLE Folders (\n    FolderId TEXT PRIMARY KEY,\n    Json TEXT NOT NULL\n)"),
        ("Notes", "CREATE TABLE Notes (\n    NoteId TEXT PRIMARY KEY,\n    Json TEXT NOT NULL\n)"),
    ]
    assert folders == [("f", '{"folderId":"f","name":"Lab","parentId":null,"order":0}')]
    assert (key, json.loads(text)["title"]) == ("n", "Moss")


def test_a_package_is_read_as_it_was_written(tmp_path: Path) -> None:
    source = open_source(_filled(tmp_path), CONTEXT)
    facts = list(source.facts())
    notes = [read(stored, CONTEXT)[0] for stored in source.fetch() if not isinstance(stored, Finding)]
    with source.open_asset(f"{NOTES}assets/files/a.txt") as stream:
        assert stream.read() == b"moss " * 200
    source.close()

    assert [fact.code for fact in facts if isinstance(fact, Finding)] == [
        "payload-unreadable",
        "payload-unlisted",
        "count-mismatch",
    ]
    assert [note.title for note in notes] == ["Moss"]
    assert sum(isinstance(fact, FolderFact) for fact in facts) == 1
    assert sum(isinstance(fact, AssetFact) for fact in facts) == 3


def test_the_same_items_give_the_same_bytes_and_nothing_stays_beside(tmp_path: Path) -> None:
    first = _filled(tmp_path, "a.mnemo").read_bytes()

    assert _filled(tmp_path, "b.mnemo").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mnemo", "b.mnemo"]


def test_an_empty_package_holds_two_empty_tables(tmp_path: Path) -> None:
    _begin(tmp_path).finish()
    with zipfile.ZipFile(tmp_path / "out.mnemo") as archive:
        assert archive.namelist() == [f"{NOTES}notes.db", "manifest.json"]
        assert archive.getinfo(f"{NOTES}notes.db").file_size == 20_480
        assert json.loads(archive.read("manifest.json"))["entries"] == [entry("notes", 0)]


def test_a_package_of_decks_alone_gets_no_notes(tmp_path: Path) -> None:
    target = _begin(tmp_path)
    target.payload(*_payload("flashcards", json.dumps(entry("flashcards", 1)), **{"flashcards.db": b"x"}))
    target.finish()
    with zipfile.ZipFile(tmp_path / "out.mnemo") as archive:
        assert archive.namelist() == ["payloads/flashcards/flashcards.db", "manifest.json"]


def test_large_files_are_streamed(tmp_path: Path) -> None:
    data = bytes(range(256)) * 20_000
    target = _begin(tmp_path)
    target.asset("assets/files/large.bin", io.BytesIO(data))
    target.asset("assets/files/small.bin", io.BytesIO(b"1"))
    target.finish()
    with zipfile.ZipFile(tmp_path / "out.mnemo") as archive:
        assert archive.read(f"{NOTES}assets/files/large.bin") == data
        assert archive.read(f"{NOTES}assets/files/small.bin") == b"1"


def test_abandoning_leaves_nothing(tmp_path: Path) -> None:
    target = _begin(tmp_path)
    target.asset("assets/files/a.bin", io.BytesIO(b"1"))
    target.abandon()

    assert list(tmp_path.iterdir()) == []


def test_what_the_plan_should_have_kept_apart_is_our_fault(tmp_path: Path) -> None:
    target = _begin(tmp_path)
    target.asset("assets/files/a.bin", io.BytesIO(b"1"))
    with pytest.raises(InternalFaultError, match="two files"):
        target.asset("assets/files/a.bin", io.BytesIO(b"2"))
    target.note(render(Note(key="n", title="a"), TARGET))
    with pytest.raises(InternalFaultError, match="two rows"):
        target.note(render(Note(key="n", title="b"), TARGET))
    target.abandon()


def _copied(source_path: Path, target_path: Path) -> None:
    """Every item of a package into another one, unchanged."""
    source = open_source(source_path, CONTEXT)
    target = open_target(target_path, TARGET)
    for fact in source.facts():
        match fact:
            case FolderFact():
                folder = Folder(
                    key=fact.key, name=fact.name, id=fact.id, parent=fact.parent, order=fact.order, attrs=fact.attrs
                )
                target.folder(folder, fact.path)
            case AssetFact():
                with source.open_asset(fact.key) as stream:
                    target.asset(fact.key.removeprefix(NOTES), stream)
            case PayloadFact():
                target.payload(fact, [(member.key, source.open_member(member.key)) for member in fact.members])
            case _:
                pass
    for stored in source.fetch():
        assert not isinstance(stored, Finding)
        target.note(render(read(stored, CONTEXT)[0], TARGET))
    target.finish()
    source.close()


def test_a_newer_package_passes_through_unchanged(tmp_path: Path) -> None:
    text = (
        '{"noteId":"n","sid":"abcdef","ver":3,"title":"T","folderId":null,"parentNoteId":null,"order":0,"folderPath":"",'
        '"content":"","blocks":[],"createdAt":"2026-05-18T10:00:00Z","modifiedAt":"2026-05-18T10:00:00Z",'
        '"isFavorite":false,"emoji":null,"cover":"dusk","coverCrop":null,"tags":["a"]}'
    )
    files = {f"{NOTES}notes.db": notes_database(tmp_path, [("n", text), ("k", note_json(noteId="k"))])}
    make_package(tmp_path / "in.mnemo", manifest(entry("notes", 2), kind="export"), files)
    _copied(tmp_path / "in.mnemo", tmp_path / "out.mnemo")
    with zipfile.ZipFile(tmp_path / "out.mnemo") as archive:
        (tmp_path / "notes.db").write_bytes(archive.read(f"{NOTES}notes.db"))
    connection = sqlite3.connect(tmp_path / "notes.db")
    rows = connection.execute("SELECT Json FROM Notes").fetchall()
    connection.close()

    assert rows[0] == (text,)


@needs_data
@pytest.mark.parametrize("name", ["everything", "unknown-payload", "decks-only", "one-note"])
def test_packages_of_the_application_pass_through(tmp_path: Path, name: str) -> None:
    package = data_path("libraries", "biology", "packages", f"{name}.mnemo")
    _copied(package, tmp_path / "out.mnemo")
    with zipfile.ZipFile(package) as before, zipfile.ZipFile(tmp_path / "out.mnemo") as after:
        own = ("manifest.json", f"{NOTES}notes.db")
        kept = [member for member in before.namelist() if member not in own and not member.endswith("Thumbs.db")]
        assert {member: after.read(member) for member in kept} == {member: before.read(member) for member in kept}
        old, new = (json.loads(archive.read("manifest.json")) for archive in (before, after))
        assert new["entries"] == sorted(old["entries"], key=lambda e: e["payloadType"])
        if f"{NOTES}notes.db" in before.namelist():
            assert _rows(before, tmp_path) == _rows(after, tmp_path)


def _rows(archive: zipfile.ZipFile, folder: Path) -> list[list[tuple[str, str]]]:
    path = folder / "rows.db"
    path.write_bytes(archive.read(f"{NOTES}notes.db"))
    connection = sqlite3.connect(path)
    tables = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("Notes", "Folders")]
    connection.close()
    return tables
