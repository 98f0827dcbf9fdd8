"""Real libraries, wikis and vaults by way of an archive: everything arrives as it does at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.json.test_law import SCHEMA, run
from tests.pipeline.test_cases import SHORT
from tests.pipeline.test_real_data import SOURCES, WORKSPACES, links_by_title, source_of
from tests.support import vault

OWN = dict.fromkeys(("everything", "unknown-payload"), "mnemo") | dict.fromkeys(WORKSPACES, "siyuan")
CROSSINGS = [(source, to) for source in SOURCES for to in ("markdown", "mnemo", "siyuan")]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "to"), CROSSINGS)
def test_by_way_of_an_archive(name: str, to: str, tmp_path: Path) -> None:
    path = vault(250) if name == "vault" else source_of(name)
    archive = tmp_path / f"{path.stem}.jsonl"
    run(path, archive, "json", notebook="Library")

    run(archive, tmp_path / "way", to, notebook="Library")

    if OWN.get(name, "markdown") != to:
        run(path, tmp_path / "once", to, notebook="Library")
        assert SHORT[to](tmp_path / "way") == SHORT[to](tmp_path / "once")
    else:
        before, after = links_by_title(path), links_by_title(tmp_path / "way")
        assert {title for title in before if before[title] - after.get(title, set())} == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_lines_are_valid(name: str, tmp_path: Path) -> None:
    path = vault(250) if name == "vault" else source_of(name)
    run(path, tmp_path / "out.jsonl", "json")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()

    for line in lines[:5] + lines[5 :: len(lines) // 20 + 1]:
        SCHEMA.validate(json.loads(line))
