"""The text of a note cut at its blocks, and the parts of a lowered one (docs/residue.md, "Segments")."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from converter.formats.cut import cut_json
from converter.formats.front import Segments, TargetContext
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.notes import note_text
from converter.model.items import Note

__all__ = ["frame", "pieces", "segments", "stored_frame", "stored_pieces", "stored_segments"]


class _Shell(msgspec.Struct, gc=False):
    """A note of which only the blocks are looked at, as they stand."""

    blocks: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _StoredShell(msgspec.Struct, gc=False):
    """The same, as the database spells it."""

    blocks: list[msgspec.Raw] = msgspec.field(name="Blocks", default_factory=list)


_DECODERS: Final[dict[Dialect, msgspec.json.Decoder[Any]]] = {
    Dialect.PACKAGE: msgspec.json.Decoder(_Shell),
    Dialect.STORAGE: msgspec.json.Decoder(_StoredShell),
}


def segments(data: bytes, count: int) -> Segments | None:
    """Cut a note of `count` blocks; None where the text is not as the application writes it."""
    return _segments(data, count, Dialect.PACKAGE)


def pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """The JSON of each block of a lowered note."""
    return _pieces(note, Dialect.PACKAGE)


def frame(note: Note, _context: TargetContext) -> tuple[str, str]:
    """What a lowered note has before and after its blocks: its members."""
    return _frame(note, Dialect.PACKAGE)


def stored_segments(data: bytes, count: int) -> Segments | None:
    """`segments` of a row of the database."""
    return _segments(data, count, Dialect.STORAGE)


def stored_pieces(note: Note, _context: TargetContext) -> tuple[str, ...]:
    """`pieces` of a row of the database."""
    return _pieces(note, Dialect.STORAGE)


def stored_frame(note: Note, _context: TargetContext) -> tuple[str, str]:
    """`frame` of a row of the database."""
    return _frame(note, Dialect.STORAGE)


def _segments(data: bytes, count: int, dialect: Dialect) -> Segments | None:
    return cut_json(data, count, lambda text: _DECODERS[dialect].decode(text).blocks)


def _pieces(note: Note, dialect: Dialect) -> tuple[str, ...]:
    cut = _segments(note_text(note, dialect).encode("ascii"), len(note.blocks), dialect)
    return cut.texts if cut is not None else ()


def _frame(note: Note, dialect: Dialect) -> tuple[str, str]:
    empty = f'"{dialect.spelled("blocks")}":[]'
    head, _, tail = note_text(msgspec.structs.replace(note, blocks=()), dialect).partition(empty)
    return head + empty[:-1], "]" + tail
