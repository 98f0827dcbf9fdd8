"""What `validate` says a library would meet in the application: held against recordings of odd libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from converter.formats.mnemo.database.judge import judge
from tests.cli.runner import invoke
from tests.mnemo.builders import CONTEXT, block_json, data_path, needs_data
from tests.mnemo.library import build_library, note_row


def told(path: Path) -> list[tuple[str, str, str]]:
    """Code, row and pointer of each finding."""
    return [(finding.code, *_place(finding.location)) for finding in judge(path, CONTEXT)]


def _place(location: Any) -> tuple[str, str]:
    assert location.table == "Storage"
    return location.row, location.pointer


def scenarios() -> list[dict[str, Any]]:
    with data_path("blocks", "storage-scenarios.jsonl").open(encoding="utf-8") as lines:
        return [record for record in map(json.loads, lines) if "prepared" not in record]


def texts_of(record: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, kind, value in record["before"] if kind == "text"}


def named_notes(rows: dict[str, str]) -> list[str] | None:
    """Keys of the rows that the index of notes names; None where the application cannot read the index."""
    try:
        index = json.loads(rows.get("notes_index", "null"))
    except ValueError:
        return None
    if not (isinstance(index, list) and all(isinstance(key, str) for key in index)):
        return None
    return [f"note_{key}" for key in index if rows.get(f"note_{key}", "null").strip() != "null"]


@needs_data
def test_notes_are_refused_that_the_application_does_not_list(tmp_path: Path) -> None:
    wrong, refused_in_all = {}, 0
    for record in scenarios():
        step, rows = record["steps"][0], texts_of(record)
        named = named_notes(rows)
        if named is None or not step["step"].startswith("list notes"):
            continue
        place = build_library(tmp_path / record["id"] / "mnemo.db", rows)
        refused = {row for code, row, _ in told(place) if code == "app-refuses"}
        refused_in_all += len(refused)
        listed = step["result"]["notes"]
        if len([key for key in named if key not in refused]) != len(listed):
            wrong[record["id"]] = (record["what"], named, refused, listed)

    assert wrong == {}
    assert refused_in_all >= 2


@needs_data
def test_flashcards_that_the_application_throws_away_are_told(tmp_path: Path) -> None:
    found = {}
    for record in scenarios():
        rows = texts_of(record)
        if "flashcards.state.v2" in rows and record["what"].startswith("flashcard state"):
            place = tmp_path / record["id"] / "mnemo.db"
            build_library(place, rows)
            found[record["what"]] = [code for code, row, _ in told(place) if row == "flashcards.state.v2"]

    assert found
    for what, codes in found.items():
        assert codes == ([] if what == "flashcard state is empty object" else ["app-refuses"]), what


@pytest.mark.parametrize(
    ("key", "value", "code", "pointer"),
    [
        ("note_a", note_row("a", Blocks=[block_json(order="1")]), "app-refuses", "/Blocks/0/order"),
        ("note_a", note_row("a", Order="1"), "app-refuses", "/Order"),
        ("note_a", note_row("a", Blocks=[block_json(meta={"x": "\ud800"})]), "app-loses", "/Blocks/0/meta/x"),
        ("note_folder_f", '{"FolderId":"f","Order":null}', "app-refuses", "/Order"),
        ("mindmap_m", '{"Id":"m","Edges":[{"Kind":"Link"}]}', "app-refuses", "/Edges/0/Kind"),
        ("flashcards.state.v2", '{"Decks":[{"Id":"d","Tags":[],"Cards":null}]}', "app-refuses", "/Decks/0/Cards"),
    ],
)
def test_the_row_and_the_member_are_told(key: str, value: str, code: str, pointer: str, tmp_path: Path) -> None:
    path = build_library(tmp_path / "mnemo.db", {key: value})

    assert told(path) == [(code, key, pointer)]


def test_a_sound_library_has_nothing_to_tell(tmp_path: Path) -> None:
    path = build_library(tmp_path / "mnemo.db", {"notes_index": '["a"]', "note_a": note_row("a")})

    assert told(path) == []
    assert invoke("validate", str(path)).code == 0
