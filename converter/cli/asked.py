"""What the command line asks for, as the options of a run and of its output."""

from __future__ import annotations

from typing import Any

from converter.cli.outcome import View
from converter.pipeline.options import Options

__all__ = ["asked"]


def asked(given: dict[str, Any]) -> tuple[Options, View]:
    """Divide the values of a command's parameters between the run and its view; `fail_on` belongs to both."""
    run = {name: value for name, value in given.items() if name in Options.__struct_fields__}
    view = {name: value for name, value in given.items() if name in View.__struct_fields__}
    return Options(**run), View(**view)
