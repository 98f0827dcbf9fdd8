"""`mnemo-converter doctor`."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

import click

from converter import __version__
from converter.cli import console
from converter.cli.command import Command
from converter.cli.options import output_format

__all__ = ["command"]


@click.command("doctor", cls=Command, settings=False, examples=("mnemo-converter doctor",))
@output_format
def command(*, output_format: str) -> int:
    """Print versions and environment, for bug reports. It names no file of yours but the settings file."""
    facts = {"mnemo-converter": __version__, **_platform(), **_libraries(), **_environment()}
    if output_format == "json":
        console.result_json(facts)
    else:
        from converter.findings.escape import escape_for_terminal

        width = max(map(len, facts))
        console.result(f"{name:<{width}}  {escape_for_terminal(str(value))}\n" for name, value in facts.items())
    return 0


def _platform() -> dict[str, Any]:
    import sqlite3

    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
    }


def _libraries() -> dict[str, Any]:
    """Find the versions of what `mnemo-converter` requires."""
    import re
    from importlib.metadata import PackageNotFoundError, requires, version

    try:
        wanted = [line for line in requires("mnemo-converter") or () if ";" not in line]
    except PackageNotFoundError:
        return {"installed": "no: run from a checkout"}
    names = [match[0] for line in wanted if (match := re.match(r"[A-Za-z0-9._-]+", line))]
    found = {}
    for name in sorted(names):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def _environment() -> dict[str, Any]:
    import locale
    import shutil
    import tempfile

    try:
        free = f"{shutil.disk_usage(tempfile.gettempdir()).free // 1024**2:,} MB free"
    except OSError as error:
        free = f"unusable: {error.strerror}"
    return {
        "encoding": f"{locale.getpreferredencoding(do_setlocale=False)}, files {sys.getfilesystemencoding()}",
        "zone": os.environ.get("TZ") or "of the system",
        "processors": os.cpu_count() or 1,
        "temporary folder": free,
        "settings": _settings(),
    }


def _settings() -> str:
    from converter.cli.settings import find

    try:
        found = find(Path.cwd())
    except (OSError, click.UsageError) as error:
        return f"unreadable: {error}"
    return str(found[0]) if found else "none"
