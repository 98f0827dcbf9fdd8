"""What a run prints, writes and exits with, on a pipeline that does what it is told."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from converter.findings.published import json_schema
from tests.cli.conftest import Run


def document(text: str, name: str = "report-1") -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text)
    Draft202012Validator(json_schema(name)).validate(made)
    return made


def report_of(path: str = "r.json") -> dict[str, Any]:
    return document(Path(path).read_text(encoding="utf-8"))


def test_a_good_run(run: Run) -> None:
    ended = run("convert", "Vault", "out.mnemo", "--report", "r.json")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Vault (markdown) became out.mnemo (mnemo).\n\n         read  created\n  notes     2        2\n"
    report = report_of()
    assert (report["command"], report["status"], report["exit_code"]) == ("convert", "ok", 0)
    assert report["counts"]["notes"]["created"] == 2
    assert report["timing"]["seconds"] >= 0
    assert [path.name for path in Path().iterdir()] == ["r.json"]


def test_findings_make_exit_code_1(run: Run) -> None:
    ended = run("convert", "lossy", "out.mnemo", "--report", "r.json")

    assert ended.code == 1
    assert "error item-unreadable: 2 items" in ended.out
    assert report_of()["status"] == "findings"
    assert run("convert", "lossy", "out.mnemo", "--fail-on", "never").code == 0


def test_json_goes_to_standard_output(run: Run) -> None:
    ended = run("convert", "lossy", "out.mnemo", "--output-format", "json")

    assert (ended.code, ended.err) == (1, "")
    assert len(document(ended.out)["findings"]) == 2


def test_quiet_says_nothing_about_a_good_run(run: Run) -> None:
    assert run("convert", "Vault", "out.mnemo", "-q").out == ""
    assert "item-unreadable" in run("convert", "lossy", "out.mnemo", "-q").out


def test_colour_on_demand_only(run: Run) -> None:
    assert "\x1b[" not in run("convert", "lossy", "out.mnemo").out
    assert "\x1b[1;31merror\x1b[0m" in run("convert", "lossy", "out.mnemo", "--color", "always").out


@pytest.mark.parametrize(
    ("source", "code", "status", "said"),
    [
        ("refused", 3, "refused", "error: x\\x1b[2J is no archive.\n  hint: Look again.\n"),
        ("target", 4, "refused", "error: The target exists.\n"),
        ("full", 5, "failed", "error: out.mnemo: No space left on device\n  hint: Check free space and permissions.\n"),
        ("memory", 5, "failed", "error: There is not enough memory.\n"),
        ("limit", 6, "refused", "error: members is above the limit.\n"),
        ("law", 7, "failed", "error: notes: 3 were read, 2 are accounted for.\n"),
        ("boom", 7, "failed", "error: An error of mnemo-converter itself: ValueError: not\\x0ahere (fake.py:"),
    ],
)
def test_a_run_that_cannot_go_on(run: Run, source: str, code: int, status: str, said: str) -> None:
    ended = run("convert", source, "out.mnemo", "--report", "r.json")

    assert ended.code == code
    assert ended.out == ""
    assert ended.err.startswith(said)
    assert "Traceback" not in ended.err
    report = report_of()
    assert (report["status"], report["exit_code"]) == (status, code)
    assert (report["counts"], report["findings"]) == ({}, [])
    assert report["source"] == {"path": source}


def test_a_fault_of_ours_says_where_to_go(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "doctor" in run("convert", "boom", "out.mnemo").err

    monkeypatch.setenv("MNEMO_CONVERTER_DEBUG", "1")
    assert "Traceback (most recent call last)" in run("convert", "boom", "out.mnemo").err


def test_a_refusal_is_a_report_on_standard_output_too(run: Run) -> None:
    ended = run("convert", "refused", "out.mnemo", "--output-format", "json")

    assert ended.code == 3
    assert document(ended.out)["message"] == "x\x1b[2J is no archive."
    assert ended.err.startswith("error: ")


def test_what_was_counted_before_a_refusal_is_shown(run: Run) -> None:
    ended = run("convert", "late", "out.mnemo", "--report", "r.json")

    assert ended.code == 3
    assert ended.out.startswith("convert of late (markdown) did not come to its end.\n")
    assert report_of()["counts"]["notes"]["read"] == 2


def test_preview_prints_the_plan(run: Run) -> None:
    ended = run("preview", "Vault", "out.mnemo")

    assert ended.code == 0
    assert "would become out.mnemo (mnemo). Nothing was written." in ended.out
    assert "  create    notes    A  →  a.md\n" in ended.out
    plan = document(run("preview", "Vault", "out.mnemo", "--output-format", "json").out, "plan-1")
    assert plan["items"][0]["outputs"] == [{"key": "a", "path": "a.md"}]


def test_preview_without_a_target_prints_what_is_inside(run: Run) -> None:
    assert run("preview", "Vault").out.startswith("Vault (markdown) holds:\n")
    assert document(run("preview", "Vault", "--output-format", "json").out)["command"] == "preview"


def test_inspect_prints_what_it_found(run: Run) -> None:
    assert "  producer: Mnemo 0.8\n" in run("inspect", "Vault").out
    assert document(run("inspect", "Vault", "--output-format", "json").out)["about"] == {"producer": "Mnemo 0.8"}


def test_an_existing_report_is_replaced(run: Run) -> None:
    Path("r.json").write_text("old", encoding="utf-8")

    assert run("convert", "Vault", "out.mnemo", "--report", "r.json").code == 0
    assert report_of()["status"] == "ok"
    assert stat.S_IMODE(Path("r.json").stat().st_mode) & 0o444


def test_a_report_that_cannot_be_written_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    ended = run("convert", "Vault", "out.mnemo", "--report", "r.json")

    assert ended.code == 5
    assert "No space left on device" in ended.err
    assert not list(Path().glob("*r.json*"))
