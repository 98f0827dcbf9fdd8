"""Blocks that pass between the formats of Mnemo without a model are, to the byte, those that the model would give."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from converter.formats.front import Format, LinkKey, Stored, TargetContext
from converter.formats.mnemo.notes import note_text
from converter.formats.registry import load
from converter.model.items import Note
from converter.model.order import Goal, Output, WorkOrder
from converter.pipeline.pair import Pair
from converter.pipeline.work import Result, Workshop
from tests.mnemo.builders import CONTEXT, TARGET, data_path, needs_data
from tests.mnemo.test_round_trip import notes
from tests.support import STYLE

PACKAGE, LIBRARY = load("mnemo"), load("mnemo-db")
PLAIN = dict(STYLE)
TARGETS = [(front, version) for front in (PACKAGE, LIBRARY) for version in ("compat", "0.8", "0.6")]


def span(text: str, **style: object) -> dict[str, Any]:
    return {"kind": "text", "text": text, "style": {**PLAIN, **style}}


def formula(tex: str) -> dict[str, Any]:
    return {"kind": "equation", "latex": tex, "style": PLAIN}


def block(kind: str, *spans: dict[str, Any], **members: object) -> dict[str, Any]:
    base = {"id": "b", "type": kind, "order": 0, "spans": list(spans), "payload": {"kind": "empty"}, "meta": {}}
    return {**base, **members}


def stored(*blocks: object, **members: object) -> Stored:
    note = {
        "noteId": "n",
        "title": "Moss",
        "folderId": None,
        "parentNoteId": None,
        "order": 0,
        "folderPath": "",
        "content": "",
        "blocks": list(blocks),
        "createdAt": "2026-05-18T10:00:00Z",
        "modifiedAt": "2026-05-18T10:05:00Z",
        "isFavorite": False,
    }
    return Stored("n", json.dumps(note | members, separators=(",", ":")).encode())


def made(source: Format, target: Format, version: str, note: Stored) -> Result:
    profile = target.profile({"mnemo_target": version})
    pair = Pair(source.profile({}), profile, CONTEXT.zone)
    writing: TargetContext = msgspec.structs.replace(TARGET, profile=profile, origin=source.id)
    output = Output(key="new", id="new", title="Fern", folder="f", order=3)
    order = WorkOrder(key=note.key, output=output, identity="x", goals={}, anchors={})
    return Workshop(source, CONTEXT, target, writing, pair).convert(note, order)


def check(source: Format, note: Stored) -> bool:
    """Whether the blocks of a note pass; then they are what the model gives, for every target."""
    if source.body is None or source.body(note) is None:
        return False
    by_model = msgspec.structs.replace(source, body=None)
    for target, version in TARGETS:
        assert made(source, target, version, note) == made(by_model, target, version, note), version
    return True


PASSING = [
    block("Text", span("")),
    block("Text", span("plain, "), span("bold", bold=True), formula("a<b"), span("again")),
    block("Text", span("a link", linkUrl="https://example.org/?a=1&b=2"), span("colour", backgroundColor="#112233")),
    block("Heading4", span('It\'s <b> & "more" + `this`\x7f \\ ä 🌱 \x00\x1f\b\n')),
    block("Quote", span("quoted", italic=True)),
    block("NumberedList", span("third"), meta={"listNumberIndex": 3, "listStart": False, "word": "plain"}),
    block("Checklist", span("done"), payload={"kind": "checklist", "checked": True}),
    block("Code", span('print("x")\n'), payload={"kind": "code", "language": "c++", "source": 'print("x")\n'}),
    block("Code", span(""), payload={"kind": "code", "language": "", "source": ""}),
    block("Equation", span(""), payload={"kind": "equation", "latex": r"\frac{1}{2}"}),
    block("Divider", span("")),
]


@pytest.mark.parametrize("passing", PASSING, ids=lambda one: one["type"])
def test_blocks_of_the_usual_kinds_pass(passing: dict[str, Any]) -> None:
    assert check(PACKAGE, stored(passing))


def test_spelling_and_order_of_members_are_those_of_the_application() -> None:
    untidy = json.dumps(dict(reversed(block("Text", span("Ä")).items())), ensure_ascii=False, indent=1)
    tidy = stored(block("Text", span("Ä"))).data.decode()
    start, end = tidy.index('{"id"'), tidy.index('],"createdAt"')

    assert check(PACKAGE, Stored("n", (tidy[:start] + untidy + tidy[end:]).encode()))


@pytest.mark.parametrize(
    "looked_at",
    [
        block("Text"),
        block("Text", span(""), id=""),
        block("Text", span(""), order=1),
        block("Text", span(""), sid="s"),
        block("Text", span(""), children=[]),
        block("Text", span(""), payload={"kind": "checklist", "checked": True}),
        block("Text", span(""), meta={"@order": 1}),
        block("Text", span(""), meta={"list": [1]}),
        block("Text", span(""), meta={"escaped": "ä"}),
        block("Text", span("a"), span("b")),
        block("Text", span(""), span("b")),
        block("Text", span("old highlight", backgroundColor="#FFFF00")),
        block("Text", span("no colour", backgroundColor="")),
        block("Text", span("0.8", foregroundColor="#112233")),
        block("Text", span("0.8", subscript=True)),
        block("Text", {"kind": "text", "text": "no style"}),
        block("Code", span("shown"), payload={"kind": "code", "language": "", "source": "stored"}),
        block("Code", span(""), payload={"kind": "code", "language": "", "source": "hidden"}),
        block("Equation", span("text"), payload={"kind": "equation", "latex": "x"}),
        block("Image", span(""), payload={"kind": "image", "path": "a.png", "alt": "", "width": 0, "align": "left"}),
        block("Page", span(""), payload={"kind": "page", "referenceNoteId": "n2"}),
        block("Callout", span("0.8"), payload={"kind": "callout", "emoji": "", "tone": "note"}),
    ],
    ids=lambda one: json.dumps(one)[:60],
)
def test_what_the_model_has_to_look_at_does_not_pass(looked_at: dict[str, Any]) -> None:
    assert not check(PACKAGE, stored(looked_at))


def test_a_number_with_a_plus_sign_does_not_pass() -> None:
    note = stored(block("Text", span(""), meta={"number": 0}))

    assert not check(PACKAGE, Stored("n", note.data.replace(b'"number":0', b'"number":1e+2')))


@pytest.mark.parametrize("members", [{"Blocks": []}, {"unknown": 1}, {"blocks": []}, {"blocks": None}])
def test_notes_with_other_members_do_not_pass(members: dict[str, Any]) -> None:
    assert not check(PACKAGE, stored(*([] if "blocks" in members else [PASSING[0]]), **members))


def test_links_that_get_new_targets_are_left_to_the_model() -> None:
    note = stored(block("Text", span("there", linkUrl="mnemo://note/old")))
    profile = PACKAGE.profile({})
    pair = Pair(profile, profile, CONTEXT.zone)
    shop = Workshop(PACKAGE, CONTEXT, PACKAGE, msgspec.structs.replace(TARGET, profile=profile), pair)
    goals: dict[LinkKey, Goal] = {("link", "mnemo://note/old", "", ""): Goal(kind="note", key="new")}
    order = WorkOrder(key="n", output=Output(key="n", id="n"), identity="n", goals=goals, anchors={})

    assert b"mnemo://note/new" in shop.convert(note, order).rendered.data


@given(notes(newer=True))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_whatever_passes_is_what_the_model_gives(note: Note) -> None:
    check(PACKAGE, Stored(note.key, note_text(note).encode()))


@needs_data
def test_notes_that_the_application_wrote() -> None:
    found = [check(PACKAGE, Stored("n", data)) for data in _rows()]

    assert sum(found) > 20


def _rows() -> Iterator[bytes]:
    for path in sorted(data_path("packages").rglob("*.mnemo")):
        try:
            with zipfile.ZipFile(path) as archive:
                data = archive.read("payloads/notes/notes.db")
        except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
            continue
        yield from _notes_in(data)


def _notes_in(data: bytes) -> Iterator[bytes]:
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.deserialize(data)
            database.text_factory = bytes
            rows = database.execute("SELECT Json FROM Notes").fetchall()
        except sqlite3.Error:
            return
        yield from (row[0] for row in rows if isinstance(row[0], bytes))
