"""What `validate` says that SiYuan would do with notebooks, databases and flashcards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.siyuan.judged import (
    BOUND,
    BOX,
    DATABASE,
    DECK,
    DOC,
    OPEN,
    SHOWN,
    codes,
    database,
    document,
    one,
    paragraph,
    verdicts,
    workspace,
)

# Notebooks and settings.


@pytest.mark.parametrize(
    ("name", "content", "expected", "what"),
    [
        (f"{BOX}/.siyuan/conf.json", None, "app-loses", "Untitled"),
        (f"{BOX}/.siyuan/conf.json", b"\xef\xbb\xbf" + json.dumps(OPEN).encode(), "app-loses", "its name is lost"),
        (f"{BOX}/.siyuan/conf.json", {"name": "Box"}, "app-loses", "closed: false"),
        (f"{BOX}/.siyuan/conf.json", OPEN | {"encrypted": True, "boxCrypt": None}, "app-refuses", "locked"),
        (f"{BOX}/.siyuan/sort.json", b'{"20240101000000-abc', "app-loses", "no JSON object"),
        (f"{BOX}/.siyuan/sort.json", {DOC: "1"}, "app-loses", "no whole number"),
        ("../conf/conf.json", {"system": {"kernelVersion": "3.7.3"}}, "app-refuses", "does not start"),
        ("../conf/conf.json", b"{", "app-refuses", "does not start"),
        (f"{BOX}/notes.sy", document(), "app-refuses", "named by an id"),
        (
            f"{BOX}/20240101000000-parentp/20240101000000-childch.sy",
            document(own="20240101000000-childch"),
            "app-repairs",
            "U",
        ),
    ],
)
def test_a_workspace_is_judged_beyond_its_documents(
    name: str, content: Any, expected: str, what: str, tmp_path: Path
) -> None:
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(), name: content}))

    assert found.code == expected
    assert what in found.what
    assert found.file == (name.removeprefix("../") if "parentp" not in name else f"{BOX}/20240101000000-parentp.sy")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{BOX}/.siyuan/conf.json", OPEN | {"closed": True}),
        (f"{BOX}/.siyuan/conf.json", OPEN | {"encrypted": True, "boxCrypt": {"spec": 1}}),
        (f"{BOX}/.siyuan/sort.json", {DOC: 1, "20240101000000-gonegon": 2}),
        ("../conf/conf.json", {"system": {"kernelVersion": "3.7.3"}, "fileTree": {}}),
        (f"{BOX}/assets/notes.sy", b"x"),
    ],
)
def test_what_is_allowed_is_not_told(name: str, content: Any, tmp_path: Path) -> None:
    assert verdicts(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(), name: content})) == []


def test_an_encrypted_file_in_a_plain_notebook_is_refused(tmp_path: Path) -> None:
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": b"SENC\x01\x01\x0c" + bytes(range(200, 256))}))

    assert found.code == "app-refuses"
    assert "encrypted" in found.what


def test_ids_that_stand_in_two_documents_are_told_once(tmp_path: Path) -> None:
    other = "20240101000000-other00"
    twice = {
        f"{BOX}/{DOC}.sy": document(paragraph(), paragraph(own="20240101000003-aaaaaaa")),
        f"{BOX}/{other}.sy": document(paragraph(), paragraph(own="20240101000003-aaaaaaa"), own=other),
    }
    found = one(workspace(tmp_path / "blocks", **twice))
    assert (found.code, found.file, found.pointer, found.places) == ("app-loses", f"{BOX}/{other}.sy", "/Children/0", 2)
    assert f"{BOX}/{DOC}.sy" in found.what

    below = {f"{BOX}/{DOC}.sy": document(), f"{BOX}/{DOC}/{DOC}.sy": document(paragraph())}
    assert "only one is found" in one(workspace(tmp_path / "documents", **below)).what


# Databases.


def _without_block(made: dict[str, Any]) -> None:
    del made["keyValues"][0]["values"][0]["block"]


def _without_table(made: dict[str, Any]) -> None:
    del made["views"][0]["table"]


def _strange_column(made: dict[str, Any]) -> None:
    made["views"][0]["table"]["columns"].append({"id": "20240101000000-unknown"})


@pytest.mark.parametrize(
    ("change", "expected", "pointer"),
    [
        (lambda _: None, [], ""),
        (lambda made: made.update(spec=6), ["app-refuses"], "/spec"),
        (lambda made: made.update(views=[]), ["app-loses"], "/views"),
        (_without_table, ["app-refuses"], "/views/0"),
        (_strange_column, ["app-repairs"], "/views/0/table/columns/1"),
        (_without_block, ["app-loses", "app-loses"], "/keyValues/0/values/0"),
    ],
    ids=["sound", "newer", "no-views", "no-table", "strange-column", "no-block"],
)
def test_a_database_is_judged(
    change: Callable[[dict[str, Any]], None], expected: list[str], pointer: str, tmp_path: Path
) -> None:
    made = database()
    change(made)
    files = {f"{BOX}/{DOC}.sy": document(SHOWN, BOUND), f"storage/av/{DATABASE}.json": made}
    found = verdicts(workspace(tmp_path, **files))

    assert [verdict.code for verdict in found] == expected
    assert not found or (found[0].file, found[0].pointer) == (f"storage/av/{DATABASE}.json", pointer)


def test_a_database_that_is_no_json_is_refused(tmp_path: Path) -> None:
    files = {f"{BOX}/{DOC}.sy": document(SHOWN, BOUND), f"storage/av/{DATABASE}.json": b""}

    assert codes(workspace(tmp_path, **files)) == ["app-refuses"]


def test_both_sides_of_a_binding_are_needed(tmp_path: Path) -> None:
    file, unbound = f"storage/av/{DATABASE}.json", paragraph(own=str(BOUND["ID"]))
    lacking = one(workspace(tmp_path / "block", **{f"{BOX}/{DOC}.sy": document(SHOWN, unbound), file: database()}))
    other = {
        f"{BOX}/{DOC}.sy": document(SHOWN, BOUND),
        file: database(keyValues=[], views=[{"type": "table", "table": {}}]),
    }
    stale = one(workspace(tmp_path / "row", **other))

    assert (lacking.code, lacking.file) == ("app-loses", file)
    assert "custom-avs" in lacking.what
    assert (stale.code, stale.file, stale.pointer) == ("app-loses", f"{BOX}/{DOC}.sy", "/Children/1")


def test_a_database_is_looked_for_in_one_place(tmp_path: Path) -> None:
    missing = one(workspace(tmp_path / "missing", **{f"{BOX}/{DOC}.sy": document(SHOWN)}))
    assert (missing.code, missing.pointer) == ("app-loses", "/Children/0")

    inside = {f"{BOX}/{DOC}.sy": document(SHOWN), f"{BOX}/storage/av/{DATABASE}.json": database()}
    found = verdicts(workspace(tmp_path / "inside", **inside))
    assert {verdict.file for verdict in found} == {f"{BOX}/{DOC}.sy", f"{BOX}/storage/av/{DATABASE}.json"}
    assert [verdict.code for verdict in found] == ["app-loses", "app-loses"]

    shutil.copytree(tmp_path / "missing" / "data" / BOX, tmp_path / BOX)
    assert verdicts(tmp_path / BOX) == []


# Flashcards.

CARD = paragraph(own="20240101000006-aaaaaaa", **{"custom-riff-decks": DECK})
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def deck(**members: Any) -> bytes:
    return packed({"ID": DECK, "Name": "Deck", "Algo": "fsrs", "Created": 1, "Updated": 1} | members)


def cards(**members: Any) -> bytes:
    card = {"CID": "c", "BID": CARD["ID"], "NDues": None, "C": {"Due": NOW, "LastReview": NOW, "Reps": 0}}
    return packed({"c": card | members})


@pytest.mark.parametrize(
    ("deck_file", "cards_file", "expected", "what"),
    [
        (deck(), cards(), [], ""),
        (deck(Algo="sm2"), cards(), ["app-refuses"], "Algo"),
        (b"no deck", cards(), ["app-refuses"], "no MessagePack map"),
        (deck(), b"\x93", ["app-refuses"], "its cards"),
        (deck(), cards(C={"Due": 5, "LastReview": NOW}), ["app-refuses"], "no timestamp"),
        (deck(), cards(C={"Due": NOW, "LastReview": "now"}), ["app-refuses"], "no timestamp"),
        (deck(), cards(C=None), ["app-refuses", "app-loses"], "(C)"),
        (deck(), packed({"c": None}), ["app-refuses", "app-loses"], "(C)"),
        (None, cards(), ["app-loses"], "cards without a deck"),
        (deck(), None, ["app-loses"], "never asked"),
        (deck(), cards(BID="20240101000000-gonegon"), ["app-loses"], "never asked"),
    ],
)
def test_a_deck_is_judged(
    deck_file: bytes | None, cards_file: bytes | None, expected: list[str], what: str, tmp_path: Path
) -> None:
    riff = {f"storage/riff/{DECK}.deck": deck_file, f"storage/riff/{DECK}.cards": cards_file}
    found = verdicts(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(CARD)}, **riff))

    assert [verdict.code for verdict in found] == expected
    assert not found or what in found[0].what


def test_a_card_whose_block_does_not_say_so_is_told(tmp_path: Path) -> None:
    riff = {f"storage/riff/{DECK}.deck": deck(), f"storage/riff/{DECK}.cards": cards()}
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(paragraph(own=str(CARD["ID"])))}, **riff))

    assert (found.code, found.file) == ("app-loses", f"storage/riff/{DECK}.deck")
    assert "custom-riff-decks" in found.what
