from __future__ import annotations

from pathlib import Path

import pytest

from converter.pipeline.options import Options
from tests.cli.conftest import Run

CALL = ("convert", "Vault", "out.mnemo")


def test_defaults(run: Run, calls: list[Options]) -> None:
    assert run(*CALL).code == 0

    assert calls == [Options(source="Vault", target="out.mnemo")]


def test_every_option_reaches_the_run(run: Run, calls: list[Options]) -> None:
    given = (
        "--from markdown --to mnemo --dialect obsidian --only notes,settings --only mindmaps --include A/** "
        "--include B,C --exclude *.tmp --tag x,y --tag z --strict-unknown --salvage --skip-unsafe --zip-encoding gbk "
        "--dry-run --no-verify --overwrite-output "
        "--no-backup --limits members=2,depth=3 --no-limits --mnemo-target 0.8 --images-dir D --timezone Europe/Vienna "
        "--number-prefix --notebook Box --fail-on never --jobs 3"
    )

    assert run(*CALL, *given.split()).code == 0
    assert calls == [
        Options(
            source="Vault",
            target="out.mnemo",
            source_format="markdown",
            target_format="mnemo",
            dialect="obsidian",
            only=("notes", "settings", "mindmaps"),
            include=("A/**", "B,C"),
            exclude=("*.tmp",),
            tags=("x", "y", "z"),
            strict_unknown=True,
            salvage=True,
            skip_unsafe=True,
            zip_encoding="gbk",
            dry_run=True,
            verify=False,
            overwrite_output=True,
            backup=False,
            limits=("members=2", "depth=3"),
            no_limits=True,
            mnemo_target="0.8",
            images_dir="D",
            timezone="Europe/Vienna",
            number_prefix=True,
            notebook="Box",
            fail_on="never",
            jobs=3,
        )
    ]


def test_preview_takes_no_target_or_one(run: Run, calls: list[Options]) -> None:
    assert run("preview", "Vault").code == 0
    assert run("preview", "Vault", "out.mnemo", "--only", "notes").code == 0

    assert calls == [Options(source="Vault"), Options(source="Vault", target="out.mnemo", only=("notes",))]


def test_the_environment_gives_defaults(run: Run, calls: list[Options], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNEMO_CONVERTER_FROM", "markdown")
    monkeypatch.setenv("MNEMO_CONVERTER_FAIL_ON", "warning")
    monkeypatch.setenv("MNEMO_CONVERTER_VERIFY", "0")
    monkeypatch.setenv("MNEMO_CONVERTER_INCLUDE", "My notes/**\nOther/**")
    monkeypatch.setenv("MNEMO_CONVERTER_TAG", "x,y")
    monkeypatch.setenv("MNEMO_CONVERTER_REPORT", "r.json")

    assert run(*CALL, "--fail-on", "never").code == 0
    assert calls == [
        Options(
            source="Vault",
            target="out.mnemo",
            source_format="markdown",
            fail_on="never",
            verify=False,
            include=("My notes/**", "Other/**"),
            tags=("x", "y"),
        )
    ]
    assert Path("r.json").is_file()


def test_a_wrong_value_in_the_environment_is_a_usage_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNEMO_CONVERTER_FAIL_ON", "eror")

    ended = run(*CALL)

    assert ended.code == 2
    assert "Did you mean 'error'?" in ended.err
