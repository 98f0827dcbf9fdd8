"""Workspaces as sources and targets: names, ids, selection, and what is left alone."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert, preview
from converter.findings.report import Report
from tests.siyuan.structure import dangling_references, workspace_faults
from tests.support import FIXTURES

CASES = FIXTURES / "cases"
BOX = "20240115080000-notebka"


def run(source: Path, target: Path, kind: str, **options: Any) -> Report:
    return convert(Options(source=str(source), target=str(target), target_format=kind, timezone="UTC", **options))


def vault(folder: Path, **notes: str) -> Path:
    folder.mkdir()
    for name, text in notes.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def documents(workspace: Path) -> dict[str, dict[str, Any]]:
    """The documents of a workspace by their titles."""
    found = (json.loads(path.read_bytes()) for path in sorted(workspace.rglob("*.sy")))
    return {root["Properties"]["title"]: root for root in found}


def ids_of(node: dict[str, Any]) -> list[str]:
    own = [node["ID"]] if "ID" in node else []
    return own + [one for child in node.get("Children", []) for one in ids_of(child)]


def test_the_notebook_is_called_as_asked_else_as_the_source(tmp_path: Path) -> None:
    source = vault(tmp_path / "My notes", Plan="text")
    run(source, tmp_path / "one", "siyuan").close()
    run(source, tmp_path / "two", "siyuan", notebook="Import / 1").close()

    names = [json.loads(next((tmp_path / name).rglob("conf.json")).read_bytes())["name"] for name in ("one", "two")]
    assert names == ["My notes", "Import / 1"]


def test_ids_stay_when_a_neighbour_comes(tmp_path: Path) -> None:
    alone = vault(tmp_path / "v", Plan="---\ncreated: 2024-05-01 10:00\n---\n# Plan\n\nText with [[Plan#Plan]].")
    run(alone, tmp_path / "one", "siyuan").close()
    (alone / "Another.md").write_text("---\ncreated: 2024-05-01 10:00\n---\n[[Plan]]", encoding="utf-8")
    run(alone, tmp_path / "two", "siyuan").close()

    before, after = documents(tmp_path / "one")["Plan"], documents(tmp_path / "two")["Plan"]
    assert ids_of(before) == ids_of(after)
    assert before["ID"].startswith("20240501100000-")
    assert workspace_faults(tmp_path / "two" / "data") == []
    assert dangling_references(tmp_path / "two" / "data") == []


def test_ids_come_back_through_a_package(tmp_path: Path) -> None:
    source = CASES / "siyuan-links" / "input"
    run(source, tmp_path / "p.mnemo", "mnemo", mnemo_target="0.8", residue=False).close()
    run(tmp_path / "p.mnemo", tmp_path / "back", "siyuan").close()

    names = {path.stem for path in (tmp_path / "back").rglob("*.sy")}
    assert {root["ID"] for root in documents(source).values()} <= names
    target = json.loads(next((tmp_path / "back").rglob("20240115090400-docs004.sy")).read_bytes())
    assert {"20240115100401-blk0401", "20240115100402-blk0402", "20240115100455-twiceda"} <= set(ids_of(target))
    assert workspace_faults(tmp_path / "back" / "data") == []


def test_an_id_that_stands_in_two_notebooks_is_renewed_in_the_second(tmp_path: Path) -> None:
    source = tmp_path / "w"
    shutil.copytree(CASES / "siyuan-links" / "input", source)
    shutil.copytree(source / "data" / BOX, source / "data" / "20240115080100-notebkb")
    with run(source, tmp_path / "out", "siyuan") as report:
        assert report.fault is None
        assert report.spool.counts_by_code()["duplicate-id"].items == 3

    names = [path.stem for path in (tmp_path / "out").rglob("*.sy")]
    assert len(names) == len(set(names)) == 6
    faults = workspace_faults(tmp_path / "out" / "data", canonical=False)
    assert not [fault for fault in faults if "file name" in fault or "parent" in fault]


def test_a_selection_names_documents_by_their_titles(tmp_path: Path) -> None:
    options = Options(
        source=str(CASES / "siyuan-tree" / "input"),
        target=str(tmp_path / "out"),
        target_format="markdown",
        include=("Work/Projects/*",),
    )
    with preview(options) as report:
        made = [item.title for item in report.plan.items if item.kind == "notes" and item.action == "create"]
    assert made == ["Boat", "Plans"]


def test_what_was_not_read_whole_is_written_whole_again(tmp_path: Path) -> None:
    """A repaired document is written anew, one that needs nothing keeps its bytes, whatever form they have."""
    source = CASES / "siyuan-odd" / "input"
    with run(source, tmp_path / "out", "siyuan") as report:
        assert report.fault is None

    old, new = source / "data" / BOX, tmp_path / "out" / "data" / BOX
    assert (new / "20240115092000-docs000.sy").read_bytes() != (old / "20240115092000-docs000.sy").read_bytes()
    links = CASES / "siyuan-links" / "input"
    run(links, tmp_path / "links", "siyuan").close()
    for path in (links / "data").rglob("*"):
        if path.is_file():
            assert (tmp_path / "links" / "data" / path.relative_to(links / "data")).read_bytes() == path.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="the lock is one of POSIX")
def test_a_workspace_in_use_is_refused(tmp_path: Path) -> None:
    import fcntl

    source = tmp_path / "w"
    shutil.copytree(CASES / "siyuan-links" / "input", source)
    with (source / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with run(source, tmp_path / "out", "markdown") as report:
            assert report.fault is not None
            assert (report.fault.exit_code, "in use" in report.fault.message) == (3, True)
    assert not (tmp_path / "out").exists()


def test_a_package_from_a_workspace_comes_back_in_its_order(tmp_path: Path) -> None:
    run(CASES / "siyuan-tree" / "input", tmp_path / "p.mnemo", "mnemo").close()
    run(tmp_path / "p.mnemo", tmp_path / "back", "siyuan", ignore_residue=True).close()

    order = json.loads(next((tmp_path / "back").rglob("sort.json")).read_bytes())
    roots = documents(tmp_path / "back")
    assert order[roots["Boat"]["ID"]] < order[roots["Plans"]["ID"]]
    assert {"Work", "Home", "Projects", "Boat"} <= roots.keys()


def test_a_workspace_of_which_nothing_can_be_read_becomes_an_empty_notebook(tmp_path: Path) -> None:
    box = tmp_path / "w" / "data" / BOX
    (box / ".siyuan").mkdir(parents=True)
    (box / ".siyuan" / "conf.json").write_text('{"name": "Secrets", "encrypted": true}', encoding="utf-8")
    with run(tmp_path / "w", tmp_path / "out", "siyuan") as report:
        assert (report.fault, report.exit_code) == (None, 1)
        assert list(report.spool.counts_by_code()) == ["notebook-encrypted", "junk-skipped"]
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["conf.json"]


def test_notes_alone_bring_settings_and_order_of_their_own(tmp_path: Path) -> None:
    """Without the notebook's own files new ones say its name, its place and the order of its documents."""
    run(CASES / "siyuan-links" / "input", tmp_path / "out", "siyuan", only=("notes",)).close()

    folder = tmp_path / "out" / "data" / BOX / ".siyuan"
    conf = json.loads((folder / "conf.json").read_bytes())
    order = json.loads((folder / "sort.json").read_bytes())
    assert (conf["name"], conf["closed"]) == ("Links", False)
    assert order == {"20240115090300-docs003": 1, "20240115090400-docs004": 2}
