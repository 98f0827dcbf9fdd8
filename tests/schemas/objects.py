"""The objects that a package, a library or a workspace holds, each with the schema that it belongs to."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jsonschema import Draft202012Validator

from converter.formats.mnemo.spelling import packed
from converter.storage.schemas import load_schema
from converter.text.json_text import dump, parse
from tests.mnemo.library import stored_rows

DEPTH = 10_000
TABLES = {
    ("notes.db", "notes"): "note",
    ("notes.db", "folders"): "folder",
    ("flashcards.db", "decks"): "deck",
    ("flashcards.db", "folders"): "folder/cardFolder",
    ("mindmaps.db", "maps"): "mindmap",
    ("mindmaps.db", "folders"): "folder/cardFolder",
}


class Found(NamedTuple):
    """An object: the schema that it belongs to, where it stands, and its JSON text."""

    schema: str
    place: str
    text: str


@cache
def validator(name: str) -> Draft202012Validator:
    """Of a schema by its name without version, or of one of its definitions (`deck/card`)."""
    name, _, part = name.partition("/")
    schema = load_schema(f"{name}-1")
    if part:
        schema = {"$schema": schema["$schema"], "$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    return Draft202012Validator(schema)


def fault(found: Found) -> str:
    """Where the object breaks its schema; "" where it does not."""
    error = next(validator(found.schema).iter_errors(json.loads(found.text)), None)
    return "" if error is None else f"{found.place}{error.json_path[1:]}: {error.message[:200]}"


def in_package(path: Path) -> Iterator[Found]:
    """Everything in a package that has a schema; what cannot be read as what its name says is left out."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        for name in archive.namelist():
            ending = name.rpartition("/")[2].lower()
            if ending in {file for file, _ in TABLES}:
                yield from _in_database(Path(archive.extract(name, folder)), name, ending)
            elif ending == "settings.json":
                yield Found("settings", name, archive.read(name).decode())
            elif name == "manifest.json":
                yield Found("manifest", name, archive.read(name).decode())
            elif ending == "data.json" and name.startswith("payloads/mindmaps/"):
                maps = parse(archive.read(name).decode(), DEPTH).value
                for place, one in enumerate(maps if isinstance(maps, list) else []):
                    yield Found("mindmap", f"{name}/{place}", dump(one))


def _in_database(path: Path, name: str, ending: str) -> Iterator[Found]:
    with closing(sqlite3.connect(path)) as database:
        tables = [table for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            schema = TABLES.get((ending, table.lower()))
            if schema is not None:
                rows = database.execute(f'SELECT rowid, Json FROM "{table}"').fetchall()
                yield from (Found(schema, f"{name}/{table}/{row}", text) for row, text in rows if text is not None)


def in_library(path: Path) -> Iterator[Found]:
    """Everything in a library's database that has a schema, as packages spell it."""
    for key, text in stored_rows(path).items():
        if key.startswith("note_folder_"):
            yield Found("folder", key, _outer(text))
        elif key.startswith("note_") and key != "note_folders_index":
            yield Found("note", key, _outer(text))
        elif key.startswith("mindmap_"):
            yield Found("mindmap", key, packed("maps", parse(text, DEPTH).value))
        elif key == "flashcards.state.v2":
            document = json.loads(text)
            for kind, schema in (("decks", "deck"), ("folders", "folder/cardFolder")):
                for one in document.get(kind.title()) or []:
                    yield Found(schema, f"{key}/{kind}", packed(kind, parse(json.dumps(one), DEPTH).value))


def _outer(text: str) -> str:
    return json.dumps({name[:1].lower() + name[1:]: value for name, value in json.loads(text).items()})


def in_workspace(path: Path) -> Iterator[Found]:
    """The documents of a workspace."""
    for entry in sorted(path.rglob("*.sy")):
        yield Found("sy-document", entry.name, entry.read_text(encoding="utf-8"))
