"""Lists thousands of levels deep are converted, or refused as notes that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter import Options, convert
from tests.scaling.cases import nested
from tests.scaling.directions import PLACES


def _ended(source: Path, target: Path, to: str) -> tuple[int, set[str]]:
    with convert(Options(source=str(source), target=str(target), target_format=to, jobs=1, timezone="UTC")) as report:
        return report.exit_code, {finding.code for finding in report.spool}


@pytest.mark.slow
@pytest.mark.parametrize("to", ["siyuan", "json", "mnemo"])
def test_lists_two_thousand_deep_come_back(to: str, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    nested(vault, 2000)
    there, back = tmp_path / PLACES[to], tmp_path / "back"
    assert _ended(vault, there, to)[0] == 0
    assert _ended(there, back, "markdown")[0] == 0
    assert (back / "deep.md").read_bytes() == (vault / "deep.md").read_bytes()


@pytest.mark.parametrize("to", ["siyuan", "json", "mnemo"])
def test_deeper_ones_are_refused(to: str, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    nested(vault, 10_000)
    assert _ended(vault, tmp_path / PLACES[to], to) == (1, {"item-unreadable"})
