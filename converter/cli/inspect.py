"""`mnemo-converter inspect SRC`."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.command import Command
from converter.cli.options import output_options, reading_options

__all__ = ["command"]


@click.command(
    "inspect",
    cls=Command,
    examples=(
        "mnemo-converter inspect notes.mnemo",
        "mnemo-converter inspect Vault --output-format json",
    ),
)
@click.argument("source", metavar="SRC")
@reading_options
@output_options
def command(**given: Any) -> int:
    """Count what SRC holds, and say how large it is, which version it has and what made it."""
    from converter.cli.asked import asked
    from converter.cli.outcome import perform
    from converter.pipeline.run import inspect

    options, view = asked(given)
    return perform("inspect", options, view, inspect)
