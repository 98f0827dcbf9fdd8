"""The journal of a change: what is to be moved where, on the disk before the first move.

See docs/formats/containers.md, "Commit".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from converter.errors import TargetError
from converter.storage.backups import is_backup_name
from converter.storage.record import DRAFT, Fingerprint, parts_of, read_record, write_record

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JOURNAL_NAMES", "Journal", "Move", "has_journal", "read_journal", "remove_journal", "write_journal"]

_SCHEMA: Final = "mnemo-converter-journal-1"
_JOURNAL: Final = "journal"
JOURNAL_NAMES: Final = (_JOURNAL, _JOURNAL + DRAFT)


class Move(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is staged for `place` goes there, and what stands there goes to `aside`.

    Paths are relative to the folder that holds the target, as bytes of the file system, with `/`. `new` is the
    fingerprint of what was staged (None: nothing is to stand there), `old` of what stood there (None: nothing did).
    Without `aside` the old one goes to the room, and vanishes with it.
    """

    place: bytes
    new: Fingerprint | None
    old: Fingerprint | None = None
    aside: bytes = b""


class Journal(msgspec.Struct, frozen=True):
    """All moves of one change to the target of this name, after the folders that are to be made, parents first."""

    name: bytes
    folders: tuple[bytes, ...] = ()
    moves: tuple[Move, ...] = ()


def has_journal(room: Path) -> bool:
    """Whether a change was begun in this room and not ended."""
    return os.path.lexists(room / _JOURNAL)


def write_journal(room: Path, journal: Journal) -> None:
    """Bring a journal to the disk: from now on the change is begun."""
    write_record(room / _JOURNAL, _SCHEMA, journal)


def remove_journal(room: Path) -> None:
    """Say that the change is complete, or wholly undone."""
    (room / _JOURNAL).unlink()


def read_journal(room: Path, final: Path) -> Journal:
    """The journal in a room, which must be one about this target and lead nowhere else. Raises TargetError."""
    journal = read_record(room / _JOURNAL, _SCHEMA, Journal)
    if journal is None or not _is_sound(journal, final.name):
        hint = f"Look at {final} and at {room}, take from there what you miss, and remove {room}."
        raise TargetError(f"The note of an unfinished change to {final} cannot be read.", hint=hint)
    return journal


def _is_sound(journal: Journal, name: str) -> bool:
    inside = all(len(parts) > 1 and parts[0] == name for parts in map(parts_of, journal.folders))
    return os.fsdecode(journal.name) == name and inside and all(_stays(move, name) for move in journal.moves)


def _stays(move: Move, name: str) -> bool:
    """Whether a move stays in the target, or is of a whole thing beside it, and keeps what it replaces as we do."""
    place, aside = parts_of(move.place), parts_of(move.aside)
    if not place or (place[0] != name and len(place) > 1):
        return False
    return not move.aside or (bool(aside) and is_backup_name(aside[0], place[0]) and aside[1:] == place[1:])
