"""`validate` foretells what the application does with a package: held against recordings of its imports."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from converter import Options
from converter.findings.codes import CODES
from converter.findings.codes.entry import ERROR
from converter.findings.finding import Finding
from converter.pipeline.run import convert, validate
from tests.mnemo.builders import data_path, needs_data

pytestmark = needs_data

GROUPS = ("archive", "database", "deck-rows", "flow", "manifest", "mindmaps", "note-rows", "settings")

STRICTER = {
    "a name that begins with a drive can lead anywhere on Windows": ("archive-009", "archive-040", "archive-083"),
    "a name with a segment `.` or `..` can lead out of the folder": (
        "archive-012",
        "archive-014",
        "archive-017",
        "archive-120",
    ),
    "a name in a home folder": ("archive-024",),
    "a name with a drive and a blank segment": ("archive-080",),
    "of members with one name nobody knows which is meant": (
        "archive-101",
        "archive-102",
        "archive-104",
        "archive-106",
    ),
    "members that say they are encrypted are not read as they stand": (
        "archive-156",
        "archive-157",
        "archive-158",
        "archive-160",
    ),
    "a member whose check sum or size is wrong is damaged": (
        "archive-169",
        "archive-170",
        "archive-178",
        "archive-184",
    ),
    "the place of a payload that begins at a root or with a drive lies outside the package": (
        "manifest-163",
        "manifest-174",
    ),
    "members that share bytes are how decompression bombs are made": ("archive-192",),
}
"""Packages that the application takes and we refuse, by the reason."""


@cache
def records(group: str) -> list[dict[str, Any]]:
    with data_path("packages", "verdicts.jsonl").open(encoding="utf-8") as lines:
        return [record for record in map(json.loads, lines) if record["group"] == group]


def source_of(record: dict[str, Any], folder: Path) -> Path:
    package, path = record["package"], folder / f"{record['id']}.mnemo"
    if package.get("folder"):
        path.mkdir()
    elif "base64" in package:
        path.write_bytes(base64.b64decode(package["base64"]))
    elif "file" in package:
        return data_path("packages", package["file"])
    return path


def errors_of(record: dict[str, Any], folder: Path) -> tuple[str, list[Finding]]:
    """Why the package is refused as a whole, and the errors that were found in it."""
    strict = bool(record["runs"][0].get("options", {}).get("strict"))
    source = str(source_of(record, folder))
    with validate(Options(source=source, source_format="mnemo", strict_unknown=strict)) as report:
        fault = report.fault.message if report.fault is not None else ""
        return fault, [finding for finding in report.spool if CODES[finding.code].severity == ERROR]


def outcome(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = record["runs"][0]["import"]
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_an_error_is_found_exactly_where_the_application_refuses(group: str, tmp_path: Path) -> None:
    stricter, wrong = set(), {}
    for record in records(group):
        fault, errors = errors_of(record, tmp_path)
        accepted, refused = outcome(record)["success"], bool(fault or errors)
        if accepted and refused:
            stricter.add(record["id"])
        elif accepted != (not refused):
            wrong[record["id"]] = record["what"]

    assert wrong == {}
    known = {identity for identities in STRICTER.values() for identity in identities}
    assert stricter == {record["id"] for record in records(group)} & known


@pytest.mark.parametrize("group", GROUPS)
def test_a_conversion_into_a_library_says_what_the_import_would_refuse(group: str, tmp_path: Path) -> None:
    known, wrong = {identity for identities in STRICTER.values() for identity in identities}, {}
    for record in records(group):
        asked = record["runs"][0].get("options") or {}
        target = tmp_path / record["id"] / "mnemo.db"
        target.parent.mkdir()
        options = Options(
            source=str(source_of(record, tmp_path)),
            source_format="mnemo",
            target=str(target),
            strict_unknown=bool(asked.get("strict")),
            only=tuple(asked.get("types") or ()),
            verify=False,
        )
        with convert(options) as report:
            refused = report.fault is not None or any(finding.code == "app-refuses" for finding in report.spool)
            if not outcome(record)["success"]:
                right = report.exit_code in (1, 3, 6)
            else:
                right = record["id"] in known or not refused
        if not right:
            wrong[record["id"]] = (record["what"], report.exit_code)

    assert wrong == {}


def refused_at(record: dict[str, Any]) -> str:
    """The JSON pointer of the place at which the application stopped, as it tells it; "" where it names none."""
    match = re.search(r"Path: \$(\S*)", str(outcome(record).get("exceptions")))
    parts: Iterator[tuple[str, str, str]] = iter(
        re.findall(r"\['(.+?)'\]|\[(\d+)\]|\.([^.\[]+)", match[1] if match else "")
    )
    return "".join(f"/{quoted or number or name}" for quoted, number, name in parts)


@pytest.mark.parametrize("group", ["deck-rows", "mindmaps", "note-rows", "settings"])
def test_the_place_is_the_one_at_which_the_application_stops(group: str, tmp_path: Path) -> None:
    told, wrong = 0, {}
    for record in records(group):
        wanted = refused_at(record)
        if outcome(record)["success"] or not wanted:
            continue
        _, errors = errors_of(record, tmp_path)
        pointers = [
            finding.location.pointer for finding in errors if finding.location and finding.code == "app-refuses"
        ]
        at_text = pointers == [""]
        told += not at_text
        if not (at_text or any(pointer.startswith(wanted) for pointer in pointers)):
            wrong[record["id"]] = (wanted, pointers)

    assert wrong == {}
    assert told >= 5
