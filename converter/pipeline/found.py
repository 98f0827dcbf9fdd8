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


_NOTHING = msgspec.Raw(pack(None))


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
        if not self._comes_back:
            return pack(_Parts(note, self._findings, self._cut))
        facts, blocks = msgspec.structs.replace(note, blocks=()), msgspec.Raw(pack(note.blocks))
        shown = _digest(pack(bare(note).blocks)) if self._carries else b""
        return pack(_Parts(facts, self._findings, self._cut, blocks, self.count, shown))


class Packed(Found):
    """The same out of its bytes."""

    __slots__ = ("_parts",)

    def __init__(self, data: bytes) -> None:
        self._parts = _parts()(data)

    @property
    def note(self) -> Note:
        """The note, once more each time."""
        parts = self._parts
        return msgspec.structs.replace(parts.facts, blocks=_blocks()(parts.blocks)) if parts.count >= 0 else parts.facts

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
        return self._parts.cut

    @property
    def count(self) -> int:
        """How many blocks it has."""
        return self._parts.count if self._parts.count >= 0 else sum(1 for _ in walk(self.note.blocks))

    def shows(self, blocks: Blocks) -> bool:
        """Whether it is plain to see that these are its blocks: they are packed alike."""
        try:
            data = pack(blocks)
        except UnicodeEncodeError:
            return False
        parts = self._parts
        return _digest(data) == parts.shown if parts.shown else memoryview(parts.blocks) == data


class _Parts(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is packed: blocks by themselves where the note may come back. `count` is -1 where it may not.

    `shown` is the digest of those that it shows, where they carry residue as well.
    """

    facts: Note
    findings: tuple[Finding, ...]
    cut: Segments | None
    blocks: msgspec.Raw = _NOTHING
    count: int = -1
    shown: bytes = b""


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


# Made when the first note is unpacked: a few notes never are.


@cache
def _parts() -> Callable[[bytes], _Parts]:
    return msgspec.msgpack.Decoder(_Parts).decode


@cache
def _blocks() -> Callable[[msgspec.Raw], Blocks]:
    return msgspec.msgpack.Decoder(Blocks).decode
