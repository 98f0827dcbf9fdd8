"""The report as workflow commands of GitHub Actions: one annotation a finding, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.findings.codes import code_of
from converter.findings.escape import escape_for_terminal, shortened
from converter.findings.sites import Sites
from converter.findings.wording import message_of, times_of, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.finding import Finding
    from converter.findings.report import Report

__all__ = ["report_github"]

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_NAME = 4096
_SHOWN = 500


def report_github(report: Report, root: str) -> Iterator[str]:
    """Give one workflow command for each finding, and one for what ended the run; paths are told from `root`."""
    if report.fault is not None:
        lines = (shortened(escape_for_terminal(line), _SHOWN) for line in report.fault.told.splitlines())
        yield _command("error", {"title": f"{report.command} did not come to its end"}, "\n".join(lines))
    sites = Sites(report, root)
    for finding in report.spool:
        yield _annotation(finding, sites)


def _annotation(finding: Finding, sites: Sites) -> str:
    code, site = code_of(finding.code), sites.of(finding)
    properties: dict[str, str | int] = {"file": shortened(escape_for_terminal(site.path), _NAME)} if site.exact else {}
    properties |= {name: number for name, number in (("line", site.line), ("col", site.column)) if number}
    properties["title"] = code.name
    about, message = (shortened(escape_for_terminal(text), _SHOWN) for text in (where(finding), message_of(finding)))
    told = f"{about}: {message}" if about else message
    return _command(_LEVELS[code.severity], properties, f"{told}{times_of(finding)}\n→ {code.fix}")


def _command(level: str, properties: dict[str, str | int], message: str) -> str:
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {told}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
