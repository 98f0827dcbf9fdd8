"""Imports that Mnemo made itself, made by us: as it does where it is right, otherwise where it loses something."""

from __future__ import annotations

import json
import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.into.merging import Outcome, into, picture
from tests.into.recorded import (
    CARDS,
    Items,
    case_ids,
    differences,
    flat_library,
    items_of,
    library_of,
    package_of,
    record,
    state_of,
)
from tests.into.recorded_differences import AGAIN, ONCE, REASONS, Table
from tests.mnemo.library import stored_rows
from tests.support import package_rows

CASES = case_ids() if os.environ.get("CONVERTER_TEST_DATA") else []
TABLES = {"duplicate": ONCE, "duplicate-all": AGAIN}
INDEXES = ("notes_index", "note_folders_index", "mindmaps_list")

pytestmark = pytest.mark.skipif(not CASES, reason="CONVERTER_TEST_DATA does not name the folder with data/")


def imports(case: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The imports of a case: a name, the step, and the policy that is the application's without duplication."""
    for number, step in enumerate(record(case)["steps"]):
        if step["op"] == "import":
            yield f"{case}.{number}", step, "overwrite" if step["options"].get("dup") is False else ""


def _only(step: Mapping[str, Any]) -> dict[str, Any]:
    types = step["options"].get("types")
    return {"only": tuple(types)} if types else {}


@pytest.mark.parametrize("policy", TABLES)
@pytest.mark.parametrize("case", CASES)
def test_a_library_after_an_import(case: str, policy: str, tmp_path: Path) -> None:
    library = library_of(record(case), tmp_path / "library")
    for name, step, fixed in imports(case):
        package = package_of(step, tmp_path / "package.mnemo")
        before, rows, files = items_of(library), stored_rows(library), picture(library)

        done = into(package, library, policy=fixed or policy, **_only(step))

        found = differences(state_of(step["after"]), flat_library(library))
        assert sorted(found) == sorted(_expected(TABLES[policy], name))
        after = items_of(library)
        _check_new_ids(before, after)
        _check_times(package, before, after, done)
        if not fixed:
            _check_kept(rows, stored_rows(library))
            _check_files(files, picture(library))
        if fixed or policy == "duplicate":
            _check_settled(package, library, fixed or policy, step)


def _expected(table: Table, name: str) -> Iterable[str]:
    return [line for lines in table.get(name, {}).values() for line in lines]


def _check_settled(package: Path, library: Path, policy: str, step: Mapping[str, Any]) -> None:
    """A second run of the same has nothing to do."""
    before = picture(library)
    again = into(package, library, policy=policy, **_only(step))
    assert again.written == 0
    assert picture(library) == before


def _blocks(blocks: Any) -> Iterator[str]:
    for block in blocks or ():
        yield block["id"]
        yield from _blocks(block.get("children"))


def _check_new_ids(before: Items, after: Items) -> None:
    """N7, F1, F2, N21: what is new shares no id with anything else, inside itself neither."""
    known = {note["noteId"] for note in before["notes"]}
    count = Counter(one for note in after["notes"] for one in set(_blocks(note.get("blocks"))))
    old = {one for note in before["notes"] for one in _blocks(note.get("blocks"))}
    for note in after["notes"]:
        if note["noteId"] not in known and len(note["noteId"]) == 36:
            assert all(count[one] == 1 for one in _blocks(note["blocks"])), note["title"]
            assert old.isdisjoint(_blocks(note["blocks"]))
    decks = {deck["id"] for deck in before["decks"]}
    cards = Counter(card["id"] for deck in after["decks"] for card in deck["cards"])
    for deck in after["decks"]:
        if deck["id"] not in decks and len(deck["id"]) == 36:
            assert {card["deckId"] for card in deck["cards"]} == {deck["id"]}
            assert all(cards[card["id"]] == 1 for card in deck["cards"])
    for kind, own in (("notes", "noteId"), ("noteFolders", "folderId"), ("decks", "id"), ("mindmaps", "id")):
        was = {one.get(own) for one in before[kind]}
        added = [one[own] for one in after[kind] if one.get(own) not in was]
        assert len(set(added)) == len(added)
        assert all(added)


def _check_times(package: Path, before: Items, after: Items, done: Outcome) -> None:
    """N10, T50: notes that were written keep the times that they had in the package."""
    with zipfile.ZipFile(package) as archive:
        if "payloads/notes/notes.db" not in archive.namelist() or not done.count("notes", "created", "duplicated"):
            return
    came = [json.loads(row) for row in package_rows(package)]
    times = {note.get("modifiedAt", "0001-01-01T00:00:00") for note in came}
    known = {note.get("noteId") for note in before["notes"]}
    assert {note["modifiedAt"] for note in after["notes"] if note["noteId"] not in known} <= times


def _check_kept(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """No byte of what was there is another one; indexes and the document of flashcards grow."""
    grow = (*INDEXES, CARDS)
    assert {key: after.get(key) for key in before if key not in grow} == {
        key: value for key, value in before.items() if key not in grow
    }
    decks = json.loads(before[CARDS])
    now = json.loads(after[CARDS])
    assert all(now[kind][: len(decks[kind])] == decks[kind] for kind in decks)
    assert now["SessionHistory"] == decks["SessionHistory"], "F5: what was practised stays"


def _check_files(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """N8, T45: pictures are never overwritten."""
    assert all(after[name] == before[name] for name in before if name.startswith("images/"))


def test_every_difference_has_its_reason() -> None:
    names = {name for case in CASES for name, *_ in imports(case)}
    for table in TABLES.values():
        assert table.keys() <= names
        for reasons in table.values():
            assert {reason for several in reasons for reason in several.split()} <= REASONS.keys()
