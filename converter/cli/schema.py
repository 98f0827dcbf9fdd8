"""`mnemo-converter schema [NAME]`."""

from __future__ import annotations

import click

from converter.cli import console
from converter.cli.command import Command
from converter.cli.nearest import did_you_mean

__all__ = ["command"]


@click.command(
    "schema",
    cls=Command,
    examples=(
        "mnemo-converter schema",
        "mnemo-converter schema report-1 > report-1.json",
        "mnemo-converter schema note",
    ),
)
@click.argument("name", metavar="[NAME]", required=False, default="")
def command(name: str) -> int:
    """List the published JSON Schemas, or print the one of this NAME (without a version: the newest)."""
    from converter.storage.schemas import find_schema, load_schema, schema_names

    names = schema_names()
    if not name:
        console.result(f"{known}\n" for known in names)
        return 0
    found = find_schema(name)
    if found is None:
        hint = did_you_mean(name.removesuffix(".json"), names) or f"Schemas are: {', '.join(names)}."
        raise click.UsageError(f"There is no schema {name!r}. {hint}", click.get_current_context())
    console.result_json(load_schema(found))
    return 0
