"""What the application's reader takes, text by text: held against recordings of that reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from converter.formats.mnemo.app.blocks import block
from converter.formats.mnemo.app.objects import CARD, DECK, FOLDER, MANIFEST_SHAPE, MAP, NOTE
from converter.formats.mnemo.app.quick import is_sound_deck, is_sound_note
from converter.formats.mnemo.app.shapes import Shape
from converter.formats.mnemo.app.text import flaws_of
from converter.formats.mnemo.dialect import Dialect
from tests.mnemo.builders import data_path, needs_data

pytestmark = needs_data

SHAPES: dict[str, Shape] = {
    "block": block,
    "card": CARD,
    "deck": DECK,
    "manifest": MANIFEST_SHAPE,
    "mindmap": MAP,
    "note": NOTE,
    "notefolder": FOLDER,
}
ENDLESS = {"dialect-060", "dialect-062", "dialect-064"}
"""Recordings that were read and could not be written, without a word which of the two it was."""
NULL_IDS = {"note-0035", "note-0036"}
"""Notes without an id are read: it is the import that stops at them."""


def recorded(*parts: str) -> Iterator[dict[str, Any]]:
    with data_path(*parts).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def stage(text: str, shape: Shape, dialect: Dialect) -> str:
    """Where the application would stop: `read`, `write`, or nowhere."""
    flaws = list(flaws_of(text, shape, dialect))
    if not flaws:
        return ""
    return "write" if all(flaw.late for flaw in flaws) else "read"


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
        if found != expected and record["id"] not in NULL_IDS:
            wrong[record["id"]] = (found, record["what"])
        data = record["json"].encode("utf-8", "surrogatepass")
        if record["type"] == "note" and expected and is_sound_note(data, dialect):
            wrong[record["id"]] = ("quick", record["what"])

    assert wrong == {}


def test_objects_are_refused_where_the_application_refuses_them() -> None:
    wrong = {}
    for record in recorded("packages", "dialects.jsonl"):
        if record["type"] not in SHAPES or record["id"] in ENDLESS:
            continue
        expected = "read" if "exceptions" in record else ""
        found = stage(record["text"], SHAPES[record["type"]], Dialect(record["dialect"]))
        if found != expected:
            wrong[record["id"]] = (found, record["what"])
        if record["type"] == "deck" and record["dialect"] == "package" and expected:
            assert not is_sound_deck(record["text"].encode())

    assert wrong == {}
