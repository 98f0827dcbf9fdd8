"""What a damaged library has lost, by what its rows held (docs/formats/containers.md, "Salvage")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from converter.formats.mnemo.database.layout import (
    CARDS,
    FOLDER_ROW,
    FOLDERS_INDEX,
    MAP_ROW,
    MAPS_INDEX,
    NOTE_ROW,
    NOTES_INDEX,
    PATHS_INDEX,
    is_folder_row,
    is_note_row,
    is_setting,
)
from converter.storage.salvage import Loss

__all__ = ["folders_lost", "indexes_lost", "notes_lost", "rows_lost", "unit_of"]

_STORAGE: Final = "storage"
_INDEXES: Final = (NOTES_INDEX, FOLDERS_INDEX, MAPS_INDEX, PATHS_INDEX)


def rows_lost(losses: Sequence[Loss]) -> Iterator[Loss]:
    """The losses without indexes, which are no items, and without folders and notes, which are told by themselves."""
    for loss in losses:
        keys = tuple(key for key in loss.keys if not (_is_storage(loss) and _is_told(key)))
        if keys or loss.gap:
            yield msgspec.structs.replace(loss, keys=keys)


def indexes_lost(losses: Sequence[Loss]) -> Iterator[str]:
    """The indexes whose rows are lost."""
    for loss in filter(_is_storage, losses):
        yield from (key for key in loss.keys if key in _INDEXES)


def folders_lost(losses: Sequence[Loss]) -> Iterator[str]:
    """The ids of folders whose rows are lost."""
    for loss in filter(_is_storage, losses):
        yield from (key.removeprefix(FOLDER_ROW) for key in loss.keys if is_folder_row(key))


def notes_lost(losses: Sequence[Loss]) -> Iterator[str]:
    """The ids of notes whose rows are lost."""
    for loss in filter(_is_storage, losses):
        yield from (key.removeprefix(NOTE_ROW) for key in loss.keys if is_note_row(key) and key not in _INDEXES)


def unit_of(table: str, key: str) -> tuple[str, str]:
    """The kind and key of the unit that a row of a table held."""
    if table.lower() != _STORAGE:
        return "records", f"{table}/{key}"
    if key.startswith(MAP_ROW):
        return "maps", key.removeprefix(MAP_ROW)
    if key == CARDS:
        return "payloads", key
    return "settings" if is_setting(key) else "records", key


def _is_told(key: str) -> bool:
    return key in _INDEXES or is_folder_row(key) or is_note_row(key)


def _is_storage(loss: Loss) -> bool:
    return loss.table.lower() == _STORAGE
