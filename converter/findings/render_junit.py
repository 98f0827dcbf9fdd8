"""The report as JUnit XML: a suite for each source, a failed case for each item that makes the run fail.

What GitLab, Jenkins and the actions of GitHub show of a case is its name, its class and its first failure: so an item
has one case and one failure, which tells all that was found in it. One more case stands for everything else.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import msgspec

from converter.findings.codes import code_of
from converter.findings.escape import escape_for_terminal, shortened
from converter.findings.failing import reached
from converter.findings.sites import Sites, sources_of
from converter.findings.wording import count_of, message_of, times_of, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.finding import Finding
    from converter.findings.report import Report

__all__ = ["report_junit"]

_SHOWN = 300


class _Suite(msgspec.Struct):
    """A source: how many of its items fail, and how many findings of each code fail nothing."""

    source: str
    failures: int = 0
    errors: int = 0
    rest: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def tests(self) -> int:
        return self.failures + self.errors + 1


def report_junit(report: Report, root: str) -> Iterator[str]:
    """Give a report as JUnit XML; the findings of each source are read twice, to be counted and to be told."""
    suites = [_counted(report, source) for source in sources_of(report)]
    if report.fault is not None:
        suites[0].errors = 1
    totals = {name: sum(getattr(suite, name) for suite in suites) for name in ("tests", "failures", "errors")}
    name = f"mnemo-converter {report.command}"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes(name=name, **totals, time=f'{report.seconds:.3f}')}>\n"
    sites = Sites(report, root)
    for suite in suites:
        yield from _suite(report, suite, sites)
    yield "</testsuites>\n"


def _counted(report: Report, source: str) -> _Suite:
    suite = _Suite(source)
    for _, findings in groupby(report.spool.of_source(source), key=lambda finding: finding.item):
        failing = False
        for finding in findings:
            if _fails(report, finding):
                failing = True
            else:
                suite.rest[finding.code] = suite.rest.get(finding.code, 0) + 1
        suite.failures += failing
    return suite


def _suite(report: Report, suite: _Suite, sites: Sites) -> Iterator[str]:
    name = suite.source or report.source.path
    numbers = {"tests": suite.tests, "failures": suite.failures, "errors": suite.errors, "skipped": 0}
    yield f"  <testsuite{_attributes(name=name, **numbers)}>\n"
    if suite.errors and report.fault is not None:
        kind = f"exit code {report.fault.exit_code}"
        yield f"    <testcase{_attributes(classname=name, name=report.command)}>\n"
        yield f"      <error{_attributes(message=report.fault.message, type=kind)}>{_text(report.fault.told)}</error>\n"
        yield "    </testcase>\n"
    for item, findings in groupby(report.spool.of_source(suite.source), key=lambda finding: finding.item):
        failing = [finding for finding in findings if _fails(report, finding)]
        if failing:
            yield from _case(name, item, failing, sites)
    yield from _everything_else(report, suite, name)
    yield "  </testsuite>\n"


def _case(source: str, item: str, findings: list[Finding], sites: Sites) -> Iterator[str]:
    """One item with all that is wrong with it: one finding a code, so never more than there are codes."""
    site = sites.of(findings[0])
    place: dict[str, object] = {"file": site.path} if site.exact else {}
    place |= {"line": site.line} if site.line else {}
    yield f"    <testcase{_attributes(classname=source, name=item or source, **place)}>\n"
    message = message_of(findings[0]) + (f" (and {len(findings) - 1} more)" if len(findings) > 1 else "")
    yield f"      <failure{_attributes(message=message, type=findings[0].code)}>"
    for finding in findings:
        code, about = code_of(finding.code), where(finding)
        yield _text(f"{code.severity} {code.name}{times_of(finding)}: {message_of(finding)}\n{about}\n→ {code.fix}\n")
    yield "</failure>\n    </testcase>\n"


def _everything_else(report: Report, suite: _Suite, name: str) -> Iterator[str]:
    """The case that passes: it says what was found and fails nothing."""
    case = f"everything else: nothing at or above --fail-on {report.fail_on}"
    yield f"    <testcase{_attributes(classname=name, name=case)}>"
    if suite.rest:
        yield "<system-out>"
        for code, number in sorted(suite.rest.items()):
            yield _text(f"{code_of(code).severity} {code}: {count_of(number, 'item')}\n")
        yield "</system-out>"
    yield "</testcase>\n"


def _fails(report: Report, finding: Finding) -> bool:
    code = code_of(finding.code)
    return reached(report.fail_on, (code.severity,), (code.outcome,))


def _attributes(**values: object) -> str:
    shown = {name: shortened(escape_for_terminal(str(value)), _SHOWN) for name, value in values.items()}
    return "".join(f" {name}={quoteattr(value)}" for name, value in shown.items())


def _text(text: str) -> str:
    return "\n".join(escape(shortened(escape_for_terminal(line), 4 * _SHOWN)) for line in text.split("\n"))
