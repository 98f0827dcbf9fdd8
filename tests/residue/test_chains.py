"""A → B → A gives A again, byte for byte, and A → B → C what A → C gives."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.residue.chains import NAMES, differences, run, state, wanted, way
from tests.support import FIXTURES, build_package

CASES = sorted(
    path.name
    for path in (FIXTURES / "cases").iterdir()
    if (path / "input").is_dir() or (path / "package.json").is_file()
)

MADE_UP = ("data/20240115080100-notebkb/20240115099900-goneabc.sy",)
"""A document that the source lacks: its only block gets an id of the moment."""


def source_of(name: str, folder: Path) -> Path:
    """The input of a case, a copy."""
    case = FIXTURES / "cases" / name
    if not (case / "input").is_dir():
        description = json.loads((case / "package.json").read_text(encoding="utf-8"))
        return build_package(folder / f"{name}.mnemo", description)
    copy = Path(shutil.copytree(case / "input", folder / name))
    for number, entry in enumerate(sorted(copy.rglob("*"))):
        os.utime(entry, (1_700_000_000 + number, 1_700_000_000 + number))
    return copy


def kind_of(name: str) -> str:
    """The format of a case's input."""
    case = FIXTURES / "cases" / name / "input"
    return "mnemo" if not case.is_dir() else "siyuan" if (case / "data").is_dir() else "markdown"


WAYS = [(name, via) for name in CASES for via in sorted(NAMES) if via != kind_of(name)]


@pytest.mark.parametrize(("name", "via"), WAYS)
def test_there_and_back(name: str, via: str, tmp_path: Path) -> None:
    source, kind = source_of(name, tmp_path), kind_of(name)
    want = wanted(source, kind, tmp_path)

    back = way(source, [via, kind], tmp_path)

    assert [name for name in differences(want, state(back, kind)) if name not in MADE_UP] == []


@pytest.mark.parametrize("via", ["mnemo", "siyuan", "markdown"])
@pytest.mark.parametrize("name", ["markdown-links", "siyuan-tree", "siyuan-blocks", "mnemo-tree", "mnemo-blocks"])
def test_an_archive_comes_back(name: str, via: str, tmp_path: Path) -> None:
    run(source_of(name, tmp_path), tmp_path / "a.jsonl", "json", residue=False)
    want = wanted(tmp_path / "a.jsonl", "json", tmp_path)

    back = way(tmp_path / "a.jsonl", [via, "json"], tmp_path)

    assert differences(want, state(back, "json")) == []
