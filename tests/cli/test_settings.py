from __future__ import annotations

from pathlib import Path

import pytest

from converter.pipeline.options import Options
from tests.cli.conftest import Run

CALL = ("convert", "Vault", "out.mnemo")


def write(path: str, text: str) -> None:
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def test_an_own_file_gives_defaults(run: Run, calls: list[Options]) -> None:
    write(
        "mnemo-converter.toml",
        'fail-on = "warning"\nverify = false\nonly = ["notes", "settings"]\ninclude = "A/**"\nverbose = 1\n',
    )

    assert run(*CALL).code == 0
    assert calls == [
        Options(
            source="Vault",
            target="out.mnemo",
            fail_on="warning",
            verify=False,
            only=("notes", "settings"),
            include=("A/**",),
        )
    ]


def test_a_table_of_a_project_gives_defaults(run: Run, calls: list[Options]) -> None:
    write("pyproject.toml", '[project]\nname = "x"\n\n[tool.mnemo-converter]\nmnemo_target = "0.8"\n')

    assert run(*CALL).code == 0
    assert calls[0].mnemo_target == "0.8"


def test_flags_win_over_the_environment_and_that_over_the_file(
    run: Run, calls: list[Options], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("mnemo-converter.toml", 'fail-on = "warning"\nimages-dir = "file"\ntimezone = "UTC"\n')
    monkeypatch.setenv("MNEMO_CONVERTER_FAIL_ON", "lost")
    monkeypatch.setenv("MNEMO_CONVERTER_IMAGES_DIR", "environment")

    assert run(*CALL, "--fail-on", "never").code == 0
    assert (calls[0].fail_on, calls[0].images_dir, calls[0].timezone) == ("never", "environment", "UTC")


def test_the_nearest_file_counts_and_the_own_one_of_two(
    run: Run, calls: list[Options], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("mnemo-converter.toml", 'images-dir = "far"\nnumber-prefix = true\n')
    write("a/pyproject.toml", '[tool.mnemo-converter]\nimages-dir = "project"\n')
    write("a/b/pyproject.toml", "[tool.other]\nx = 1\n")
    (Path("a") / "b" / "c").mkdir()
    monkeypatch.chdir(Path("a") / "b" / "c")

    assert run(*CALL).code == 0
    assert (calls[0].images_dir, calls[0].number_prefix) == ("project", False)

    write("../../mnemo-converter.toml", 'images-dir = "own"\n')
    assert run(*CALL).code == 0
    assert calls[1].images_dir == "own"


def test_an_option_of_another_command_is_no_fault(run: Run, calls: list[Options]) -> None:
    write("mnemo-converter.toml", 'number-prefix = true\nfail-on = "never"\n')

    assert run("inspect", "Vault").code == 0
    assert run("formats").code == 0
    assert calls == [Options(source="Vault", fail_on="never")]


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("mnemo-converter.toml", 'x = "1"\noverwite-output = true', 1, "there is no option 'x'."),
        (
            "mnemo-converter.toml",
            "# note\n\noverwite-output = true",
            3,
            "there is no option 'overwite-output'. Did you mean 'overwrite-output'?",
        ),
        ("mnemo-converter.toml", 'verify = true\nfail-on = "eror"', 2, "Did you mean 'error'?"),
        ("mnemo-converter.toml", 'verify = "yes"', 1, "'verify' needs true or false."),
        ("mnemo-converter.toml", "only = [1]", 1, "'only' needs a text or a list of texts."),
        ("mnemo-converter.toml", "fail-on = true", 1, "'fail-on' needs a text."),
        ("mnemo-converter.toml", 'verbose = "x"', 1, "'verbose' needs a whole number."),
        ("mnemo-converter.toml", "[convert]\nverify = true", 1, "there is no option 'convert'."),
        ("pyproject.toml", "[tool.other]\nx = 1\n[tool.mnemo-converter]\nx = 1", 4, "there is no option 'x'."),
        ("pyproject.toml", "[tool]\nmnemo-converter = 1", 2, "must be a table of options"),
    ],
)
def test_a_fault_names_file_and_line(
    run: Run, calls: list[Options], name: str, text: str, line: int, said: str
) -> None:
    write(name, text)

    ended = run(*CALL)

    assert ended.code == 2
    assert f"{name}:{line}: " in ended.err
    assert said in ended.err
    assert calls == []


@pytest.mark.parametrize("name", ["mnemo-converter.toml", "pyproject.toml"])
def test_broken_toml_names_the_line(run: Run, name: str) -> None:
    write(name, "[tool.mnemo-converter]\nverify = \n")

    ended = run(*CALL)

    assert ended.code == 2
    assert f"{name}: this is not valid TOML" in ended.err
    assert "line 2" in ended.err


def test_a_broken_file_of_others_is_not_ours_to_judge(run: Run) -> None:
    write("pyproject.toml", "[tool.other]\nx = \n")

    assert run(*CALL).code == 0
