"""The report as JSON Lines: a header, the plan's items, the findings and changed ids, and a summary last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converter.findings.escape import escape_json
from converter.findings.published_lines import HeaderLine, IdLine, SummaryLine
from converter.findings.records import clean, head_record, outcome_record
from converter.findings.render_json import finding_json, plan_item
from converter.findings.schema_ids import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.published import Model
    from converter.findings.report import Report

__all__ = ["report_lines"]


def report_lines(report: Report, version: str) -> Iterator[str]:
    """Give a report line by line, each one JSON document (`schemas/lines-1.json`); reads the plan's items once."""
    yield _line(HeaderLine, {"type": "header", "schema": BASE + "lines-1.json"} | head_record(report, version))
    if report.plan is not None and report.fault is None:
        for item in report.plan.items:
            yield f'{{"type":"item",{plan_item(item)[1:]}\n'
    for finding in report.spool:
        yield f'{{"type":"finding",{finding_json(finding)[1:]}\n'
    for kind, old, new in report.spool.ids():
        yield _line(IdLine, {"type": "id", "kind": kind, "old": old, "new": new})
    number = report.spool.counts_by_severity()
    yield _line(SummaryLine, {"type": "summary", "findings": number} | outcome_record(report))


def _line(model: type[Model], record: dict[str, Any]) -> str:
    made = model.model_validate(clean(record))
    return escape_json(made.model_dump_json(by_alias=True, exclude_none=True)) + "\n"
