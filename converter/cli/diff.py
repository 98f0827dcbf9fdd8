"""`mnemo-converter diff A B`."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.command import Command
from converter.cli.options import output_options, reading_options, second_format

__all__ = ["command"]


@click.command(
    "diff",
    cls=Command,
    examples=(
        "mnemo-converter diff before.mnemo after.mnemo",
        "mnemo-converter diff notes.mnemo Vault -v",
        "mnemo-converter diff Vault Workspace --output-format json > diff.json",
    ),
)
@click.argument("source", metavar="A")
@click.argument("target", metavar="B")
@reading_options
@second_format
@output_options
def command(**given: Any) -> int:
    """Compare two archives of any formats: what only A or only B holds, and what differs.

    Exit code 0 where they say the same, 1 where they differ. Nothing is written.
    """
    from converter.cli.asked import asked
    from converter.cli.outcome import perform
    from converter.pipeline.run import diff

    options, view = asked(given)
    return perform("diff", options, view, diff)
