"""What happens to a source while it is read, and names that only meet in the target."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from converter import Options, convert
from converter.pipeline.progress import Silent
from tests.hostile.files import library
from tests.hostile.package import package


class AtReading(Silent):
    """Does something to the source when its notes are about to be read."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act

    def stage(self, name: str, total: int | None) -> None:
        if name == "Reading":
            self._act()
        super().stage(name, total)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(1, 1))
    other.replace(path)


@pytest.mark.parametrize("change", [grown, replaced])
def test_a28_a_package_that_changes(tmp_path: Path, change: Callable[[Path], None]) -> None:
    source = package()(tmp_path)
    options = Options(source=str(source), target=f"{tmp_path}/out/")

    with convert(options, AtReading(lambda: change(source))) as report:
        assert report.exit_code == 3
        assert report.fault is not None
        assert "changed while it was read" in report.fault.message
    assert not (tmp_path / "out").exists()


def test_d23_a_note_that_vanishes(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for name in ("a.md", "b.md"):
        (vault / name).write_text("text", encoding="utf-8")
    options = Options(source=str(vault), target=str(tmp_path / "out.mnemo"))

    with convert(options, AtReading((vault / "a.md").unlink)) as report:
        assert report.exit_code == 1
        counts = dict(report.tally.rows())["notes"]
    assert (counts["created"], counts["failed"]) == (1, 1)


def test_a08_a09_names_that_meet_in_the_target(tmp_path: Path) -> None:
    source = library("Moss", "MOSS", "é", "e\u0301")(tmp_path)
    for name in ("q.png", "Q.PNG", "é.png", "e\u0301.png"):
        (tmp_path / "images").mkdir(exist_ok=True)
        (tmp_path / "images" / name).write_bytes(name.encode())

    with convert(Options(source=str(source), target=f"{tmp_path}/out/", residue=False)) as report:
        assert report.exit_code == 0
    names = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(names) == len({name.casefold() for name in names})
    assert len(names) == 8
