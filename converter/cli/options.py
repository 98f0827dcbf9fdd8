"""The options that commands share, in the groups in which their help shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from converter.cli import checks
from converter.cli.command import Option
from converter.findings.failing import FAIL_ON
from converter.findings.outputs import OUTPUT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "merge_options",
    "output_format",
    "output_options",
    "reading_options",
    "second_format",
    "selected_codes",
    "selection_options",
    "target_options",
]

_F = TypeVar("_F", bound="Callable[..., Any]")
_LATER = "More formats will follow."


def _option(group: str, *declarations: str, **attributes: Any) -> Callable[[_F], _F]:
    attributes.setdefault("default", None if attributes.get("is_flag") else "")
    return click.option(*declarations, cls=Option, group=group, **attributes)


def _flag(group: str, *declarations: str, default: bool = False, **attributes: Any) -> Callable[[_F], _F]:
    return _option(group, *declarations, is_flag=True, default=default, **attributes)


def _many(group: str, *declarations: str, **attributes: Any) -> Callable[[_F], _F]:
    return _option(group, *declarations, multiple=True, default=(), **attributes)


def _all(*decorators: Callable[[_F], _F]) -> Callable[[_F], _F]:
    def apply(function: _F) -> _F:
        for decorate in reversed(decorators):
            function = decorate(function)
        return function

    return apply


_READ = "Reading"
_SELECT = "Selection"
_TARGET = "Target"
_OUTPUT = "Output"

reading_options = _all(
    _option(
        _READ,
        "--from",
        "source_format",
        metavar="FORMAT",
        callback=checks.format_to_read,
        help="Format of SRC. [detected]",
    ),
    _option(
        _READ,
        "--dialect",
        default="obsidian",
        metavar="NAME",
        callback=checks.one_of("obsidian", later=_LATER),
        help="Dialect of Markdown. [obsidian]",
    ),
    _option(
        _READ,
        "--timezone",
        metavar="ZONE",
        callback=checks.time_zone,
        help="Zone of times that name none. [the system's]",
    ),
    _flag(_READ, "--strict-unknown", help="Refuse unknown kinds of content; else they are kept."),
    _flag(_READ, "--salvage", help="Read what is left of a broken source."),
    _flag(_READ, "--skip-unsafe", help="Leave out members with unsafe names."),
    _option(
        _READ,
        "--zip-encoding",
        metavar="NAME",
        callback=checks.encoding,
        help="Encoding of names that say none. [detected]",
    ),
    _many(
        _READ,
        "--limits",
        metavar="KEY=VALUE",
        callback=checks.comma_lists(),
        help="Change an input limit (`formats --limits` lists them).",
    ),
    _flag(_READ, "--no-limits", help="Drop all input limits."),
    _option(
        _READ,
        "--jobs",
        type=int,
        metavar="N",
        default=0,
        callback=checks.number_of_workers,
        help="Worker processes at most; 1: none. [processors]",
    ),
)
"""How a source is read."""

second_format = _option(
    _READ,
    "--to",
    "target_format",
    metavar="FORMAT",
    callback=checks.format_to_read,
    help="Format of B, as --from is that of A. [detected]",
)
"""The format of the second archive of a comparison."""

selection_options = _all(
    _many(
        _SELECT,
        "--only",
        metavar="KINDS",
        callback=checks.comma_lists("notes", "flashcards", "mindmaps", "settings"),
        help="notes, flashcards, mindmaps, settings. [all]",
    ),
    _many(_SELECT, "--include", metavar="GLOB", help="Only what lies at such a path."),
    _many(_SELECT, "--exclude", metavar="GLOB", help="Nothing that lies at such a path."),
    _many(
        _SELECT,
        "--tag",
        "tags",
        metavar="TAG",
        callback=checks.comma_lists(),
        help="Only notes with this tag.",
    ),
)
"""Which part of a source is converted."""

target_options = _all(
    _option(
        _TARGET,
        "--to",
        "target_format",
        metavar="FORMAT",
        callback=checks.format_to_write,
        help="Format of DST. [by its name]",
    ),
    _option(
        _TARGET,
        "--mnemo-target",
        default="compat",
        metavar="APP",
        callback=checks.one_of("compat", "0.8", "0.6"),
        help="Mnemo that will open it: compat, 0.8, 0.6.",
    ),
    _option(_TARGET, "--images-dir", metavar="DIR", help="Images directory of that Mnemo, if it is 0.6."),
    _option(_TARGET, "--notebook", metavar="NAME", help="SiYuan notebook for notes that have none."),
    _flag(_TARGET, "--number-prefix", help="Keep the order of siblings as `01 Name.md`."),
    _flag(_TARGET, "--overwrite-output", help="Replace DST if it exists."),
    _flag(_TARGET, "--backup/--no-backup", default=True, help="Keep what was replaced beside it. [on]"),
    _flag(_TARGET, "--verify/--no-verify", default=True, help="Read DST again and compare. [on]"),
    _flag(_TARGET, "--residue/--no-residue", default=True, help="Keep what DST cannot hold beside it. [on]"),
    _flag(_TARGET, "--ignore-residue", help="Use no residue that SRC carries."),
)
"""How a target is written."""

merge_options = _all(
    _option(_TARGET, "--into", metavar="DST", help="Merge into what is there."),
    _option(
        _TARGET,
        "--on-conflict",
        default="duplicate",
        metavar="POLICY",
        callback=checks.one_of("duplicate", "duplicate-all", "skip", "overwrite", "newer", "fail"),
        help="duplicate, duplicate-all, skip, overwrite, newer, fail.",
    ),
    _option(_TARGET, "--plan", metavar="FILE", callback=checks.report_file, help="Save the plan as JSON."),
    _option(_TARGET, "--apply", metavar="FILE", help="Run this plan, if nothing has changed since."),
)
"""How a target that exists takes what comes, and plans."""

output_format = _option(
    _OUTPUT,
    "--output-format",
    default="text",
    metavar="FORMAT",
    callback=checks.one_of("text", "json"),
    help="text or json. [text]",
)
"""In which form a list is printed."""

_report_format = _option(
    _OUTPUT,
    "--output-format",
    default="text",
    metavar="FORMAT",
    callback=checks.one_of(*OUTPUT_FORMATS),
    help=f"{', '.join(OUTPUT_FORMATS)}. [text]",
)

selected_codes = _many(
    _OUTPUT,
    "--select",
    metavar="CODE,…",
    callback=checks.codes,
    help="Besides errors, only findings of these codes. [all]",
)
"""Which findings are asked for."""

output_options = _all(
    _report_format,
    _option(
        _OUTPUT,
        "--report",
        metavar="FILE",
        callback=checks.report_file,
        help="Write the whole report as JSON.",
    ),
    _option(
        _OUTPUT,
        "--fail-on",
        default="error",
        metavar="LEVEL",
        callback=checks.one_of(*FAIL_ON),
        help="error, warning, approximated, lost, never. [error]",
    ),
    _flag(_OUTPUT, "-q", "--quiet", help="Print only what made the run fail."),
    _option(_OUTPUT, "-v", "--verbose", count=True, default=0, help="Print every finding, and what was resolved."),
    _flag(_OUTPUT, "--no-progress", help="No progress bar."),
    _option(
        _OUTPUT,
        "--color",
        default="auto",
        metavar="WHEN",
        callback=checks.one_of("auto", "always", "never"),
        help="auto, always or never. [auto]",
    ),
)
"""What a run prints, where its report goes, and when it fails."""
