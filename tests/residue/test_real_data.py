"""There and back with real archives and with many notes, and two ways to one format."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from converter import Options, diff
from tests.residue.chains import NAMES, differences, run, state, wanted, way
from tests.support import shared, vault

pytestmark = pytest.mark.slow

SOURCES = {
    "wiki": ("wikimind-home/wiki", "markdown"),
    "guide": ("siyuan-guide-en", "siyuan"),
    "workshop": ("siyuan-kernel/workshop/workspace", "siyuan"),
    "biology": ("mnemo/libraries/biology/packages/everything.mnemo", "mnemo"),
    "unknown payload": ("mnemo/libraries/biology/packages/unknown-payload.mnemo", "mnemo"),
}
WAYS = [(name, via) for name, (_, kind) in SOURCES.items() for via in sorted(NAMES) if via != kind]
TRIPLES = [(name, via, last) for name, via in WAYS for last in sorted(NAMES) if last not in (via, SOURCES[name][1])]


def source_of(name: str) -> tuple[Path, str]:
    place, kind = SOURCES[name]
    return shared() / "data" / place, kind


@pytest.mark.parametrize(("name", "via"), WAYS)
def test_there_and_back(name: str, via: str, tmp_path: Path) -> None:
    source, kind = source_of(name)
    want = wanted(source, kind, tmp_path)

    back = way(source, [via, kind], tmp_path)

    assert differences(want, state(back, kind)) == []


@pytest.mark.parametrize(("name", "via", "last"), TRIPLES)
def test_by_way_of_another_format(
    name: str, via: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    source, _ = source_of(name)
    straight = way(source, [last], tmp_path / "straight")

    around = way(source, [via, last], tmp_path / "around")

    assert differences(state(straight, last), state(around, last)) == []
    with diff(Options(source=str(straight), target=str(around), timezone="UTC")) as report:
        assert report.fault is None
        assert list(report.spool) == []


@pytest.mark.parametrize("via", ["mnemo", "siyuan", "json"])
@pytest.mark.parametrize("notes", [2000, pytest.param(20_000, marks=pytest.mark.huge)])
def test_many_notes(notes: int, via: str, tmp_path: Path) -> None:
    source = Path(shutil.copytree(vault(notes), tmp_path / "vault"))
    for number, path in enumerate(sorted(source.rglob("*"))):
        os.utime(path, (1_500_000_000 + number, 1_500_000_000 + number))
    run(source, tmp_path / "between" / NAMES[via], via, verify=False)

    run(tmp_path / "between" / NAMES[via], tmp_path / "back" / "vault", "markdown", verify=False)

    assert differences(state(source, "markdown"), state(tmp_path / "back" / "vault", "markdown")) == []
