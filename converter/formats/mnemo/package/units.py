"""Counting what is inside payloads that pass whole: decks, maps, settings (docs/formats/mnemo.md, "Other payloads")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from converter.errors import InputError
from converter.findings.problems import Problems
from converter.formats.mnemo.package.layout import fold
from converter.formats.mnemo.package.rows import Database
from converter.formats.mnemo.rows import Keys, sniff
from converter.formats.mnemo.view import OuterView
from converter.model.facts import UnitFact
from converter.text.json_text import JsonTextError, JsonValue, Members, decode, parse

__all__ = ["KNOWN_SCHEMAS", "Opened", "units_of"]

KNOWN_SCHEMAS: Final = {"notes": 1, "flashcards": 3, "mindmaps": 2, "settings": 1, "proofing": 1}
"""Payload types that are known here, with the highest `schemaVersion` that is."""

Opened = Callable[[str], Path]
"""Gives a file of the payload, by its name inside it, as a file on disk."""

_NEWER_TABLES: Final = ("CardTypes", "DailyStats", "Facts", "Presets", "Reviews")
"""What application 0.8 says of cards outside of their decks: a unit each."""

_BOM: Final = "\ufeff"


def units_of(kind: str, names: list[str], opened: Opened, max_depth: int) -> tuple[tuple[UnitFact, ...], int]:
    """The units of a payload of a known type, and how many of them are no JSON.

    There is one for each deck, map, folder of these, and setting. Raises InputError where the payload's main file is
    missing or cannot be read.
    """
    by_name = {fold(name): name for name in names}
    for main, counter in _MAIN_FILES[kind]:
        if fold(main) in by_name:
            found = list(counter(opened(by_name[fold(main)]), max_depth))
            return tuple(unit for unit, _ in found), sum(not readable for _, readable in found)
    raise InputError(f"{_MAIN_FILES[kind][0][0]} is missing")


_Counted = Iterator[tuple[UnitFact, bool]]


def _decks(path: Path, max_depth: int) -> _Counted:
    with closing(Database(path, "flashcards.db")) as database:
        yield from _rows(database, "decks", "Decks", "DeckId", max_depth)
        yield from _rows(database, "folders", "Folders", "FolderId", max_depth)
        for table in _NEWER_TABLES:
            if database.has(table) and database.holds(table):
                yield UnitFact(kind="records", key=f"flashcards/{table}", title=table), True


def _maps(path: Path, max_depth: int) -> _Counted:
    with closing(Database(path, "mindmaps.db")) as database:
        yield from _rows(database, "maps", "Maps", "MapId", max_depth)
        yield from _rows(database, "folders", "Folders", "FolderId", max_depth)


def _rows(database: Database, kind: str, table: str, key: str, max_depth: int) -> _Counted:
    """The rows of a table; application 0.8 does without the tables that would be empty."""
    if not database.has(table) and (kind == "folders" or database.has("Folders")):
        return
    keys = Keys()
    for row in database.rows(table, key):
        found = sniff(row.data, "id", max_depth)
        unit, _ = keys.take(found.id, row.key)
        yield UnitFact(kind=kind, key=unit, title=found.title), found.readable


def _map_list(path: Path, max_depth: int) -> _Counted:
    value = _document(path, max_depth)
    if value is not None and not isinstance(value, list):
        raise InputError("data.json holds no array of maps")
    keys = Keys()
    for index, element in enumerate(value or []):
        view = OuterView(element if isinstance(element, Members) else Members([]), "", Problems(""))
        key, _ = keys.take(view.only_text("id"), str(index))
        readable = element is None or isinstance(element, Members)
        yield UnitFact(kind="maps", key=key, title=view.only_text("title") or ""), readable


def _settings(path: Path, max_depth: int) -> _Counted:
    value = _document(path, max_depth)
    if value is not None and not isinstance(value, Members):
        raise InputError("settings.json holds no object")
    for name in dict.fromkeys(name for name, _ in (value.pairs if value else ())):
        yield UnitFact(kind="settings", key=name), True


def _whole(_path: Path, _max_depth: int) -> _Counted:
    yield UnitFact(kind="payloads", key="proofing"), True


def _document(path: Path, max_depth: int) -> JsonValue:
    text, _ = decode(path.read_bytes())
    try:
        return parse(text.removeprefix(_BOM), max_depth).value
    except JsonTextError as error:
        raise InputError(f"not JSON at line {error.line}, column {error.column}: {error.message}") from None


_Counter = Callable[[Path, int], _Counted]
_MAIN_FILES: Final[dict[str, tuple[tuple[str, _Counter], ...]]] = {
    "flashcards": (("flashcards.db", _decks),),
    "mindmaps": (("mindmaps.db", _maps), ("data.json", _map_list)),
    "settings": (("settings.json", _settings),),
    "proofing": (("proofing.json", _whole),),
}
