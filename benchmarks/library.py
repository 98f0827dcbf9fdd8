"""A library of Mnemo of our own making: notes of twenty blocks in folders, the same bytes for the same seed.

python -m benchmarks.library FOLDER [--notes 1000] [--seed 1]
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.making import made_by_command
from benchmarks.words import NOUNS, phrase, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DATABASE: Final = "mnemo.db"
_NOTES_A_FOLDER: Final = 50
_FIRST_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)
_TABLES: Final = (
    "CREATE TABLE Storage (Key TEXT PRIMARY KEY, Value TEXT)",
    "CREATE TABLE DbVersion (Version INTEGER PRIMARY KEY, AppliedAt TEXT)",
)
_ESCAPE: Final = re.compile(r"\\u([0-9a-f]{4})")
_CARDS: Final[dict[str, list[Any]]] = {"Folders": [], "Decks": [], "SessionHistory": []}
_PLAIN: Final = {
    "bold": False,
    "italic": False,
    "underline": False,
    "strikethrough": False,
    "code": False,
    "highlight": False,
    "suppressAutoLink": False,
}
_KINDS: Final = (
    *("Heading1", "Text", "Text", "Text", "Heading2", "BulletList", "BulletList", "BulletList", "Quote", "Text"),
    *("NumberedList", "NumberedList", "NumberedList", "Heading2", "Text", "Checklist", "Checklist", "Code"),
    *("Equation", "Divider"),
)


def make_library(folder: Path, notes: int, seed: int) -> None:
    """Write a library into a folder that does not exist yet."""
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / DATABASE)
    with database:
        for table in _TABLES:
            database.execute(table)
        database.execute("INSERT INTO DbVersion VALUES (1, '2026-01-01T00:00:00.0000000Z')")
        database.executemany("INSERT INTO Storage VALUES (?, ?)", _rows(notes, seed))
    database.close()


def _rows(notes: int, seed: int) -> Iterator[tuple[str, str]]:
    folders = [f"folder-{number}" for number in range(-(-notes // _NOTES_A_FOLDER))]
    for number, key in enumerate(folders):
        folder = {"FolderId": key, "Name": f"Folder {number}", "ParentId": None, "Order": number}
        yield f"note_folder_{key}", _json(folder)
    for number in range(notes):
        yield f"note_{_note_id(number)}", _json(_note(random.Random(f"{seed}:{number}:library"), number, folders))
    yield "note_folders_index", _json(folders)
    yield "notes_index", _json([_note_id(number) for number in range(notes)])
    yield "flashcards.state.v2", _json(_CARDS)


def _json(value: Any) -> str:
    """JSON as the application spells it."""
    text = json.dumps(value, separators=(",", ":"))
    return _ESCAPE.sub(lambda found: f"\\u{found[1].upper()}", text)


def _note_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def _note(chance: random.Random, number: int, folders: Sequence[str]) -> dict[str, Any]:
    leaf, order = divmod(number, _NOTES_A_FOLDER)
    created = _FIRST_DAY + timedelta(minutes=chance.randrange(500_000))
    return {
        "NoteId": _note_id(number),
        "Title": f"{phrase(chance).capitalize()} {number}",
        "FolderId": folders[leaf],
        "ParentNoteId": None,
        "Order": order,
        "FolderPath": f"Folder {leaf}",
        "Content": "",
        "Blocks": [_block(chance, number, order, kind) for order, kind in zip(count(), _KINDS, strict=False)],
        "CreatedAt": f"{created:%Y-%m-%dT%H:%M:%S}Z",
        "ModifiedAt": f"{created + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}.1234567Z",
        "IsFavorite": False,
    }


def _block(chance: random.Random, number: int, order: int, kind: str) -> dict[str, Any]:
    payload: dict[str, Any] = {"kind": "empty"}
    meta: dict[str, Any] = {}
    spans = _spans(chance, kind)
    match kind:
        case "NumberedList":
            meta = {"listNumberIndex": order - _KINDS.index(kind) + 1}
        case "Checklist":
            payload = {"kind": "checklist", "checked": chance.random() < 0.5}
        case "Code":
            source = f"{chance.choice(NOUNS)} = {number}"
            payload, spans = {"kind": "code", "language": "python", "source": source}, [_span(source)]
        case "Equation":
            payload = {"kind": "equation", "latex": f"a^{{{number}}}"}
    return {
        "id": f"{number:08x}-{order:02d}",
        "type": kind,
        "order": order,
        "spans": spans,
        "payload": payload,
        "meta": meta,
    }


def _spans(chance: random.Random, kind: str) -> list[dict[str, Any]]:
    """Running text has a bold word in its midst, headings are bold as a whole, some blocks have no text."""
    if kind in {"Code", "Equation", "Divider"}:
        return [_span("")]
    if kind != "Text":
        return [_span(" ".join(words(chance, 4, 9)), bold=kind.startswith("Heading"))]
    before, after = " ".join(words(chance, 4, 9)), " ".join(words(chance, 4, 9))
    return [_span(f"{before} "), _span(chance.choice(NOUNS), bold=True), _span(f" {after}.")]


def _span(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"kind": "text", "text": text, "style": {**_PLAIN, "bold": bold}}


if __name__ == "__main__":
    made_by_command("library", "library", make_library)
