"""A report and a plan as records: the members of the published models, in their order.

The models themselves (`published.py`) make the schemas. They are not loaded here: that takes longer than converting a
note. Members that are None, or that are empty where the models say so, are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from converter.findings.codes import code_of
from converter.findings.escape import escape_json, well_formed
from converter.findings.schema_ids import BASE
from converter.findings.wording import message_of

if TYPE_CHECKING:
    from converter.findings.finding import Finding, Location
    from converter.findings.plan import Plan, PlanItem
    from converter.findings.report import Place, Report
    from converter.findings.tally import Tally

__all__ = [
    "TOOL",
    "as_line",
    "clean",
    "finding_record",
    "header_record",
    "id_record",
    "item_record",
    "plan_record",
    "report_record",
    "summary_record",
]

TOOL: Final = "mnemo-converter"

_ENCODER: Final = msgspec.json.Encoder()


def as_line(record: dict[str, Any]) -> str:
    """Give a record as JSON, on one line."""
    return escape_json(_ENCODER.encode(record).decode())


def report_record(report: Report, version: str) -> dict[str, Any]:
    """A report; ids and findings are empty: they are told one by one."""
    return _told(
        {"schema": BASE + "report-1.json", "tool": TOOL, "version": version, "command": report.command}
        | _end(report)
        | _asked(report)
        | {"about": report.about or None, "counts": _counts(report.tally), "diff": _diff(report)}
        | {"ids": {}, "findings": []}
        | _checked(report)
    )


def header_record(report: Report, version: str) -> dict[str, Any]:
    """What was asked, as the first of the lines."""
    return _told(
        {"type": "header", "schema": BASE + "lines-1.json", "tool": TOOL, "version": version, "command": report.command}
        | _asked(report)
    )


def summary_record(report: Report) -> dict[str, Any]:
    """How the run ended, as the last of the lines."""
    return _told(
        {"type": "summary"}
        | _end(report)
        | {"findings": report.spool.counts_by_severity(), "counts": _counts(report.tally)}
        | {"diff": _diff(report), "about": report.about or None}
        | _checked(report)
    )


def id_record(kind: str, old: str, new: str) -> dict[str, Any]:
    """An id that the target could not keep, as a line."""
    return _told({"type": "id", "kind": kind, "old": old, "new": new})


def plan_record(plan: Plan, version: str) -> dict[str, Any]:
    """A plan; its items are empty: they are told one by one."""
    return _told(
        {
            "schema": BASE + "plan-1.json",
            "tool": TOOL,
            "version": version,
            "source": _place(plan.source),
            "target": _place(plan.target),
            "options": plan.options,
            "resolved": plan.resolved,
            "counts": _counts(plan.counts),
            "items": [],
        }
    )


def finding_record(finding: Finding) -> dict[str, Any]:
    """One finding, with what its code says."""
    code = code_of(finding.code)
    return _told(
        {
            "code": code.name,
            "severity": code.severity,
            "outcome": code.outcome,
            "message": message_of(finding),
            "item": finding.item,
            "location": _location(finding.location) if finding.location is not None else None,
            "count": finding.count,
            "hint": code.fix,
            "details": dict(finding.details) or None,
        }
    )


def item_record(item: PlanItem) -> dict[str, Any]:
    """One item of a plan."""
    outputs = [_filled(msgspec.structs.asdict(output)) for output in item.outputs]
    row = _filled({"kind": item.kind, "key": item.key, "title": item.title, "action": item.action})
    return _told({**row, "outputs": outputs})


def _asked(report: Report) -> dict[str, Any]:
    """Source, target, and what the result depends on."""
    return {
        "source": _place(report.source),
        "target": _place(report.target) if report.target else None,
        "dry_run": report.dry_run,
        "resolved": report.resolved,
    }


def _end(report: Report) -> dict[str, Any]:
    """How the run ended, and why where it did not come to its end."""
    fault = report.fault
    return {
        "status": report.status,
        "exit_code": report.exit_code,
        "message": fault.message if fault else None,
        "hint": (fault.hint or None) if fault else None,
    }


def _checked(report: Report) -> dict[str, Any]:
    """Verification, and the time that the run took."""
    return {
        "verify": _filled(msgspec.structs.asdict(report.verification)),
        "timing": {"seconds": round(report.seconds, 3)},
    }


def _place(place: Place) -> dict[str, Any]:
    """A source or a target."""
    return {"path": place.path} | _filled(msgspec.structs.asdict(place))


def _location(location: Location) -> dict[str, Any] | None:
    """The first place of a finding, the source before what is in it; None where it says nothing."""
    return _filled({"source": location.source} | msgspec.structs.asdict(location)) or None


def _counts(tally: Tally) -> dict[str, dict[str, int]]:
    """The counts of each kind."""
    return dict(tally.rows())


def _diff(report: Report) -> dict[str, dict[str, int]] | None:
    if report.diff is None:
        return None
    return {kind: msgspec.structs.asdict(row) for kind, row in report.diff.items()}


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    """Only the members that say something; numbers that count are among them even where they are 0."""
    return {name: value for name, value in members.items() if value or name in ("key", "items")}


def _told(members: dict[str, Any]) -> dict[str, Any]:
    """Only the members that are there, with text that can be encoded."""
    return {name: clean(value) for name, value in members.items() if value is not None}


def clean(value: Any) -> Any:
    """Make all text of a value well-formed. These are our own structures: a few levels deep."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {clean(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    return value
