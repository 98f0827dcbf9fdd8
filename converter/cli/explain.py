"""`mnemo-converter explain CODE`."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from converter.cli import console
from converter.cli.command import Command
from converter.cli.nearest import did_you_mean
from converter.cli.options import output_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.findings.codes import Code

__all__ = ["command"]


@click.command(
    "explain",
    cls=Command,
    examples=("mnemo-converter explain link-missing", "mnemo-converter explain --all"),
)
@click.argument("code", metavar="[CODE]", required=False, default="")
@click.option("--all", "every", is_flag=True, default=False, help="List all codes.")
@output_format
def command(code: str, *, every: bool, output_format: str) -> int:
    """Say what a finding of this CODE means, why it is reported and what one can do."""
    from converter.findings.codes import CODES

    name = code.lower()
    if every == bool(name):
        raise click.UsageError("Name one code, or give --all.", click.get_current_context())
    if name and name not in CODES:
        hint = did_you_mean(name, CODES) or "mnemo-converter explain --all lists them."
        raise click.UsageError(f"There is no code {code!r}. {hint}", click.get_current_context())
    if output_format == "json":
        console.result_json([_record(entry) for entry in CODES.values()] if every else _record(CODES[name]))
    elif every:
        from converter.cli.table import table

        rows = [
            {
                "code": entry.name,
                "severity": entry.severity,
                "outcome": entry.outcome,
                "message": entry.template(),
            }
            for entry in CODES.values()
        ]
        console.result(f"{line}\n" for line in table(rows))
    else:
        console.result(f"{line}\n" for line in _text(CODES[name]))
    return 0


def _record(code: Code) -> dict[str, Any]:
    return {
        "code": code.name,
        "severity": code.severity,
        "outcome": code.outcome,
        "message": code.template(),
        "why": code.why,
        "fix": code.fix,
    }


def _text(code: Code) -> Iterator[str]:
    from converter.findings.wording import meaning_of

    yield code.name
    for heading, text in (
        ("", code.template()),
        ("", meaning_of(code)),
        ("Why: ", code.why),
        ("What to do: ", code.fix),
    ):
        yield ""
        yield fill(heading + text, 80, initial_indent="  ", subsequent_indent="  ")
