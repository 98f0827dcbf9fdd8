"""The report of a validation as text: a verdict, and findings under headings that keep apart what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.findings.escape import shown
from converter.findings.wording import count_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.codes import Code
    from converter.findings.report import Report

__all__ = ["HEADINGS", "consequence", "heading_of", "source_lines", "verdict"]

_REFUSES, _LOSES = "app-refuses", "app-loses"
_SERVE = ("error", "warning")
HEADINGS = (
    "The application would refuse:",
    "Cannot be read:",
    "The application would lose:",
    "Wrong in the source:",
    "Worth knowing:",
)
"""The headings of findings, in their order."""


def heading_of(code: Code) -> str:
    """The heading that findings of this code stand under."""
    if code.name in (_REFUSES, _LOSES):
        return HEADINGS[0 if code.name == _REFUSES else 2]
    return HEADINGS[{"error": 1, "warning": 3}.get(code.severity, 4)]


def verdict(report: Report) -> str:
    """What is to be said of the sources, to follow their name: `is sound.`, `would be refused …`."""
    several = bool(report.about.get("sources"))
    is_, has = ("are", "have") if several else ("is", "has")
    number = report.spool.counts_by_severity()
    told = _number(number)
    if _REFUSES in report.spool.codes:
        whose = "their applications" if several else "its application"
        return f"would be refused by {whose}: {told}."
    if not told:
        selected = report.resolved.get("select")
        return f"{has} no error, and nothing of what --select names." if selected else f"{is_} sound."
    return f"{has} {told}." if number["error"] else f"{has} no error, and {told}."


def _number(findings: dict[str, int]) -> str:
    """How many findings are worse than worth knowing; "" where none is."""
    return " and ".join(count_of(findings[name], name) for name in _SERVE if findings.get(name))


def source_lines(report: Report, limit: int | None) -> Iterator[str]:
    """How each of several sources came out, at most `limit` of them; those that are not sound first."""
    told = report.about.get("sources")
    sources = sorted(told, key=lambda one: one["status"] == "ok") if isinstance(told, list) else []
    if sources:
        yield ""
    for one in sources[:limit]:
        kind = f" ({one['format']})" if one.get("format") else ""
        number = _number(one.get("findings") or {})
        yield f"  {one['status']:<11}  {shown(str(one['path']))}{kind}{': ' if number else ''}{number}"
    if limit is not None and len(sources) > limit:
        yield f"  … and {count_of(len(sources) - limit, 'more source')}; -v shows all"


def consequence(report: Report) -> str:
    """Why the exit code is what it is."""
    if report.exit_code == 0:
        return f"Exit code 0: nothing reaches --fail-on {report.fail_on}."
    return f"Exit code {report.exit_code}: findings reach --fail-on {report.fail_on}."
