"""`mnemo-converter validate SRC...`."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.command import Command
from converter.cli.options import output_options, reading_options, selected_codes

__all__ = ["command"]


@click.command(
    "validate",
    cls=Command,
    examples=(
        "mnemo-converter validate notes.mnemo",
        "mnemo-converter validate exports/*.mnemo --fail-on warning",
        "mnemo-converter validate Vault --select link-missing --fail-on warning",
        "mnemo-converter validate Vault --output-format json",
    ),
)
@click.argument("sources", metavar="SRC...", nargs=-1, required=True)
@reading_options
@selected_codes
@output_options
def command(**given: Any) -> int:
    """Check whether each SRC is sound, whether its application would open it, and what it would lose.

    Exit code 0 where nothing reaches --fail-on, 1 where something does, 3 where a single SRC cannot be read.
    """
    from converter.cli.asked import asked
    from converter.cli.outcome import perform
    from converter.pipeline.run import validate

    sources = given["sources"]
    options, view = asked({**given, "source": sources[0], "sources": sources if len(sources) > 1 else ()})
    return perform("validate", options, view, validate)
