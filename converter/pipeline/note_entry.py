"""What the index knows of a note, where it goes, and how it ended.

There is an entry for every note of a source at once, so it is held small: what reading taught and where the note goes
are kept in a scratch file, and read when they are asked for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import msgspec

from converter.model.order import Output
from converter.pipeline.learnt import Indexed, pack
from converter.storage.scratch import Scratch

__all__ = ["NoteEntry", "kept", "output_at"]

_T = TypeVar("_T")

_NEAR = 256
"""Values that are at hand because they were asked for a moment ago."""

_UNKNOWN = Indexed()
_decode_known = msgspec.msgpack.Decoder(Indexed).decode
_decode_output = msgspec.msgpack.Decoder(Output).decode


class NoteEntry(msgspec.Struct, gc=False):
    """A note: what the plan needs to know of it, where it goes (`output`), and how it ended.

    `outlined` is where its outline is kept, -1: nothing leads out of it, nor to a place in it. `told` and `placed` are
    where the scratch has `known` and `output`. `hollow` marks one that says nothing itself: where it holds others, it
    is what other systems call a folder. `blank` is one without text, whatever else it says. `page` marks one without
    text that is a notebook's own. `dropped` is as in its work order. `way` is how it ends when it is written; `salt`
    tells the blocks of a duplicate from those of its original.
    """

    key: str
    path: str
    scratch: Scratch
    outlined: int = -1
    told: int | Indexed = -1
    placed: int | Output = -1
    hollow: bool = False
    blank: bool = False
    page: bool = False
    dropped: frozenset[str] = frozenset()
    end: str = ""
    way: str = "created"
    salt: str = ""

    @property
    def known(self) -> Indexed:
        """What is known of it."""
        told = self.told
        if not isinstance(told, int):
            return told
        return _known_at(self.scratch, told) if told >= 0 else _UNKNOWN

    @known.setter
    def known(self, known: Indexed) -> None:
        self.told = kept(self.scratch, known)

    @property
    def output(self) -> Output | None:
        """Where it goes; None where it goes nowhere, or nobody has said so yet."""
        return output_at(self.scratch, self.placed)

    @output.setter
    def output(self, output: Output | None) -> None:
        self.placed = -1 if output is None else kept(self.scratch, output)

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


def kept(scratch: Scratch, value: _T) -> int | _T:
    """Keep a value: its place; itself where text in it is no text, and cannot be packed."""
    try:
        return scratch.keep(pack(value))
    except UnicodeEncodeError:
        return value


def output_at(scratch: Scratch, placed: int | Output) -> Output | None:
    """The output that was kept so, None for -1."""
    if not isinstance(placed, int):
        return placed
    return _output_at(scratch, placed) if placed >= 0 else None


@lru_cache(maxsize=_NEAR)
def _known_at(scratch: Scratch, place: int) -> Indexed:
    return _decode_known(scratch.piece(place))


@lru_cache(maxsize=_NEAR)
def _output_at(scratch: Scratch, place: int) -> Output:
    return _decode_output(scratch.piece(place))
