"""What `validate` says a package would meet in the application: where it stops, and what is lost without a word."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from converter.findings.finding import Finding
from converter.formats.mnemo.package.judge import judge
from tests.cli.runner import invoke
from tests.mnemo.builders import (
    CONTEXT,
    block_json,
    database,
    entry,
    make_package,
    manifest,
    note_json,
    notes_database,
)

DECK: dict[str, Any] = {"id": "d", "name": "Moss", "tags": [], "cards": []}
CARD: dict[str, Any] = {"id": "c", "front": "a", "back": "b", "tags": []}
NODE: dict[str, Any] = {"id": "n", "content": {"$type": "text", "text": "Wood"}}
MAP: dict[str, Any] = {"id": "m", "nodes": [NODE], "layout": {"nodes": {"n": {"x": 1, "y": 2}}}}


def told(path: Path, code: str) -> list[tuple[str, str, str, str]]:
    """Item, row, pointer and wording of each finding of this code."""
    found = [finding for finding in judge(path, CONTEXT) if finding.code == code]
    return [(finding.item, *_place(finding), dict(finding.details)["what"]) for finding in found]


def _place(finding: Finding) -> tuple[str, str]:
    assert finding.location is not None
    return finding.location.row, finding.location.pointer


def notes_package(folder: Path, *notes: object, files: Mapping[str, bytes] | None = None) -> Path:
    data = notes_database(folder, [(f"k{number}", note) for number, note in enumerate(notes)])
    members = {"payloads/notes/notes.db": data, **(files or {})}
    return make_package(folder / "x.mnemo", manifest(entry("notes", len(notes))), members)


def cards_package(folder: Path, deck: object, folders: object = None, **members: object) -> Path:
    rows = [("k", folders)] if folders is not None else []
    data = database({"Decks": ("DeckId", [("k", deck)]), "Folders": ("FolderId", rows)}, folder)
    files = {"payloads/flashcards/flashcards.db": data}
    return make_package(folder / "x.mnemo", manifest(entry("flashcards", 1, **members)), files)


def document_package(folder: Path, kind: str, name: str, value: object) -> Path:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return make_package(folder / "x.mnemo", manifest(entry(kind, 1)), {f"payloads/{kind}/{name}": text})


def test_a_sound_package_has_nothing_to_tell(tmp_path: Path) -> None:
    path = notes_package(
        tmp_path, note_json(block_json(text="Fern")), files={"payloads/notes/assets/images/a.png": b"x"}
    )

    assert list(judge(path, CONTEXT)) == []


@pytest.mark.parametrize(
    ("note", "pointer"),
    [
        (note_json(order=1.5), "/order"),
        (note_json(noteId=None), "/noteId"),
        (note_json(block_json(), block_json(order="1")), "/blocks/1/order"),
        (note_json(block_json(payload={"kind": "video"})), "/blocks/0/payload/kind"),
        (note_json(block_json(meta={"a": "\ud800"})), "/blocks/0/meta/a"),
        (note_json(block_json(spans=[{"kind": "text", "text": 1}])), "/blocks/0/spans/0/text"),
        (note_json(block_json("TwoColumn", children=[block_json(), 3])), "/blocks/0/children/1"),
        (note_json(createdAt="2026-05-18 10:00"), "/createdAt"),
        ('{"noteId":"n",}', ""),
    ],
)
def test_the_place_of_what_stops_an_import_is_told_to_the_member(note: object, pointer: str, tmp_path: Path) -> None:
    path = notes_package(tmp_path, note_json(noteId="other"), note)

    ((item, row, found, _),) = told(path, "app-refuses")

    assert (item.partition("/")[0], row, found) == ("notes", "k1", pointer)


@pytest.mark.parametrize(
    "payload",
    [
        {"kind": "callout", "emoji": "", "tone": "note"},
        {"kind": "table", "columnWidths": ["wide"], "headerRows": [True]},
        {"kind": "tableCell", "fill": "red"},
    ],
)
def test_payloads_of_newer_blocks_are_taken(payload: object, tmp_path: Path) -> None:
    assert list(judge(notes_package(tmp_path, note_json(block_json(payload=payload), ver=3)), CONTEXT)) == []


@pytest.mark.parametrize(
    ("deck", "pointer"),
    [
        ({"id": "d", "cards": []}, ""),
        (DECK | {"schedulingAlgorithm": "1"}, "/schedulingAlgorithm"),
        (DECK | {"cards": [CARD, CARD | {"tags": None}]}, "/cards/1/tags"),
        (DECK | {"cards": [CARD | {"dueDate": "soon"}]}, "/cards/0/dueDate"),
        (DECK | {"cards": [CARD | {"frontBlocks": [{"order": None}]}]}, "/cards/0/frontBlocks/0/order"),
    ],
)
def test_decks_are_looked_at_card_by_card(deck: object, pointer: str, tmp_path: Path) -> None:
    ((_, row, found, _),) = told(cards_package(tmp_path, deck), "app-refuses")

    assert (row, found) == ("k", pointer)


def test_a_folder_of_decks_needs_an_id(tmp_path: Path) -> None:
    ((item, *_),) = told(cards_package(tmp_path, DECK, {"name": "Wood"}), "app-refuses")

    assert item == "folders/k"


def test_an_endless_number_in_a_card_costs_all_later_changes(tmp_path: Path) -> None:
    path = cards_package(tmp_path, DECK | {"cards": [CARD | {"stability": "NaN"}]})

    ((item, _, pointer, what),) = told(path, "app-loses")
    assert (item, pointer) == ("decks/d", "/cards/0/stability")
    assert "no later change of any flashcard is saved" in what
    assert told(path, "app-refuses") == []


@pytest.mark.parametrize(("schema", "refused"), [(1, 1), (3, 0)])
def test_newer_cards_do_without_empty_tables(schema: int, refused: int, tmp_path: Path) -> None:
    data = database({"Decks": ("DeckId", [("k", DECK)])}, tmp_path)
    files = {"payloads/flashcards/flashcards.db": data}
    path = make_package(tmp_path / "x.mnemo", manifest(entry("flashcards", 1, schemaVersion=schema)), files)

    assert len(told(path, "app-refuses")) == refused


@pytest.mark.parametrize(
    ("maps", "pointer"),
    [
        ({"id": "m"}, ""),
        ([MAP, MAP | {"version": None}], "/1/version"),
        ([MAP | {"nodes": [NODE | {"content": {"text": "a", "$type": "text"}}]}], "/0/nodes/0/content"),
        ([MAP | {"nodes": [NODE | {"style": {"color/x": 3}}]}], "/0/nodes/0/style/color~1x"),
        ([MAP | {"edges": [{"kind": "Link"}]}], "/0/edges/0/kind"),
        (b"\xef\xbb\xbf[]", ""),
        (b'[{"title":"\xff"}]', "/0/title"),
    ],
)
def test_maps_are_looked_at_node_by_node(maps: object, pointer: str, tmp_path: Path) -> None:
    ((_, _, found, _),) = told(document_package(tmp_path, "mindmaps", "data.json", maps), "app-refuses")

    assert found == pointer


def test_what_a_map_never_shows_is_told(tmp_path: Path) -> None:
    lost = MAP | {"nodes": [NODE, NODE | {"id": "o"}], "edges": [{"fromId": "n", "toId": "gone"}]}
    path = document_package(tmp_path, "mindmaps", "data.json", [lost, MAP])

    assert [(item, pointer) for item, _, pointer, _ in told(path, "app-loses")] == [
        ("maps/m", "/0/nodes/1"),
        ("maps/m", "/0/edges/0"),
        ("maps/m", "/1"),
    ]


def test_settings_that_an_import_passes_over_are_told(tmp_path: Path) -> None:
    path = document_package(tmp_path, "settings", "settings.json", {"App.Language": "de", "Editor.Width": "9"})

    assert [(item, pointer) for item, _, pointer, _ in told(path, "app-loses")] == [
        ("settings/Editor.Width", "/Editor.Width")
    ]


def test_a_setting_that_is_no_text_stops_the_import(tmp_path: Path) -> None:
    path = document_package(tmp_path, "settings", "settings.json", {"Any.Thing": True})

    assert [pointer for *_, pointer, _ in told(path, "app-refuses")] == ["/Any.Thing"]


def test_a_payload_that_is_not_found_is_lost_whole(tmp_path: Path) -> None:
    data = notes_database(tmp_path, [("k", note_json())])
    entries = manifest(entry("notes", 1, path="payloads\\notes\\"), entry("whiteboards", 1))
    path = make_package(tmp_path / "x.mnemo", entries, {"payloads/notes/notes.db": data})

    assert [(item, pointer) for item, _, pointer, _ in told(path, "app-loses")] == [
        ("payloads/notes", "/entries/0/path"),
        ("payloads/whiteboards", "/entries/1/payloadType"),
    ]


def test_pictures_of_one_name_and_ids_that_are_taken_overwrite_each_other(tmp_path: Path) -> None:
    folder = "payloads/notes/assets/images"
    files = {f"{folder}/a.png": b"1", f"{folder}/deep/a.png": b"2", f"{folder}/{'n' * 300}": b"3"}
    path = notes_package(tmp_path, note_json(), note_json(), note_json(noteId="folder_f"), files=files)

    lost = [item for item, *_ in told(path, "app-loses")]
    assert lost == ["notes/n~2", "notes/folder_f", f"assets/{folder}/deep/a.png"]
    assert [item for item, *_ in told(path, "app-refuses")] == [f"assets/{folder}/{'n' * 300}"]


def test_a_name_that_only_looks_unsafe_stops_the_application(tmp_path: Path) -> None:
    path = notes_package(tmp_path, note_json(), files={"more../a.txt": b"x"})

    assert [item for item, *_ in told(path, "app-refuses")] == ["payloads/more../a.txt"]


def test_a_method_that_the_application_cannot_unpack_stops_it(tmp_path: Path) -> None:
    path = notes_package(tmp_path, note_json())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("readme.txt", b"x" * 100, zipfile.ZIP_BZIP2)

    ((item, _, _, what),) = told(path, "app-refuses")
    assert item == "payloads/readme.txt"
    assert "bzip2" in what


def test_a_member_with_a_wrong_check_sum_is_damaged_though_the_application_asks_for_none(tmp_path: Path) -> None:
    path = tmp_path / "x.mnemo"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", b"moss")
        archive.writestr("manifest.json", json.dumps(manifest()))
    path.write_bytes(path.read_bytes().replace(b"moss", b"mess"))

    assert {finding.code for finding in judge(path, CONTEXT)} == {"member-damaged"}


def test_bytes_in_front_that_the_directory_does_not_count_stop_the_application(tmp_path: Path) -> None:
    path = notes_package(tmp_path, note_json())
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())

    ((_, _, _, what),) = told(path, "app-refuses")
    assert "10 bytes" in what


def test_the_manifest_is_held_to_what_the_application_reads(tmp_path: Path) -> None:
    text = manifest(entry("settings", 0, itemCount=1.5), None, createdAtUtc="today", assets=[{"sizeBytes": None}])
    path = make_package(tmp_path / "x.mnemo", text)

    assert [pointer for *_, pointer, _ in told(path, "app-refuses")] == [
        "/createdAtUtc",
        "/entries/0/itemCount",
        "/entries/1",
        "/assets/0/sizeBytes",
    ]


def test_the_command_line_tells_both_and_fails_for_the_first(tmp_path: Path) -> None:
    path = notes_package(tmp_path, note_json(title=[]), note_json(noteId="folder_f"))

    ended = invoke("validate", str(path))

    assert ended.code == 1
    assert "app-refuses" in ended.out + ended.err
    assert "app-loses" in ended.out + ended.err
    assert "title is [], not a text" in ended.out + ended.err
