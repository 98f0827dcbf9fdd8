"""The report of a comparison as text: a verdict, counts by kind, and one line for each item that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.findings.codes.comparisons import COMPARISONS
from converter.findings.escape import shown
from converter.findings.wording import count_of, message_of, where

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

_WIDTH = max(len(word) for _, word, _ in _LINES)


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


def diff_lines(report: Report, limit: int | None, paint: Paint) -> Iterator[str]:
    """Give one line for each item that differs, at most `limit` of a kind: changed ones, then those of one side."""
    counts = report.spool.counts_by_code()
    told = [line for line in _LINES if line[0] in counts]
    if told:
        yield ""
    for code, word, style in told:
        for finding in report.spool.of_code(code, -1 if limit is None else limit):
            yield f"{paint(style, word.ljust(_WIDTH))}  {_told(finding)}"
        rest = counts[code].items - (limit or 0)
        if limit is not None and rest > 0:
            yield paint("dim", f"{'…'.ljust(_WIDTH)}  and {count_of(rest, 'more item')}; -v shows all")


def _told(finding: Finding) -> str:
    if finding.code != "item-differs":
        return shown(where(finding))
    details = dict(finding.details)
    other = f" = {details['other']}" if details.get("other") else ""
    what = details.get("what")
    if what and finding.location is not None and what.startswith(finding.location.pointer):
        finding = msgspec.structs.replace(finding, location=None)
    return f"{shown(where(finding) + other)}: {shown(what or message_of(finding))}"
