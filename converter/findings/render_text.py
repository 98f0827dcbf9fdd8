"""The report as text for people: what happened, counts, findings with a few examples, what to do next."""

from __future__ import annotations

import operator
from collections import Counter
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

from converter.findings.escape import shown
from converter.findings.failing import reached
from converter.findings.render_findings import codes_told, finding_lines, more_lines
from converter.findings.render_validate import consequence, source_lines, verdict
from converter.findings.tally import DISPOSITIONS
from converter.findings.wording import count_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from converter.findings.plan import Plan, PlanItem
    from converter.findings.report import Place, Report

    Paint = Callable[[str, str], str]

__all__ = ["render_text"]

_LISTED = 20
_COLUMNS = ("read", *DISPOSITIONS, "approximated")


def plain(style: str, text: str) -> str:  # noqa: ARG001 - the signature of a painter
    """Paint nothing: the text as it is."""
    return text


def render_text(report: Report, *, verbosity: int = 0, paint: Paint = plain) -> Iterator[str]:
    """Give the lines of a report.

    `verbosity` below 0 leaves what made the run fail, 0 shows a few examples of each code, 1 and more shows
    every place of every finding. `paint(style, text)` colours text; styles are `error`, `warning`, `info`, `bold` and
    `dim`.
    """
    lines = _comparison if report.diff is not None and report.fault is None else _run
    told = lines(report, verbosity, paint)
    return told if verbosity >= 0 else dropwhile(operator.not_, told)


def _run(report: Report, verbosity: int, paint: Paint) -> Iterator[str]:
    if verbosity >= 0:
        yield from _headline(report, paint)
        yield from _counts(report)
        if report.command == "validate":
            yield from source_lines(report, None if verbosity > 0 else _LISTED)
        yield from _about(report, verbosity)
        if report.plan is not None:
            yield from _plan(report.plan, verbosity, paint)
    yield from finding_lines(report, verbosity, paint)
    if verbosity >= 0:
        yield from _verification(report)
        yield from _next_steps(report, verbosity)


def _comparison(report: Report, verbosity: int, paint: Paint) -> Iterator[str]:
    """What differs, item by item, and then what was found while the two archives were read."""
    from converter.findings.render_diff import diff_lines, diff_summary

    if verbosity >= 0:
        yield from diff_summary(report, paint)
        yield from _about(report, verbosity)
    if verbosity >= 0 or reached(report.fail_on, ("error",), ()):
        yield from diff_lines(report, None if verbosity > 0 else _LISTED, paint)
    yield from finding_lines(report, verbosity, paint)


def _headline(report: Report, paint: Paint) -> Iterator[str]:
    source = _shown(report.source)
    if report.fault is not None:
        yield paint("bold", f"{report.command} of {source} did not come to its end.")
    elif report.command == "validate":
        yield paint("bold", f"{source} {verdict(report)}")
    elif report.target is None:
        yield paint("bold", f"{source} holds:")
    elif report.dry_run or report.plan is not None:
        would = "would be merged into" if report.resolved.get("into") else "would become"
        yield paint("bold", f"{source} {would} {_shown(report.target)}. Nothing was written.")
    else:
        did = "was merged into" if report.resolved.get("into") else "became"
        yield paint("bold", f"{source} {did} {_shown(report.target)}.")
        if report.resolved.get("into") and not report.tally.total("written"):
            yield "Everything was there already, or stayed out: nothing had to be written."
        between = report.about.get("by_way_of")
        if isinstance(between, dict):
            yield f"It was brought back to where it came from ({between['format']}) first, with what was changed since."
        if report.resolved.get("backup"):
            yield f"What was there before is kept as {shown(str(report.resolved['backup']))}."


def _shown(place: Place) -> str:
    path = shown(place.path)
    return f"{path} ({place.format})" if place.format else path


def _counts(report: Report) -> Iterator[str]:
    rows = list(report.tally.rows())
    columns = [name for name in _COLUMNS if name == "read" or any(row[name] for _, row in rows)]
    table = [
        ["", *(("checked" if report.command == "validate" else name) if name == "read" else name for name in columns)],
        *([kind, *(f"{row[name]:,}" for name in columns)] for kind, row in rows if row["read"]),
    ]
    if len(table) == 1:
        return
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    yield ""
    for row in table:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        yield "  " + "  ".join(cells).rstrip()


def _about(report: Report, verbosity: int) -> Iterator[str]:
    facts = dict(report.about) if report.target is None or verbosity > 0 else {}
    facts |= report.resolved if verbosity > 0 else {}
    told = {name: value for name, value in facts.items() if value not in (None, "", [], ()) and name != "sources"}
    if told:
        yield ""
    for name, value in told.items():
        yield f"  {name.replace('_', ' ')}: {shown(_value(value))}"


def _value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case list() | tuple():
            times = Counter(map(str, value))
            return ", ".join(f"{name} (×{number:,})" if number > 1 else name for name, number in times.items())
    return f"{value}"


def _plan(plan: Plan, verbosity: int, paint: Paint) -> Iterator[str]:
    items = iter(plan.items)
    yield ""
    for item in islice(items, None if verbosity > 0 else _LISTED):
        yield f"  {_planned(item)}"
    rest = sum(1 for _ in items)
    if rest:
        yield paint("dim", f"  … and {count_of(rest, 'more item')}; -v or --output-format json shows all")


def _planned(item: PlanItem) -> str:
    name = item.key if not item.title or item.title in item.key else f"{item.key} ({item.title})"
    outputs = ", ".join(output.path or output.title or output.key for output in item.outputs)
    line = f"{item.action:<9} {item.kind:<8} {name}" + (f"  →  {outputs}" if outputs else "")
    return shown(line)


def _verification(report: Report) -> Iterator[str]:
    verification = report.verification
    if verification.status == "passed":
        yield ""
        number = count_of(verification.items, "item")
        yield f"Verified: the target was read again; as planned: {number}."
    elif verification.status == "failed":
        yield ""
        yield "The target was read again, and is not as planned:"
        for name in verification.differences:
            yield f"  {shown(name)}"


def _next_steps(report: Report, verbosity: int) -> Iterator[str]:
    codes = codes_told(report, verbosity)
    if not codes:
        return
    yield ""
    if report.command == "validate" and report.fault is None:
        yield consequence(report)
    if verbosity < 1:
        yield from more_lines(report)
    yield f"More about one: mnemo-converter explain {next(iter(codes)).name}"
