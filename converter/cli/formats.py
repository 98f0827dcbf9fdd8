"""`mnemo-converter formats`."""

from __future__ import annotations

from typing import Any

import click

from converter.cli import checks, console
from converter.cli.command import Command, Option
from converter.cli.options import output_format
from converter.cli.table import table

__all__ = ["command"]


@click.command(
    "formats",
    cls=Command,
    examples=(
        "mnemo-converter formats",
        "mnemo-converter formats --pair markdown mnemo",
        "mnemo-converter formats --limits --output-format json",
    ),
)
@click.option(
    "--pair",
    nargs=2,
    metavar="A B",
    default=None,
    help="What becomes of each concept on the way from A to B.",
)
@click.option("--limits", is_flag=True, default=False, help="List the input limits and their defaults.")
@click.option(
    "--mnemo-target",
    cls=Option,
    default="compat",
    metavar="APP",
    callback=checks.one_of("compat", "0.8", "0.6"),
    help="With --pair: which Mnemo. [compat]",
)
@output_format
def command(*, pair: tuple[str, str] | None, limits: bool, mnemo_target: str, output_format: str) -> int:
    """List the formats that can be read and written; what a pair of them keeps; the input limits."""
    if pair and limits:
        raise click.UsageError("--pair and --limits are two questions; ask one at a time.", click.get_current_context())
    if pair:
        rows = _pair(*pair, mnemo_target)
    elif limits:
        rows = _limits()
    else:
        rows = _formats()
    if output_format == "json":
        console.result_json(rows)
    else:
        console.result(f"{line}\n" for line in table(rows))
    return 0


def _formats() -> list[dict[str, Any]]:
    from converter.formats.registry import REGISTRY

    return [
        {
            "id": row.id,
            "title": row.title,
            "reads": row.reads,
            "writes": row.writes,
            "single_file": row.single_file,
            "suffixes": list(row.suffixes),
        }
        for row in REGISTRY
    ]


def _limits() -> list[dict[str, Any]]:
    from converter.storage.limits import describe

    return [{"key": key, "default": default, "bounds": text} for key, default, text in describe()]


def _pair(source: str, target: str, mnemo_target: str) -> list[dict[str, Any]]:
    from converter.pipeline.pairs import pair_table

    return [
        {
            "kind": row.kind,
            "concept": row.concept,
            "context": row.context,
            "outcome": row.outcome,
            "code": row.code,
            "sentence": row.sentence,
        }
        for row in pair_table(source, target, {"mnemo_target": mnemo_target})
    ]
