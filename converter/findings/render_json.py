"""The report and the plan as JSON, in pieces: neither ever stands in memory as a whole."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from converter.findings.escape import escape_json, well_formed
from converter.findings.records import as_line, finding_record, item_record, plan_record, report_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from converter.findings.finding import Finding
    from converter.findings.plan import Plan, PlanItem
    from converter.findings.report import Report
    from converter.findings.spool import Spool

__all__ = ["finding_json", "plan_item", "plan_json", "report_json"]


def report_json(report: Report, version: str) -> Iterator[str]:
    """Give a report as the text of one JSON document (`schemas/report-1.json`), with a final line break."""
    return _document(
        report_record(report, version),
        {"ids": _ids(report.spool), "findings": _array(map(finding_json, report.spool))},
    )


def plan_json(plan: Plan, version: str) -> Iterator[str]:
    """Give a plan as the text of one JSON document (`schemas/plan-1.json`); reads its items once."""
    return _document(plan_record(plan, version), {"items": _array(map(plan_item, plan.items))})


def finding_json(finding: Finding) -> str:
    """Give one finding as JSON, on one line."""
    return as_line(finding_record(finding))


def plan_item(item: PlanItem) -> str:
    """Give one item of a plan as JSON, on one line."""
    return as_line(item_record(item))


def _document(members: dict[str, Any], streams: dict[str, Iterator[str]]) -> Iterator[str]:
    separator = "{\n"
    for name, value in members.items():
        yield f"{separator}  {_text(name)}: "
        separator = ",\n"
        if name in streams:
            yield from streams[name]
        else:
            yield escape_json(json.dumps(value, ensure_ascii=False, indent=2)).replace("\n", "\n  ")
    yield "\n}\n"


def _array(elements: Iterable[str]) -> Iterator[str]:
    separator = "["
    for element in elements:
        yield f"{separator}\n    {element}"
        separator = ","
    yield "[]" if separator == "[" else "\n  ]"


def _ids(spool: Spool) -> Iterator[str]:
    outer = "{"
    for kind, rows in groupby(spool.ids(), key=lambda row: row[0]):
        yield f"{outer}\n    {_text(kind)}: "
        outer = ","
        inner = "{"
        for _, old, new in rows:
            yield f"{inner}\n      {_text(old)}: {_text(new)}"
            inner = ","
        yield "\n    }"
    yield "{}" if outer == "{" else "\n  }"


def _text(text: str) -> str:
    return escape_json(json.dumps(well_formed(text), ensure_ascii=False))
