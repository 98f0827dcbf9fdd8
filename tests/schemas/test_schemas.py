"""Every published schema is a schema, says what its members mean, and has examples that are valid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from converter.storage.schemas import find_schema, load_schema, schema_names
from tests.cli.runner import invoke
from tests.support import ROOT

NAMES = [path.stem for path in sorted((ROOT / "schemas").glob("*.json"))]
OBJECTS = ["block-1", "deck-1", "folder-1", "mindmap-1", "note-1", "settings-1", "sy-document-1"]


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """All objects of a schema but those of its examples."""
    if isinstance(schema, dict):
        yield schema
        for name, inner in schema.items():
            if name not in ("examples", "const", "enum", "if", "not"):
                yield from parts_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from parts_of(inner)


def target_of(reference: str, schema: dict[str, Any]) -> dict[str, Any]:
    start, _, name = reference.rpartition("/")
    assert start == "#/$defs", reference
    found: dict[str, Any] = schema["$defs"][name]
    return found


def test_the_page_names_all_of_them() -> None:
    page = (ROOT / "docs" / "schemas.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []


def test_all_are_there() -> None:
    assert set(OBJECTS) | {"archive-1", "lines-1", "manifest-1", "plan-1", "report-1"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_schema(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert name in str(schema["$id"])
    for part in parts_of(schema):
        if "$ref" in part:
            assert target_of(part["$ref"], schema)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_says_is_said_in_words(name: str) -> None:
    schema = load_schema(name)
    said = [part["description"] for part in parts_of(schema) if isinstance(part.get("description"), str)]
    assert said
    assert all(len(text) > 3 and text == text.strip() for text in said)


@pytest.mark.parametrize("name", OBJECTS)
def test_each_member_is_described(name: str) -> None:
    schema = load_schema(name)
    assert schema["title"]
    members = [
        (member, made)
        for part in parts_of(schema)
        if isinstance(part.get("properties"), dict)
        for member, made in part["properties"].items()
        if isinstance(made, dict)
    ]
    described = {member for member, made in members if made.get("description")}
    bare = {member for member, made in members if not made.get("description") and "$ref" not in made}
    assert bare <= described
    assert len(members) >= 4


@pytest.mark.parametrize("name", OBJECTS)
def test_its_examples_are_valid(name: str) -> None:
    schema = load_schema(name)
    examples = schema["examples"]
    assert isinstance(examples, list)
    for example in examples:
        Draft202012Validator(schema).validate(example)
    for part in parts_of(schema):
        for example in part.get("examples", []):
            Draft202012Validator({**part, "$defs": schema["$defs"]} if "$defs" in schema else part).validate(example)


@pytest.mark.parametrize("name", OBJECTS)
def test_it_is_no_schema_of_everything(name: str) -> None:
    schema = Draft202012Validator(load_schema(name))
    values: list[object] = [None, [], "x", 5, True]
    assert not any(schema.is_valid(value) for value in values)


def test_a_name_without_a_version_is_the_newest() -> None:
    assert find_schema("note") == find_schema("note-1.json") == "note-1"
    assert find_schema("sy-document") == "sy-document-1"
    assert find_schema("sy") is find_schema("note-") is find_schema("") is None
    for name in ("note", "archive"):
        assert json.loads(invoke("schema", name).out) == load_schema(f"{name}-1")
    assert invoke("schema").out.split() == list(schema_names()) == NAMES
