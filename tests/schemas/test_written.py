"""Whatever is written is valid: rows of packages and libraries, files of payloads, documents of workspaces.

Lines of archives are tested where archives are (`tests/json`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter import Options, convert
from tests.pipeline.test_cases import CASES, case_source
from tests.pipeline.test_real_data import SOURCES, source_of
from tests.schemas.objects import Found, fault, in_library, in_package, in_workspace
from tests.support import FIXTURES, vault

INPUTS = [
    name
    for name in CASES
    if {"input", "package.json", "library.json", "input.jsonl"}
    & {e.name for e in (FIXTURES / "cases" / name).iterdir()}
]
READERS: dict[str, Callable[[Path], Iterator[Found]]] = {
    "mnemo": in_package,
    "mnemo-db": lambda path: in_library(path / "mnemo.db"),
    "siyuan": in_workspace,
}
TARGETS = [("mnemo", "compat"), ("mnemo", "0.6"), ("mnemo", "0.8"), ("mnemo-db", "compat"), ("siyuan", "compat")]
MOST = 20


def written(source: Path, target: Path, to: str, mnemo_target: str) -> list[Found]:
    asked = Options(
        source=str(source),
        target=str(target),
        target_format=to,
        mnemo_target=mnemo_target,
        timezone="UTC",
        verify=False,
    )
    with convert(asked) as report:
        assert report.fault is None, report.fault
    return list(READERS[to](target))


def faults(source: Path, place: Path, targets: list[tuple[str, str]]) -> list[str]:
    """What is not valid of what is written from a source; of each kind a part of what there is much of."""
    wrong = []
    for to, mnemo_target in targets:
        found = written(source, place / f"{to}-{mnemo_target}", to, mnemo_target)
        many = Counter(one.schema for one in found)
        seen = Counter[str]()
        for one in found:
            seen[one.schema] += 1
            if seen[one.schema] % (many[one.schema] // MOST + 1) == 0 and fault(one):
                wrong.append(f"{to} {mnemo_target}: {fault(one)}")
    return wrong


@pytest.mark.parametrize("name", INPUTS[::6])
def test_of_some_cases(name: str, tmp_path: Path) -> None:
    source = case_source(FIXTURES / "cases" / name, tmp_path)
    assert faults(source, tmp_path, TARGETS[2:4]) == []


@pytest.mark.parametrize(("to", "more"), [("mnemo", {"settings", "manifest"}), ("mnemo-db", set())])
def test_every_kind_is_looked_at(to: str, more: set[str], tmp_path: Path) -> None:
    found = written(source_of("everything"), tmp_path / "out", to, "compat")
    assert {one.schema for one in found} == {"note", "folder", "deck", "mindmap", "folder/cardFolder", *more}
    odd = json.dumps({"order": 1.5, "title": 5, "cards": 7, "App.Language": 1, "format": 1})
    assert all(fault(one._replace(text=odd)) for one in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", INPUTS)
def test_of_every_case(name: str, tmp_path: Path) -> None:
    source = case_source(FIXTURES / "cases" / name, tmp_path)
    assert faults(source, tmp_path, TARGETS) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_of_real_data(name: str, tmp_path: Path) -> None:
    source = vault(40) if name == "vault" else source_of(name)
    assert faults(source, tmp_path, TARGETS[2:] if name == "everything" else [TARGETS[2], TARGETS[4]]) == []
