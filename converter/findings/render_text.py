"""The report as text for people: what happened, counts, findings with a few examples, what to do next."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from converter.findings.codes import Code, code_of
from converter.findings.codes.comparisons import COMPARISONS
from converter.findings.escape import shown
from converter.findings.failing import reached
from converter.findings.render_diff import diff_lines, diff_summary
from converter.findings.render_validate import HEADINGS, consequence, heading_of, source_lines, verdict
from converter.findings.tally import DISPOSITIONS
from converter.findings.wording import count_of, message_of, times_of, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from converter.findings.plan import Plan, PlanItem
    from converter.findings.report import Place, Report
    from converter.findings.spool import CodeCount

    Paint = Callable[[str, str], str]

__all__ = ["render_text"]

_EXAMPLES = 3
_LISTED = 20
_COLUMNS = ("read", *DISPOSITIONS, "approximated")


def plain(style: str, text: str) -> str:  # noqa: ARG001 - the signature of a painter
    """Paint nothing: the text as it is."""
    return text


def render_text(report: Report, *, verbosity: int = 0, paint: Paint = plain) -> Iterator[str]:
    """Give the lines of a report.

    `verbosity` below 0 leaves what made the run fail, 0 shows a few examples of each code, 1 and more shows
    everything. `paint(style, text)` colours text; styles are `error`, `warning`, `info`, `bold` and `dim`.
    """
    if report.diff is not None and report.fault is None:
        yield from _comparison(report, verbosity, paint)
        return
    if verbosity >= 0:
        yield from _headline(report, paint)
        yield from _counts(report)
        if report.command == "validate":
            yield from source_lines(report, None if verbosity > 0 else _LISTED)
        yield from _about(report, verbosity)
        if report.plan is not None:
            yield from _plan(report.plan, verbosity, paint)
    yield from _findings(report, verbosity, paint)
    if verbosity >= 0:
        yield from _verification(report)
        yield from _next_steps(report, verbosity)


def _comparison(report: Report, verbosity: int, paint: Paint) -> Iterator[str]:
    """What differs, item by item, and then what was found while the two archives were read."""
    if verbosity >= 0:
        yield from diff_summary(report, paint)
        yield from _about(report, verbosity)
    if verbosity >= 0 or reached(report.fail_on, ("error",), ()):
        yield from diff_lines(report, paint)
    yield from _findings(report, verbosity, paint)


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
        text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else f"{value}"
        yield f"  {name.replace('_', ' ')}: {shown(text)}"


def _plan(plan: Plan, verbosity: int, paint: Paint) -> Iterator[str]:
    items = iter(plan.items)
    yield ""
    for item in islice(items, None if verbosity > 0 else _LISTED):
        yield f"  {_planned(item)}"
    rest = sum(1 for _ in items)
    if rest:
        yield paint("dim", f"  … and {count_of(rest, 'item')} more; -v or --output-format json shows all")


def _planned(item: PlanItem) -> str:
    name = item.key if not item.title or item.title in item.key else f"{item.key} ({item.title})"
    outputs = ", ".join(output.path or output.title or output.key for output in item.outputs)
    line = f"{item.action:<9} {item.kind:<8} {name}" + (f"  →  {outputs}" if outputs else "")
    return shown(line)


def _findings(report: Report, verbosity: int, paint: Paint) -> Iterator[str]:
    counts = {code_of(name): count for name, count in report.spool.counts_by_code().items() if name not in COMPARISONS}
    told = [code for code in counts if verbosity >= 0 or reached(report.fail_on, (code.severity,), (code.outcome,))]
    headed = report.command == "validate"
    if headed:
        told.sort(key=lambda code: HEADINGS.index(heading_of(code)))
    limit, above = None if verbosity > 0 else _EXAMPLES, ""
    for code in told:
        yield ""
        if headed and above != heading_of(code):
            above = heading_of(code)
            yield from (paint("bold", above), "")
        yield from _group(report, code, counts[code], limit, paint)


def _group(report: Report, code: Code, count: CodeCount, limit: int | None, paint: Paint) -> Iterator[str]:
    number = count_of(count.items, "item")
    if count.places != count.items:
        number += f", {count_of(count.places, 'place')}"
    yield f"{paint(code.severity, code.severity)} {paint('bold', code.name)}: {number}"
    for finding in report.spool.of_code(code.name, -1 if limit is None else limit):
        about = shown(where(finding))
        message = shown(message_of(finding)) + times_of(finding)
        yield f"  {about}: {message}" if about else f"  {message}"
    if limit is not None and count.items > limit:
        yield paint("dim", f"  … and {count.items - limit:,} more")
    yield paint("dim", f"  → {code.fix}")


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
    counts = report.spool.counts_by_code()
    if not counts:
        return
    yield ""
    if report.command == "validate" and report.fault is None:
        yield consequence(report)
    if verbosity < 1 and any(count.items > _EXAMPLES for count in counts.values()):
        yield "All of them: -v, or --report FILE for a machine."
    yield f"More about one: mnemo-converter explain {next(iter(counts))}"
