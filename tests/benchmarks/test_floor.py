"""The floor moves what the conversion moved; memory is that of all processes together."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks import floor, kept, memory
from benchmarks.corpus import make_vault
from benchmarks.library import DATABASE, make_library
from tests.cli.runner import invoke


def test_folders_get_files_of_the_same_sizes(tmp_path: Path) -> None:
    make_vault(tmp_path / "made", 12, 1)
    assert floor.main(tmp_path / "made", tmp_path / "made", tmp_path / "target") > 0
    assert sorted(floor.sizes(tmp_path / "target")) == sorted(floor.sizes(tmp_path / "made"))


def test_packages_and_databases_get_the_same_rows(tmp_path: Path) -> None:
    make_library(tmp_path / "library", 12, 1)
    source, package = tmp_path / "library" / DATABASE, tmp_path / "made.mnemo"
    (source.parent / "images").mkdir()
    (source.parent / "images" / "picture.png").write_bytes(b"noise")
    assert invoke("convert", str(source), str(package), "-q").code == 0

    again = tmp_path / "again.mnemo"
    floor.main(source, package, again)
    with zipfile.ZipFile(package) as was, zipfile.ZipFile(again) as now:
        assert sorted(now.namelist()) == sorted(was.namelist())
        made = [
            Path(archive.extract("payloads/notes/notes.db", tmp_path / name))
            for name, archive in (("was", was), ("now", now))
        ]
    assert floor.read_rows(made[0]) == floor.read_rows(made[1]) != []

    (tmp_path / "target").mkdir()
    floor.main(package, source, tmp_path / "target" / DATABASE)
    assert floor.read_rows(tmp_path / "target" / DATABASE) == floor.read_rows(source)
    assert (tmp_path / "target" / "images" / "picture.png").stat().st_size == 5


HOLDER = "import subprocess, sys, time; held = b'x' * {0}; {1}"
TWO = HOLDER.format(40_000_000, "subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)")
ONE = HOLDER.format(30_000_000, "time.sleep(0.5)")


@pytest.mark.skipif(not memory.can_watch(), reason="the system does not tell how memory is shared")
def test_memory_of_children_counts() -> None:
    assert 70_000_000 < memory.watch(subprocess.Popen([sys.executable, "-c", TWO, ONE])) < 110_000_000


def test_kept_numbers_replace_those_of_the_same_kind(tmp_path: Path) -> None:
    text = (kept.FOLDER / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    for command, verify in (("first", True), ("second", False), ("third", True)):
        kept.keep([], command, {"verify": verify}, tmp_path)
    told = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "`second`" in told
    assert "`third`" in told
    assert "`first`" not in told
    assert "third" in (tmp_path / "last.json").read_text(encoding="utf-8")
