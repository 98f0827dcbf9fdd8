"""What is left of an archive without a directory that can be read: members found by their own headers.

See docs/formats/containers.md, "Salvage".
"""

from __future__ import annotations

import struct
import zlib
from typing import IO, TYPE_CHECKING, Final

import msgspec

from converter.storage.archive.directory import LOCAL_MAGIC, Record, extra_field
from converter.storage.limits import Limits, exceeded

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Scanned", "scanned"]

_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CHUNK: Final = 1024 * 1024
_SIZES_FOLLOW: Final = 8
_DEFLATE: Final = 8
_FULL32: Final = 0xFFFFFFFF


class Scanned(msgspec.Struct, frozen=True, gc=False):
    """A member as its own header tells of it; `cut` where the file ends before it does."""

    record: Record
    cut: bool


def scanned(file: IO[bytes], length: int, limits: Limits, what: str) -> Iterator[Scanned]:
    """Every member whose header is there, in the order of the file; what lies inside of another member is none.

    Raises LimitError where there are too many.
    """
    at, count = _next(file, 0), 0
    while at >= 0:
        count += 1
        if count > limits.members:
            exceeded(limits, "members", f"{what} has members", count)
        found = _member(file, at, length, limits)
        if found is None:
            at = _next(file, at + 1)
            continue
        record, data = found
        end = data + record.packed
        cut = end > length
        yield Scanned(msgspec.structs.replace(record, packed=min(record.packed, length - data)), cut)
        at = -1 if cut else _next(file, end)


def _next(file: IO[bytes], at: int) -> int:
    """Where the next header begins; -1 where there is none."""
    while True:
        file.seek(at)
        chunk = file.read(_CHUNK)
        found = chunk.find(LOCAL_MAGIC)
        if found >= 0:
            return at + found
        if len(chunk) < _CHUNK:
            return -1
        at += len(chunk) - len(LOCAL_MAGIC) + 1


def _member(file: IO[bytes], at: int, length: int, limits: Limits) -> tuple[Record, int] | None:
    """The member whose header begins there, and where its data begins; None where it is no header."""
    file.seek(at)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        return None
    _, _, flags, method, time, date, crc, packed, size, name_bytes, extra_bytes = _LOCAL.unpack(head)
    name, extra = file.read(name_bytes), file.read(extra_bytes)
    data = at + _LOCAL.size + name_bytes + extra_bytes
    if not name or len(extra) < extra_bytes or name_bytes > limits.name_bytes:
        return None
    if packed == _FULL32 or size == _FULL32:
        wide = extra_field(extra, 1)
        if len(wide) < 16:
            return None
        size, packed = struct.unpack_from("<QQ", wide)
    if flags & _SIZES_FOLLOW and not packed:
        if method != _DEFLATE:
            return None
        packed, size, crc = _measured(file, data, length, limits)
    record = Record(
        raw_name=name,
        extra=extra,
        system=0,
        flags=flags,
        method=method,
        dos_time=date << 16 | time,
        crc=crc,
        packed=packed,
        size=size,
        offset=at,
        attributes=0,
    )
    return record, data


def _measured(file: IO[bytes], data: int, length: int, limits: Limits) -> tuple[int, int, int]:
    """Packed size, size and check sum of a member whose header says none: found by unpacking it.

    One that does not end is as long as the rest of the file and a byte more, so that it counts as cut.
    """
    unpacker = zlib.decompressobj(-15)
    size = crc = 0
    file.seek(data)
    held = b""
    try:
        while not unpacker.eof:
            held = held or file.read(_CHUNK)
            if not held:
                break
            out = unpacker.decompress(held, _CHUNK)
            held = unpacker.unconsumed_tail
            size += len(out)
            crc = zlib.crc32(out, crc)
            if size > limits.member_bytes:
                exceeded(limits, "member_bytes", "a member without a size", size)
    except zlib.error:
        return length - data + 1, size, crc
    if not unpacker.eof:
        return length - data + 1, size, crc
    return file.tell() - len(unpacker.unused_data) - data, size, crc
