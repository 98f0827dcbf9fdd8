"""An archive on the way changes nothing: what A gives C by way of an archive is what it gives C at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from converter import Options, convert
from converter.findings.report import Report
from converter.storage.schemas import load_schema
from tests.pipeline.test_cases import CASES, SHORT, case_source
from tests.support import FIXTURES

INPUTS = [
    name
    for name in CASES
    if {"input", "package.json"} & {entry.name for entry in (FIXTURES / "cases" / name).iterdir()}
]
SYSTEMS = ("markdown", "mnemo", "siyuan")
SCHEMA = Draft202012Validator(load_schema("archive-1"))


def run(source: Path, target: Path, to: str, **options: Any) -> Report:
    asked = Options(source=str(source), target=str(target), target_format=to, timezone="UTC", residue=False, **options)
    with convert(asked) as report:
        assert report.fault is None, report.fault
        assert report.verification.status == "passed"
        assert report.tally.law_breaks() == []
    return report


@pytest.mark.parametrize("name", INPUTS)
def test_by_way_of_an_archive(name: str, tmp_path: Path) -> None:
    source = case_source(FIXTURES / "cases" / name, tmp_path)
    archive = tmp_path / f"{source.stem}.jsonl"
    own = run(source, archive, "json").source.format
    for line in archive.read_text(encoding="utf-8").splitlines():
        SCHEMA.validate(json.loads(line))

    for to in SYSTEMS:
        at_once, by_way = (tmp_path / f"{way}-{to}" for way in ("once", "way"))
        run(archive, by_way, to)
        if to != own:
            run(source, at_once, to)
            assert SHORT[to](by_way) == SHORT[to](at_once), to


@pytest.mark.parametrize("name", INPUTS)
def test_an_archive_of_an_archive_is_the_same(name: str, tmp_path: Path) -> None:
    source = case_source(FIXTURES / "cases" / name, tmp_path)
    first, second, third = (tmp_path / f"{number}.jsonl" for number in (1, 2, 3))
    run(source, first, "json")
    run(first, second, "json")
    run(source, third, "json")

    assert second.read_bytes() == first.read_bytes() == third.read_bytes()
