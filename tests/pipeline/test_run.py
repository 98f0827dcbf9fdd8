"""What a run does with its source, its target, and its options."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from converter import Options, convert, inspect, preview
from converter.errors import UsageError
from tests.support import FIXTURES, ROOT, build_package, content, package_rows, text_block, tree_texts

VAULT = FIXTURES / "sample-vault"


def options(target: Path, **more: object) -> Options:
    values: dict[str, object] = {"source": str(VAULT), "target": str(target), "timezone": "UTC"}
    return Options(**(values | more))  # type: ignore[arg-type]


def note(key: str, title: str, *texts: str, **more: object) -> dict[str, object]:
    blocks = [text_block(text, order=number) for number, text in enumerate(texts)]
    base = {
        "noteId": key,
        "title": title,
        "folderId": None,
        "parentNoteId": None,
        "order": 0,
        "folderPath": "",
        "content": "",
        "blocks": blocks,
        "createdAt": "2026-05-18T10:00:00Z",
        "modifiedAt": "2026-05-18T10:00:00Z",
        "isFavorite": False,
    }
    return base | more


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in VAULT.rglob("*")}
    with convert(options(tmp_path / "out.mnemo")) as report:
        assert report.exit_code in (0, 1)

    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in VAULT.rglob("*")} == before


def test_a_target_that_exists_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "out.mnemo"
    target.write_bytes(b"precious")
    with convert(options(target)) as report:
        assert report.exit_code == 4
        assert report.status == "refused"

    assert target.read_bytes() == b"precious"


def test_a_replaced_target_is_kept_beside(tmp_path: Path) -> None:
    target = tmp_path / "out.mnemo"
    target.write_bytes(b"precious")
    with convert(options(target, overwrite_output=True)) as report:
        assert report.fault is None

    assert target.read_bytes()[:2] == b"PK"
    assert [path.read_bytes() for path in tmp_path.iterdir() if path != target] == [b"precious"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old.md").write_text("old", encoding="utf-8")
    with convert(options(target, target_format="markdown", overwrite_output=True, backup=False)) as report:
        assert report.fault is None

    assert "old.md" not in tree_texts(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


@pytest.mark.parametrize("place", ["inside", "same"])
def test_a_target_in_the_source_is_refused(tmp_path: Path, place: str) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("a", encoding="utf-8")
    target = vault / "out" if place == "inside" else vault
    with convert(
        Options(source=str(vault), target=str(target), target_format="markdown", overwrite_output=True)
    ) as report:
        assert report.exit_code == 4

    assert tree_texts(vault) == {"a.md": "a"}


def test_a_dry_run_makes_nothing(tmp_path: Path) -> None:
    with convert(options(tmp_path / "deep" / "out.mnemo", dry_run=True)) as dry:
        counts = dict(dry.tally.rows())
    assert list(tmp_path.iterdir()) == []

    with convert(options(tmp_path / "out.mnemo")) as report:
        assert dict(report.tally.rows()) == counts


def test_a_preview_prints_the_plan_that_runs(tmp_path: Path) -> None:
    with preview(options(tmp_path / "out.mnemo")) as report:
        assert report.plan is not None
        planned = {(item.kind, item.key): item.outputs[0].id for item in report.plan.items if item.kind == "notes"}
    assert list(tmp_path.iterdir()) == []

    with convert(options(tmp_path / "out.mnemo")) as report:
        assert report.fault is None
    ids = {json.loads(row)["noteId"] for row in package_rows(tmp_path / "out.mnemo")}
    assert ids == set(planned.values())


def test_inspect_counts(tmp_path: Path) -> None:
    with inspect(Options(source=str(VAULT))) as report:
        counts = dict(report.tally.rows())

    assert (counts["notes"]["read"], counts["folders"]["read"], counts["assets"]["read"]) == (2, 1, 1)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_selected_is_skipped_and_counted(tmp_path: Path) -> None:
    with convert(options(tmp_path / "out.mnemo", include=("Projects/*",))) as report:
        counts = dict(report.tally.rows())
        codes = {finding.code for finding in report.spool}

    assert (counts["notes"]["created"], counts["notes"]["skipped"]) == (1, 1)
    assert counts["assets"]["skipped"] == 1
    assert "link-left-selection" in codes


def test_a_tag_selects(tmp_path: Path) -> None:
    with convert(options(tmp_path / "out.mnemo", tags=("guide",))) as report:
        assert dict(report.tally.rows())["notes"]["created"] == 1


def test_only_settings_leaves_the_notes(tmp_path: Path) -> None:
    with convert(options(tmp_path / "out.mnemo", only=("settings",))) as report:
        counts = dict(report.tally.rows())
    assert counts["notes"]["skipped"] == 2
    assert package_rows(tmp_path / "out.mnemo") == []


def test_unknown_only_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="notes"):
        convert(options(tmp_path / "out.mnemo", only=("everything",)))


def test_an_unknown_payload_can_be_refused(tmp_path: Path) -> None:
    entry = {"payloadType": "boards", "itemCount": 1, "schemaVersion": 1, "path": "payloads/boards", "capabilities": []}
    notes = {"payloadType": "notes", "itemCount": 1, "schemaVersion": 1, "path": "payloads/notes", "capabilities": []}
    description = {
        "notes": [note("n1", "A", "x")],
        "entries": [notes, entry],
        "files": {"payloads/boards/b.json": "e30="},
    }
    source = build_package(tmp_path / "in.mnemo", description)

    with convert(Options(source=str(source), target=str(tmp_path / "a.mnemo"), strict_unknown=True)) as report:
        assert report.exit_code == 3
    with convert(Options(source=str(source), target=str(tmp_path / "b.mnemo"))) as report:
        assert report.fault is None
        assert dict(report.tally.rows())["payloads"]["created"] == 1
    bare = Options(source=str(source), target=str(tmp_path / "c"), target_format="markdown", residue=False)
    with convert(bare) as report:
        assert dict(report.tally.rows())["payloads"]["lost"] == 1
        assert "payload-lost" in {finding.code for finding in report.spool}
    assert content(tmp_path / "b.mnemo")["payloads/boards/b.json"]


def test_ids_that_stand_twice_are_renewed(tmp_path: Path) -> None:
    rows = [json.dumps(note("same", "One", "a")), json.dumps(note("same", "Two", "b"))]
    source = build_package(tmp_path / "in.mnemo", {"notes": rows})

    with convert(Options(source=str(source), target=str(tmp_path / "out.mnemo"))) as report:
        assert report.fault is None
        assert "duplicate-id" in {finding.code for finding in report.spool}

    made = [json.loads(row) for row in package_rows(tmp_path / "out.mnemo")]
    assert [one["title"] for one in made] == ["One", "Two"]
    assert len({one["noteId"] for one in made}) == 2


def test_a_note_that_cannot_be_read_fails_alone(tmp_path: Path) -> None:
    source = build_package(tmp_path / "in.mnemo", {"notes": [note("n1", "Good", "x"), "{broken"]})

    with convert(Options(source=str(source), target=str(tmp_path / "out"), target_format="markdown")) as report:
        counts = dict(report.tally.rows())["notes"]
        assert report.exit_code == 1

    assert (counts["read"], counts["created"], counts["failed"]) == (2, 1, 1)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 torn"])
def test_broken_sources_are_refused(tmp_path: Path, data: bytes) -> None:
    source = tmp_path / "in.mnemo"
    source.write_bytes(data)

    with convert(Options(source=str(source), target=str(tmp_path / "out"), target_format="markdown")) as report:
        assert report.exit_code == 3
        assert report.fault is not None
        assert report.fault.message

    assert not (tmp_path / "out").exists()


def test_there_and_back_keeps_ids_titles_and_text(tmp_path: Path) -> None:
    folders = [{"folderId": "f1", "name": "Folder", "parentId": None, "order": 0}]
    notes = [note("n1", "First: one", "Hello", folderId="f1"), note("n2", "Second", "World", order=1)]
    source = build_package(tmp_path / "in.mnemo", {"notes": notes, "folders": folders})
    for target, origin in (("vault", source), ("back.mnemo", tmp_path / "vault")):
        kind = "mnemo" if target.endswith(".mnemo") else "markdown"
        asked = Options(source=str(origin), target=str(tmp_path / target), target_format=kind, residue=False)
        with convert(asked) as report:
            assert report.fault is None

    back = {row["noteId"]: row for row in map(json.loads, package_rows(tmp_path / "back.mnemo"))}
    assert {key: row["title"] for key, row in back.items()} == {"n1": "First: one", "n2": "Second"}
    assert back["n1"]["folderPath"] == "Folder"
    assert back["n1"]["createdAt"] == "2026-05-18T10:00:00Z"
    assert back["n2"]["blocks"][0]["spans"][0]["text"] == "World"


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.3, 0.5])
def test_a_killed_run_leaves_no_half_target(tmp_path: Path, delay: float) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for number in range(300):
        (vault / f"{number}.md").write_text(f"# {number}\n\n" + "text\n\n" * 50, encoding="utf-8")
    target = tmp_path / "out.mnemo"
    command = [sys.executable, "-m", "converter", "convert", str(vault), str(target), "--no-verify"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()

    if target.exists():
        assert len(package_rows(target)) == 300
    with convert(Options(source=str(vault), target=str(target), overwrite_output=True, backup=False)) as report:
        assert report.fault is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mnemo", "vault"]


def test_zones_count(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("---\ncreated: 2026-05-18 10:00:00\n---\nx", encoding="utf-8")
    with convert(Options(source=str(vault), target=str(tmp_path / "o.mnemo"), timezone="Asia/Tokyo")) as report:
        assert report.resolved["timezone"] == "Asia/Tokyo"

    assert json.loads(package_rows(tmp_path / "o.mnemo")[0])["createdAt"] == "2026-05-18T01:00:00Z"


def test_names_that_a_system_refuses_become_safe(tmp_path: Path) -> None:
    titles = ["con", "a/b", "x" * 300, "..", "Same", "same", "\x1b[31mred"]
    rows = [note(f"n{number}", title, "x", order=number) for number, title in enumerate(titles)]
    source = build_package(tmp_path / "in.mnemo", {"notes": rows})
    with convert(Options(source=str(source), target=str(tmp_path / "out"), target_format="markdown")) as report:
        assert report.fault is None

    names = [path.name for path in (tmp_path / "out").glob("*.md")]
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(len(name.encode()) <= 255 for name in names)


def test_empty_folders_are_folders(tmp_path: Path) -> None:
    folders = [{"folderId": "f1", "name": "Full", "parentId": None, "order": 0}]
    folders.append({"folderId": "f2", "name": "Empty", "parentId": "f1", "order": 0})
    source = build_package(tmp_path / "in.mnemo", {"notes": [note("n1", "A", "x")], "folders": folders})
    with convert(Options(source=str(source), target=str(tmp_path / "out"), target_format="markdown")) as report:
        assert report.fault is None
    assert (tmp_path / "out" / "Full" / "Empty").is_dir()

    with convert(Options(source=str(tmp_path / "out"), target=str(tmp_path / "back.mnemo"))) as report:
        assert dict(report.tally.rows())["folders"]["created"] == 2


def test_numbers_in_names_keep_the_order(tmp_path: Path) -> None:
    notes = [note("n1", "Zebra", "x", order=0), note("n2", "Ant", "x", order=1)]
    source = build_package(tmp_path / "in.mnemo", {"notes": notes})
    for flag in (True, False):
        target = tmp_path / f"out-{flag}"
        plain = Options(source=str(source), target=str(target), target_format="markdown", residue=False)
        options = msgspec.structs.replace(plain, number_prefix=flag)
        with convert(options) as report:
            assert report.fault is None
            assert ("order-lost" in {finding.code for finding in report.spool}) is not flag

    assert sorted(tree_texts(tmp_path / "out-True")) == ["01 Zebra.md", "02 Ant.md"]
    assert "title: Zebra" in tree_texts(tmp_path / "out-True")["01 Zebra.md"]
