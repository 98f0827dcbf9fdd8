"""Packages of one note and one picture, forged byte by byte, and what can be wrong with them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.hostile.case import Maker
from tests.mnemo.builders import block_json, entry, manifest, note_json
from tests.storage.forge import Archive, Member

NOTES_DB = "payloads/notes/notes.db"
PICTURE = "payloads/notes/assets/images/p.png"
MANIFEST = "manifest.json"
DATABASE_TABLES = "CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT); CREATE TABLE Folders (FolderId TEXT, Json)"


def picture_note(**members: object) -> dict[str, Any]:
    """A note that shows the picture."""
    shown = block_json("Image", payload={"kind": "image", "path": "/x/images/p.png", "alt": "", "width": 0}, id="b2")
    return note_json(block_json("Text", "Moss is soft."), shown, **members)


def notes_db(notes: Sequence[object], folders: Sequence[Mapping[str, object]] = (), *, ddl: str = "") -> bytes:
    """The bytes of a `notes.db`; texts and bytes are rows as they stand."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "notes.db")
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(DATABASE_TABLES)
            for number, note in enumerate(notes):
                kept = isinstance(note, (str, bytes, type(None)))
                connection.execute(
                    "INSERT INTO Notes VALUES (?, ?)", (f"r{number}", note if kept else json.dumps(note))
                )
            for row in folders:
                connection.execute("INSERT INTO Folders VALUES (?, ?)", (row["folderId"], json.dumps(row)))
            connection.executescript(ddl)
            connection.commit()
        return path.read_bytes()


@cache
def sound_db() -> bytes:
    """The `notes.db` of the sound package."""
    return notes_db([picture_note()])


@cache
def sound_manifest() -> bytes:
    """The manifest of the sound package."""
    return json.dumps(manifest(entry("notes", 1))).encode()


def members(*extra: Member, **changed: Member | None) -> list[Member]:
    """The members of the sound package: some replaced or left out (`db`, `picture`, `manifest`), some added."""
    sound = {
        "db": Member(NOTES_DB, sound_db()),
        "picture": Member(PICTURE, b"a picture, as it was"),
        "manifest": Member(MANIFEST, sound_manifest()),
    }
    return [member for member in (sound | changed).values() if member is not None] + list(extra)


def package(*extra: Member, options: Mapping[str, Any] | None = None, **changed: Member | None) -> Maker:
    """Makes such a package; `options` are those of the archive."""

    def make(folder: Path) -> Path:
        path = folder / "in.mnemo"
        path.write_bytes(Archive(members(*extra, **changed), **(options or {})).build())
        return path

    return make


def broken(change: Callable[[bytes], bytes], *, name: str = "in.mnemo") -> Maker:
    """Makes the sound package with its bytes changed."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(change(Archive(members()).build()))
        return path

    return make


def with_manifest(value: object) -> Maker:
    """Makes the package with another manifest: its bytes, or a value."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return package(manifest=Member(MANIFEST, data))


def with_notes(*notes: object, folders: Sequence[Mapping[str, object]] = (), count: int | None = None) -> Maker:
    """Makes the package with other notes."""

    def make(folder: Path) -> Path:
        listed = manifest(entry("notes", len(notes) if count is None else count))
        database = Member(NOTES_DB, notes_db(notes, folders))
        return package(db=database, manifest=Member(MANIFEST, json.dumps(listed).encode()))(folder)

    return make


def with_payload(kind: str, files: Mapping[str, bytes], **members_: object) -> Maker:
    """Makes the package with one more payload."""
    listed = manifest(entry("notes", 1), entry(kind, 1, **members_))
    extra = [Member(f"payloads/{kind}/{name}", data) for name, data in files.items()]
    return package(*extra, manifest=Member(MANIFEST, json.dumps(listed).encode()))
