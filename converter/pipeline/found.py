"""What reading a note gave: as it is, or packed, of which only what is asked for is unpacked."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from converter.findings.finding import Finding
from converter.formats.front import Segments
from converter.model.blocks import Blocks, walk
from converter.model.items import Note
from converter.pipeline.learnt import pack
from converter.pipeline.residue.blocks import bare

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Found", "Packed"]


class Found:
    """A note, what was found while it was read, and its segments.

    `comes_back`: it may be on its way back to its origin. `carries`: there is residue in its blocks.
    """

    __slots__ = ("_carries", "_comes_back", "_cut", "_findings", "_note")

    def __init__(
        self,
        note: Note,
        findings: tuple[Finding, ...],
        cut: Segments | None = None,
        *,
        comes_back: bool = False,
        carries: bool = False,
    ) -> None:
        self._note = note
        self._findings = findings
        self._cut = cut
        self._comes_back = comes_back
        self._carries = carries

    @property
    def note(self) -> Note:
        """The note."""
        return self._note

    @property
    def facts(self) -> Note:
        """The note for whom its blocks do not matter: they may be missing."""
        return self._note

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found."""
        return self._findings

    @property
    def cut(self) -> Segments | None:
        """The segments; None where it was not cut."""
        return self._cut

    @property
    def count(self) -> int:
        """How many blocks it has."""
        return sum(1 for _ in walk(self._note.blocks))

    def shows(self, blocks: Blocks) -> bool:
        """Whether it is plain to see that these are its blocks, without residue."""
        return bare(self._note).blocks == blocks

    def packed(self) -> bytes:
        """All of it in bytes."""
        note = self._note
        parts = _Parts(
            msgspec.structs.replace(note, blocks=()),
            self._findings,
            msgspec.Raw(pack(note.blocks)),
            self.count if self._comes_back else -1,
            msgspec.Raw(pack(self._cut)),
            _digest(pack(bare(note).blocks)) if self._carries else b"",
        )
        return pack(parts)


class Packed(Found):
    """The same out of its bytes."""

    __slots__ = ("_parts",)

    def __init__(self, data: bytes) -> None:
        self._parts = _parts()(data)

    @property
    def note(self) -> Note:
        """The note, once more each time."""
        return msgspec.structs.replace(self._parts.facts, blocks=_blocks()(self._parts.blocks))

    @property
    def facts(self) -> Note:
        """The note without its blocks."""
        return self._parts.facts

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found."""
        return self._parts.findings

    @property
    def cut(self) -> Segments | None:
        """The segments; None where it was not cut."""
        return _cut()(self._parts.cut)

    @property
    def count(self) -> int:
        """How many blocks it has."""
        return sum(1 for _ in walk(self.note.blocks)) if self._parts.count < 0 else self._parts.count

    def shows(self, blocks: Blocks) -> bool:
        """Whether it is plain to see that these are its blocks: they are packed alike."""
        try:
            data = pack(blocks)
        except UnicodeEncodeError:
            return False
        shown = self._parts.shown
        return _digest(data) == shown if shown else memoryview(self._parts.blocks) == data


class _Parts(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is packed. `count` is -1 where nobody will ask for it; `shown` is the digest of blocks without residue."""

    facts: Note
    findings: tuple[Finding, ...]
    blocks: msgspec.Raw
    count: int
    cut: msgspec.Raw
    shown: bytes


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


# Made when the first note is unpacked: a few notes never are.


@cache
def _parts() -> Callable[[bytes], _Parts]:
    return msgspec.msgpack.Decoder(_Parts).decode


@cache
def _blocks() -> Callable[[msgspec.Raw], Blocks]:
    return msgspec.msgpack.Decoder(Blocks).decode


@cache
def _cut() -> Callable[[msgspec.Raw], Segments | None]:
    return msgspec.msgpack.Decoder(Segments | None).decode
