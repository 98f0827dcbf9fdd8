"""Paths told from the working folder, as people type them: for every kind of target, new, changed, replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runner import Ended, invoke
from tests.into.merging import PLACES, TARGETS, write


def _done(*args: str) -> Ended:
    ended = invoke(*args)
    assert ended.code == 0, ended
    return ended


@pytest.mark.parametrize("to", TARGETS)
def test_targets_are_named_from_the_working_folder(to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "vault", {"A.md": "# A\n\nTo [[B]].\n", "B.md": "# B\n\n![[p.png]]\n", "p.png": b"\x89PNG"})
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    target = str(Path("out") / Path(PLACES[to]).name)

    _done("convert", "vault", target, "--to", to)
    report = _done("preview", "vault", "--into", target, "--output-format", "json").out
    assert json.loads(report)["target"]["format"] == to
    assert "nothing had to be written" in _done("convert", "vault", "--into", target).out
    Path("vault/A.md").write_text("# A\n\nTo [[B]], once more.\n", encoding="utf-8")
    assert "duplicated" in _done("convert", "vault", "--into", target).out
    _done("convert", "vault", "--into", target, "--plan", "plan.json")
    _done("convert", "--apply", "plan.json")
    _done("convert", "vault", target, "--to", to, "--overwrite-output")
    assert invoke("validate", target).code == 0
    _done("inspect", target)
    _done("convert", target, "back", "--to", "markdown")
    assert Path("back/A.md").read_text(encoding="utf-8").endswith("once more.\n")
