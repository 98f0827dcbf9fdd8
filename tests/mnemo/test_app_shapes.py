"""What the application's reader takes, text by text: held against recordings of that reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from converter.formats.mnemo.app.blocks import block
from converter.formats.mnemo.app.objects import (
    CARD,
    CARD_FOLDER,
    DECK,
    FOLDER,
    MANIFEST_SHAPE,
    MAP,
    MAPS,
    NOTE,
    SESSION,
)
from converter.formats.mnemo.app.quick import is_sound_note, is_sound_state, sound_deck
from converter.formats.mnemo.app.shapes import READ, WRITE, Shape
from converter.formats.mnemo.app.text import flaws_of
from converter.formats.mnemo.dialect import Dialect
from tests.mnemo.builders import data_path, needs_data

pytestmark = needs_data

SHAPES: dict[str, Shape] = {
    "block": block,
    "card": CARD,
    "cardfolder": CARD_FOLDER,
    "deck": DECK,
    "manifest": MANIFEST_SHAPE,
    "mindmap": MAP,
    "mindmaps": MAPS,
    "note": NOTE,
    "notefolder": FOLDER,
    "session": SESSION,
}


STATES = {
    ("deck", "storage"): '{"Folders":[],"Decks":[%s],"SessionHistory":[]}',
    ("session", "storage"): '{"Folders":[],"Decks":[],"SessionHistory":[%s]}',
}
"""Documents of flashcards around one object."""


def recorded(*parts: str) -> Iterator[dict[str, Any]]:
    with data_path(*parts).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def stage(text: str, shape: Shape, dialect: Dialect) -> str:
    """Where the application would stop, alone with the text: `read`, `write`, or nowhere."""
    stages = {flaw.stage for flaw in flaws_of(text, shape, dialect)}
    return READ if READ in stages else WRITE if WRITE in stages else ""


def recorded_stage(error: object) -> str:
    """The same as recordings tell it which only name the exception."""
    if not error:
        return ""
    return WRITE if str(error).lstrip("['").startswith("ArgumentException") else READ


def test_blocks_are_refused_where_the_application_refuses_them() -> None:
    wrong = {}
    for record in recorded("blocks", "blocks.jsonl"):
        found = stage(record["json"], block, Dialect.PACKAGE)
        if found != record.get("stage", ""):
            wrong[record["id"]] = (found, record["what"])

    assert wrong == {}


@pytest.mark.parametrize("dialect", Dialect)
def test_notes_are_refused_where_the_application_refuses_them(dialect: Dialect) -> None:
    wrong = {}
    for record in recorded("blocks", "notes.jsonl"):
        expected = (record.get(dialect.value) or record).get("stage", "")
        found = stage(record["json"], SHAPES[record["type"]], dialect)
        if found != expected:
            wrong[record["id"]] = (found, record["what"])
        data = record["json"].encode("utf-8", "surrogatepass")
        if record["type"] == "note" and expected and is_sound_note(data, dialect):
            wrong[record["id"]] = ("quick", record["what"])

    assert wrong == {}


@pytest.mark.parametrize(
    ("place", "text", "error"),
    [(("packages", "dialects.jsonl"), "text", "exceptions"), (("cards", "objects.jsonl"), "input", "error")],
)
def test_objects_are_refused_where_the_application_refuses_them(place: tuple[str, ...], text: str, error: str) -> None:
    wrong = {}
    for record in recorded(*place):
        shape = SHAPES.get(record["type"])
        if shape is None:
            continue
        expected = recorded_stage(record.get(error))
        found = stage(record[text], shape, Dialect(record["dialect"]))
        if found != expected:
            wrong[record["id"]] = (found, record["what"])
        if expected and (record["type"], record["dialect"]) == ("deck", "package"):
            assert sound_deck(record[text].encode("utf-8", "surrogatepass")) is None
        if expected and record[text].strip() and (record["type"], record["dialect"]) in STATES:
            state = STATES[record["type"], record["dialect"]] % record[text]
            assert not is_sound_state(state.encode("utf-8", "surrogatepass"))

    assert wrong == {}
