"""`validate`: what is said of one source and of many, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from converter import Options, validate
from tests.cli.runner import invoke
from tests.support import FIXTURES

VAULT = FIXTURES / "sample-vault"


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    vault = tmp_path / "odd"
    vault.mkdir()
    (vault / "What?.md").write_text("Leads to [[Nowhere]].\n")
    (vault / "alone.png").write_bytes(b"\x89PNG")
    return vault


def test_a_sound_source_is_sound() -> None:
    with validate(Options(source=str(VAULT))) as report:
        assert report.exit_code == 0
        counts = dict(report.tally.rows())
        assert counts["notes"]["read"] == 2
        assert counts["blocks"]["read"] > 0


def test_dangling_links_unused_files_and_odd_names_are_told(odd: Path) -> None:
    ended = invoke("validate", str(odd), "--output-format", "json")

    assert ended.code == 0
    found = {finding["code"]: finding["item"] for finding in json.loads(ended.out)["findings"]}
    assert found["link-missing"] == "notes/What?.md"
    assert found["asset-unused"] == "assets/alone.png"
    assert found["name-not-portable"] == "notes/What?.md"
    assert invoke("validate", str(odd), "--fail-on", "warning").code == 1


def test_nothing_is_written(odd: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in odd.rglob("*")}

    invoke("validate", str(odd))

    assert {path: path.stat().st_mtime_ns for path in odd.rglob("*")} == before
    assert sorted(path.name for path in odd.parent.iterdir()) == ["odd"]


def test_one_source_that_is_none_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mnemo"
    broken.write_bytes(b"nothing of the kind")

    ended = invoke("validate", str(broken))

    assert ended.code == 3
    assert "broken.mnemo" in ended.err


def test_many_sources_have_one_summary(odd: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mnemo"
    broken.write_bytes(b"nothing of the kind")

    ended = invoke("validate", str(VAULT), str(odd), str(broken), "--output-format", "json")

    assert ended.code == 1
    report = json.loads(ended.out)
    assert report["counts"]["notes"]["read"] == 3
    assert [one["status"] for one in report["about"]["sources"]] == ["ok", "ok", "refused"]
    refused = [finding for finding in report["findings"] if finding["code"] == "source-refused"]
    assert [finding["location"]["source"] for finding in refused] == [str(broken)]
    told = {finding["location"]["source"] for finding in report["findings"] if finding["code"] == "link-missing"}
    assert told == {str(odd)}


def codes_of(*args: str) -> tuple[int, set[str]]:
    """The exit code, and the codes that were told."""
    ended = invoke("validate", *args, "--output-format", "json")
    return ended.code, {finding["code"] for finding in json.loads(ended.out)["findings"]}


def test_only_selected_codes_are_told_and_count(odd: Path) -> None:
    warning = (str(odd), "--fail-on", "warning")

    assert codes_of(*warning, "--select", "link-missing,asset-unused") == (1, {"link-missing", "asset-unused"})
    assert codes_of(*warning, "--select", "link-missing", "--select", "asset-missing") == (1, {"link-missing"})
    assert codes_of(*warning, "--select", "asset-missing") == (0, set())


def test_errors_are_told_whatever_is_selected(odd: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mnemo"
    broken.write_bytes(b"nothing of the kind")

    assert codes_of(str(odd), str(broken), "--select", "asset-missing") == (1, {"source-refused"})


def test_a_selection_calls_nothing_sound(odd: Path) -> None:
    lines = invoke("validate", str(odd), "--select", "asset-missing", "-v", "--color", "never").out.splitlines()

    assert lines[0] == f"{odd} (markdown) has no error, and nothing of what --select names."
    assert "  select: asset-missing" in lines


def test_a_code_that_is_none_cannot_be_selected(odd: Path) -> None:
    ended = invoke("validate", str(odd), "--select", "link-mising")

    assert ended.code == 2
    assert "There is no code 'link-mising'. Did you mean 'link-missing'?" in ended.err
