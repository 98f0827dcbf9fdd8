"""The corpus of the benchmarks is the same for the same seed, and the harness measures it from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import make_vault
from benchmarks.directions import ALL, chosen, obstacle

ROOT = Path(__file__).resolve().parents[2]
MISSING = {"link-missing", "link-place-missing", "asset-missing"}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], check=False, cwd=ROOT, capture_output=True, encoding="utf-8"
    )


def contents(folder: Path) -> dict[str, tuple[bytes, float]]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime if path.suffix == ".md" else 0)
        for path in found
    }


def made(folder: Path, seed: int) -> dict[str, tuple[bytes, float]]:
    make_vault(folder, 40, seed)
    return contents(folder)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    first = made(tmp_path / "a", 1)
    assert made(tmp_path / "b", 1) == first
    assert sum(name.endswith(".md") for name in first) == 40
    assert any(name.endswith(".png") for name in first)


def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    # Hashes of strings differ between processes; nothing may hang on their order.
    done = run("benchmarks.corpus", str(tmp_path / "b"), "--notes", "40", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "b") == made(tmp_path / "a", 3)


def test_another_seed_other_bytes(tmp_path: Path) -> None:
    assert made(tmp_path / "a", 1) != made(tmp_path / "b", 2)


def test_vault_converts_and_its_links_lead_somewhere(tmp_path: Path) -> None:
    make_vault(tmp_path / "vault", 30, 1)
    report = tmp_path / "report.json"
    done = run(
        "converter", "convert", str(tmp_path / "vault"), str(tmp_path / "out.mnemo"), "-q", "--report", str(report)
    )
    assert done.returncode in {0, 1}, done.stderr
    told = json.loads(report.read_bytes())
    counts = told["counts"]
    assert counts["notes"]["written"] == 30
    assert 18 <= counts["blocks"]["read"] / 30 <= 27
    assert not MISSING & {finding["code"] for finding in told["findings"]}


def test_harness_from_end_to_end(tmp_path: Path) -> None:
    directions = ("markdown:siyuan", "mnemo:mnemo-db", "mnemo-db:mnemo")
    asked = ("--sizes", "20", "--rounds", "1", "--jobs", "1", "--directions", *directions)
    scratch = tmp_path / "scratch"
    done = run("benchmarks", *asked, "--scratch", str(scratch), "--json", str(tmp_path / "measured.json"))
    assert done.returncode == 0, done.stderr
    rows = [line.split()[:2] for line in done.stdout.splitlines()[-3:]]
    assert rows == [["20", one.replace(":", "→")] for one in directions]
    for result in json.loads((tmp_path / "measured.json").read_bytes())["results"]:
        assert len(result["runs"]) == len(result["floors"]) == 1
        assert result["runs"][0]["seconds"] > result["floors"][0] > 0
        assert result["memory"] > 1_000_000
    assert not list(scratch.iterdir())


def known(**formats: str) -> dict[str, Any]:
    return {name: {"reads": "r" in can, "writes": "w" in can} for name, can in formats.items()}


def test_directions_wait_for_their_formats() -> None:
    able = known(mnemo="rw", markdown="rw")
    assert [str(one) for one in ALL if obstacle(one, able) is None] == [
        "mnemo→mnemo",
        "mnemo→markdown",
        "markdown→mnemo",
        "markdown→markdown",
    ]
    able = known(mnemo="rw", **{"mnemo-db": "r"})
    assert [str(one) for one in ALL if obstacle(one, able) is None] == ["mnemo→mnemo", "mnemo-db→mnemo"]
    able = known(mnemo="r", markdown="r", siyuan="w")
    assert [str(one) for one in ALL if obstacle(one, able) is None] == ["markdown→siyuan"]


def test_directions_are_chosen_by_pattern() -> None:
    assert chosen(()) == list(ALL)
    assert [str(one) for one in chosen(("*:mnemo", "mnemo:mnemo"))] == [
        "mnemo→mnemo",
        "markdown→mnemo",
        "siyuan→mnemo",
        "mnemo-db→mnemo",
    ]
    with pytest.raises(ValueError, match="no direction"):
        chosen(("html:mnemo",))
