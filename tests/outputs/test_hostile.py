"""Whatever names a source holds, every form of output parses back, and harms neither terminals nor build logs."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import InputError
from converter.findings.finding import Finding, Location
from converter.findings.outputs import FORMS as FORM_NAMES
from converter.findings.outputs import rendered
from converter.findings.plan import Plan, PlanItem
from converter.findings.render_text import render_text
from converter.findings.report import Place, Report
from converter.findings.tally import Tally
from tests.outputs.parse import FORMS, is_harmless, lines_of

ATTACKS = (
    "\x1b[2J\x1b]0;owned\x07",
    "a\r\n::error file=x,line=1::owned",
    "::set-output name=x::y",
    "a\n::stop-commands::now",
    "%0A::warning::again",
    "a,file=/etc/passwd:b",
    "]]></failure><testcase/>",
    "\"/><x y='&amp;&#0;<!--",
    '"}],"runs":[{"x":"',
    "\\u0000\\",
    "exe.\u202egpj\u2066\u200f",
    "caf\udce9\udcff",
    "\ud800\udfff\U000e0041",
    "\x00\x0b\x7f\x85\x9b31m\u2028\u2029\ufeff\ufffe\uffff",
    "../../etc/passwd",
    "n" * 5_000,
    " ",
    "",
    "error link-missing: 7 items",
)
hostile = st.sampled_from(ATTACKS) | st.text(st.characters(exclude_categories=()), max_size=8)
hostile = st.tuples(hostile, hostile).map("".join)
codes = st.sampled_from(["link-missing", "item-unreadable", "order-lost", "app-refuses", "app-loses", "junk-skipped"])
locations = st.none() | st.builds(
    Location,
    file=hostile,
    member=st.just("") | hostile,
    table=st.just("") | hostile,
    row=st.just("") | hostile,
    pointer=st.just("") | hostile,
    line=st.integers(0, 3),
    column=st.integers(0, 3),
)
findings = st.builds(
    Finding,
    code=codes,
    item=hostile.map("notes/{}".format),
    location=locations,
    details=hostile.map(lambda text: (("what", text),)),
    count=st.integers(1, 2000),
)


def report_of(made: list[Finding], path: str) -> Report:
    report = Report(command="validate", source=Place(path=path.replace("\0", "") or "x", format="markdown"))
    report.resolved["dialect"] = path
    report.tally.read("notes", 3)
    for finding in made:
        report.spool.add(finding)
    report.spool.add_id("notes", path, path)
    return report


@pytest.mark.parametrize("form", FORM_NAMES)
@settings(deadline=None, max_examples=60, derandomize=True)
@given(made=st.lists(findings, max_size=4), path=hostile)
def test_every_form_parses_back_and_is_harmless(form: str, made: list[Finding], path: str) -> None:
    with report_of(made, path) as report:
        text = "".join(rendered(form, report, "0.1.0"))
        expected = Counter({code: count.items for code, count in report.spool.counts_by_code().items()})

    assert is_harmless(text)
    text.encode("utf-8")
    assert FORMS[form](text) == expected


@settings(deadline=None, max_examples=60, derandomize=True)
@given(made=st.lists(findings, max_size=4), path=hostile, verbosity=st.integers(-1, 2))
def test_text_has_a_line_of_a_readable_length_for_each(made: list[Finding], path: str, verbosity: int) -> None:
    with report_of(made, path) as report:
        lines = list(render_text(report, verbosity=verbosity))

    assert is_harmless("".join(lines))
    assert all("\n" not in line and len(line) < 2000 for line in lines)


@settings(deadline=None, max_examples=30, derandomize=True)
@given(key=hostile, title=hostile)
def test_the_items_of_a_plan_are_lines(key: str, title: str) -> None:
    items = [PlanItem(kind="notes", key=key, title=title, action="create")] * 2
    with report_of([], key) as report:
        report.plan = Plan(
            source=report.source, target=Place(path=key), options={}, resolved={}, counts=Tally(), items=items
        )
        text = "".join(rendered("jsonl", report, "0.1.0"))

    assert is_harmless(text)
    assert [line["type"] for line in lines_of(text)] == ["header", "item", "item", "id", "summary"]


@pytest.mark.parametrize("form", FORM_NAMES)
@pytest.mark.parametrize("said", ATTACKS)
def test_what_ended_a_run_is_harmless(form: str, said: str) -> None:
    with Report(command="convert", source=Place(path="x")) as report:
        report.blame(InputError(said or "no", hint=said))
        text = "".join(rendered(form, report, "0.1.0"))

    assert is_harmless(text)
    assert sum(FORMS[form](text).values()) == (form == "github")
