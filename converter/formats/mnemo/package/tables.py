"""The small databases in a package: their tables (docs/formats/mnemo.md, "Databases of payloads")."""

from __future__ import annotations

from typing import Final

import msgspec

__all__ = ["CARDS", "NOTES", "RowFile"]


class RowFile(msgspec.Struct, frozen=True):
    """A database of rows of JSON, named `name` in its payload.

    Each table has a key column, and a member of the JSON that is the id. Rows of the table `counted` are the payload's
    items; those that hold the JSON `null` count, and take a key, where `nulls` says so. `apart` says that each payload
    has keys of its own.
    """

    payload: str
    name: str
    tables: dict[str, tuple[str, str]]
    counted: str
    nulls: bool
    apart: bool

    @property
    def ddl(self) -> str:
        """The statements that make the tables, as the application makes them."""
        return "".join(
            f"CREATE TABLE IF NOT EXISTS {table} (\n    {key} TEXT PRIMARY KEY,\n    Json TEXT NOT NULL\n);\n"
            for table, (key, _) in self.tables.items()
        )


NOTES: Final = RowFile(
    payload="notes",
    name="notes.db",
    tables={"Notes": ("NoteId", "noteId"), "Folders": ("FolderId", "folderId")},
    counted="Notes",
    nulls=False,
    apart=False,
)
CARDS: Final = RowFile(
    payload="flashcards",
    name="flashcards.db",
    tables={"Decks": ("DeckId", "id"), "Folders": ("FolderId", "id")},
    counted="Decks",
    nulls=True,
    apart=True,
)
