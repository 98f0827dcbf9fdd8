from __future__ import annotations

from pathlib import Path

import pytest

from converter.pipeline.options import Options
from tests.cli.conftest import Run

CALL = ("convert", "a", "b.mnemo")
FORMATS = "mnemo, mnemo-db, siyuan, markdown, json"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("convrt", "a", "b"), "There is no command 'convrt'. Did you mean 'convert'?"),
        (("xyz",), "There is no command 'xyz'. Commands are: convert, preview,"),
        (("convert",), "SRC"),
        (("convert", "a"), "DST"),
        ((*CALL, "c"), "c"),
        ((*CALL, "--overwite-output"), "There is no option '--overwite-output'. Did you mean '--overwrite-output'?"),
        ((*CALL, "--into", "x"), "DST is named twice"),
        (
            (*CALL, "--from", "markdwn"),
            f"'markdwn' is none of {FORMATS}. Did you mean 'markdown'?",
        ),
        ((*CALL, "--to", "anki"), f"'anki' is none of {FORMATS}."),
        (
            (*CALL, "--only", "notes,nots"),
            "'nots' is none of notes, flashcards, mindmaps, settings. Did you mean 'notes'?",
        ),
        ((*CALL, "--fail-on", "eror"), "Did you mean 'error'?"),
        ((*CALL, "--output-format", "srif"), "'srif' is none of text, json, jsonl, junit, sarif, github. Did you mean"),
        (("formats", "--output-format", "sarif"), "'sarif' is none of text, json."),
        ((*CALL, "--dialect", "plain"), "'plain' is none of obsidian."),
        ((*CALL, "--mnemo-target", "0.7"), "'0.7' is none of compat, 0.8, 0.6."),
        (
            (*CALL, "--timezone", "Europe/Vienna2"),
            "There is no time zone 'Europe/Vienna2'. Did you mean 'Europe/Vienna'?",
        ),
        ((*CALL, "--timezone", "../etc/passwd"), "There is no time zone"),
        ((*CALL, "--color", "yes"), "'yes' is none of auto, always, never."),
        ((*CALL, "--report", "missing/report.json"), "The folder of 'missing/report.json' does not exist."),
        ((*CALL, "--report", "report.html"), "name a file that ends in .json"),
        ((*CALL, "--report", "-"), "--output-format json"),
        ((*CALL, "--report", "."), "'.' is a folder"),
        ((*CALL, "--report", "b.mnemo"), "is the target itself"),
        (("convert", ".", "b.mnemo", "--report", "r.json"), "lies inside the source, which is never written to"),
        (("formats", "--pair", "mnemo"), "--pair"),
        (("formats", "--limits", "--pair", "mnemo", "markdown"), "ask one at a time"),
        (("explain",), "Name one code"),
        (("explain", "link-missing", "--all"), "Name one code"),
        (("explain", "lnk-mising"), "There is no code 'lnk-mising'. Did you mean 'link-missing'?"),
        (("explain", "NO-SUCH-CODE-0"), "There is no code 'NO-SUCH-CODE-0'."),
        (("schema", "reprt-1"), "There is no schema 'reprt-1'. Did you mean 'report-1'?"),
        (("convert", "usage", "b.mnemo"), "error: The two options exclude each other.\n  hint: Give one."),
    ],
)
def test_a_wrong_call_exits_2_and_says_what_was_meant(
    run: Run, calls: list[Options], args: tuple[str, ...], said: str
) -> None:
    ended = run(*args)

    assert ended.code == 2
    assert ended.out == ""
    assert said in ended.err
    assert ended.err.startswith("error: ")
    assert "hint: " in ended.err
    assert [call for call in calls if call.source != "usage"] == []


def test_no_report_is_written_for_a_wrong_call(run: Run) -> None:
    assert run("convert", "usage", "b.mnemo", "--report", "r.json").code == 2
    assert not Path("r.json").exists()


def test_a_hostile_argument_is_escaped(run: Run) -> None:
    ended = run("convert", "a", "b", "\x1b[2Jc\udcff")

    assert ended.code == 2
    assert "\\x1b[2Jc\\xff" in ended.err
