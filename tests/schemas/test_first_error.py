"""Where an object breaks its schema, in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from converter.errors import UsageError
from converter.formats.mnemo.schema_errors import first_error
from converter.storage.schemas import load_schema
from tests.support import text_block


def note(**members: Any) -> dict[str, Any]:
    return {"noteId": "n", "title": "A", "blocks": [text_block("x")], **members}


def deep(levels: int) -> Any:
    made: Any = {}
    for _ in range(levels):
        made = {"children": [made]}
    return made


@pytest.mark.parametrize("kind", ["note", "folder", "block", "deck", "mindmap", "settings"])
def test_what_is_valid_has_none(kind: str) -> None:
    examples = load_schema(f"{kind}-1")["examples"]
    assert isinstance(examples, list)
    assert [first_error(kind, example) for example in examples] == [None] * len(examples)


@pytest.mark.parametrize(
    ("kind", "value", "pointer", "sentence"),
    [
        ("note", [], "", "an array stands where an object belongs"),
        ("note", note(title=5), "/title", "5 stands where a text or null belongs"),
        ("note", note(order=1.5), "/order", "1.5 stands where a whole number or a text belongs"),
        ("note", note(order="x"), "/order", '"x" stands where a whole number or a text of another form belongs'),
        ("note", note(order=2**31), "/order", "2147483648 stands where a smaller number or a text belongs"),
        ("note", note(order=-(2**40)), "/order", "-1099511627776 stands where a greater number or a text belongs"),
        ("note", note(createdAt="soon"), "/createdAt", '"soon" does not have the form that is read here'),
        ("note", note(isFavorite=1), "/isFavorite", "1 stands where true or false belongs"),
        (
            "note",
            note(blocks=[text_block("a"), text_block("b", order="1")]),
            "/blocks/1/order",
            '"1" stands where a whole number belongs',
        ),
        (
            "note",
            note(blocks=[text_block("a", children=[None, text_block("b", payload={"kind": "image", "path": 7})])]),
            "/blocks/0/children/1/payload/path",
            "7 stands where a text or null belongs",
        ),
        ("note", {"NoteId": "n", "Title": {}}, "/Title", "an object stands where a text or null belongs"),
        ("note", {"title": "a", "TITLE": 5, "Blocks": 7}, "/Blocks", "7 stands where an array or null belongs"),
        ("note", note(title=["x"] * 500), "/title", "an array stands where a text or null belongs"),
        ("note", note(isFavorite="x" * 500), "/isFavorite", '"' + "x" * 58 + "… stands where true or false belongs"),
        ("folder", {"folderId": None}, "/folderId", "null stands where a text belongs"),
        ("folder", {"id": "f", "order": None}, "/order", "null stands where a whole number or a text belongs"),
        ("folder/cardFolder", {"ID": None}, "/ID", "null stands where a text belongs"),
        ("block", {"spans": [{"text": 5}]}, "/spans/0/text", "5 stands where a text or null belongs"),
        ("deck", {"id": "d", "tags": []}, "", "the member cards is missing"),
        (
            "deck",
            {"tags": [], "cards": [{"tags": ["a", 5]}]},
            "/cards/0/tags/1",
            "5 stands where a text or null belongs",
        ),
        (
            "deck",
            {"tags": [], "cards": [], "lastStudied": "never"},
            "/lastStudied",
            '"never" stands where null or a text of another form belongs',
        ),
        ("mindmap", {"nodes": [{"content": {}}]}, "/nodes/0/content", "the member $type is missing"),
        ("mindmap", {"edges": [{"kind": "link"}]}, "/edges/0/kind", '"link" stands where a whole number belongs'),
        (
            "mindmap",
            {"nodes": [{"style": {"a/b~c": 5}}]},
            "/nodes/0/style/a~1b~0c",
            "5 stands where a text or null belongs",
        ),
        (
            "mindmap",
            {"nodes": [{"content": {"$type": "text", "$id": 1}}]},
            "/nodes/0/content/$id",
            "1 is not allowed here",
        ),
        ("mindmap", {"nodes": [{"content": {"$type": "x"}}]}, "/nodes/0/content/$type", '"x" is not one of "text"'),
        ("mindmap", {"elements": [], "ID": "m"}, "", "the member id is missing"),
        ("settings", {"App.Language": True}, "/App.Language", "true stands where a text or null belongs"),
        ("block", {"payload": {"kind": "image", "width": float("inf")}}, "/payload/width", "Infinity is out of range"),
        ("settings", {"\ud800": 5}, "/\\ud800", "5 stands where a text or null belongs"),
        ("block", deep(2000), "", "it is nested too deeply"),
    ],
)
def test_the_first_place_and_what_is_wrong(kind: str, value: Any, pointer: str, sentence: str) -> None:
    assert first_error(kind, value) == (pointer, sentence)


def test_a_name_in_its_own_spelling_counts() -> None:
    assert first_error("note", {"TITLE": 5, "title": "a"}) is None
    assert first_error("settings", {"app.language": "en"}) is None
    assert first_error("mindmap", {"schemaVersion": 2, "id": "m", "TITLE": 5}) is None


def test_the_value_stays_as_it_is() -> None:
    given = {"NoteId": "n", "Blocks": [{"TYPE": "Text", "Order": "1"}]}
    before = json.dumps(given)
    assert first_error("note", given) == ("/Blocks/0/Order", '"1" stands where a whole number belongs')
    assert json.dumps(given) == before


def test_an_unknown_kind() -> None:
    with pytest.raises(UsageError, match="There is no schema 'path-1'"):
        first_error("path", {})
