"""What reading a note gave: as it is, or packed, of which only what is asked for is unpacked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from converter.digests import digest_of_bytes
from converter.findings.finding import Finding
from converter.formats.front import Segments
from converter.model.blocks import Blocks, count_blocks
from converter.model.items import Note
from converter.pipeline.learnt import pack
from converter.pipeline.residue.blocks import bare

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AnyFound", "Found", "Packed", "unpacked"]


class Found(msgspec.Struct, frozen=True, gc=False):
    """A note, what was found while it was read, and its segments where it was cut.

    `carries`: there is residue in its blocks.
    """

    note: Note
    findings: tuple[Finding, ...]
    cut: Segments | None = None
    carries: bool = False

    @property
    def facts(self) -> Note:
        """The note for whom its blocks do not matter: they may be missing."""
        return self.note

    @property
    def count(self) -> int:
        """How many blocks it has."""
        return count_blocks(self.note.blocks)

    @property
    def said(self) -> Blocks | msgspec.Raw:
        """Its blocks for an encoder, as they are or as they were packed."""
        return self.note.blocks

    def shows(self, blocks: Blocks) -> bool:
        """Whether it is plain to see that these are its blocks, without residue."""
        return bare(self.note).blocks == blocks

    def packed(self) -> bytes:
        """All of it in bytes, from which `unpacked` makes it again."""
        note = self.note
        facts, blocks = msgspec.structs.replace(note, blocks=()), msgspec.Raw(pack(note.blocks))
        shown = digest_of_bytes(pack(bare(note).blocks)) if self.carries else b""
        return pack(Packed(facts, self.findings, self.cut, blocks, self.count, shown))


class Packed(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The same with its blocks packed by themselves (`count` of them): many notes go on without them.

    `shown` is the digest of the blocks without residue, where they carry it.
    """

    facts: Note
    findings: tuple[Finding, ...]
    cut: Segments | None
    said: msgspec.Raw
    count: int
    shown: bytes = b""

    @property
    def note(self) -> Note:
        """The note, once more each time."""
        return msgspec.structs.replace(self.facts, blocks=_unpack_blocks()(self.said))

    def shows(self, blocks: Blocks) -> bool:
        """Whether it is plain to see that these are its blocks: they are packed alike."""
        try:
            data = pack(blocks)
        except UnicodeEncodeError:
            return False
        return digest_of_bytes(data) == self.shown if self.shown else memoryview(self.said) == data


AnyFound: TypeAlias = Found | Packed


def unpacked(data: bytes) -> Packed:
    """What `Found.packed` gave."""
    return _unpack()(data)


# Made when the first note is unpacked: a few notes never are.


@cache
def _unpack() -> Callable[[bytes], Packed]:
    return msgspec.msgpack.Decoder(Packed).decode


@cache
def _unpack_blocks() -> Callable[[msgspec.Raw], Blocks]:
    return msgspec.msgpack.Decoder(Blocks).decode
