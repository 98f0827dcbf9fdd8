"""`formats`, `schema`, `explain`, `doctor`: no pipeline, or only what it says of itself."""

from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

from converter import __version__
from converter.findings.codes import CODES
from converter.formats.registry import REGISTRY
from converter.storage.limits import describe
from tests.cli.conftest import Run


def test_formats(run: Run) -> None:
    ended = run("formats")

    assert ended.code == 0
    for row in REGISTRY:
        assert any(line.startswith(f"{row.id} ") and row.title in line for line in ended.out.splitlines())
    records = json.loads(run("formats", "--output-format", "json").out)
    assert [record["id"] for record in records] == [row.id for row in REGISTRY]
    assert records[0] == {
        "id": "mnemo",
        "title": ".mnemo package",
        "reads": True,
        "writes": True,
        "single_file": True,
        "suffixes": [".mnemo"],
    }


def test_limits(run: Run) -> None:
    ended = run("formats", "--limits")

    assert ended.code == 0
    for key, default, text in describe():
        assert any(line.split()[:2] == [key, f"{default:,}"] and text in line for line in ended.out.splitlines())


def test_a_pair(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def pair_table(source: str, target: str, options: dict[str, str]) -> list[SimpleNamespace]:
        asked.append((source, target, options))
        row = {"kind": "block", "concept": "table", "context": "top", "outcome": "approximated"}
        return [SimpleNamespace(**row, code="table-as-code", sentence="A table stands as code.")]

    pairs = ModuleType("converter.pipeline.pairs")
    pairs.__dict__["pair_table"] = pair_table
    monkeypatch.setitem(sys.modules, "converter.pipeline.pairs", pairs)

    ended = run("formats", "--pair", "markdown", "mnemo", "--mnemo-target", "0.6")

    assert ended.code == 0
    assert ended.out.splitlines()[1].split("  ")[-1] == "A table stands as code."
    assert asked == [("markdown", "mnemo", {"mnemo_target": "0.6"})]


def test_schemas(run: Run) -> None:
    names = run("schema").out.split()

    assert {"report-1", "plan-1"} <= set(names)
    for name in names:
        schema = json.loads(run("schema", name).out)
        assert "2020-12" in schema["$schema"]
        assert name in schema["$id"]
    assert run("schema", "report-1.json").out == run("schema", "report-1").out


@pytest.mark.parametrize("name", CODES)
def test_explain(run: Run, name: str) -> None:
    ended = run("explain", name.upper())

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{name}\n\n  ")
    assert max(map(len, ended.out.splitlines())) <= 80
    shown = " ".join(ended.out.split())
    assert f"Why: {CODES[name].why}" in shown
    assert f"What to do: {CODES[name].fix}" in shown


def test_explain_as_data(run: Run) -> None:
    one = json.loads(run("explain", "order-lost", "--output-format", "json").out)
    every = json.loads(run("explain", "--all", "--output-format", "json").out)

    assert (one["code"], one["severity"], one["outcome"]) == ("order-lost", "info", "lost")
    assert [entry["code"] for entry in every] == list(CODES)
    assert len(run("explain", "--all").out.splitlines()) == len(CODES) + 1


def test_doctor(run: Run) -> None:
    ended = run("doctor")

    assert (ended.code, ended.err) == (0, "")
    facts = json.loads(run("doctor", "--output-format", "json").out)
    assert facts["mnemo-converter"] == __version__
    assert facts["settings"] == "none"
    assert {"python", "system", "sqlite", "encoding", "temporary folder"} <= facts.keys()
    for name in facts:
        assert f"\n{name} " in f"\n{ended.out}"
