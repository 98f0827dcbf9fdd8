"""Tables and keys of `mnemo.db`, and the names of its pieces in payloads (docs/formats/mnemo.md, "Library")."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from converter.patterns import pattern

__all__ = [
    "CARDS",
    "COMPANIONS",
    "DDL",
    "DERIVED",
    "EMPTY_CARDS",
    "FILE",
    "FOLDERS_INDEX",
    "FOLDER_ROW",
    "HISTORY",
    "MAPS_INDEX",
    "MAP_ROW",
    "NOTES_INDEX",
    "NOTE_ROW",
    "OWN_TABLES",
    "PACKED_SETTINGS",
    "PATHS_INDEX",
    "PATH_ROW",
    "RESIDUE",
    "RESIDUE_ROW",
    "ROW",
    "ROW_BLOB",
    "ROW_NULL",
    "TABLE",
    "TRASH_FOLDERS",
    "TRASH_NOTES",
    "is_folder_row",
    "is_newer_table",
    "is_note_row",
    "is_secret",
    "is_setting",
    "name_of",
    "piece",
]

FILE: Final = "mnemo.db"
COMPANIONS: Final = ("images", "files")
"""Folders beside a database that is written: pictures, and other files that notes link to."""

DERIVED: Final = ("knowledge.db", "logs")
"""What the application makes anew from the rest, or only tells with."""

NOTES_INDEX: Final = "notes_index"
NOTE_ROW: Final = "note_"
FOLDERS_INDEX: Final = "note_folders_index"
FOLDER_ROW: Final = "note_folder_"
MAPS_INDEX: Final = "mindmaps_list"
MAP_ROW: Final = "mindmap_"
PATHS_INDEX: Final = "learning_paths_index"
PATH_ROW: Final = "path_"
CARDS: Final = "flashcards.state.v2"
EMPTY_CARDS: Final = '{"Folders":[],"Decks":[],"SessionHistory":[]}'
TRASH_NOTES: Final = "notes_trash"
TRASH_FOLDERS: Final = "note_folders_trash"
RESIDUE_ROW: Final = "converter.residue."

PACKED_SETTINGS: Final = ("App.Language", "Theme.Current", "Theme.Mode", "AI.LlamaCpp.ServerPath")
"""Settings that the application takes from a package, where they hold a string."""

_SETTING: Final = pattern(r"[A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+", re.ASCII)
_SECRETS: Final = frozenset(("Developer.VertexCredentialsPath",))

DDL: Final = (
    "CREATE TABLE IF NOT EXISTS Storage (Key TEXT PRIMARY KEY, Value TEXT)",
    "CREATE TABLE IF NOT EXISTS DbVersion (Version INTEGER PRIMARY KEY, AppliedAt TEXT)",
)
"""Tables that the application makes at its first look at a library."""

_KEY_BINDINGS: Final = """CREATE TABLE IF NOT EXISTS keybind_overrides (
    action_id TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
)"""
_STATISTICS: Final = """CREATE TABLE IF NOT EXISTS Statistics (
            Namespace   TEXT NOT NULL,
            Kind        TEXT NOT NULL,
            Key         TEXT NOT NULL,
            CreatedAt   TEXT NOT NULL,
            UpdatedAt   TEXT NOT NULL,
            Version     INTEGER NOT NULL,
            SourceModule TEXT NOT NULL,
            FieldsJson  TEXT NOT NULL,
            MetadataJson TEXT,
            PRIMARY KEY (Namespace, Kind, Key)
        )"""
_BY_UPDATE: Final = "CREATE INDEX IF NOT EXISTS IX_Statistics_Updated ON Statistics (Namespace, Kind, UpdatedAt DESC)"

OWN_TABLES: Final = {"keybind_overrides": (_KEY_BINDINGS,), "Statistics": (_STATISTICS, _BY_UPDATE)}
"""Tables that are there once something is in them: as the application makes them."""

ROW: Final = "Storage/"
ROW_NULL: Final = "Storage.null/"
ROW_BLOB: Final = "Storage.blob/"
TABLE: Final = "Tables/"
HISTORY: Final = "Flashcards/SessionHistory"
RESIDUE: Final = "Residue/lines"


def is_folder_row(key: str) -> bool:
    """Whether a row of `Storage` holds a folder of notes. It is never a note, whatever an index says."""
    return key.startswith(FOLDER_ROW)


def is_note_row(key: str) -> bool:
    """Whether a row of `Storage` holds a note."""
    return key.startswith(NOTE_ROW) and not is_folder_row(key) and key not in (FOLDERS_INDEX, TRASH_FOLDERS)


def is_setting(key: str) -> bool:
    """Whether a row of `Storage` is named as settings are."""
    return _SETTING.fullmatch(key) is not None


def is_newer_table(name: str) -> bool:
    """Whether a table is one in which application 0.8 keeps decks or maps."""
    return name.lower().startswith(("flashcard", "mindmap"))


def is_secret(key: str) -> bool:
    """Whether a setting never leaves its database."""
    return key in _SECRETS


def piece(kind: str, name: str) -> str:
    """The name of a row or table among the members of a payload: safe as the name of a file."""
    made = quote(name.encode("utf-8", "surrogateescape"), safe="")
    return kind + (made if made.strip(".") else made.replace(".", "%2E"))


def name_of(kind: str, member: str) -> str:
    """The row or table that a member of this kind is: the inverse of `piece`."""
    return unquote_to_bytes(member.removeprefix(kind)).decode("utf-8", "surrogateescape")
