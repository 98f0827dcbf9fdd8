"""Checks of option values, as callbacks: they say what there is, and what was probably meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from converter.cli.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "codes",
    "comma_lists",
    "encoding",
    "format_to_read",
    "format_to_write",
    "number_of_workers",
    "one_of",
    "report_file",
    "time_zone",
]

_MOST_WORKERS = 256


def one_of(*names: str, later: str = "") -> Callable[[click.Context, click.Parameter, str], str]:
    """Accept one of these names; `later` says something about others."""

    def check(ctx: click.Context, param: click.Parameter, value: str) -> str:
        if value in names or not value:
            return value
        raise _bad(ctx, param, value, names, later)

    return check


def comma_lists(
    *names: str,
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    """Accept a repeated option with values joined by commas; each is one of `names`, if there are any."""

    def check(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        words = tuple(word.strip() for value in values for word in value.split(",") if word.strip())
        for word in words:
            if names and word not in names:
                raise _bad(ctx, param, word, names)
        return words

    return check


def codes(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Accept a repeated option with codes of findings joined by commas."""
    from converter.findings.codes import CODES

    words = comma_lists()(ctx, param, values)
    for word in words:
        if word not in CODES:
            hint = did_you_mean(word, CODES) or "docs/codes/README.md lists them."
            raise click.BadParameter(f"There is no code {word!r}. {hint}", ctx, param)
    return words


def format_to_read(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Accept the id of a format that can be read."""
    from converter.formats.registry import REGISTRY

    return one_of(*(row.id for row in REGISTRY if row.reads))(ctx, param, value)


def format_to_write(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Accept the id of a format that can be written."""
    from converter.formats.registry import REGISTRY

    return one_of(*(row.id for row in REGISTRY if row.writes))(ctx, param, value)


def time_zone(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Accept the name of a time zone that the system knows."""
    if not value:
        return value
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        hint = did_you_mean(value, available_timezones()) or "Names look like Europe/Vienna."
        message = f"There is no time zone {value!r}. {hint}"
        raise click.BadParameter(message, ctx, param) from None
    return value


def encoding(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Accept the name of an encoding of text."""
    if not value:
        return value
    try:
        b"a".decode(value)
    except (LookupError, ValueError):
        hint = "Names look like cp437, gbk, shift_jis or cp1251."
        raise click.BadParameter(f"There is no encoding {value!r}. {hint}", ctx, param) from None
    return value


def number_of_workers(ctx: click.Context, param: click.Parameter, value: int) -> int:
    """Accept how many processes may work; 0 leaves it to the program."""
    if not 0 <= value <= _MOST_WORKERS:
        raise click.BadParameter(f"{value} is not a number of workers: 1 to {_MOST_WORKERS}, or 0.", ctx, param)
    return value


def report_file(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Accept a place where a report can be written: this must not turn out wrong when the run is over."""
    if not value:
        return value
    path = Path(value)
    if path.suffix.lower() in (".html", ".htm"):
        raise click.BadParameter("Reports are JSON; name a file that ends in .json.", ctx, param)
    if value == "-":
        raise click.BadParameter("For standard output use --output-format json.", ctx, param)
    if path.is_dir():
        raise click.BadParameter(f"{value!r} is a folder; name a file in it.", ctx, param)
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"The folder of {value!r} does not exist.", ctx, param)
    return value


def _bad(
    ctx: click.Context, param: click.Parameter, value: str, names: Iterable[str], later: str = ""
) -> click.BadParameter:
    parts = (f"{value!r} is none of {', '.join(names)}.", did_you_mean(value, names), later)
    return click.BadParameter(" ".join(part for part in parts if part), ctx, param)
