"""The one table of formats. Adding a format is one row here and one folder beside this file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from converter.errors import UsageError

if TYPE_CHECKING:
    from converter.formats.front import Format

__all__ = ["REGISTRY", "RegistryRow", "format_ids", "load"]


class RegistryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A format: its id, what it is, where its front lives, and what can be done with it.

    `suffixes` are endings of a target's name that mean this format, or a whole name; "/" stands for a folder. `streams`
    tells whether it can be written to standard output.
    """

    id: str
    title: str
    module: str
    reads: bool
    writes: bool
    single_file: bool
    suffixes: tuple[str, ...]
    streams: bool = False


REGISTRY: tuple[RegistryRow, ...] = (
    RegistryRow(
        id="mnemo",
        title=".mnemo package",
        module="converter.formats.mnemo.package",
        reads=True,
        writes=True,
        single_file=True,
        suffixes=(".mnemo",),
    ),
    RegistryRow(
        id="mnemo-db",
        title="library of Mnemo: mnemo.db with images/ beside it",
        module="converter.formats.mnemo.database",
        reads=True,
        writes=True,
        single_file=True,
        suffixes=("mnemo.db",),
    ),
    RegistryRow(
        id="siyuan",
        title="SiYuan workspace, data folder or notebook",
        module="converter.formats.siyuan.workspace",
        reads=True,
        writes=True,
        single_file=False,
        suffixes=(),
    ),
    RegistryRow(
        id="markdown",
        title="folder of Markdown (Obsidian dialect)",
        module="converter.formats.markdown",
        reads=True,
        writes=True,
        single_file=False,
        suffixes=("/",),
    ),
    RegistryRow(
        id="json",
        title="JSON Lines (schemas/archive-1.json)",
        module="converter.formats.json",
        reads=True,
        writes=True,
        single_file=True,
        suffixes=(".jsonl",),
        streams=True,
    ),
)


def format_ids() -> tuple[str, ...]:
    """The ids of all formats, in the table's order."""
    return tuple(row.id for row in REGISTRY)


@cache
def load(format_id: str) -> Format:
    """The front of a format; raises `UsageError` for an id that is not in the table."""
    for row in REGISTRY:
        if row.id == format_id:
            front: Format = import_module(row.module).FORMAT
            return front
    from difflib import get_close_matches

    near = get_close_matches(format_id, format_ids(), 1)
    hint = f"Did you mean {near[0]!r}?" if near else "`mnemo-converter formats` lists them."
    raise UsageError(f"There is no format {format_id!r}. Formats are: {', '.join(format_ids())}.", hint=hint)
