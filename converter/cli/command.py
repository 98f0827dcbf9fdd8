"""Commands and options of our own make: grouped help with examples, environment variables, settings files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["CONTEXT", "Command", "Helpful", "Option", "at_once", "long_name"]

CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_PREFIX = "MNEMO_CONVERTER_"


def long_name(option: click.Parameter) -> str:
    """Give an option's first long name without its dashes: `overwrite-output`."""
    return next((name[2:] for name in option.opts if name.startswith("--")), "")


def at_once(names: Sequence[str], told: str, text: Callable[[click.Context], str]) -> click.Option:
    """An option that prints a text and ends the program. click's own ask for translations of what `told` says."""

    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            click.echo(text(context), color=context.color)
            context.exit()

    return click.Option(names, is_flag=True, is_eager=True, expose_value=False, help=told, callback=show)


class Helpful(click.Command):
    """A command with our own option for help."""

    _own_help: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give the option; it is one object, for click compares it."""
        if self._own_help is None:
            names = self.get_help_option_names(ctx)
            self._own_help = at_once(names, "Show this message and exit.", click.Context.get_help)
        return self._own_help


class Option(click.Option):
    """An option in a group of the help, with an environment variable named after it.

    In the environment an option that may be repeated has one value a line.
    """

    def __init__(self, *declarations: Any, group: str = "", **attributes: Any) -> None:
        super().__init__(*declarations, **attributes)
        self.group = group
        self.envvar = _PREFIX + long_name(self).replace("-", "_").upper()

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Read the variable; lines make the list of an option that may be repeated."""
        if not self.multiple:
            return super().value_from_envvar(ctx)
        text = self.resolve_envvar_value(ctx)
        return None if text is None else text.splitlines()


class Command(Helpful):
    """A command whose defaults may come from a settings file, and whose help begins with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), settings: bool = True, **attributes: Any) -> None:
        attributes.setdefault("context_settings", CONTEXT)
        super().__init__(*args, **attributes)
        self.examples = tuple(examples)
        self.settings = settings

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the settings file first, unless only help is asked for."""
        if self.settings and not {"-h", "--help"}.intersection(args):
            from converter.cli.settings import defaults

            extra["default_map"] = defaults(self)
        return super().make_context(info_name, args, parent, **extra)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, what the command does, examples, and the options in their groups."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {example}\n" for example in self.examples))
        self.format_options(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under the headings of their groups; help is last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for option in (param for param in self.params if isinstance(param, click.Option)):
            record = option.get_help_record(ctx)
            if record is not None:
                groups.setdefault(getattr(option, "group", "") or "Options", []).append(record)
        own_help = self.get_help_option(ctx)
        if own_help is not None and (record := own_help.get_help_record(ctx)):
            groups.setdefault(next(reversed(groups), "Options"), []).append(record)
        for name, records in groups.items():
            with formatter.section(name):
                formatter.write_dl(records)
