from __future__ import annotations

import pytest

from converter.errors import InputError, InternalFaultError, LimitError, TargetError
from converter.findings.failing import FAIL_ON
from converter.findings.finding import Finding
from converter.findings.report import Fault, Report

EXPECTED = {
    "error": {"item-unreadable": 1, "link-missing": 0, "table-as-code": 0, "order-lost": 0, "junk-skipped": 0},
    "warning": {"item-unreadable": 1, "link-missing": 1, "table-as-code": 0, "order-lost": 0, "junk-skipped": 0},
    "lost": {"item-unreadable": 1, "link-missing": 0, "table-as-code": 0, "order-lost": 1, "junk-skipped": 0},
    "approximated": {"item-unreadable": 1, "link-missing": 0, "table-as-code": 1, "order-lost": 1, "junk-skipped": 0},
    "never": {"item-unreadable": 0, "link-missing": 0, "table-as-code": 0, "order-lost": 0, "junk-skipped": 0},
}


@pytest.mark.parametrize(
    ("fail_on", "code", "expected"),
    [(level, code, end) for level, ends in EXPECTED.items() for code, end in ends.items()],
)
def test_fail_on_decides_between_0_and_1(fail_on: str, code: str, expected: int) -> None:
    with Report(command="convert", fail_on=fail_on) as report:
        report.spool.add(Finding(code=code, item="notes/a"))

        assert report.exit_code == expected
        assert report.status == ("findings" if expected else "ok")


def test_every_level_is_tried() -> None:
    assert set(EXPECTED) == set(FAIL_ON)


@pytest.mark.parametrize("disposition", ["lost", "failed"])
def test_a_lost_or_failed_unit_is_an_error(disposition: str) -> None:
    with Report(command="convert") as report:
        report.tally.read("notes")
        report.tally.end("notes", disposition)

        assert report.exit_code == 1


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (InputError("no"), 3, "refused"),
        (TargetError("no"), 4, "refused"),
        (LimitError("no"), 6, "refused"),
        (InternalFaultError("no"), 7, "failed"),
    ],
)
def test_a_fault_decides_whatever_was_found(error: InputError, code: int, status: str) -> None:
    with Report(command="convert", fail_on="never") as report:
        report.spool.add(Finding(code="item-unreadable", item="notes/a"))
        report.blame(error)

        assert (report.exit_code, report.status) == (code, status)


@pytest.mark.parametrize("code", [130, 143])
def test_an_interrupted_run_says_so(code: int) -> None:
    with Report(command="convert", fault=Fault("Stopped.", "", code)) as report:
        assert report.status == "interrupted"
