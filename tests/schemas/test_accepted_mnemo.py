"""Objects that Mnemo reads are valid; what it refuses for a value in it is not, as far as a schema can say so.

The records hold what the application 0.6 made of each object: on its own, and as part of a package.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from converter.formats.mnemo.schema_errors import first_error
from converter.text.json_text import JsonTextError
from tests.schemas.objects import Found, fault, in_package, validator
from tests.schemas.unsaid import NEVER_SAVED, STRICTER, UNSAID, members, read, why_stricter, why_unsaid
from tests.support import shared

KINDS = {
    "block": "block",
    "note": "note",
    "notefolder": "folder",
    "deck": "deck",
    "card": "deck/card",
    "cardfolder": "folder/cardFolder",
    "mindmap": "mindmap",
}
GROUPS = ("note-rows", "deck-rows", "mindmaps", "settings")
STRIDE = 9


class Record(NamedTuple):
    """An object as text, its schema, and whether the application reads and writes it in a package."""

    key: str
    schema: str
    text: str
    read: bool


def lines(name: str) -> list[dict[str, Any]]:
    text = (shared() / "data/mnemo" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def records() -> Iterator[Record]:
    for row in lines("blocks/blocks.jsonl"):
        yield Record(row["id"], "block", row["json"], "error" not in row)
    for row in lines("blocks/notes.jsonl"):
        yield Record(row["id"], KINDS[row["type"]], row["json"], "error" not in row.get("package", row))
    for row in lines("cards/objects.jsonl"):
        if row["type"] in KINDS and row["dialect"] == "package":
            yield Record(row["id"], KINDS[row["type"]], row["input"], not row["error"])
    for row in lines("packages/dialects.jsonl"):
        if row["type"] in KINDS and row["dialect"] == "package":
            yield Record(row["id"], KINDS[row["type"]], row["text"], "exceptions" not in row)


def judge(chosen: list[Record]) -> tuple[list[str], Counter[str]]:
    """Records on which schema and application differ without a reason, and how many there are of each outcome."""
    wrong, counts = [], Counter[str]()
    for record in chosen:
        try:
            value = read(record.text)
        except ValueError:
            counts["no JSON"] += 1
            assert not record.read, record.key
            continue
        if value is None:
            continue
        valid = is_valid(record.schema, value)
        why = "" if valid == record.read else (why_unsaid if valid else why_stricter)(value)
        counts[why or ("valid" if valid else "invalid")] += 1
        if valid != record.read and not why:
            wrong.append(f"{record.key}: {record.text[:200]}")
    return wrong, counts


def is_valid(schema: str, value: Any) -> bool:
    """As the schema says; names in another case are no matter of it, so they are mended before."""
    cased = any(name != name[:1].lower() + name[1:] for name, _ in members(value))
    return validator(schema).is_valid(value) and not (cased and first_error(schema, value))


def test_some_recorded_objects() -> None:
    wrong, counts = judge(list(records())[::STRIDE])
    assert wrong == []
    assert counts["valid"] > 100
    assert counts["invalid"] > 20


@pytest.mark.slow
def test_all_recorded_objects() -> None:
    wrong, counts = judge(list(records()))
    assert wrong == []
    assert counts["valid"] > 1000
    assert counts["invalid"] > 300
    assert {*UNSAID, *STRICTER} - {NEVER_SAVED} == set(counts) - {"valid", "invalid", "no JSON"}


def packages(place: Path, stride: int) -> Iterator[tuple[dict[str, Any], Path]]:
    """Recorded packages, each with its file."""
    home = shared() / "data/mnemo/packages"
    for row in lines("packages/verdicts.jsonl")[::stride]:
        package = row["package"]
        if "base64" in package:
            path = place / f"{row['id']}.mnemo"
            path.write_bytes(base64.b64decode(package["base64"]))
            yield row, path
        elif "file" in package:
            yield row, home / package["file"]


def objects(path: Path) -> list[Found]:
    """What has a schema in a package and is an object; nothing where its files cannot be read by plain means."""
    try:
        found = list(in_package(path))
    except (zipfile.BadZipFile, sqlite3.Error, zlib.error, OSError, RuntimeError, EOFError, ValueError, JsonTextError):
        return []
    return [one for one in found if one.schema != "manifest" and is_object(one.text)]


def is_object(text: object) -> bool:
    try:
        return isinstance(text, str) and isinstance(read(text), dict)
    except ValueError:
        return False


def judge_packages(place: Path, stride: int) -> Counter[str]:
    """How many objects were taken and how many packages refused; each difference has its reason."""
    wrong, counts = [], Counter[str]()
    for row, path in packages(place, stride):
        found = objects(path)
        broken = [one for one in found if not is_valid(one.schema, read(one.text))]
        if all(run["import"]["success"] for run in row["runs"]):
            counts["taken"] += len(found)
            reasons = [why_stricter(read(one.text)) for one in broken]
        elif row["group"] in GROUPS and found:
            counts["refused"] += 1
            reasons = [] if broken else [next(filter(None, (why_unsaid(whole(one)) for one in found)), "")]
        else:
            continue
        counts.update(reasons)
        wrong += [row["id"]] if "" in reasons else []
    assert wrong == []
    return counts


def test_some_packages_that_the_application_took_or_refused(tmp_path: Path) -> None:
    counts = judge_packages(tmp_path, 5)
    assert counts["taken"] > 50
    assert counts["refused"] > 5


@pytest.mark.slow
def test_all_packages_that_the_application_took_or_refused(tmp_path: Path) -> None:
    counts = judge_packages(tmp_path, 1)
    assert counts["taken"] > 200
    assert counts["refused"] > 40
    assert counts[NEVER_SAVED] > 0


def whole(found: Found) -> Any:
    """What the application counts the levels of: a row, or the file of all maps."""
    value = read(found.text)
    return [value] if found.schema == "mindmap" else value


@pytest.mark.slow
def test_packages_that_the_application_wrote() -> None:
    home = shared() / "data/mnemo"
    paths = [*(home / "libraries/biology/packages").glob("*.mnemo"), *(home / "packages/exports/files").glob("*.mnemo")]
    found = [one for path in paths for one in in_package(path)]
    assert {one.schema for one in found} == {
        *("note", "folder", "deck", "folder/cardFolder", "mindmap", "settings", "manifest")
    }
    assert len(found) > 200
    assert [fault(one) for one in found[:: len(found) // 400 + 1] if fault(one)] == []
