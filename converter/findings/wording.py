"""Findings in words: the same in the report's text, in its JSON, in `explain` and in the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.findings.codes import code_of
from converter.findings.codes.comparisons import COMPARISONS

if TYPE_CHECKING:
    from converter.findings.codes import Code
    from converter.findings.finding import Finding, Location

__all__ = ["count_of", "meaning_of", "message_of", "page", "place_of", "times_of", "where"]

_MEANING = {
    "error": "An error: a unit or text of yours is not in the target.",
    "warning": "A warning: something of the source was wrong, and was mended or left out.",
    "info": "For your information.",
}
_OUTCOME = {
    "lost": "It is not in the target.",
    "approximated": "It is in the target in another form.",
    "carried": "It is not shown by the target, and kept for a later conversion.",
    "failed": "It could not be converted.",
    "skipped": "It was left out on purpose.",
    "none": "It is in the target, as far as the source holds it.",
}
_DIFFERENCE = "An error: `diff` found that two archives do not say the same."


def count_of(number: int, one: str, many: str = "") -> str:
    """Put a number before its noun: `1 note`, `1,234 notes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def message_of(finding: Finding) -> str:
    """Fill the message of a finding's code with its details."""
    return code_of(finding.code).render(finding.details)


def times_of(finding: Finding) -> str:
    """Say how many places a finding stands for, to follow its message; "" where it is one."""
    return f" (×{finding.count:,})" if finding.count > 1 else ""


def place_of(location: Location) -> str:
    """Write the place inside a file: member, row, pointer, line and column; "" where there is none."""
    parts = [f"!{location.member}" if location.member else ""]
    if location.table or location.row:
        parts.append(f"[{':'.join(part for part in (location.table, location.row) if part)}]")
    if location.pointer:
        parts.append(f"#{location.pointer}")
    if location.line:
        parts.append(f":{location.line}" + (f":{location.column}" if location.column else ""))
    return "".join(parts)


def where(finding: Finding) -> str:
    """Say what a finding is about: the item, the file where that says more, place, title, side of a comparison."""
    source = finding.location.source if finding.location is not None else ""
    return ": ".join(part for part in (source, _about(finding)) if part)


def _about(finding: Finding) -> str:
    location = finding.location
    details = dict(finding.details)
    title, side = details.get("title", ""), details.get("side", "")
    named = (f" “{title}”" if title else "") + (f" in {side}" if side else "")
    if location is None:
        return finding.item + named
    if location.member and finding.item.endswith(f"/{location.member}"):
        location = msgspec.structs.replace(location, member="")
    if location.row and finding.item.endswith(f"/{location.row}"):
        location = msgspec.structs.replace(location, table="", row="")
    place = place_of(location)
    if not finding.item or not location.file or finding.item.endswith(location.file):
        about = finding.item or location.file
        return (about + place if about else place.removeprefix("!")) + named
    return f"{finding.item} ({location.file}{place}){named}"


def meaning_of(code: Code) -> str:
    """Say what a code's severity and outcome mean."""
    if code.name in COMPARISONS:
        return _DIFFERENCE
    return f"{_MEANING[code.severity]} {_OUTCOME[code.outcome]}"


def page(code: Code) -> str:
    """Explain a code in Markdown: what it says, why, and what to do."""
    return (
        f"# {code.name}\n\n"
        f"{code.template('*{}*')}\n\n"
        f"{meaning_of(code)}\n\n"
        f"## Why\n\n{code.why}\n\n"
        f"## What to do\n\n{code.fix}\n"
    )
