"""Defaults of options from `mnemo-converter.toml` or the table `[tool.mnemo-converter]` of `pyproject.toml`.

The nearest file counts, from the working directory upwards; a flag or an environment variable wins over it. A
fault in it is a usage error that names file and line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from converter.cli.command import Option, long_name
from converter.cli.nearest import did_you_mean

__all__ = ["defaults", "find"]

_OWN = "mnemo-converter.toml"
_PROJECT = "pyproject.toml"
_TABLE = "mnemo-converter"


def find(start: Path) -> tuple[Path, dict[str, Any]] | None:
    """Find the nearest settings file at or above a folder: its path and the table of options."""
    for folder in (start, *start.parents):
        own, project = folder / _OWN, folder / _PROJECT
        if own.is_file():
            return own, _load(own, own.read_bytes())
        if project.is_file():
            data = project.read_bytes()
            if _TABLE.encode() in data:
                table = _load(project, data).get("tool", {}).get(_TABLE)
                if table is not None:
                    return project, _table(project, table)
    return None


def defaults(command: click.Command) -> dict[str, Any]:
    """Give the defaults for one command, by parameter; raises `click.UsageError` for a fault in the file."""
    try:
        found = find(Path.cwd())
    except OSError:  # a working directory that is gone or closed has no settings
        return {}
    if found is None:
        return {}
    path, table = found
    options = _options(command)
    values = {}
    for key, value in table.items():
        name = key.replace("_", "-")
        if name in options:
            option = options[name]
            values[str(option.name)] = _value(path, key, option, command, value)
        elif name not in _all_names():
            raise _fault(path, key, f"there is no option {key!r}. {did_you_mean(name, _all_names())}")
    return values


def _load(path: Path, data: bytes) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path}: this is not valid TOML: {error}") from None


def _table(path: Path, table: object) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _fault(path, _TABLE, "[tool.mnemo-converter] must be a table of options.")
    return table


def _options(command: click.Command) -> dict[str, Option]:
    return {long_name(param): param for param in command.params if isinstance(param, Option)}


def _all_names() -> set[str]:
    from converter.cli.main import commands

    return {name for command in commands() for name in _options(command)}


def _value(path: Path, key: str, option: Option, command: click.Command, value: object) -> Any:
    """Check one value as the command line would; a text stands for a list of one."""
    if option.multiple and isinstance(value, str):
        value = [value]
    kind, fits = _kind(option, value)
    if not fits:
        raise _fault(path, key, f"{key!r} needs {kind}.")
    try:
        option.process_value(click.Context(command), value)
    except click.UsageError as error:
        raise _fault(path, key, error.format_message()) from None
    return value


def _kind(option: Option, value: object) -> tuple[str, bool]:
    """Say what an option needs, and whether the value is that."""
    if option.is_flag:
        return "true or false", isinstance(value, bool)
    if option.multiple:
        texts = isinstance(value, list) and all(isinstance(element, str) for element in value)
        return "a text or a list of texts", texts
    if option.count:
        return "a whole number", isinstance(value, int) and not isinstance(value, bool)
    return "a text", isinstance(value, str)


def _fault(path: Path, key: str, message: str) -> click.UsageError:
    return click.UsageError(f"{path}:{_line_of(path, key)}: {message.strip()}")


def _line_of(path: Path, key: str) -> int:
    """Find the line on which a key of our table stands; the parser does not tell."""
    inside = path.name == _OWN
    entry = re.compile(rf"""\s*\[?["']?{re.escape(key)}["']?\s*[=\]]""")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("["):
            inside = path.name == _OWN or _TABLE in line or key == _TABLE
        if inside and entry.match(line):
            return number
    return 1
