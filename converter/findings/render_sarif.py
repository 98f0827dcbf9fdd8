"""The report as SARIF 2.1.0 (OASIS), in pieces: findings are results, codes are rules.

A result names the file that it is about, and the line where the file is a text. Inside packages and databases a logical
location says which member, row and JSON pointer is meant.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from converter.findings.codes import CODES, code_of
from converter.findings.escape import escape_json
from converter.findings.records import TOOL, clean
from converter.findings.sites import Sites
from converter.findings.wording import message_of, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from converter.findings.codes import Code
    from converter.findings.finding import Finding
    from converter.findings.report import Fault, Report
    from converter.findings.sites import Site

__all__ = ["report_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}
_HASH = "findingHash/v1"
_LINE_HASH = "primaryLocationLineHash"


def report_sarif(report: Report, version: str, root: str) -> Iterator[str]:
    """Give a report as one SARIF log with one run; URIs are told from `root` where the sources lie in it."""
    sites = Sites(report, root)
    codes = [code for code in CODES.values() if code.name in report.spool.codes]
    driver = {"name": TOOL, "version": version, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{TOOL}/{report.command}/"},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {_ROOT: {"uri": _base_uri(sites.base)}},
        "columnKind": "unicodeCodePoints",
    }
    yield f'{{\n"$schema": {_json(_SCHEMA)},\n"version": "2.1.0",\n"runs": [\n{{\n'
    for name, value in run.items():
        yield f"{_json(name)}: {_json(value)},\n"
    yield '"results": ['
    index = {code.name: number for number, code in enumerate(codes)}
    separator = "\n"
    for finding in report.spool:
        yield separator + _json(_result(finding, sites.of(finding), index[finding.code]))
        separator = ",\n"
    yield "\n]\n}\n]\n}\n"


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.name,
        "shortDescription": {"text": code.template()},
        "fullDescription": {"text": code.why},
        "help": {"text": code.fix, "markdown": page(code)},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
        "properties": {"outcome": code.outcome, "problem.severity": _PROBLEMS[code.severity], "tags": [code.outcome]},
    }


def _invocation(report: Report) -> dict[str, Any]:
    made: dict[str, Any] = {"executionSuccessful": report.fault is None, "exitCode": report.exit_code}
    if report.fault is not None:
        made["toolExecutionNotifications"] = [_notification(report.fault)]
    return made


def _notification(fault: Fault) -> dict[str, Any]:
    told = f"{fault.message} {fault.hint}" if fault.hint else fault.message
    return {"level": "error", "message": {"text": told}}


def _result(finding: Finding, site: Site, index: int) -> dict[str, Any]:
    code = code_of(finding.code)
    fingerprint = _fingerprint(finding, site)
    made: dict[str, Any] = {
        "ruleId": code.name,
        "ruleIndex": index,
        "level": _LEVELS[code.severity],
        "message": {"text": message_of(finding)},
        "locations": [_location(finding, site)],
        "partialFingerprints": {_HASH: fingerprint},
        "occurrenceCount": finding.count,
    }
    if not site.line:
        made["partialFingerprints"][_LINE_HASH] = f"{fingerprint[:16]}:1"
    details = dict(finding.details)
    made["properties"] = {"item": finding.item, "outcome": code.outcome} | ({"details": details} if details else {})
    return made


def _location(finding: Finding, site: Site) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(site.path), "uriBaseId": _ROOT}}
    if site.line:
        physical["region"] = {"startLine": site.line} | ({"startColumn": site.column} if site.column else {})
    logical = []
    if site.inside:
        logical.append({"fullyQualifiedName": site.inside, "kind": _kind(finding)})
    if finding.item:
        kind, _, name = finding.item.partition("/")
        logical.append({"fullyQualifiedName": finding.item, "kind": kind} | ({"name": name} if name else {}))
    return {"physicalLocation": physical} | ({"logicalLocations": logical} if logical else {})


def _kind(finding: Finding) -> str:
    """What the place inside a file is."""
    location = finding.location
    if location is None or location.pointer:
        return "value"
    return "row" if location.table or location.row else "member"


def _fingerprint(finding: Finding, site: Site) -> str:
    """The same for the same finding wherever its line has moved to: of code, item and details, and of its file."""
    parts = (finding.code, finding.item, site.path, *(part for detail in finding.details for part in detail))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape" if _is_name(path) else "surrogatepass"))


def _is_name(path: str) -> bool:
    """Whether surrogates in it stand for bytes of a file's name."""
    return not any("\ud800" <= sign < "\udc80" or "\udcff" < sign <= "\udfff" for sign in path)


def _base_uri(folder: Path) -> str:
    return f"{folder.as_uri().rstrip('/')}/"


def _json(value: Any) -> str:
    return escape_json(json.dumps(clean(value), ensure_ascii=False))
