"""Plans: what is shown is what runs, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import invoke
from tests.into.merging import PLACES, TARGETS, picture, write

VAULT: dict[str, str | bytes] = {"A.md": "See [[B]].\n", "B.md": "One.\n", "p.png": b"\x89PNG"}
CHANGED: dict[str, str | bytes] = {"B.md": "Two.\n", "C.md": "New.\n"}

each_target = pytest.mark.parametrize("to", TARGETS)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return write(tmp_path / "vault", VAULT, age=500)


def _target(vault: Path, tmp_path: Path, to: str) -> Path:
    target = tmp_path / "target" / PLACES[to]
    target.parent.mkdir(parents=True)
    assert invoke("convert", str(vault), str(target), "--to", to, "-q").code == 0
    write(vault, CHANGED)
    return target


def _items(plan: dict[str, Any]) -> dict[str, str]:
    return {f"{item['kind']}/{item['key']}": item["action"] for item in plan["items"]}


@each_target
def test_a_preview_says_what_the_run_then_does(vault: Path, tmp_path: Path, to: str) -> None:
    target = _target(vault, tmp_path, to)
    before = picture(target)
    call = (str(vault), "--into", str(target), "--to", to, "--on-conflict", "duplicate")

    shown = invoke("preview", *call, "--output-format", "json")

    assert shown.code == 0
    assert picture(target) == before
    plan = json.loads(shown.out)
    actions = _items(plan)
    assert actions["notes/A.md"] == "keep"
    assert actions["notes/B.md"] == "duplicate"
    assert actions["notes/C.md"] == "create"
    assert actions["assets/p.png"] == "keep"
    report = tmp_path / "report.json"
    assert invoke("convert", *call, "-q", "--report", str(report)).code == 0
    done = json.loads(report.read_text())
    assert done["counts"] == plan["counts"]
    text = invoke("preview", *call).out
    assert "keep      notes    B.md" in text


@each_target
def test_a_saved_plan_runs_as_it_stands_and_once(vault: Path, tmp_path: Path, to: str) -> None:
    target, plan = _target(vault, tmp_path, to), tmp_path / "plan.json"
    before = picture(target)
    call = ("convert", str(vault), "--into", str(target), "--to", to)

    assert invoke(*call, "--plan", str(plan), "-q").code == 0
    assert picture(target) == before
    done = invoke("convert", "--apply", str(plan))

    assert done.code == 0
    assert "duplicated" in done.out
    assert picture(target) != before
    again = invoke("convert", "--apply", str(plan))
    assert again.code == 4
    assert "has changed since the plan was made" in again.err


def test_a_plan_for_a_new_target_makes_it(vault: Path, tmp_path: Path) -> None:
    target, plan = tmp_path / "out.mnemo", tmp_path / "plan.json"

    assert invoke("convert", str(vault), str(target), "--plan", str(plan), "-q").code == 0
    assert not target.exists()
    assert invoke("convert", "--apply", str(plan), "-q").code == 0
    assert target.exists()


@each_target
def test_a_plan_is_refused_when_something_changed(vault: Path, tmp_path: Path, to: str) -> None:
    target, plan = _target(vault, tmp_path, to), tmp_path / "plan.json"
    call = ("convert", str(vault), "--into", str(target), "--to", to, "--plan", str(plan), "-q")
    assert invoke(*call).code == 0
    write(vault, {"B.md": "Three.\n"})
    before = picture(target)

    refused = invoke("convert", "--apply", str(plan))

    assert refused.code == 3
    assert "The source" in refused.err
    assert invoke(*call).code == 0
    place = target if target.is_dir() else target.parent
    (place / "images").mkdir(exist_ok=True)
    (place / "images" / "mine.png").write_bytes(b"mine")
    if to == "mnemo":
        return
    assert invoke("convert", "--apply", str(plan)).code == 4
    assert {name: value for name, value in picture(target).items() if name != "images/mine.png"} == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plan: plan | {"schema": "other"}, "does not name the schema"),
        (lambda plan: plan | {"version": "0.0.0"}, "was made by version 0.0.0"),
        (lambda plan: plan | {"options": {"sorce": "x"}}, "is no plan"),
        (lambda plan: plan | {"options": 7}, "is no plan"),
        (lambda plan: {k: v for k, v in plan.items() if k != "items"}, "is no plan"),
        (lambda plan: plan | {"resolved": []}, "is no plan"),
        (lambda _plan: [], "is no plan"),
    ],
)
def test_what_is_no_plan_is_a_wrong_call(vault: Path, tmp_path: Path, change: Any, said: str) -> None:
    plan = tmp_path / "plan.json"
    assert invoke("convert", str(vault), str(tmp_path / "x.mnemo"), "--plan", str(plan), "-q").code == 0
    plan.write_text(json.dumps(change(json.loads(plan.read_text()))))

    ended = invoke("convert", "--apply", str(plan))

    assert ended.code == 2
    assert said in ended.err


def test_a_plan_whose_items_were_changed_is_refused(vault: Path, tmp_path: Path) -> None:
    plan, target = tmp_path / "plan.json", tmp_path / "x.mnemo"
    assert invoke("convert", str(vault), str(target), "--plan", str(plan), "-q").code == 0
    told = json.loads(plan.read_text())
    told["items"][0]["action"] = "skip"
    plan.write_text(json.dumps(told))

    ended = invoke("convert", "--apply", str(plan))

    assert ended.code == 4
    assert "is not what the plan" in ended.err
    assert not target.exists()


def test_calls_that_cannot_be_meant(vault: Path, tmp_path: Path) -> None:
    assert "leave them out" in invoke("convert", str(vault), "x", "--apply", "p.json").err.lower()
    assert "DST is named twice" in invoke("convert", str(vault), "x", "--into", "y").err
    assert "DST is missing" in invoke("convert", str(vault)).err
    assert "cannot be read" in invoke("convert", "--apply", str(tmp_path / "none.json")).err
    assert "no target" in invoke("convert", str(vault), "--into", str(tmp_path / "none"), "--to", "markdown").err
    assert "not into a stream" in invoke("convert", str(vault), "--into", "-").err
    assert "Give one of them" in invoke("convert", str(vault), "--into", "x", "--overwrite-output").err
    assert "--on-conflict says" in invoke("convert", str(vault), "x.mnemo", "--on-conflict", "skip").err
    assert "--plan needs a target" in invoke("preview", str(vault), "--plan", "p.json").err
    broken = tmp_path / "broken.mnemo"
    broken.write_bytes(b"PK\x03\x04 and nothing else")
    refused = invoke("convert", str(vault), "--into", str(broken))
    assert (refused.code, "Nothing can be merged" in refused.err) == (4, True)
    assert broken.read_bytes() == b"PK\x03\x04 and nothing else"
    inside = invoke("convert", str(vault), "--into", str(vault.parent), "--to", "markdown")
    assert inside.code == 4
