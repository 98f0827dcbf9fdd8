"""What the index knows of a note, where it goes, and how it ended.

There is an entry for every note of a source at once, so it is held small: what reading taught, where the note goes and
what its links lead to are kept in a scratch file, and read when they are asked for. Where they are kept is a number in
an array: a number by itself takes four times as much.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec

from converter.model.order import Output
from converter.pipeline.learnt import Indexed, pack
from converter.storage.scratch import Scratch

__all__ = ["NoteEntry", "Shelf", "kept", "output_at"]

_T = TypeVar("_T")

_NEAR = 256
"""Values that are at hand because they were asked for a moment ago."""

_PICKLED = b"\x80"
"""How a pickled value begins, and no packed one: those are arrays."""

_NEW = array("q", [-1] * 5 + [0])
"""A row: the places of a note, all nowhere, and what it is, which is nothing special."""
_MARKS = 5
"""The column of what it is."""

_UNKNOWN = Indexed()
_decode_known = msgspec.msgpack.Decoder(Indexed).decode
_decode_output = msgspec.msgpack.Decoder(Output).decode


class Shelf:
    """Where what is known of notes is kept in a scratch file: a row of places for each note.

    `seldom` holds what few notes have, by their row and what it is called.
    """

    __slots__ = ("places", "scratch", "seldom")

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.places = array("q")
        self.seldom: dict[tuple[int, str], Any] = {}

    def row(self) -> int:
        """Where a new row begins."""
        row = len(self.places)
        self.places.extend(_NEW)
        return row


class _Place:
    """A column of the shelf as an attribute of an entry: a place in the scratch file, -1 where there is nothing."""

    def __init__(self, column: int) -> None:
        self._column = column

    def __get__(self, entry: NoteEntry, _owner: type[NoteEntry]) -> int:
        return entry.shelf.places[entry.row + self._column]

    def __set__(self, entry: NoteEntry, place: int) -> None:
        entry.shelf.places[entry.row + self._column] = place


class _Mark:
    """What few notes are, as an attribute of an entry: a bit in a column of the shelf."""

    def __init__(self, bit: int) -> None:
        self._bit = bit

    def __get__(self, entry: NoteEntry, _owner: type[NoteEntry]) -> bool:
        return bool(entry.shelf.places[entry.row + _MARKS] & self._bit)

    def __set__(self, entry: NoteEntry, is_so: bool) -> None:
        places, at = entry.shelf.places, entry.row + _MARKS
        places[at] = places[at] | self._bit if is_so else places[at] & ~self._bit


class _Seldom(Generic[_T]):
    """What few notes have, as an attribute of an entry."""

    def __init__(self, name: str, default: _T) -> None:
        self._name = name
        self._default = default

    def __get__(self, entry: NoteEntry, _owner: type[NoteEntry]) -> _T:
        found: _T = entry.shelf.seldom.get((entry.row, self._name), self._default)
        return found

    def __set__(self, entry: NoteEntry, value: _T) -> None:
        entry.shelf.seldom[entry.row, self._name] = value


class NoteEntry(msgspec.Struct, gc=False):
    """A note: what the plan needs to know of it, where it goes (`output`), and how it ended.

    `told` and `placed` are the places of `known` and `output`; `outlined` that of its outline, where anything leads out
    of it or to a place in it; `found` that of what its links lead to; `named` that of the places in it that links lead
    to, with their names.
    `hollow` marks one that says nothing itself: where it holds others, it is what other systems call a folder. `blank`
    is one without text, whatever else it says. `page` marks one without text that is a notebook's own. `dropped` is as
    in its work order. `way` is how it ends when it is written; `salt` tells the blocks of a duplicate from those of its
    original.
    """

    key: str
    path: str
    shelf: Shelf
    row: int
    end: str = ""
    way: str = "created"

    hollow = _Mark(1)
    blank = _Mark(2)
    page = _Mark(4)
    salt = _Seldom("salt", "")
    dropped = _Seldom[frozenset[str]]("dropped", frozenset())
    outlined = _Place(0)
    told = _Place(1)
    placed = _Place(2)
    found = _Place(3)
    named = _Place(4)

    @property
    def known(self) -> Indexed:
        """What is known of it."""
        return _known_at(self.shelf.scratch, self.told) if self.told >= 0 else _UNKNOWN

    @known.setter
    def known(self, known: Indexed) -> None:
        self.told = kept(self.shelf.scratch, known)

    @property
    def output(self) -> Output | None:
        """Where it goes; None where it goes nowhere, or nobody has said so yet."""
        return output_at(self.shelf.scratch, self.placed)

    @output.setter
    def output(self, output: Output | None) -> None:
        self.placed = -1 if output is None else kept(self.shelf.scratch, output)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.known.title

    @property
    def id(self) -> str | None:
        """Its id in the source."""
        return self.known.id

    @property
    def folder(self) -> str | None:
        """The key of its folder."""
        return self.known.folder

    @property
    def parent(self) -> str | None:
        """The key of the note above it."""
        return self.known.parent

    @property
    def order(self) -> int | None:
        """Its number among its siblings."""
        return self.known.order

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        return self.known.tags

    @property
    def blocks(self) -> int:
        """How many blocks it has."""
        return self.known.blocks

    @property
    def bench(self) -> int:
        """Who keeps what was read."""
        return self.known.bench

    @property
    def kept(self) -> int:
        """Where what was read is kept."""
        return self.known.kept


def kept(scratch: Scratch, value: Indexed | Output) -> int:
    """Keep a value: its place. Where text in it is no text, it cannot be packed."""
    try:
        return scratch.keep(pack(value))
    except UnicodeEncodeError:
        import pickle

        return scratch.keep(pickle.dumps(value))


def _read(scratch: Scratch, place: int, decode: Callable[[bytes], _T]) -> _T:
    data = scratch.piece(place)
    if not data.startswith(_PICKLED):
        return decode(data)
    import pickle

    value: _T = pickle.loads(data)  # noqa: S301 - we wrote it
    return value


def output_at(scratch: Scratch, place: int) -> Output | None:
    """The output that was kept here, None for -1."""
    return _output_at(scratch, place) if place >= 0 else None


@lru_cache(maxsize=_NEAR)
def _known_at(scratch: Scratch, place: int) -> Indexed:
    return _read(scratch, place, _decode_known)


@lru_cache(maxsize=_NEAR)
def _output_at(scratch: Scratch, place: int) -> Output:
    return _read(scratch, place, _decode_output)
