"""Findings as text for people: under each code how often, a few examples or all, and what to do."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING

from converter.findings.codes import Code, code_of
from converter.findings.codes.comparisons import COMPARISONS
from converter.findings.escape import shown
from converter.findings.failing import reached
from converter.findings.render_validate import HEADINGS, heading_of
from converter.findings.wording import count_of, message_of, times_of, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from converter.findings.finding import Finding
    from converter.findings.report import Report
    from converter.findings.spool import CodeCount

    Paint = Callable[[str, str], str]

__all__ = ["codes_told", "finding_lines", "more_lines"]

_EXAMPLES = 3


def codes_told(report: Report, verbosity: int) -> dict[Code, CodeCount]:
    """The codes that findings are shown of, in the order in which they are shown; quiet: those that fail the run."""
    counts = {code_of(name): count for name, count in report.spool.counts_by_code().items() if name not in COMPARISONS}
    told = [code for code in counts if verbosity >= 0 or reached(report.fail_on, (code.severity,), (code.outcome,))]
    if report.command == "validate":
        told.sort(key=lambda code: HEADINGS.index(heading_of(code)))
    return {code: counts[code] for code in told}


def finding_lines(report: Report, verbosity: int, paint: Paint) -> Iterator[str]:
    """Give the findings, a group for each code; those of a validation stand under headings."""
    above = ""
    for code, count in codes_told(report, verbosity).items():
        yield ""
        if report.command == "validate" and above != heading_of(code):
            above = heading_of(code)
            yield from (paint("bold", above), "")
        yield from _group(report, code, count, verbosity > 0, paint)


def more_lines(report: Report) -> Iterator[str]:
    """How to see what a few examples leave out."""
    counts = codes_told(report, 0).values()
    if any(count.items > _EXAMPLES or count.places > count.items for count in counts):
        yield "All of them: -v, or --report FILE for a machine."


def _group(report: Report, code: Code, count: CodeCount, everything: bool, paint: Paint) -> Iterator[str]:
    number = count_of(count.items, "item")
    if count.places != count.items:
        number += f", {count_of(count.places, 'place')}"
    yield f"{paint(code.severity, code.severity)} {paint('bold', code.name)}: {number}"
    spool = report.spool
    found = spool.places_of(code.name) if everything else spool.of_code(code.name, _EXAMPLES)
    more = _besides if code.placeholders and not everything else times_of
    for message, alike in groupby(found, key=lambda finding: shown(message_of(finding))):
        yield from _told(message, alike, more)
    if not everything and count.items > _EXAMPLES:
        yield paint("dim", f"  … and {count.items - _EXAMPLES:,} more")
    yield paint("dim", f"  → {code.fix}")


def _told(message: str, alike: Iterator[Finding], more: Callable[[Finding], str]) -> Iterator[str]:
    """Findings with one message: it stands behind the place of a single one, and above the places of several."""
    first, second = next(alike), next(alike, None)
    if second is None:
        about = shown(where(first))
        yield f"  {about}: {message}{more(first)}" if about else f"  {message}{more(first)}"
        return
    yield f"  {message}"
    for finding in chain((first, second), alike):
        yield f"    {shown(where(finding)) or 'as a whole'}{more(finding)}"


def _besides(finding: Finding) -> str:
    """How many places an example stands for: its words are those of the first."""
    return f" (and {finding.count - 1:,} more here)" if finding.count > 1 else ""
