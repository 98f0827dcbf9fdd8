"""What came from a target and comes back into it: the same is the same, and what was edited goes its way."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.into.merging import PLACES, TARGETS, into, picture, run, write

VAULT: dict[str, str | bytes] = {
    "Hub.md": "---\nmood: calm\n---\n\nLeads to [[Plan]]. %%unseen%%\n\n![[chart.png]]\n",
    "Plan.md": "# Plan\n\nThe first plan.\n\n- one\n    - deep\n",
    "Sub/Deep.md": "Up to [the plan](../Plan.md).\n",
    "chart.png": b"\x89PNG one",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return write(tmp_path / "vault", VAULT, age=1000)


def _edit(archive: Path, old: str, new: str) -> None:
    """Change a text inside a workspace, a package's database or a library."""
    if archive.is_dir():
        (path,) = (one for one in archive.rglob("*.sy") if old in one.read_text(encoding="utf-8"))
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        return
    with sqlite3.connect(archive) as connection:
        done = connection.execute("UPDATE Storage SET Value = replace(Value, ?, ?) WHERE Key LIKE 'note_%'", (old, new))
        assert done.rowcount
    connection.close()


@pytest.mark.parametrize("by", [to for to in TARGETS if to != "markdown"])
def test_a_vault_is_its_own_archive(vault: Path, tmp_path: Path, by: str) -> None:
    archive = tmp_path / "by" / PLACES[by]
    archive.parent.mkdir(parents=True)
    run(vault, archive, by)
    before = picture(vault)

    done = into(archive, vault, "markdown", "overwrite")

    assert done.written == 0
    assert done.count("notes", "unchanged") >= 3
    assert picture(vault) == before


@pytest.mark.parametrize("by", ["siyuan", "mnemo-db"])
def test_an_edit_comes_home_and_nothing_else_changes(vault: Path, tmp_path: Path, by: str) -> None:
    archive = tmp_path / "by" / PLACES[by]
    archive.parent.mkdir(parents=True)
    run(vault, archive, by)
    _edit(archive, "The first plan.", "The better plan.")
    before = picture(vault)

    done = into(archive, vault, "markdown", "overwrite")

    assert done.count("notes", "overwritten") == 1
    after = picture(vault)
    assert {name for name in before if before[name] != after[name]} == {"Plan.md"}
    assert (vault / "Plan.md").read_text() == "# Plan\n\nThe better plan.\n\n- one\n    - deep\n"
    assert (Path(done.backup) / "Plan.md").read_text() == VAULT["Plan.md"]
    assert into(archive, vault, "markdown", "overwrite").written == 0


def test_an_archive_by_way_of_its_origin_finds_what_is_there(vault: Path, tmp_path: Path) -> None:
    """A vault in a workspace; the same vault comes as a package as well."""
    workspace, package = tmp_path / "ws", tmp_path / "x.mnemo"
    run(vault, workspace, "siyuan")
    run(vault, package)
    before = picture(workspace)

    done = into(package, workspace, "siyuan")

    assert done.written == 0
    assert picture(workspace) == before


def test_a_document_that_was_moved_is_found_where_it_is(vault: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    run(vault, workspace, "siyuan")
    (deep,) = (path for path in workspace.rglob("*.sy") if "Up to " in path.read_text(encoding="utf-8"))
    (notebook,) = {path.parent for path in workspace.glob("data/*/*.sy")}
    moved = notebook / deep.name
    deep.rename(moved)
    assert re.fullmatch(r"\d{14}-\w{7}\.sy", moved.name)

    done = into(vault, workspace, "siyuan")

    assert done.written == 0
    assert moved.exists()
    assert not deep.exists()


def test_a_note_that_was_renamed_is_found_by_what_was_remembered(tmp_path: Path) -> None:
    """A document became a file; people gave the file another name, and its front matter tells which it is."""
    vault = write(tmp_path / "vault", {"Plan.md": "One.\n"}, age=10)
    workspace, target = tmp_path / "ws", tmp_path / "notes"
    run(vault, workspace, "siyuan")
    run(workspace, target, "markdown", ignore_residue=True)
    (file,) = target.rglob("Plan.md")
    assert "id: " in file.read_text()
    file.rename(file.with_name("Better plan.md"))

    done = into(workspace, target, "markdown", "skip", ignore_residue=True)

    assert done.count("notes", "created") == 0
    assert not list(target.rglob("Plan.md"))
