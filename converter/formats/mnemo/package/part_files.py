"""Payloads that come item by item: their files as the application writes them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import IO, Final

from converter.formats.front import Part
from converter.formats.mnemo.package.layout import ROOT
from converter.formats.mnemo.package.tables import CARDS
from converter.storage import sqlite
from converter.text.json_text import object_text

__all__ = ["PartFiles"]

_TABLES: Final = {"decks": "Decks", "folders": "Folders"}


class PartFiles:
    """The files of payloads in the making, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "flashcards.db"
        self._cards: Connection | None = None
        self._decks = 0
        self._maps: list[str] = []
        self._settings: dict[str, str] = {}

    def add(self, part: Part) -> None:
        """Take an item; a setting that comes twice has its last value."""
        if part.kind == "maps":
            self._maps.append(part.data.decode())
        elif part.kind == "settings":
            self._settings[part.key] = part.data.decode()
        else:
            self._card(part)

    def _card(self, part: Part) -> None:
        if self._cards is None:
            self._cards = sqlite.create(self._path)
            self._cards.executescript(CARDS.ddl)
        self._decks += part.kind == "decks"
        values = part.key, part.data.decode("utf-8", "replace")
        self._cards.execute(f"INSERT OR REPLACE INTO {_TABLES[part.kind]} VALUES (?, ?)", values)

    def finished(self) -> Iterator[tuple[str, int, str, IO[bytes]]]:
        """Each payload that has items: its type, how many, and its file."""
        if self._cards is not None:
            self._cards.commit()
            self._cards.close()
            yield "flashcards", self._decks, f"{ROOT}/flashcards/flashcards.db", self._path.open("rb")
        if self._maps:
            text = f"[{','.join(self._maps)}]"
            yield "mindmaps", len(self._maps), f"{ROOT}/mindmaps/data.json", io.BytesIO(text.encode())
        if self._settings:
            text = object_text(self._settings.items())
            yield "settings", len(self._settings), f"{ROOT}/settings/settings.json", io.BytesIO(text.encode())

    def close(self) -> None:
        """Let go of the files."""
        if self._cards is not None:
            self._cards.close()
