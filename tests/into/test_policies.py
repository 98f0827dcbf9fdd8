"""Every policy, for every kind of target: what is written, what stays, and that a second run has nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.into.merging import PLACES, TARGETS, into, picture, run, write

VAULT: dict[str, str | bytes] = {
    "Hub.md": "# Hub\n\nLeads to [[Plan]] and [[Ideas|more]].\n\n![[chart.png]]\n",
    "Plan.md": "# Plan\n\nThe first plan.\n",
    "Ideas.md": "# Ideas\n\nSee [[Hub]], [[Plan#Plan]].\n",
    "Sub/Deep.md": "Up to [the plan](../Plan.md).\n",
    "chart.png": b"\x89PNG one",
}
CHANGED: dict[str, str | bytes] = {"Plan.md": "# Plan\n\nThe second plan.\n", "New.md": "New, after [[Plan]].\n"}

ONE_FILE = ("mnemo", "mnemo-db")

each_target = pytest.mark.parametrize("to", TARGETS)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return write(tmp_path / "vault", VAULT, age=1000)


def _made(vault: Path, tmp_path: Path, to: str) -> Path:
    target = tmp_path / "target" / PLACES[to]
    target.parent.mkdir(parents=True)
    assert run(vault, target, to).code in (0, 1)
    return target


@each_target
@pytest.mark.parametrize("policy", ["duplicate", "skip", "overwrite", "newer", "fail"])
def test_the_same_again_changes_nothing(vault: Path, tmp_path: Path, to: str, policy: str) -> None:
    target = _made(vault, tmp_path, to)
    before = picture(target)

    again = into(vault, target, to, policy)

    assert again.code in (0, 1)
    assert again.written == 0
    assert again.count("notes", "unchanged") == 4
    assert again.count("assets", "unchanged") == 1
    assert picture(target) == before


@each_target
def test_a_note_that_differs_comes_in_beside_the_other(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)
    before = picture(target)
    write(vault, CHANGED)

    first = into(vault, target, to, "duplicate")

    assert first.count("notes", "duplicated") == 1
    assert first.count("notes", "created") == 1
    assert first.count("notes", "unchanged") == 3
    assert first.findings["duplicated"] == ["notes/Plan.md"]
    after = picture(target)
    assert all(after[name] == before[name] for name in before if _is_note_or_file(name))
    assert into(vault, target, to, "duplicate").written == 0
    assert picture(target) == after


def _is_note_or_file(name: str) -> bool:
    return name.endswith((".md", ".sy", ".png"))


@each_target
def test_skip_leaves_what_is_there(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)
    write(vault, CHANGED)

    done = into(vault, target, to, "skip")

    assert done.count("notes", "skipped") == 1
    assert done.count("notes", "created") == 1
    assert done.findings["kept-existing"] == ["notes/Plan.md"]
    assert bool(done.backup) == (to in ONE_FILE), "a file that takes what is new is another file"


@each_target
@pytest.mark.parametrize("policy", ["overwrite", "newer"])
def test_a_newer_version_replaces_the_old_one_and_a_backup_is_kept(
    vault: Path, tmp_path: Path, to: str, policy: str
) -> None:
    target = _made(vault, tmp_path, to)
    write(vault, CHANGED)

    done = into(vault, target, to, policy)

    assert done.count("notes", "overwritten") == 1
    assert done.findings["overwritten"] == ["notes/Plan.md"]
    assert Path(done.backup).exists()
    assert into(vault, target, to, policy).written == 0


@each_target
def test_an_older_version_is_not_newer(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)
    write(vault, CHANGED, age=2000)

    done = into(vault, target, to, "newer")

    assert done.count("notes", "skipped") == 1
    assert done.count("notes", "overwritten") == 0


@each_target
def test_without_a_backup_there_is_none(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)
    write(vault, CHANGED)
    around = {path.name for path in target.parent.iterdir()}

    done = into(vault, target, to, "overwrite", backup=False)

    assert done.count("notes", "overwritten") == 1
    assert {path.name for path in target.parent.iterdir()} == around


@each_target
def test_fail_names_what_is_in_the_way_and_writes_nothing(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)
    before = picture(target)
    write(vault, CHANGED)

    done = into(vault, target, to, "fail")

    assert done.code == 4
    assert "notes/Plan.md" in done.message
    assert picture(target) == before


@each_target
def test_duplicate_all_brings_everything_again(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)

    once = into(vault, target, to, "duplicate-all")
    twice = into(vault, target, to, "duplicate-all")

    assert once.count("notes", "duplicated") == twice.count("notes", "duplicated") == 4


@each_target
def test_a_file_of_other_bytes_gets_another_name_and_the_note_shows_it(vault: Path, tmp_path: Path, to: str) -> None:
    target = _made(vault, tmp_path, to)
    write(vault, {"chart.png": b"\x89PNG other"})

    done = into(vault, target, to, "duplicate")

    if done.count("assets", "created"):
        assert to in ONE_FILE
    else:
        assert done.count("assets", "duplicated") == 1
    assert done.count("notes", "duplicated") >= 1
    assert into(vault, target, to, "duplicate").written == 0


@each_target
def test_what_people_added_stays(vault: Path, tmp_path: Path, to: str) -> None:
    """Two vaults in one target: neither takes anything from the other."""
    target = _made(vault, tmp_path, to)
    other = write(tmp_path / "other", {"Other.md": "Quite another [[Thing]].\n", "Thing.md": "A thing.\n"})
    before = picture(target)

    done = into(other, target, to)

    assert done.count("notes", "created") == 2
    after = picture(target)
    assert all(after[name] == before[name] for name in before if _is_note_or_file(name))
    assert into(vault, target, to).written == 0


@each_target
def test_a_target_that_is_not_there_is_refused(vault: Path, tmp_path: Path, to: str) -> None:
    with pytest.raises(Exception, match="no target"):
        into(vault, tmp_path / "nowhere" / PLACES[to], to)
