"""Small packages and notes made for tests, all of our own invention."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from converter.findings.finding import Finding
from converter.formats.front import SourceContext, Stored, TargetContext
from converter.formats.mnemo.read import read
from converter.model.blocks import Block, Blocks
from converter.model.items import Note
from converter.model.moment import Moment
from converter.model.profile import Profile
from converter.storage.limits import DEFAULT_LIMITS

CONTEXT = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
PROFILE = Profile(format="mnemo", system="mnemo", title="", blocks={}, runs={}, marks={}, facts={}, outer={})
TARGET = TargetContext(profile=PROFILE, clock=Moment(639_146_952_000_000_000, 120), zone=UTC, version="0")
NOTES = "payloads/notes/"
STYLE = (
    '{"bold":false,"italic":false,"underline":false,"strikethrough":false,"code":false,"highlight":false,'
    '"suppressAutoLink":false}'
)
BLANK = f'[{{"kind":"text","text":"","style":{STYLE}}}]'

needs_data = pytest.mark.skipif(
    "CONVERTER_TEST_DATA" not in os.environ, reason="CONVERTER_TEST_DATA is not set: no recordings of the application"
)


def data_path(*parts: str) -> Path:
    """A file of the recordings."""
    return Path(os.environ["CONVERTER_TEST_DATA"], "data", "mnemo", *parts)


def span(text: str, **style: object) -> dict[str, Any]:
    """A text span as JSON."""
    return {"kind": "text", "text": text, "style": style}


def block_json(type_: object = "Text", text: str = "", /, **members: object) -> dict[str, Any]:
    """A block of today's shape as JSON; further members replace or follow."""
    base = {"id": "b", "type": type_, "order": 0, "spans": [span(text)], "payload": {"kind": "empty"}, "meta": {}}
    return {**base, **members}


def note_json(*blocks: object, **members: object) -> dict[str, Any]:
    """A note as JSON in the spelling of packages."""
    base: dict[str, Any] = {
        "noteId": "n",
        "title": "Moss",
        "folderId": None,
        "parentNoteId": None,
        "order": 0,
        "folderPath": "",
        "content": "",
        "blocks": list(blocks),
        "createdAt": "2026-05-18T10:00:00Z",
        "modifiedAt": "2026-05-18T10:05:00.1234567Z",
        "isFavorite": False,
    }
    return {**base, **members}


def read_note(value: object, key: str = "n") -> tuple[Note, tuple[Finding, ...]]:
    """The note of this JSON (a value, or a text), with its findings."""
    text = value if isinstance(value, str) else json.dumps(value)
    return read(Stored(key, text.encode("utf-8", "surrogatepass")), CONTEXT)


def read_blocks(*blocks: object) -> tuple[Blocks, list[str]]:
    """The blocks of a note with this body, and the codes of its findings."""
    note, findings = read_note(note_json(*blocks))
    return note.blocks, [finding.code for finding in findings]


def read_block(block: object) -> tuple[Block, list[str]]:
    """The one block of a note with this body, and the codes of its findings."""
    blocks, codes = read_blocks(block)
    (found,) = blocks
    return found, codes


def database(
    tables: Mapping[str, tuple[str, Iterable[tuple[str | None, object]]]], folder: Path, *, ddl: str = ""
) -> bytes:
    """The bytes of a database: tables by name, each with its key column and its rows."""
    path = folder / "made.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for name, (key, rows) in tables.items():
        connection.execute(f"CREATE TABLE {name} ({key} TEXT, Json)")
        for row_key, value in rows:
            kept = isinstance(value, (str, bytes, int, type(None)))
            connection.execute(f"INSERT INTO {name} VALUES (?, ?)", (row_key, value if kept else json.dumps(value)))
    if ddl:
        connection.executescript(ddl)
    connection.commit()
    connection.close()
    return path.read_bytes()


def notes_database(
    folder: Path, notes: Iterable[tuple[str | None, object]], folders: Iterable[tuple[str | None, object]] = ()
) -> bytes:
    """The bytes of a `notes.db`."""
    return database({"Notes": ("NoteId", notes), "Folders": ("FolderId", folders)}, folder)


def entry(kind: str, count: int = 0, **members: object) -> dict[str, Any]:
    """An entry of the manifest."""
    base = {"payloadType": kind, "itemCount": count, "schemaVersion": 1, "path": f"payloads/{kind}", "capabilities": []}
    return {**base, **members}


def manifest(*entries: object, **members: object) -> dict[str, Any]:
    """A manifest."""
    base: dict[str, Any] = {
        "format": "mnemo-package",
        "version": 1,
        "createdAtUtc": "2026-05-18T20:52:32+00:00",
        "createdByAppVersion": None,
        "packageKind": None,
        "entries": list(entries),
        "assets": [],
    }
    return {**base, **members}


def make_package(path: Path, manifest_value: object, files: Mapping[str, bytes] | None = None) -> Path:
    """A package of these files; the manifest is a value, or its exact bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files or {}).items():
            archive.writestr(name, data)
        text = manifest_value if isinstance(manifest_value, bytes) else json.dumps(manifest_value).encode()
        archive.writestr("manifest.json", text)
    return path


PackageMaker = Callable[..., Path]
