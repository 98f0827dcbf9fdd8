"""The lines of a file: where they are, and what they are about. A line is never held longer than it is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from converter.patterns import pattern

__all__ = ["INLINE", "RESIDUE", "RESIDUE_START", "Head", "Line", "head_of", "lines_of"]

_CHUNK = 2 << 20
"""Bytes that are read at a time; lines of notes are shorter, but for a few."""

INLINE = pattern(
    rb'\{"kind":"asset",(?:"[a-z0-9]+":(?:"(?:[^"\\]|\\.)*"|\d+),)*"data":"',
    re.DOTALL,
)
"""The start of an asset with its bytes in the line, as we write it: the bytes come last."""

RESIDUE = b'{"kind":"residue","record":'
"""The start of a line of residue, as we write it."""

RESIDUE_START = pattern(rb'\{ ?"kind": ?"residue", ?"record": ?')
"""The same as others write it who read and write the lines again."""


class Line(msgspec.Struct, frozen=True):
    """A line: its number from 1, its place and length in the file, and its start; all of it where it is `whole`."""

    number: int
    offset: int
    length: int
    start: bytes
    whole: bool


class Head(msgspec.Struct):
    """What the index asks of a line; values are checked by who uses them."""

    kind: Any = None
    key: Any = None
    name: Any = None
    id: Any = None
    parent: Any = None
    folder: Any = None
    order: Any = None
    attrs: Any = None
    size: Any = None
    sha256: Any = None
    file: Any = None
    stamp: Any = None


_head = msgspec.json.Decoder(Head).decode


def head_of(line: bytes) -> Head:
    """The head of a line; raises `ValueError` where it is no JSON object."""
    try:
        return _head(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def lines_of(stream: IO[bytes], most: int) -> Iterator[Line]:
    """The lines from the stream's start that are not blank; longer ones than `most` bytes are not whole.

    Of residue and of a file within its line only the start is held.
    """
    offset, number = 0, 0
    while start := stream.readline(_CHUNK):
        number += 1
        length, parts = len(start), [start]
        hold = 0 if RESIDUE_START.match(start) or INLINE.match(start) else most
        last = start
        while not last.endswith(b"\n") and (last := stream.readline(_CHUNK)):
            length += len(last)
            if length <= hold:
                parts.append(last)
        text = b"".join(parts)
        whole = len(text) == length and len(text) <= max(most, _CHUNK)
        if not whole or text.strip():
            bare = text.rstrip(b"\r\n") if whole else text
            yield Line(number, offset, len(bare) if whole else length - 1, bare, whole)
        offset += length
