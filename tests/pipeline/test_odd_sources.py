"""Sources that are broken, odd or hostile: what was wrong is reported, and nothing else suffers."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import zipfile
from pathlib import Path

import pytest

from converter import Options, convert
from tests.pipeline.test_run import note
from tests.support import build_package, text_block


def run(source: Path, target: Path, **more: object) -> tuple[set[str], dict[str, dict[str, int]], int]:
    """The codes that a conversion reports, its counts, and its exit code."""
    kind = "mnemo" if target.suffix else "markdown"
    options = Options(source=str(source), target=str(target), target_format=kind, **more)  # type: ignore[arg-type]
    with convert(options) as report:
        assert report.fault is None or report.exit_code in (3, 6), report.fault
        return {finding.code for finding in report.spool}, dict(report.tally.rows()), report.exit_code


def rezipped(
    source: Path, target: Path, change: dict[str, bytes | None], add: list[zipfile.ZipInfo | str] | None = None
) -> Path:
    """A copy of a package with members replaced, dropped (None) or added (empty)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = change.get(info.filename, old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
        for extra in add or []:
            new.writestr(extra, b"x")
    return target


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return build_package(tmp_path / "in.mnemo", {"notes": [note("n1", "A", "x")]})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no links and pipes of this kind")
def test_links_and_pipes_in_a_folder_are_left_alone(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("a", encoding="utf-8")
    (vault / "link.md").symlink_to("/etc/passwd")
    os.mkfifo(vault / "pipe.md")

    codes, counts, _ = run(vault, tmp_path / "out.mnemo")

    assert {"symlink-skipped", "file-skipped"} <= codes
    assert "junk-skipped" not in codes
    assert (counts["notes"]["created"], counts["assets"]["skipped"]) == (1, 2)


def test_a_link_to_a_note_that_failed(tmp_path: Path) -> None:
    page = text_block("", "Page", payload={"kind": "page", "referenceNoteId": "row-1"})
    source = build_package(tmp_path / "in.mnemo", {"notes": [note("n1", "A", blocks=[page]), "{broken"]})

    codes, counts, code = run(source, tmp_path / "out")

    assert "reference-to-failed" in codes
    assert (counts["notes"]["failed"], code) == (1, 1)


def test_text_that_is_not_utf8(tmp_path: Path, package: Path) -> None:
    database = tmp_path / "notes.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
    connection.execute("CREATE TABLE Folders (FolderId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
    text = json.dumps(note("n1", "caf@", "x")).encode().replace(b"caf@", b"caf\xe9")
    connection.execute("INSERT INTO Notes VALUES ('n1', CAST(? AS TEXT))", (text,))
    connection.commit()
    connection.close()
    source = rezipped(package, tmp_path / "odd.mnemo", {"payloads/notes/notes.db": database.read_bytes()})

    codes, counts, _ = run(source, tmp_path / "out")

    assert "invalid-utf8" in codes
    assert counts["notes"]["created"] == 1


@pytest.mark.parametrize(
    ("manifest", "code"),
    [({}, "manifest-incomplete"), ({"format": "mnemo-package", "version": 1, "entries": []}, "manifest-empty")],
)
def test_manifests_that_say_too_little(tmp_path: Path, package: Path, manifest: dict[str, object], code: str) -> None:
    source = rezipped(package, tmp_path / "odd.mnemo", {"manifest.json": json.dumps(manifest).encode()})

    codes, _, _ = run(source, tmp_path / "out.mnemo")

    assert code in codes


@pytest.mark.parametrize("version", [0, 2, "2", 1.5, None])
def test_other_versions_are_refused(tmp_path: Path, package: Path, version: object) -> None:
    manifest = json.dumps({"format": "mnemo-package", "version": version, "entries": []}).encode()
    source = rezipped(package, tmp_path / "odd.mnemo", {"manifest.json": manifest})

    assert run(source, tmp_path / "out")[2] == 3


@pytest.mark.parametrize("name", ["../evil", "/abs", "C:/x", "a/../b", "..\\x"])
def test_unsafe_names_refuse_the_package(tmp_path: Path, package: Path, name: str) -> None:
    source = rezipped(package, tmp_path / "odd.mnemo", {}, [zipfile.ZipInfo(name)])

    assert run(source, tmp_path / "out")[2] == 3
    assert not (tmp_path / "evil").exists()


def test_a_name_that_only_mnemo_refuses(tmp_path: Path, package: Path) -> None:
    source = rezipped(package, tmp_path / "odd.mnemo", {}, ["foo../bar"])

    assert "member-refused" in run(source, tmp_path / "out.mnemo")[0]


def test_a_link_in_a_package_is_skipped(tmp_path: Path, package: Path) -> None:
    link = zipfile.ZipInfo("payloads/notes/assets/images/link.png")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    source = rezipped(package, tmp_path / "odd.mnemo", {}, [link])

    assert "member-skipped" in run(source, tmp_path / "out")[0]


def test_bytes_in_front_of_an_archive(tmp_path: Path, package: Path) -> None:
    source = tmp_path / "odd.mnemo"
    source.write_bytes(b"junk" + package.read_bytes())

    codes, counts, _ = run(source, tmp_path / "out")

    assert "package-has-junk" in codes
    assert counts["notes"]["created"] == 1


def test_a_damaged_picture_fails_alone(tmp_path: Path, package: Path) -> None:
    name = "payloads/notes/assets/images/p.png"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        with zipfile.ZipFile(package) as old:
            for info in old.infolist():
                archive.writestr(info.filename, old.read(info))
        archive.writestr(name, b"a picture, as it was")
    source = tmp_path / "odd.mnemo"
    source.write_bytes(held.getvalue().replace(b"a picture, as it was", b"a picture, as it is!"))

    codes, counts, code = run(source, tmp_path / "out")

    assert "item-unreadable" in codes
    assert (counts["assets"]["failed"], counts["notes"]["created"], code) == (1, 1, 1)


def test_a_deck_database_that_is_none_passes_whole(tmp_path: Path) -> None:
    entries = [
        {"payloadType": name, "itemCount": 1, "schemaVersion": 1, "path": f"payloads/{name}", "capabilities": []}
        for name in ("flashcards", "notes")
    ]
    files = {"payloads/flashcards/flashcards.db": "bm90IGEgZGF0YWJhc2U="}
    source = build_package(tmp_path / "in.mnemo", {"notes": [note("n1", "A", "x")], "entries": entries, "files": files})

    codes, _, _ = run(source, tmp_path / "out.mnemo")

    assert "payload-unreadable" in codes
    with zipfile.ZipFile(tmp_path / "out.mnemo") as archive:
        assert archive.read("payloads/flashcards/flashcards.db") == b"not a database"


def test_a_size_that_is_not_what_the_manifest_says(tmp_path: Path) -> None:
    name = "payloads/notes/assets/images/p.png"
    assets = [{"path": name, "sizeBytes": 99, "checksumSha256": None}]
    description = {"notes": [note("n1", "A", "x")], "files": {name: "eA=="}, "manifest": {"assets": assets}}
    source = build_package(tmp_path / "in.mnemo", description)

    assert "asset-mismatch" in run(source, tmp_path / "out")[0]


def test_blocks_that_the_application_cannot_save(tmp_path: Path) -> None:
    block = text_block("deepest")
    for _ in range(40):
        block = text_block("x", children=[block])
    source = build_package(tmp_path / "in.mnemo", {"notes": [note("n1", "A", blocks=[block])]})

    codes, counts, _ = run(source, tmp_path / "out")

    assert "nesting-deep" in codes
    assert (counts["notes"]["created"], counts["blocks"]["created"]) == (1, 41)


def test_a_name_without_an_encoding(tmp_path: Path, package: Path) -> None:
    source = rezipped(package, tmp_path / "odd.mnemo", {}, ["payloads/notes/assets/images/caf@.png"])
    source.write_bytes(source.read_bytes().replace(b"caf@.png", b"caf\x82.png"))

    assert "member-name-guessed" in run(source, tmp_path / "out")[0]


@pytest.mark.parametrize("depth", [50, 1000])
def test_deep_lists_are_no_trouble(tmp_path: Path, depth: int) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    lines = [f"{'  ' * level}- level {level}" for level in range(depth)]
    (vault / "deep.md").write_text("\n".join(lines), encoding="utf-8")

    _, counts, _ = run(vault, tmp_path / "out.mnemo", mnemo_target="compat")

    assert counts["notes"]["created"] == 1
    assert counts["blocks"]["read"] == 2 * depth


def test_names_that_differ_by_case_alone_stay_two(tmp_path: Path) -> None:
    notes = [note("n1", "Same", "a"), note("n2", "SAME", "b"), note("n3", "Ｓame", "c")]
    source = build_package(tmp_path / "in.mnemo", {"notes": notes})

    run(source, tmp_path / "out")

    assert len(list((tmp_path / "out").glob("*.md"))) == 3
