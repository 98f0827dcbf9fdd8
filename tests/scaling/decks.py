"""Packages of notes and decks, of which each deck stands in the way of its namesake."""

from __future__ import annotations

import base64
import json
import sqlite3
from pathlib import Path
from typing import Any

from tests.support import build_package, text_block

_NOTE = {"folderId": None, "parentNoteId": None, "order": 0, "folderPath": "", "isFavorite": False}
_DECK = {"folderId": None, "tags": [], "retentionScore": 0}
_WHEN = "2026-05-01T07:00:00Z"


def decks_and_notes(place: Path, size: int, text: str) -> Path:
    """A package of so many notes, and as many decks, whose cards alone say the text."""
    notes = [
        _NOTE
        | {"noteId": f"note {number}", "title": f"Note {number}", "createdAt": _WHEN, "modifiedAt": _WHEN}
        | {"blocks": [text_block(f"Text {number}")], "content": ""}
        for number in range(size)
    ]
    decks = [_DECK | {"id": f"deck {number}", "name": text, "cards": [_card(number, text)]} for number in range(size)]
    entries = [_entry("notes", size), _entry("flashcards", size)]
    files = {"payloads/flashcards/flashcards.db": base64.b64encode(_database(decks))}
    return build_package(place, {"notes": notes, "entries": entries, "files": files})


def _card(number: int, text: str) -> dict[str, Any]:
    card = {"id": f"card {number}", "deckId": f"deck {number}", "type": 0, "tags": [], "dueDate": _WHEN}
    return card | {"front": text, "back": "b"}


def _entry(kind: str, items: int) -> dict[str, Any]:
    path = f"payloads/{kind}"
    return {"payloadType": kind, "itemCount": items, "schemaVersion": 1, "path": path, "capabilities": []}


def _database(decks: list[dict[str, Any]]) -> bytes:
    database = sqlite3.connect(":memory:")
    for table, key in (("Decks", "DeckId"), ("Folders", "FolderId")):
        database.execute(f"CREATE TABLE {table} ({key} TEXT PRIMARY KEY, Json TEXT NOT NULL)")
    database.executemany("INSERT INTO Decks VALUES (?, ?)", [(deck["id"], json.dumps(deck)) for deck in decks])
    database.commit()
    data = database.serialize()
    database.close()
    return data
