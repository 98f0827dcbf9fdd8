"""The quick way to a note's record: canonical texts decode straight into it, everything else is refused."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.records import (
    BlockRecord,
    FractionSpan,
    ImagePayload,
    NoteRecord,
    SketchPayload,
    TablePayload,
    TwoColumnPayload,
    UnknownPayload,
)
from converter.formats.mnemo.types import TYPES
from converter.patterns import pattern

__all__ = ["SIMPLE", "strict_blocks", "strict_note"]

_STORED: Final = msgspec.defstruct(
    "_Stored",
    [(field.name, field.type, field.default) for field in msgspec.structs.fields(NoteRecord)],
    rename="pascal",
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
)
"""A note as the database spells it."""

_DECODERS: Final[dict[Dialect, msgspec.json.Decoder[Any]]] = {
    Dialect.PACKAGE: msgspec.json.Decoder(NoteRecord),
    Dialect.STORAGE: msgspec.json.Decoder(_STORED),
}
_BLOCKS: Final = msgspec.json.Decoder(list[BlockRecord])
_TYPES: Final = frozenset(TYPES)
SIMPLE: Final = pattern(
    rb'-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|"[ !#$%(-*,-;=?-\[\]-_a-~]*"'
)
"""Values of `meta` as the application writes them: numbers, flags, and texts without escapes."""
_QUOTED: Final = pattern(
    rb'"(?:[ !#$%(-*,-;=?-\[\]-_a-~]++|\\(?:[bfnrt\\]|u(?:'
    rb"00(?:0[0-7BEF]|1[0-9A-F]|2[267B]|3[CE]|60|7F|[89A-F][0-9A-F])"
    rb"|(?:0[1-9A-F]|[1-9A-CEF][0-9A-F]|D[0-7])[0-9A-F]{2}"
    rb"|D[89AB][0-9A-F]{2}\\uD[C-F][0-9A-F]{2}"
    rb')))*+"'
)
"""A text with the escapes that the application writes (`quote`), and no others."""
_MAX: Final = 2**31
_MEASURED: Final = frozenset((ImagePayload, TwoColumnPayload, SketchPayload, TablePayload))
"""Payloads with numbers that have a fraction: a decoder forgets the sign of a zero among them."""


def strict_note(data: bytes, dialect: Dialect = Dialect.PACKAGE) -> NoteRecord | None:
    """The record of a canonical text; None where any part of the text needs a patient reader."""
    try:
        found = _DECODERS[dialect].decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    note = found if isinstance(found, NoteRecord) else NoteRecord(*msgspec.structs.astuple(found))
    whole = note.note_id is not None and note.created_at is not None and note.modified_at is not None
    return note if whole and -_MAX <= note.order < _MAX and _all_canonical(note.blocks or [], data) else None


def _all_canonical(blocks: list[BlockRecord], data: bytes) -> bool:
    """Whether records of blocks say all that the text says from which they were decoded."""
    measured = False
    stack = [blocks]
    while stack:
        for block in stack.pop():
            if block.type not in _TYPES or not -_MAX <= block.order < _MAX:
                return False
            kind = type(block.payload)
            if kind is UnknownPayload or (isinstance(block.payload, ImagePayload) and bytes(block.payload.crop)):
                return False
            measured = measured or kind in _MEASURED
            if block.meta and not _is_plain(block.meta):
                return False
            for span in block.spans:
                if type(span) is FractionSpan and not _fraction(span):
                    return False
            if block.children:
                stack.append(block.children)
    return not (measured and b":-0" in data)


def _is_plain(meta: dict[str, msgspec.Raw]) -> bool:
    """Whether all values are simple ones, as the application writes them."""
    return all(SIMPLE.fullmatch(value) or _QUOTED.fullmatch(value) for value in meta.values())


def _fraction(span: FractionSpan) -> bool:
    return -_MAX <= span.numerator < _MAX and 0 < span.denominator < _MAX


def strict_blocks(data: bytes) -> bool:
    """Whether a text holds blocks that the application reads as they stand, and reads all of."""
    try:
        return _all_canonical(_BLOCKS.decode(data), b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
