"""The report as JSON Lines: a header, the plan's items, the findings and changed ids, and a summary last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.findings.records import as_line, header_record, id_record, summary_record
from converter.findings.render_json import finding_json, plan_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.report import Report

__all__ = ["report_lines"]


def report_lines(report: Report, version: str) -> Iterator[str]:
    """Give a report line by line, each one JSON document (`schemas/lines-1.json`); reads the plan's items once."""
    yield as_line(header_record(report, version)) + "\n"
    if report.plan is not None and report.fault is None:
        for item in report.plan.items:
            yield f'{{"type":"item",{plan_item(item)[1:]}\n'
    for finding in report.spool:
        yield f'{{"type":"finding",{finding_json(finding)[1:]}\n'
    for kind, old, new in report.spool.ids():
        yield as_line(id_record(kind, old, new)) + "\n"
    yield as_line(summary_record(report)) + "\n"
