"""Documents that the kernel reads are valid; what it refuses or ends on is not, as far as a schema can say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.schemas.objects import validator
from tests.support import shared

UNSAID = {"bad-utf8": "bytes that are not UTF-8 are no matter of JSON values; the kernel reads it and cannot index it"}
"""Refused cases that are valid, and why."""

READ = ("ok", "needFix")
WORKSPACES = {"guide": "data/siyuan-guide-en/data", "workshop": "data/siyuan-kernel/workshop/workspace"}


def test_the_kernels_verdicts() -> None:
    place = shared() / "data/siyuan-engine/loader"
    verdicts = json.loads((place / "kernel-verdicts.json").read_text(encoding="utf-8"))
    wrong, no_json = {}, set()
    for case, verdict in verdicts.items():
        if case.startswith("_"):
            continue
        try:
            document = json.loads((place / case / verdict["file"]).read_bytes().decode("utf-8", "replace"))
        except json.JSONDecodeError:
            no_json.add((case, verdict["status"]))
            continue
        if validator("sy-document").is_valid(document) != (verdict["status"] in READ):
            wrong[case] = verdict["status"]
    assert wrong == dict.fromkeys(UNSAID, "error")
    assert len(verdicts) > 60
    assert {status for _, status in no_json} == {"error"}


@pytest.mark.parametrize("name", WORKSPACES)
def test_some_documents_of_real_workspaces(name: str) -> None:
    check(sorted((shared() / WORKSPACES[name]).rglob("*.sy"))[::9])


@pytest.mark.slow
def test_all_documents_of_real_workspaces() -> None:
    places = (*WORKSPACES.values(), "data/siyuan-kernel/workshop/history", "data/siyuan-engine/import/out")
    check([path for place in places for path in sorted((shared() / place).rglob("*.sy"))])


def check(paths: list[Path]) -> None:
    schema = validator("sy-document")
    faults = {
        path.name: [error.json_path for error in schema.iter_errors(json.loads(path.read_bytes()))] for path in paths
    }
    assert len(paths) > 5
    assert {name: found for name, found in faults.items() if found} == {}
