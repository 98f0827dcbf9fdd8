"""ZIP archives forged byte by byte, so that any field can lie."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

UTF8 = 0x800
ENCRYPTED = 1
REGULAR = 0o100644 << 16
SYMLINK = 0o120777 << 16


@dataclass
class Member:
    """A member; what is None is made to be true."""

    name: str | bytes
    data: bytes = b""
    method: int = 8
    flags: int | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    packed: bytes | None = None
    offset: int | None = None
    attributes: int = REGULAR
    system: int = 3
    date: int = 0x5A92
    time: int = 0
    disk: int = 0
    extra: bytes = b""
    local_extra: bytes = b""
    local_magic: bytes = b"PK\x03\x04"
    hidden: bool = False
    """Without a local header and data of its own: `offset` says whose it shares."""

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def raw_flags(self) -> int:
        if self.flags is not None:
            return self.flags
        return 0 if isinstance(self.name, bytes) or self.name.isascii() else UTF8

    @property
    def content(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        return packer.compress(self.data) + packer.flush()

    def sums(self) -> tuple[int, int, int]:
        content = self.content
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        packed = len(content) if self.packed_size is None else self.packed_size
        return crc, packed, len(self.data) if self.size is None else self.size


@dataclass
class Archive:
    """An archive of members; the fields of its end record can lie."""

    members: list[Member] = field(default_factory=list)
    before: bytes = b""
    after: bytes = b""
    comment: bytes = b""
    count: int | None = None
    disk: int = 0
    directory_offset: int | None = None
    adjusted: bool = True
    """Whether offsets count from the start of the file, with what stands before the archive."""
    zip64: bool = False

    def build(self) -> bytes:
        base = len(self.before) if self.adjusted else 0
        body, directory = bytearray(), bytearray()
        for member in self.members:
            offset = base + len(body) if member.offset is None else member.offset
            if not member.hidden:
                body += _local(member)
            directory += _central(member, offset)
        start = base + len(body) if self.directory_offset is None else self.directory_offset
        count = len(self.members) if self.count is None else self.count
        end = self._end(base + len(body) + len(directory), count, len(directory), start)
        return self.before + bytes(body + directory) + end + self.after

    def _end(self, position: int, count: int, size: int, start: int) -> bytes:
        classic = (count, size, start)
        wide = b""
        if self.zip64:
            wide = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
            wide += struct.pack("<4sLQL", b"PK\x06\x07", 0, position, 1)
            classic = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        number, length, offset = classic
        fields = (b"PK\x05\x06", self.disk, self.disk, number, number, length, offset, len(self.comment))
        return wide + struct.pack("<4sHHHHLLH", *fields) + self.comment


def _local(member: Member) -> bytes:
    crc, packed, size = member.sums()
    return (
        struct.pack(
            "<4sHHHHHLLLHH",
            member.local_magic,
            20,
            member.raw_flags,
            member.method,
            member.time,
            member.date,
            crc,
            min(packed, 0xFFFFFFFF),
            min(size, 0xFFFFFFFF),
            len(member.raw_name),
            len(member.local_extra),
        )
        + member.raw_name
        + member.local_extra
        + member.content
    )


def _central(member: Member, offset: int) -> bytes:
    crc, packed, size = member.sums()
    return (
        struct.pack(
            "<4sBBHHHHHLLLHHHHHLL",
            b"PK\x01\x02",
            20,
            member.system,
            20,
            member.raw_flags,
            member.method,
            member.time,
            member.date,
            crc,
            packed,
            size,
            len(member.raw_name),
            len(member.extra),
            0,
            member.disk,
            0,
            member.attributes,
            offset,
        )
        + member.raw_name
        + member.extra
    )


def write(path: Path, *members: Member, **options: object) -> Path:
    """Forge an archive at a path."""
    path.write_bytes(Archive(list(members), **options).build())  # type: ignore[arg-type]
    return path
