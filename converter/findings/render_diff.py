"""The report of a comparison as text: a verdict, counts by kind, and one line for each item that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.findings.codes.comparisons import COMPARISONS
from converter.findings.escape import shown
from converter.findings.wording import message_of, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from converter.findings.difference import DiffCounts
    from converter.findings.finding import Finding
    from converter.findings.report import Report

    Paint = Callable[[str, str], str]

__all__ = ["diff_lines", "diff_summary"]

_COLUMNS = {
    "equal": "equal",
    "changed": "differ",
    "only_a": "only in A",
    "only_b": "only in B",
    "not_compared": "not compared",
}
_LINES = (("item-differs", "differs", "info"), ("only-in-a", "only in A", "error"), ("only-in-b", "only in B", "bold"))


def diff_summary(report: Report, paint: Paint) -> Iterator[str]:
    """Give the verdict and the table of counts."""
    sides = (report.source, report.target or report.source)
    a, b = (f"{place.path} ({place.format})" if place.format else place.path for place in sides)
    counts = report.diff or {}
    differ = any(row.differs for row in counts.values()) or not COMPARISONS.isdisjoint(report.spool.codes)
    verdict = "differ" if differ else "say the same"
    yield paint("bold", shown(f"A {a} and B {b} {verdict}."))
    yield from _table(counts)


def _table(counts: dict[str, DiffCounts]) -> Iterator[str]:
    rows = {kind: msgspec.structs.asdict(row) for kind, row in counts.items()}
    columns = [name for name in _COLUMNS if name == "equal" or any(row[name] for row in rows.values())]
    table = [["", *(_COLUMNS[name] for name in columns)]]
    table += [[kind, *(f"{row[name]:,}" for name in columns)] for kind, row in rows.items() if any(row.values())]
    if len(table) == 1:
        return
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    yield ""
    for row in table:
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  " + "  ".join((row[0].ljust(widths[0]), *cells)).rstrip()


def diff_lines(report: Report, paint: Paint) -> Iterator[str]:
    """Give one line for each item that differs: changed ones first, then those of one side only."""
    separator = [""]
    for code, word, style in _LINES:
        for finding in report.spool.of_code(code):
            yield from separator
            separator = []
            yield f"{paint(style, word.ljust(9))}  {shown(_told(finding))}"


def _told(finding: Finding) -> str:
    if finding.code != "item-differs":
        return where(finding)
    details = dict(finding.details)
    other = f" = {details['other']}" if details.get("other") else ""
    return f"{where(finding)}{other}: {details.get('what') or message_of(finding)}"
