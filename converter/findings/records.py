"""The parts of a report and of a plan as records: what the published models are filled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from converter.findings.codes import code_of
from converter.findings.escape import well_formed
from converter.findings.wording import message_of

if TYPE_CHECKING:
    from converter.findings.finding import Finding
    from converter.findings.plan import PlanItem
    from converter.findings.report import Place, Report
    from converter.findings.tally import Tally

__all__ = [
    "TOOL",
    "clean",
    "counts_record",
    "finding_record",
    "head_record",
    "item_record",
    "outcome_record",
    "place_record",
]

TOOL = "mnemo-converter"


def head_record(report: Report, version: str) -> dict[str, Any]:
    """What was asked: tool, command, source, target, and what the result depends on."""
    return {
        "tool": TOOL,
        "version": version,
        "command": report.command,
        "source": place_record(report.source),
        "target": place_record(report.target) if report.target else None,
        "dry_run": report.dry_run,
        "resolved": report.resolved,
    }


def outcome_record(report: Report) -> dict[str, Any]:
    """What came of it: status, exit code, why it did not come to its end, counts, verification, time."""
    fault = report.fault
    return {
        "status": report.status,
        "exit_code": report.exit_code,
        "message": fault.message if fault else None,
        "hint": (fault.hint or None) if fault else None,
        "about": report.about or None,
        "counts": counts_record(report.tally),
        "diff": _diff(report),
        "verify": _filled(msgspec.structs.asdict(report.verification)),
        "timing": {"seconds": round(report.seconds, 3)},
    }


def finding_record(finding: Finding) -> dict[str, Any]:
    """One finding, with what its code says."""
    code = code_of(finding.code)
    location = finding.location
    return {
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


def item_record(item: PlanItem) -> dict[str, Any]:
    """One item of a plan."""
    outputs = [_filled(msgspec.structs.asdict(output)) for output in item.outputs]
    row = _filled({"kind": item.kind, "key": item.key, "title": item.title, "action": item.action})
    return {**row, "outputs": outputs}


def place_record(place: Place) -> dict[str, Any]:
    """A source or a target."""
    return _filled(msgspec.structs.asdict(place)) | {"path": place.path}


def counts_record(tally: Tally) -> dict[str, dict[str, int]]:
    """The counts of each kind."""
    return dict(tally.rows())


def clean(value: Any) -> Any:
    """Make all text of a value well-formed. These are our own structures: a few levels deep."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {clean(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    return value


def _diff(report: Report) -> dict[str, dict[str, int]] | None:
    if report.diff is None:
        return None
    return {kind: msgspec.structs.asdict(row) for kind, row in report.diff.items()}


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    """Only the members that say something; numbers that count are among them even where they are 0."""
    return {name: value for name, value in members.items() if value or name in ("key", "items")}
