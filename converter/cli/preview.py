"""`mnemo-converter preview SRC [DST]`."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.command import Command
from converter.cli.options import (
    merge_options,
    output_options,
    reading_options,
    selection_options,
    target_options,
)

__all__ = ["command"]


@click.command(
    "preview",
    cls=Command,
    examples=(
        "mnemo-converter preview notes.mnemo",
        "mnemo-converter preview notes.mnemo Vault -v",
        "mnemo-converter preview Vault notes.mnemo --output-format json > plan.json",
        "mnemo-converter preview notes.mnemo --into Vault --plan plan.json",
    ),
)
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="[DST]", required=False, default="")
@reading_options
@selection_options
@target_options
@merge_options
@output_options
def command(**given: Any) -> int:
    """Show what is inside SRC; with DST or --into DST, the plan that `convert` would run. Nothing is written."""
    from converter.cli.asked import asked
    from converter.cli.outcome import perform
    from converter.pipeline.run import preview

    options, view = asked(given)
    return perform("preview", options, view, preview)
