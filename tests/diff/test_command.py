"""`mnemo-converter diff` as people and scripts call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from converter.findings.published import json_schema
from tests.cli.runner import invoke
from tests.diff.archives import make_vault


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two vaults, `a` and `b`, in the current folder."""
    make_vault(tmp_path / "a", {"N.md": "one word", "Same.md": "same", "Only.md": "a"})
    make_vault(tmp_path / "b", {"N.md": "one world", "Same.md": "same", "F/Other.md": "b"})
    monkeypatch.chdir(tmp_path)


pytestmark = pytest.mark.usefixtures("sides")


def test_equal_archives() -> None:
    ended = invoke("diff", "a", "a", "--color", "never")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "A a (markdown) and B a (markdown) say the same.\n\n         equal\n  notes      3\n"


def test_archives_that_differ() -> None:
    ended = invoke("diff", "a", "b", "--color", "never")

    assert (ended.code, ended.err) == (1, "")
    assert ended.out.splitlines() == [
        "A a (markdown) and B b (markdown) differ.",
        "",
        "           equal  differ  only in A  only in B",
        "  folders      0       0          0          1",
        "  notes        1       1          1          1",
        "",
        "differs    notes/N.md: /blocks/0: paragraph “one word” / paragraph “one world”",
        "only in A  notes/Only.md",
        "only in B  folders/F",
        "only in B  notes/F/Other.md",
    ]


def test_differences_need_not_be_a_failure() -> None:
    assert invoke("diff", "a", "b", "--fail-on", "never").code == 0


def test_quiet_leaves_what_differs() -> None:
    assert invoke("diff", "a", "a", "-q").out == ""
    assert "only in A  notes/Only.md" in invoke("diff", "a", "b", "-q", "--color", "never").out


def test_the_report_follows_its_schema() -> None:
    ended = invoke("diff", "a", "b", "--output-format", "json", "--report", "report.json")

    report = json.loads(ended.out)
    Draft202012Validator(json_schema("report-1")).validate(report)
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["findings"] == report["findings"]
    assert (report["command"], report["status"], report["exit_code"]) == ("diff", "findings", 1)
    assert report["diff"]["notes"] == {"equal": 1, "changed": 1, "only_a": 1, "only_b": 1, "not_compared": 0}
    first = report["findings"][0]
    assert (first["code"], first["item"], first["location"]) == ("item-differs", "notes/N.md", {"pointer": "/blocks/0"})


def test_formats_can_be_named() -> None:
    assert invoke("diff", "a", "b", "--from", "markdown", "--to", "markdown").code == 1
    assert invoke("diff", "a", "b", "--to", "mnemo").code == 3
    assert invoke("diff", "a", "b", "--to", "word").code == 2


def test_both_sides_are_needed() -> None:
    assert invoke("diff", "a").code == 2
    assert invoke("diff", "a", "nowhere").code == 3


@pytest.mark.parametrize("place", ["a/report.json", "b/report.json"])
def test_a_report_does_not_go_into_what_is_compared(place: str) -> None:
    ended = invoke("diff", "a", "b", "--report", place)

    assert ended.code == 2
    assert not Path(place).exists()


def test_hostile_names_and_texts_do_no_harm() -> None:
    make_vault(Path("evil"), {"N\x1b[2J.md": "one \x1b]0;x\x07 word"})

    ended = invoke("diff", "a", "evil")

    assert ended.code == 1
    assert "\x1b" not in ended.out
