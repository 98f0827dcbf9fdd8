"""The schemas of notes, folders and settings (docs/formats/mnemo.md, "Notes", "Folders", "Other payloads")."""

from __future__ import annotations

from typing import Final

from converter.formats.mnemo.schemas.blocks import BLOCK_LIST, BLOCKS, plain_block
from converter.formats.mnemo.schemas.parts import COMMON, Schema, described, document, nullable, ref, text

__all__ = ["folder_schema", "note_schema", "settings_schema"]

_NOTE: Final[dict[str, Schema]] = {
    "noteId": {
        "description": "Its id. Without one it gets a random one on reading; null ends an import.",
        "type": "string",
        "examples": ["6f1c2f0e-8b5e-4c62-9f0c-3f6f0b6a7a11"],
    },
    "sid": text("0.8: a short id, unique among notes; empty until the application makes one."),
    "ver": {
        "description": "0.8: how often its body was saved.",
        "anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[+-]?[0-9]+$"}],
        "default": 0,
    },
    "title": text("Its title.", "Café & more"),
    "folderId": text("The id of its folder; null or empty at the top."),
    "parentNoteId": text("The id of the note whose page it is; such a note is not in the list."),
    "order": described(ref("int32"), "Its place among its siblings."),
    "folderPath": text("The names of its folders when it was made; never brought up to date.", "Projects / Plan"),
    "content": text("Its text, where there are no blocks."),
    "blocks": {"description": "Its blocks.", **BLOCK_LIST},
    "createdAt": described(ref("date"), "When it was made."),
    "modifiedAt": described(ref("date"), "When it was last saved."),
    "isFavorite": {"description": "Marked as a favourite.", "type": "boolean", "default": False},
    "emoji": text("0.8: its icon.", "🌱"),
    "cover": text("0.8: `asset:` and the name of a packed file, or the name of a built-in picture."),
    "coverCrop": text("0.8: the part of the cover that is shown, as JSON in a text."),
    "tags": nullable("0.8: its tags, without `#`.", "array", items={"type": ["string", "null"]}),
}
_FOLDER_ID: Final[Schema] = {"type": "string", "examples": ["9a3d5c1e-0b7f-4d0a-8a55-1f2c3d4e5f60"]}
_FOLDER: Final[dict[str, Schema]] = {
    "name": text("Its name.", "Projects"),
    "parentId": text("The id of the folder that it is in; null at the top."),
    "order": described(ref("int32"), "Its place among its siblings."),
}


def note_schema() -> Schema:
    """The JSON Schema of a row of a package's notes."""
    old = {
        "noteId": "6f1c2f0e-8b5e-4c62-9f0c-3f6f0b6a7a11",
        "title": "Café",
        "folderId": None,
        "parentNoteId": None,
        "order": 0,
        "folderPath": "",
        "content": "",
        "blocks": [plain_block("b1", "Text", "Hi")],
        "createdAt": "2026-05-18T10:00:00Z",
        "modifiedAt": "2026-05-18T10:05:00.1234567Z",
        "isFavorite": False,
    }
    return document(
        "note-1",
        "A note in a .mnemo package",
        "The column `Json` of the table `Notes` in `notes.db`, as the applications 0.6 and 0.8 write it, and all that "
        "they read. Members may be missing; members that are not listed are dropped by the application. Names in "
        "another case are read too, but this schema does not know them.",
        {"type": "object", "properties": _NOTE, "$defs": {**COMMON, **BLOCKS}},
        [old, {**old, "sid": "", "ver": 3, "emoji": "🌱", "cover": None, "coverCrop": None, "tags": ["plants"]}],
    )


def folder_schema() -> Schema:
    """The JSON Schema of a row of a package's folders."""
    return document(
        "folder-1",
        "A folder in a .mnemo package",
        "The column `Json` of a table `Folders`: in `notes.db` a folder of notes, whose id is `folderId`; in "
        "`flashcards.db` and `mindmaps.db` a folder of decks or maps, whose id is `id`.",
        {
            "type": "object",
            "if": {"required": ["id"], "not": {"required": ["folderId"]}},
            "then": ref("cardFolder"),
            "else": ref("noteFolder"),
            "$defs": {
                "noteFolder": {
                    "description": "A folder of notes. Without an id it gets a random one; null ends an import.",
                    "type": "object",
                    "properties": {"folderId": {"description": "Its id.", **_FOLDER_ID}, **_FOLDER},
                },
                "cardFolder": {
                    "description": "A folder of decks or of maps; without an id the application cannot import it.",
                    "type": "object",
                    "properties": {"id": {"description": "Its id.", **_FOLDER_ID}, **_FOLDER},
                },
                "int32": COMMON["int32"],
            },
        },
        [
            {"folderId": "9a3d5c1e-0b7f-4d0a-8a55-1f2c3d4e5f60", "name": "Projects", "parentId": None, "order": 0},
            {"id": "0a1b", "name": "Biology", "parentId": None, "order": 2},
        ],
    )


def settings_schema() -> Schema:
    """The JSON Schema of a package's `settings.json`."""
    value = {"type": ["string", "null"]}
    return document(
        "settings-1",
        "settings.json of a .mnemo package",
        "Settings by their keys. Only texts travel: a setting that is a flag or a number is not in a package, and one "
        "in it ends the import. The application takes only the keys that are listed here, unless it is told otherwise.",
        {
            "type": "object",
            "properties": {
                "App.Language": {"description": "The language of the application.", **value, "examples": ["en"]},
                "Theme.Current": {"description": "The name of a theme.", **value},
                "Theme.Mode": {"description": "Light or dark.", **value},
                "AI.LlamaCpp.ServerPath": {"description": "0.6: a file of the machine it was set on.", **value},
            },
            "additionalProperties": {"description": "Another setting: a text, or null for not set.", **value},
        },
        [{"App.Language": "en", "Theme.Mode": None}],
    )
