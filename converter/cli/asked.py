"""What the command line asks for, as the options of a run and of its output."""

from __future__ import annotations

from typing import Any

from converter.cli.outcome import View
from converter.errors import UsageError
from converter.pipeline.options import Options

__all__ = ["asked"]


def asked(given: dict[str, Any], *, whole: bool = False) -> tuple[Options, View]:
    """Divide the values of a command's parameters between the run and its view; `fail_on` belongs to both.

    `whole` asks for a target. Raises `UsageError` where source or target is missing, or named twice.
    """
    run = {name: value for name, value in given.items() if name in Options.__struct_fields__}
    into = run.pop("into", "")
    if into and run["target"]:
        raise UsageError(f"DST is named twice: {run['target']!r} and --into {into!r}.", hint="Name one of them.")
    if into:
        run |= {"into": True, "target": into}
    _check_named(run, whole=whole)
    _check_merging(run)
    view = {name: value for name, value in given.items() if name in View.__struct_fields__}
    return Options(**run), View(**view)


def _check_named(run: dict[str, Any], *, whole: bool) -> None:
    """A plan that is applied says itself what it is about."""
    if run.get("apply"):
        if run["source"] or run["target"]:
            raise UsageError("--apply runs a plan, which says itself what SRC and DST are.", hint="Leave them out.")
        return
    if whole and not run["source"]:
        raise UsageError("SRC is missing.", hint="Name what is to be converted, and where to.")
    if whole and not run["target"]:
        raise UsageError("DST is missing.", hint="Name a new target, or one that exists with --into.")


def _check_merging(run: dict[str, Any]) -> None:
    """Options that only mean something together."""
    into = run.get("into", False)
    if into and run["target"] == "-":
        raise UsageError("--into merges into a file or folder, not into a stream.", hint="Name the target.")
    if into and run.get("overwrite_output"):
        raise UsageError("--into keeps what is there, --overwrite-output replaces it.", hint="Give one of them.")
    if not into and run.get("on_conflict", "duplicate") != "duplicate" and not run.get("apply"):
        raise UsageError("--on-conflict says what --into does.", hint="Name the target with --into.")
    if run.get("plan") and not run.get("target"):
        raise UsageError("--plan needs a target.", hint="Name DST, or --into DST.")
