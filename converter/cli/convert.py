"""`mnemo-converter convert SRC DST`."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.command import Command, Option
from converter.cli.options import (
    merge_options,
    output_options,
    reading_options,
    selection_options,
    target_options,
)

__all__ = ["command"]


@click.command(
    "convert",
    cls=Command,
    examples=(
        "mnemo-converter convert Vault notes.mnemo",
        "mnemo-converter convert notes.mnemo Vault --report report.json",
        "mnemo-converter convert Vault - | gzip > notes.jsonl.gz",
        "mnemo-converter convert notes.mnemo --into Vault --on-conflict newer",
        "mnemo-converter convert --apply plan.json",
    ),
)
@click.argument("source", metavar="SRC", required=False, default="")
@click.argument("target", metavar="DST", required=False, default="")
@reading_options
@selection_options
@target_options
@merge_options
@click.option("--dry-run", cls=Option, group="Target", is_flag=True, default=False, help="Do everything but write.")
@output_options
def command(**given: Any) -> int:
    """Convert SRC, which never changes, into a new DST, or into one that exists (--into). `-`: standard streams."""
    from converter.cli.asked import asked
    from converter.cli.outcome import perform
    from converter.pipeline.run import convert

    options, view = asked(given, whole=True)
    return perform("convert", options, view, convert)
