from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from converter.cli.command import Command, Option, long_name
from converter.cli.main import commands
from tests.cli.conftest import Run

COMMANDS = list(commands())
each_command = pytest.mark.parametrize("command", COMMANDS, ids=[str(command.name) for command in COMMANDS])


def test_the_programs_help_names_every_command(run: Run) -> None:
    ended = run("--help")

    assert ended.code == 0
    assert ended.err == ""
    for command in COMMANDS:
        assert f"\n  {command.name} " in ended.out
    assert len(ended.out.splitlines()) <= 25


def test_no_arguments_show_the_help(run: Run) -> None:
    ended = run()

    assert ended.code == 2
    assert "Commands:" in ended.out + ended.err


@each_command
def test_help_fits_one_screen_and_has_examples(run: Run, command: Command) -> None:
    ended = run(str(command.name), "-h")

    assert ended.code == 0
    lines = ended.out.splitlines()
    assert len(lines) <= 57
    assert max(map(len, lines)) <= 80
    assert command.examples
    assert lines.index("Examples:") < min(
        index for index, line in enumerate(lines) if line.endswith(":") and line != "Examples:"
    )
    assert run(str(command.name), "--help").out == ended.out


@each_command
def test_every_option_is_explained(command: Command) -> None:
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help
            assert option.help.endswith((".", "]"))


@each_command
def test_examples_are_calls_that_exist(command: Command) -> None:
    for example in command.examples:
        words = shlex.split(example.partition(" > ")[0])
        assert words[:2] == ["mnemo-converter", command.name]
        command.make_parser(click.Context(command)).parse_args(words[2:])


def test_each_option_has_a_variable_of_its_name() -> None:
    for command in COMMANDS:
        for option in command.params:
            if isinstance(option, Option):
                assert option.envvar == "MNEMO_CONVERTER_" + long_name(option).replace("-", "_").upper()


def test_options_of_one_name_are_the_same_everywhere() -> None:
    seen: dict[str, tuple[object, ...]] = {}
    for command in COMMANDS:
        for option in command.params:
            if isinstance(option, Option):
                facts = (option.name, option.is_flag, option.multiple, option.default)
                assert seen.setdefault(long_name(option), facts) == facts


def test_help_works_beside_a_broken_settings_file(run: Run) -> None:
    Path("mnemo-converter.toml").write_text("nonsense", encoding="utf-8")

    assert run("convert", "--help").code == 0
    assert run("--version").code == 0
    assert run("doctor").code == 0
