"""What `validate` says of small objects in a package that do not fit the published schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import invoke
from tests.mnemo.builders import (
    CONTEXT,
    block_json,
    data_path,
    database,
    entry,
    make_package,
    manifest,
    needs_data,
    note_json,
    notes_database,
)

MAP: dict[str, Any] = {"id": "m", "schemaVersion": 2, "title": "Wood", "elements": []}
DECK: dict[str, Any] = {"id": "d", "name": "Moss", "tags": [], "cards": []}


def maps_package(folder: Path, *maps: object, **members: object) -> Path:
    rows = [(f"k{number}", one) for number, one in enumerate(maps)]
    data = database({"Maps": ("MapId", rows), "Folders": ("FolderId", [("f", {"id": "f", **members})])}, folder)
    files = {"payloads/mindmaps/mindmaps.db": data}
    return make_package(folder / "x.mnemo", manifest(entry("mindmaps", len(maps), schemaVersion=2)), files)


def cards_package(folder: Path, decks: Mapping[str, object], folders: Mapping[str, object]) -> Path:
    data = database({"Decks": ("DeckId", decks.items()), "Folders": ("FolderId", folders.items())}, folder)
    files = {"payloads/flashcards/flashcards.db": data}
    return make_package(folder / "x.mnemo", manifest(entry("flashcards", len(decks))), files)


def told(path: Path, code: str = "schema-mismatch") -> tuple[int, list[tuple[str, str, str, str]]]:
    """The exit code, and of each finding item, row, pointer and what is wrong."""
    ended = invoke("validate", str(path), "--output-format", "json")
    found = [one for one in json.loads(ended.out)["findings"] if one["code"] == code]
    places = [(one.get("item", ""), one["location"], one["message"]) for one in found]
    return ended.code, [
        (item, where.get("row", ""), where.get("pointer", ""), message.partition(": ")[2])
        for item, where, message in places
    ]


def test_a_map_of_the_newer_application(tmp_path: Path) -> None:
    path = maps_package(tmp_path, MAP, {**MAP, "id": "n", "title": 5}, name=7)

    assert told(path) == (
        0,
        [
            ("folders/f", "f", "/name", "7 stands where a text or null belongs."),
            ("maps/n", "k1", "/title", "5 stands where a text or null belongs."),
        ],
    )


def test_each_place_is_told(tmp_path: Path) -> None:
    element = {"id": "a", "type": "node", "x": "far", "y": 1}
    path = maps_package(tmp_path, {**MAP, "title": 5, "elements": [element]})

    text = invoke("validate", str(path), "-v", "--color", "never").out

    assert "warning schema-mismatch: 1 item, 3 places" in text
    place = "  maps/m!payloads/mindmaps/mindmaps.db[Maps:k0]#"
    for what in (
        "/title: This does not fit the schema mindmap: 5 stands where a text or null belongs.",
        '/elements/0/x: This does not fit the schema mindmap: "far" stands where a number belongs.',
        "/elements/0: This does not fit the schema mindmap: the member content is missing.",
    ):
        assert f"{place}{what}\n" in text


@pytest.mark.parametrize("member", [{"order": 1.5}, {"id": None}, {"name": []}, {}])
def test_what_the_application_would_refuse_is_told_once(tmp_path: Path, member: dict[str, object]) -> None:
    folder = {"id": "f", "name": "Wood", "order": 0, **member} if member else {"name": "Wood"}
    path = cards_package(tmp_path, {"d": DECK}, {"f": folder})

    assert told(path) == (1, [])
    assert len(told(path, "app-refuses")[1]) == 1


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("settings", "settings.json", {"App.Language": 5}),
        ("settings", "settings.json", []),
        ("mindmaps", "data.json", [{"id": "m", "edges": [{"kind": "link"}]}]),
    ],
)
def test_documents_that_the_application_would_refuse_are_told_once(
    tmp_path: Path, kind: str, name: str, value: object
) -> None:
    files = {f"payloads/{kind}/{name}": json.dumps(value).encode()}
    path = make_package(tmp_path / "x.mnemo", manifest(entry(kind, 1)), files)

    assert told(path) == (1, [])
    assert told(path, "app-refuses")[1] != []


def test_every_place_of_a_manifest_that_breaks_the_schema(tmp_path: Path) -> None:
    assets = [{"path": "a", "sizeBytes": 1, "checksumSha256": sum_} for sum_ in ("x", "0" * 64, "y")]
    path = make_package(tmp_path / "x.mnemo", manifest(assets=assets))

    text = invoke("validate", str(path), "-v", "--color", "never").out

    for index, value in ((0, "x"), (2, "y")):
        told_ = (
            f'departs from its format: "{value}" does not have the form that is read here; it was read all the same.'
        )
        assert f"  manifest.json#/assets/{index}/checksumSha256: The package's manifest {told_}\n" in text


@pytest.mark.parametrize("rows", [b"no database", b""])
def test_what_cannot_be_read_is_left_to_others(tmp_path: Path, rows: bytes) -> None:
    files = {"payloads/flashcards/flashcards.db": rows, "payloads/settings/settings.json": b"{"}
    path = make_package(tmp_path / "x.mnemo", manifest(entry("flashcards", 1), entry("settings", 1)), files)

    assert told(path) == (1, [])


def test_depth_is_no_matter_of_a_schema(tmp_path: Path) -> None:
    deep = "[" * 20_000 + "]" * 20_000
    path = maps_package(tmp_path, f'{{"id":"m","schemaVersion":2,"elements":{deep}}}')

    code, found = told(path)

    assert code in (0, 1)
    assert found == []


def test_only_the_first_of_many_are_held_against_a_schema(tmp_path: Path) -> None:
    maps = [{**MAP, "id": f"m{number}", "title": 5} for number in range(3000)]

    _, found = told(maps_package(tmp_path, *maps))

    assert 500 < len(found) < 1500


def test_notes_are_not(tmp_path: Path) -> None:
    rows = {"payloads/notes/notes.db": notes_database(tmp_path, [("k", note_json(block_json(order="1")))])}

    assert told(make_package(tmp_path / "x.mnemo", manifest(entry("notes", 1)), rows)) == (1, [])


def test_a_judge_with_an_open_package_says_the_same(tmp_path: Path) -> None:
    from converter.formats.mnemo.package.index import open_source
    from converter.formats.mnemo.package.judge import judge

    data = notes_database(tmp_path, [("k", note_json(block_json(order="1"))), ("l", note_json(order=1.5))])
    files = {"payloads/notes/notes.db": data, "payloads/notes/assets/images/a.png": b"x", "other": b"y"}
    path = make_package(tmp_path / "x.mnemo", manifest(entry("notes", 2), entry("odd")), files)

    source = open_source(path, CONTEXT)
    try:
        list(source.facts())
        assert list(judge(path, CONTEXT, source)) == list(judge(path, CONTEXT)) != []
    finally:
        source.close()


@needs_data
@pytest.mark.parametrize("name", ["everything", "decks-only", "mindmaps-only", "settings-only"])
def test_what_the_application_wrote_fits(name: str) -> None:
    assert told(data_path("libraries", "biology", "packages", f"{name}.mnemo"))[1] == []
