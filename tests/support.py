"""What tests share: real data, packages built by hand, and targets taken apart for comparison."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
EPOCH = "1767225600"
STYLE = {
    "bold": False,
    "italic": False,
    "underline": False,
    "strikethrough": False,
    "code": False,
    "highlight": False,
    "suppressAutoLink": False,
}


def shared() -> Path:
    """The folder with real data and the vault generator; the test is skipped where there is none."""
    place = os.environ.get("CONVERTER_TEST_DATA")
    if not place:
        pytest.skip("CONVERTER_TEST_DATA does not name the folder with data/ and bench/")
    return Path(place)


@cache
def vault(notes: int, seed: int = 7) -> Path:
    """A generated vault, made once per test process."""
    place = Path(tempfile.mkdtemp(prefix="vault-"))
    script = shared() / "bench" / "make_vault.py"
    command = [sys.executable, str(script), "--notes", str(notes), "--seed", str(seed), "--out", str(place / "v")]
    subprocess.run(command, check=True, capture_output=True)
    return place / "v" / "notes"


def text_block(text: str, kind: str = "Text", **members: Any) -> dict[str, Any]:
    """A block as Mnemo writes it, with one plain span."""
    block = {
        "id": members.pop("id", f"b-{text}"),
        "type": kind,
        "order": 0,
        "spans": [{"kind": "text", "text": text, "style": dict(STYLE)}],
        "payload": {"kind": "empty"},
        "meta": {},
    }
    return block | members


def build_package(path: Path, description: dict[str, Any]) -> Path:
    """A package from a description: `notes`, `folders`, `files` (name → base64), `manifest` members, `payloads`."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "notes.db"
        _notes_database(database, description.get("notes", []), description.get("folders", []))
        entries = description.get("entries") or [
            {
                "payloadType": "notes",
                "itemCount": len(description.get("notes", [])),
                "schemaVersion": 1,
                "path": "payloads/notes",
                "capabilities": [],
            }
        ]
        manifest = {
            "format": "mnemo-package",
            "version": 1,
            "createdAtUtc": "2026-05-18T20:52:32.1234567+00:00",
            "createdByAppVersion": None,
            "packageKind": None,
            "entries": entries,
            "assets": [],
        } | description.get("manifest", {})
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(database, "payloads/notes/notes.db")
            for name, data in sorted(description.get("files", {}).items()):
                archive.writestr(zipfile.ZipInfo(name), base64.b64decode(data))
            archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest, indent=2))
    return path


def _notes_database(path: Path, notes: list[Any], folders: list[Any]) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE Notes (NoteId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
    database.execute("CREATE TABLE Folders (FolderId TEXT PRIMARY KEY, Json TEXT NOT NULL)")
    for number, note in enumerate(notes):
        text = note if isinstance(note, str) else json.dumps(note)
        key = f"row-{number}" if isinstance(note, str) else note.get("noteId", f"row-{number}")
        database.execute("INSERT OR REPLACE INTO Notes VALUES (?, ?)", (key, text))
    for folder in folders:
        database.execute("INSERT INTO Folders VALUES (?, ?)", (folder["folderId"], json.dumps(folder)))
    database.commit()
    database.close()


def package_rows(path: Path, table: str = "Notes", member: str = "payloads/notes/notes.db") -> list[str]:
    """The JSON texts of a package's notes, folders or decks, in row order."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        archive.extract(member, folder)
        database = sqlite3.connect(Path(folder) / member)
        rows = [row[0] for row in database.execute(f"SELECT Json FROM {table} ORDER BY rowid")]
        database.close()
    return rows


def archive_lines(path: Path) -> list[str]:
    """The lines of an archive, but for the version that wrote it; of residue only that it is there."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    lines[0] = re.sub(r'"version":"[^"]*"', '"version":""', lines[0])
    kept = [line for line in lines if not line.startswith('{"kind":"residue"')]
    return kept if len(kept) == len(lines) else [*kept, '{"kind":"residue"}']


def content(path: Path) -> dict[str, str]:
    """What a target holds, comparable between runs: digests of files, of members, and rows of databases."""
    found: dict[str, str] = {}
    if path.is_dir():
        for entry in sorted(path.rglob("*")):
            if entry.is_file():
                found[entry.relative_to(path).as_posix()] = hashlib.sha256(entry.read_bytes()).hexdigest()
        return found
    if not zipfile.is_zipfile(path):
        return {"": hashlib.sha256(path.read_bytes()).hexdigest()}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            data = archive.read(info)
            found[info.filename] = hashlib.sha256(data).hexdigest() + str(info.date_time)
    return found


def package_members(path: Path) -> dict[str, bytes | str]:
    """What a package holds, without manifest and residue: rows of its notes one by one, other members whole."""
    found: dict[str, bytes | str] = {}
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        for name in archive.namelist():
            if name.endswith("/notes.db"):
                with closing(sqlite3.connect(archive.extract(name, folder))) as connection:
                    for table in ("Notes", "Folders"):
                        found |= {f"{table}/{key}": text for key, text in connection.execute(f"SELECT * FROM {table}")}
            elif name != "manifest.json" and not name.endswith("mnemo-converter.jsonl"):
                found[name] = archive.read(name)
    return found


def tree_texts(path: Path) -> dict[str, str]:
    """The text files of a folder by their relative names; of others their SHA-256."""
    found: dict[str, str] = {}
    for entry in sorted(path.rglob("*")):
        name = entry.relative_to(path).as_posix()
        if entry.is_dir():
            continue
        if entry.suffix.lower() == ".md":
            found[name] = entry.read_bytes().decode("utf-8")
        else:
            found[name] = hashlib.sha256(entry.read_bytes()).hexdigest()
    return found


def value_at(pointer: str, value: Any) -> Any:
    """The value that a JSON pointer leads to (RFC 6901)."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value
