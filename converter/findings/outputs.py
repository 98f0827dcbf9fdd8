"""The forms in which a report can be printed. Each renderer is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.report import Report

__all__ = ["FORMS", "OUTPUT_FORMATS", "rendered"]

FORMS = ("json", "jsonl", "junit", "sarif", "github")
"""The forms for machines."""

OUTPUT_FORMATS = ("text", *FORMS)
"""The values of `--output-format` for commands that give a report."""


def rendered(form: str, report: Report, version: str, root: str = ".") -> Iterator[str]:
    """Give a report in one of `FORMS`, in pieces; its findings are read from the spool as they are wanted.

    `root` is the folder that paths of annotations and of SARIF are told from: that of the repository.
    """
    match form:
        case "jsonl":
            from converter.findings.render_lines import report_lines

            return report_lines(report, version)
        case "junit":
            from converter.findings.render_junit import report_junit

            return report_junit(report, root)
        case "sarif":
            from converter.findings.render_sarif import report_sarif

            return report_sarif(report, version, root)
        case "github":
            from converter.findings.render_github import report_github

            return report_github(report, root)
    from converter.findings.render_json import plan_json, report_json

    if report.plan is not None and report.fault is None:
        return plan_json(report.plan, version)
    return report_json(report, version)
