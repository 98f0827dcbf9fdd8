"""The command line on the real pipeline: what a newcomer tries first. All other tests here use a fake one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from converter.findings.published import json_schema
from converter.findings.tally import DISPOSITIONS
from tests.cli.runner import Ended, invoke


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two notes with faults: a missing note, a missing picture, a missing heading, bytes that are not UTF-8."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Vault"
    folder.mkdir()
    text = "---\ntitle: A note\n---\n# Head\n\nA [[Missing note]] and ![[missing.png]] and `code`.\n"
    (folder / "A note.md").write_text(text, encoding="utf-8")
    (folder / "Bad.md").write_bytes(b"caf\xe9 \xff\xfe and [[A note#No such heading]]\n")
    return folder


def report() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(Path("r.json").read_text(encoding="utf-8"))
    Draft202012Validator(json_schema("report-1")).validate(made)
    return made


def convert(*args: str) -> Ended:
    return invoke("convert", *args, "--report", "r.json")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_conversion_reports_every_unit_and_every_fault(vault: Path) -> None:
    before = snapshot(vault)

    ended = convert("Vault", "out.mnemo")

    assert ended.code in (0, 1), ended
    assert Path("out.mnemo").is_file()
    made = report()
    assert made["verify"]["status"] == "passed"
    assert made["counts"]["notes"]["read"] == 2
    for kind, row in made["counts"].items():
        assert row["read"] == sum(row[name] for name in DISPOSITIONS), kind
    codes = {finding["code"] for finding in made["findings"]}
    assert {"link-missing", "asset-missing", "link-place-missing", "encoding-repaired"} <= codes
    for code in codes:
        assert invoke("explain", code).code == 0
    assert snapshot(vault) == before


def test_there_and_back(vault: Path) -> None:
    convert("Vault", "out.mnemo")

    ended = convert("out.mnemo", "Back")

    assert ended.code in (0, 1), ended
    assert sorted(path.name for path in Path("Back").glob("*.md")) == sorted(path.name for path in vault.glob("*.md"))


def test_a_dry_run_touches_nothing() -> None:
    ended = convert("Vault", "out.mnemo", "--dry-run")

    assert ended.code in (0, 1), ended
    assert report()["dry_run"] is True
    assert sorted(path.name for path in Path().iterdir()) == ["Vault", "r.json"]


def test_a_preview_is_the_plan_of_the_run() -> None:
    ended = invoke("preview", "Vault", "out.mnemo", "--output-format", "json")

    assert ended.code in (0, 1), ended
    plan = json.loads(ended.out)
    Draft202012Validator(json_schema("plan-1")).validate(plan)
    keys = [item["key"] for item in plan["items"] if item["kind"] == "notes" and item["action"] == "create"]
    assert sorted(keys) == ["A note.md", "Bad.md"]
    assert not Path("out.mnemo").exists()


@pytest.mark.parametrize("command", ["preview", "inspect"])
def test_what_is_inside(command: str) -> None:
    ended = invoke(command, "Vault")

    assert ended.code in (0, 1), ended
    assert "Vault (markdown) holds:" in ended.out


def test_an_existing_target_is_refused_and_kept() -> None:
    Path("out.mnemo").write_bytes(b"mine")

    ended = convert("Vault", "out.mnemo")

    assert (ended.code, report()["status"]) == (4, "refused")
    assert Path("out.mnemo").read_bytes() == b"mine"


def test_a_replaced_target_is_kept_as_a_backup() -> None:
    Path("out.mnemo").write_bytes(b"mine")

    ended = convert("Vault", "out.mnemo", "--overwrite-output")

    assert ended.code in (0, 1), ended
    assert b"mine" in {path.read_bytes() for path in Path().glob("*") if path.is_file()}


def test_a_source_that_is_not_there_is_refused() -> None:
    ended = convert("Nothing", "out.mnemo")

    assert (ended.code, report()["status"]) == (3, "refused")
    assert "Nothing" in ended.err


@pytest.mark.parametrize("pair", [("markdown", "mnemo"), ("mnemo", "markdown")])
def test_the_loss_table_of_a_pair(pair: tuple[str, str]) -> None:
    ended = invoke("formats", "--pair", *pair)

    assert ended.code == 0, ended
    assert len(ended.out.splitlines()) > 20
