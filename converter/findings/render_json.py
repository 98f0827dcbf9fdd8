"""The report and the plan as JSON, in pieces: neither ever stands in memory as a whole."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from converter.findings.codes import code_of
from converter.findings.escape import well_formed
from converter.findings.published import BASE, FindingModel, PlanItemModel, PlanModel, ReportModel
from converter.findings.wording import message_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from converter.findings.finding import Finding
    from converter.findings.plan import Plan, PlanItem
    from converter.findings.report import Place, Report
    from converter.findings.spool import Spool
    from converter.findings.tally import Tally

__all__ = ["plan_item", "plan_json", "report_json"]

_TOOL = "mnemo-converter"


def report_json(report: Report, version: str) -> Iterator[str]:
    """Give a report as the text of one JSON document (`schemas/report-1.json`), with a final line break."""
    fault = report.fault
    head = ReportModel.model_validate(
        _clean(
            {
                "schema": BASE + "report-1.json",
                "tool": _TOOL,
                "version": version,
                "command": report.command,
                "status": report.status,
                "exit_code": report.exit_code,
                "message": fault.message if fault else None,
                "hint": (fault.hint or None) if fault else None,
                "source": _place(report.source),
                "target": _place(report.target) if report.target else None,
                "dry_run": report.dry_run,
                "resolved": report.resolved,
                "about": report.about or None,
                "counts": _counts(report.tally),
                "diff": _diff(report),
                "ids": {},
                "findings": [],
                "verify": _filled(msgspec.structs.asdict(report.verification)),
                "timing": {"seconds": round(report.seconds, 3)},
            }
        )
    ).model_dump(by_alias=True, exclude_none=True)
    return _document(head, {"ids": _ids(report.spool), "findings": _array(map(_finding, report.spool))})


def plan_json(plan: Plan, version: str) -> Iterator[str]:
    """Give a plan as the text of one JSON document (`schemas/plan-1.json`); reads its items once."""
    head = PlanModel.model_validate(
        _clean(
            {
                "schema": BASE + "plan-1.json",
                "tool": _TOOL,
                "version": version,
                "source": _place(plan.source),
                "target": _place(plan.target),
                "options": plan.options,
                "resolved": plan.resolved,
                "counts": _counts(plan.counts),
                "items": [],
            }
        )
    ).model_dump(by_alias=True, exclude_none=True)
    return _document(head, {"items": _array(map(plan_item, plan.items))})


def _document(members: dict[str, Any], streams: dict[str, Iterator[str]]) -> Iterator[str]:
    separator = "{\n"
    for name, value in members.items():
        yield f"{separator}  {_text(name)}: "
        separator = ",\n"
        if name in streams:
            yield from streams[name]
        else:
            yield json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n  ")
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


def _finding(finding: Finding) -> str:
    code = code_of(finding.code)
    location = finding.location
    return FindingModel.model_validate(
        _clean(
            {
                "code": code.name,
                "severity": code.severity,
                "outcome": code.outcome,
                "message": message_of(finding),
                "item": finding.item,
                "location": _filled(msgspec.structs.asdict(location)) or None if location else None,
                "count": finding.count,
                "hint": code.fix,
                "details": dict(finding.details) or None,
            }
        )
    ).model_dump_json(exclude_none=True)


def plan_item(item: PlanItem) -> str:
    """Give one item of a plan as JSON."""
    outputs = [_filled(msgspec.structs.asdict(output)) for output in item.outputs]
    row = _filled({"kind": item.kind, "key": item.key, "title": item.title, "action": item.action})
    return PlanItemModel.model_validate(_clean({**row, "outputs": outputs})).model_dump_json(exclude_none=True)


def _place(place: Place) -> dict[str, Any]:
    return _filled(msgspec.structs.asdict(place)) | {"path": place.path}


def _counts(tally: Tally) -> dict[str, dict[str, int]]:
    return dict(tally.rows())


def _diff(report: Report) -> dict[str, dict[str, int]] | None:
    if report.diff is None:
        return None
    return {kind: msgspec.structs.asdict(row) for kind, row in report.diff.items()}


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    """Only the members that say something; numbers that count are among them even where they are 0."""
    return {name: value for name, value in members.items() if value or name in ("key", "items")}


def _text(text: str) -> str:
    return json.dumps(well_formed(text), ensure_ascii=False)


def _clean(value: Any) -> Any:
    """Make all text of a value well-formed. These are our own structures: a few levels deep."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {_clean(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner) for inner in value]
    return value
