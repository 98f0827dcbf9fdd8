"""What each form of output says, on the command line and of reports made by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from converter.errors import InputError
from converter.findings.finding import Finding, Location
from converter.findings.outputs import FORMS as FORM_NAMES
from converter.findings.outputs import rendered
from converter.findings.report import Place, Report
from tests.cli.conftest import environment
from tests.cli.runner import invoke
from tests.findings.samples import plan, rich_report
from tests.outputs.parse import FORMS, LINES, commands_of, lines_of, of_sarif, suites_of
from tests.outputs.sarif import STANDARD
from tests.support import FIXTURES, ROOT

NOTE = "---\ntitle: [a\n---\nSee [[Nowhere]] and ![[gone.png]].\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two vaults that hold the same broken note."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    for name in ("one", "two"):
        shutil.copytree(FIXTURES / "sample-vault", tmp_path / name)
        (tmp_path / name / "Bad.md").write_text(NOTE, encoding="utf-8")
    return tmp_path


def text_of(form: str, report: Report) -> str:
    return "".join(rendered(form, report, "0.1.0"))


def results_of(text: str) -> list[dict[str, Any]]:
    of_sarif(text)
    results: list[dict[str, Any]] = json.loads(text)["runs"][0]["results"]
    return results


@pytest.mark.parametrize("form", FORM_NAMES)
@pytest.mark.parametrize("command", ["validate", "inspect", "convert", "preview", "diff"])
def test_every_command_prints_every_form(folder: Path, command: str, form: str) -> None:
    more = {"convert": ["out.mnemo"], "diff": ["two"]}.get(command, [])
    report = folder / "report.json"

    ended = invoke(command, "one", *more, "--output-format", form, "--report", str(report), "--fail-on", "never")

    assert (ended.code, ended.err) == (0, "")
    told = FORMS[form](ended.out)
    found = json.loads(report.read_text(encoding="utf-8"))["findings"]
    assert sum(told.values()) == len(found)
    assert set(told) == {finding["code"] for finding in found}


def test_findings_of_several_sources_are_told_apart(folder: Path) -> None:  # noqa: ARG001 - the working directory
    args = ("validate", "one", "two", "--fail-on", "warning", "--output-format")

    lines = [line for line in lines_of(invoke(*args, "jsonl").out) if line.get("code") == "link-missing"]
    assert [(line["location"]["source"], line["count"]) for line in lines] == [("one", 1), ("two", 1)]

    commands = [given for _, given, _ in commands_of(invoke(*args, "github").out) if given["title"] == "link-missing"]
    assert [given["file"] for given in commands] == ["one/Bad.md", "two/Bad.md"]

    results = [result for result in results_of(invoke(*args, "sarif").out) if result["ruleId"] == "link-missing"]
    assert len({json.dumps(result["partialFingerprints"]) for result in results}) == 2

    suites = suites_of(invoke(*args, "junit").out)
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [("one", "1"), ("two", "1")]


def test_a_summary_is_the_last_line(folder: Path) -> None:  # noqa: ARG001
    header, *_, summary = lines_of(invoke("validate", "one", "--output-format", "jsonl", "--fail-on", "warning").out)

    assert (header["command"], header["source"]) == ("validate", {"path": "one", "format": "markdown"})
    assert (summary["status"], summary["exit_code"]) == ("findings", 1)
    assert summary["findings"]["warning"] == 4
    assert summary["counts"]["notes"]["read"] == 3


def test_the_examples_of_the_schema_fit_it() -> None:
    schema = json.loads((ROOT / "schemas" / "lines-1.json").read_text(encoding="utf-8"))
    LINES.check_schema(schema)
    for example in schema["examples"]:
        LINES.validate(example)
    assert not LINES.is_valid({"type": "finding", "code": "link-missing"})


def test_a_plan_is_told_line_by_line() -> None:
    with rich_report() as report:
        report.plan = plan(3)
        kinds = [line["type"] for line in lines_of(text_of("jsonl", report))]

    assert kinds == ["header", *["item"] * 3, *["finding"] * 7, *["id"] * 3, "summary"]


def test_junit_has_a_case_for_what_fails_and_one_for_the_rest() -> None:
    with rich_report() as report:
        (suite,) = suites_of(text_of("junit", report))

    failed, rest = suite
    assert (failed.get("classname"), failed.get("name")) == ("Vault", "notes/n1\\xff")
    (failure,) = failed
    assert (failure.get("type"), failure.get("message")) == ("item-unreadable", "The item cannot be read: \\x1b]0;x.")
    assert rest.get("name") == "everything else: nothing at or above --fail-on error"
    assert rest[0].text == "info images-need-directory: 1 item\nwarning link-missing: 5 items\n"


def test_sarif_names_lines_of_texts_and_places_inside_packages() -> None:
    with Report(command="validate", source=Place(path="a/x.mnemo", format="mnemo")) as report:
        where = Location(member="payloads/notes/notes.db", table="Notes", row="n1", pointer="/blocks/3", line=2)
        report.spool.add(Finding(code="link-missing", item="notes/n1", location=where))
        report.spool.add(Finding(code="item-unreadable", item="notes/n2", location=Location(line=7, column=3)))
        text, line = results_of(text_of("sarif", report))[::-1]

    assert text["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "a/x.mnemo", "uriBaseId": "%SRCROOT%"}},
            "logicalLocations": [
                {"fullyQualifiedName": "payloads/notes/notes.db[Notes:n1]#/blocks/3", "kind": "value"},
                {"fullyQualifiedName": "notes/n1", "kind": "notes", "name": "n1"},
            ],
        }
    ]
    assert line["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3}
    assert (text["level"], line["level"]) == ("warning", "error")


def test_fingerprints_stay_when_lines_move(folder: Path) -> None:
    note = folder / "one" / "Bad.md"

    def prints(content: bytes) -> dict[str, tuple[Any, Any]]:
        note.write_bytes(content)
        found = results_of(invoke("validate", "one", "--output-format", "sarif").out)
        return {
            result["ruleId"]: (
                result["partialFingerprints"],
                result["locations"][0]["physicalLocation"].get("region"),
            )
            for result in found
        }

    before, after = prints(b"caf\xe9 [[Nowhere]]\n"), prints(b"a\n\nb\n\ncaf\xe9 [[Nowhere]]\n")

    assert set(before) == set(after) >= {"encoding-repaired", "link-missing"}
    assert {code: made for code, (made, _) in before.items()} == {code: made for code, (made, _) in after.items()}
    assert before["encoding-repaired"][1] != after["encoding-repaired"][1]


def test_a_rule_explains_its_code() -> None:
    with rich_report() as report:
        rules = json.loads(text_of("sarif", report))["runs"][0]["tool"]["driver"]["rules"]

    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("images-need-directory", "note"),
        ("item-unreadable", "error"),
        ("link-missing", "warning"),
    ]
    assert "## What to do" in rules[0]["help"]["markdown"]


def test_paths_are_told_from_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
    monkeypatch.chdir(folder / "one")

    commands = commands_of(invoke("validate", "../two", "--output-format", "github").out)

    assert {given["file"] for _, given, _ in commands if given["title"] == "link-missing"} == {"two/Bad.md"}


def test_a_source_outside_of_the_repository_is_its_own_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    text = invoke("validate", str(folder / "one"), "--output-format", "sarif").out

    assert json.loads(text)["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"] == (folder / "one").as_uri() + "/"
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results_of(text)]
    assert "Bad.md" in places


@pytest.mark.parametrize("form", FORM_NAMES)
def test_a_refusal_is_told_in_every_form(form: str) -> None:
    with Report(command="convert", source=Place(path="x")) as report:
        report.blame(InputError("It is no archive.", hint="Look again."))
        text = text_of(form, report)
        FORMS[form](text)

    assert "It is no archive." in text
    assert "Look again." in text
    if form == "sarif":
        (invocation,) = json.loads(text)["runs"][0]["invocations"]
        assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    if form == "junit":
        assert [error.get("type") for suite in suites_of(text) for error in suite.iter("error")] == ["exit code 3"]


@pytest.mark.parametrize("form", FORM_NAMES)
def test_findings_are_streamed(form: str) -> None:
    with Report(command="validate", source=Place(path="x"), fail_on="warning") as report:
        for number in range(2000):
            report.spool.add(Finding(code="link-missing", item=f"notes/{number:05}"))
        pieces = rendered(form, report, "0.1.0")
        begin = "".join(islice(pieces, 60))
        tracemalloc.start()
        rest = sum(map(len, pieces))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert "notes/00000" in begin
    assert "notes/01999" not in begin
    assert peak < rest / 3


def test_a_form_imports_only_what_it_needs(folder: Path) -> None:
    say = (
        "import sys\nfrom converter.cli.main import run\n"
        "run(['validate', 'one', '--output-format', 'github', '--report', ''])\n"
        "forms = ('converter.findings.render_', 'xml.')\n"
        "print([name for name in sys.modules if name.startswith(forms)], file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", say], cwd=folder, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert ended.stderr.strip() == "['converter.findings.render_github']"


def test_the_schema_of_sarif_refuses_what_is_none() -> None:
    STANDARD.check_schema(STANDARD.schema)
    with rich_report() as report:
        log = json.loads(text_of("sarif", report))

    assert STANDARD.is_valid(log)
    for place, name, value in (
        (log["runs"][0]["results"][0], "level", "fatal"),
        (log["runs"][0]["tool"]["driver"], "colour", "red"),
        (log, "version", "2.2"),
    ):
        before = place.get(name)
        place[name] = value
        assert not STANDARD.is_valid(log)
        place[name] = before
        if before is None:
            del place[name]
