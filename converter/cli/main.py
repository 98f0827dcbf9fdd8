"""The program: its commands, loaded when they are called, and what becomes of every error."""

from __future__ import annotations

import signal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from converter import __version__
from converter.cli import console
from converter.cli.command import CONTEXT, Helpful, at_once
from converter.cli.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["cli", "commands", "run"]

_NAME = "mnemo-converter"
_COMMANDS = {
    "convert": "Convert an archive into a new target.",
    "preview": "Show what is inside, or what a conversion would do.",
    "validate": "Check whether archives are sound, and what their applications would say.",
    "inspect": "Count what an archive holds; say what made it.",
    "diff": "Compare two archives of any formats.",
    "formats": "List the formats, what they can hold, and the limits.",
    "schema": "Print the published JSON Schemas.",
    "explain": "Say what a finding means and what to do.",
    "doctor": "Print versions and environment, for bug reports.",
}
_EXAMPLES = (
    f"{_NAME} convert Vault notes.mnemo",
    f"{_NAME} preview notes.mnemo Vault",
    f"{_NAME} explain link-missing",
)


class _Program(Helpful, click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        return _load(name) if name in _COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            hint = did_you_mean(name, _COMMANDS) or f"Commands are: {', '.join(_COMMANDS)}."
            raise click.UsageError(f"There is no command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        with formatter.section("Examples"):
            formatter.write("".join(f"  {example}\n" for example in _EXAMPLES))


_VERSION = at_once(("--version",), "Show the version and exit.", lambda _: f"{_NAME} {__version__}")


@click.group(cls=_Program, context_settings=CONTEXT, params=[_VERSION])
def cli() -> None:
    """Move notes between note systems, and account for every item."""


def commands() -> Iterator[click.Command]:
    """Load every command."""
    return map(_load, _COMMANDS)


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line with these arguments (the process's own: None) and return its exit code."""
    console.prepare()
    try:
        code = _run(args)
        console.finish()
    except OSError as error:
        console.complain(f"Standard output: {error.strerror or error}.")
        code = 5
    return code


def _run(args: Sequence[str] | None) -> int:
    try:
        code = cli.main(args, prog_name=_NAME, standalone_mode=False)
    except (click.Abort, KeyboardInterrupt) as error:
        return _stopped(error)
    except click.ClickException as error:
        return _usage(error)
    except SystemExit:  # click's own answer to a reader of its help that went away
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback for anyone
        from converter.cli.faults import show

        return show(error)
    return code if isinstance(code, int) else 0


def _stopped(error: BaseException) -> int:
    """Say that a run was stopped before it began or while its result was printed; click may have wrapped the signal."""
    from converter.cli.faults import show
    from converter.cli.stops import Stopped

    first = error.__cause__ or error.__context__ or error
    return show(first if isinstance(first, Stopped) else Stopped(signal.SIGINT))


def _usage(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else _NAME
    console.complain(_message_of(error), f"{command} --help shows how it is called.")
    return 2


def _message_of(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        context = error.ctx
        names: list[Any] = [name for param in context.command.params for name in param.opts] if context else []
        return f"There is no option {error.option_name!r}. {did_you_mean(error.option_name, names)}".strip()
    return error.format_message()


def _load(name: str) -> click.Command:
    command: click.Command = import_module(f"converter.cli.{name}").command
    return command
