from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from converter.errors import InputError
from converter.findings.difference import DiffCounts
from converter.findings.finding import Finding
from converter.findings.published import PlanModel, ReportModel, json_schema
from converter.findings.published_lines import LinesModel
from converter.findings.render_json import plan_json, report_json
from converter.findings.render_lines import report_lines
from converter.findings.report import Fault, Place, Report
from tests.findings.samples import plan, rich_report

SCHEMAS = Path(__file__).parents[2] / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def parsed(name: str, text: str) -> dict[str, Any]:
    text.encode("utf-8")
    document: dict[str, Any] = json.loads(text)
    validator(name).validate(document)
    return document


def through(model: type[BaseModel], text: str) -> str:
    """What the published model makes of a document."""
    return json.dumps(model.model_validate_json(text).model_dump(mode="json", by_alias=True, exclude_none=True))


@pytest.mark.parametrize("name", ["report-1", "plan-1"])
def test_published_schemas_are_draft_2020_12_and_their_examples_fit(name: str) -> None:
    schema = json_schema(name)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/{name}.json")
    assert schema["description"]
    for example in schema["examples"]:
        assert example["schema"] == schema["$id"]
        validator(name).validate(example)


def test_a_report_with_everything_in_it() -> None:
    with rich_report() as report:
        document = parsed("report-1", "".join(report_json(report, "0.1.0")))

    assert list(document) == [
        "schema",
        "tool",
        "version",
        "command",
        "status",
        "exit_code",
        "source",
        "target",
        "dry_run",
        "resolved",
        "counts",
        "ids",
        "findings",
        "verify",
        "timing",
    ]
    assert document["status"] == "findings"
    assert document["target"] == {"path": "out\x1b[2J.mnemo", "format": "mnemo", "sha256": "0" * 64}
    assert document["resolved"] == {
        "timezone": "Europe/Vienna",
        "only": ["notes"],
        "images_dir": None,
        "clock": "caf\\xe9",
    }
    assert document["counts"]["notes"]["written"] == 1_233
    assert document["ids"] == {"decks": {"old": "new"}, "notes": {"old": "new", "older\\ud800": "newer"}}
    assert document["timing"] == {"seconds": 1.235}
    assert [f["code"] for f in document["findings"]] == [
        "item-unreadable",
        *["link-missing"] * 5,
        "images-need-directory",
    ]
    assert document["findings"][0] == {
        "code": "item-unreadable",
        "severity": "error",
        "outcome": "failed",
        "message": "The item cannot be read: \x1b]0;x.",
        "item": "notes/n1\\xff",
        "location": {
            "member": "payloads/notes/notes.db",
            "table": "Notes",
            "row": "n1",
            "pointer": "/blocks/3",
        },
        "count": 1,
        "hint": document["findings"][0]["hint"],
        "details": {"what": "\x1b]0;x"},
    }
    assert document["findings"][1]["count"] == 3
    assert document["findings"][1]["location"] == {"file": "0.md", "line": 3, "column": 5}


def test_the_smallest_report_has_every_member_that_scripts_rely_on() -> None:
    with Report(command="inspect", source=Place(path="x")) as report:
        document = parsed("report-1", "".join(report_json(report, "0.1.0")))

    assert (document["status"], document["counts"], document["ids"], document["findings"]) == ("ok", {}, {}, [])
    assert document["verify"] == {"status": "skipped", "items": 0}


def test_a_refusal_says_why() -> None:
    with Report(command="convert", source=Place(path="x"), target=Place(path="y")) as report:
        report.blame(InputError("It is no archive.", hint="Look again."))
        document = parsed("report-1", "".join(report_json(report, "0.1.0")))

    assert (document["status"], document["exit_code"]) == ("refused", 3)
    assert (document["message"], document["hint"]) == ("It is no archive.", "Look again.")


def test_findings_are_streamed() -> None:
    with Report(command="convert", source=Place(path="x")) as report:
        for number in range(1000):
            report.spool.add(Finding(code="link-missing", item=f"notes/{number}"))
        pieces = report_json(report, "0.1.0")
        begin = "".join(islice(pieces, 60))

        assert '"notes/0"' in begin
        assert '"notes/999"' not in begin
        assert json.loads(begin + "".join(pieces))["findings"][-1]["item"] == "notes/999"


def test_a_plan() -> None:
    document = parsed("plan-1", "".join(plan_json(plan(3), "0.1.0")))

    assert document["options"] == {"only": ["notes"], "dry_run": True}
    assert document["items"] == [
        {
            "kind": "notes",
            "key": f"n{index}",
            "title": f"Note {index}",
            "action": "create",
            "outputs": [{"key": f"{index}.md", "path": f"{index}.md", "title": f"Note {index}"}],
        }
        for index in range(2)
    ] + [{"kind": "notes", "key": "bad\\xff", "action": "skip", "outputs": []}]


def test_members_and_their_order_are_those_of_the_published_models() -> None:
    with ended_report() as report:
        told, planned = "".join(report_json(report, "0.1.0")), "".join(plan_json(plan(3), "0.1.0"))

    assert through(ReportModel, told) == json.dumps(json.loads(told))
    assert through(PlanModel, planned) == json.dumps(json.loads(planned))


def test_lines_have_the_members_of_the_published_models() -> None:
    with ended_report() as report:
        lines = list(report_lines(report, "0.1.0"))

    assert {json.loads(line)["type"] for line in lines} == {"header", "finding", "id", "summary"}
    for line in lines:
        assert json.loads(through(LinesModel, line)) == json.loads(line)


def ended_report() -> Report:
    """One that has what is in few reports, too."""
    report = rich_report()
    report.fault = Fault("It ended.", "Begin again.", 3)
    report.about = {"notes": 3}
    report.diff = {"notes": DiffCounts(equal=1)}
    return report
