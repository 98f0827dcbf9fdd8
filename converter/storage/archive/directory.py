"""The directory of a ZIP archive, read without trust.

`zipfile` is too strict here (it stops at odd extra fields, at unknown "version needed" values and at names that are no
UTF-8) and too lenient (it ignores the count of members and several disks), so the directory is read by this module
and only the members' data by `zipfile`. See docs/formats/containers.md, "ZIP".
"""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, Final

import msgspec

from converter.errors import InputError
from converter.storage.limits import Limits, exceeded
from converter.storage.sniff import HEAD_BYTES, ZIP_MAGIC, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LOCAL_HEADER", "LOCAL_MAGIC", "Directory", "DirectoryError", "Record", "extra_field", "locate", "records"]

LOCAL_MAGIC: Final = ZIP_MAGIC
LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
"""Magic, length of the name, length of the extra field."""

_CENTRAL: Final = struct.Struct("<4sBBBBHHHHLLLHHHHHLL")
_CENTRAL_MAGIC: Final = b"PK\x01\x02"
_END: Final = struct.Struct("<4sHHHHLLH")
_END_MAGIC: Final = b"PK\x05\x06"
_END64: Final = struct.Struct("<4sQHHLLQQQQ")
_END64_MAGIC: Final = b"PK\x06\x06"
_LOCATOR64: Final = struct.Struct("<4sLQL")
_LOCATOR64_MAGIC: Final = b"PK\x06\x07"
_COMMENT_BYTES: Final = 0xFFFF
_FULL16: Final = 0xFFFF
_FULL32: Final = 0xFFFFFFFF
_CUT_HINT: Final = "It was probably cut off or damaged: copy or export it again. --salvage reads what is left."


class DirectoryError(InputError):
    """The directory of an archive is missing or damaged, which says nothing of its members."""


class Directory(msgspec.Struct, frozen=True, gc=False):
    """Where the directory lies: `start` and `size` in bytes, `count` of records.

    `shift` is what has to be added to the offsets in it, `before` and `after` are bytes around the archive that do not
    belong to it.
    """

    start: int
    size: int
    count: int
    shift: int = 0
    after: int = 0


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record of the directory, as it stands there but for `offset`, which counts from the start of the file."""

    raw_name: bytes
    extra: bytes
    system: int
    flags: int
    method: int
    dos_time: int
    crc: int
    packed: int
    size: int
    offset: int
    attributes: int


class _End(msgspec.Struct, frozen=True, gc=False):
    """An end record, at `position`; the directory ends at `limit`, in front of it."""

    position: int
    limit: int
    disks: bool
    count: int
    size: int
    offset: int
    after: int


def locate(file: IO[bytes], length: int, what: str) -> Directory:
    """Find the directory of an archive of `length` bytes.

    Of several end records the last one that leads to a directory counts; one of an empty archive (which may only be
    bytes in a comment) counts when no other does. Raises InputError, which says what the file is when it is no archive,
    and what is wrong when it is a broken one.
    """
    several_disks = False
    empty: Directory | None = None
    for end in _ends(file, length):
        several_disks = several_disks or end.disks
        for start in (end.limit - end.size, end.offset):
            if start >= end.offset and not end.disks and _leads_to_directory(file, start, end):
                directory = Directory(start, end.size, end.count, start - end.offset, end.after)
                if end.size:
                    return directory
                empty = empty or directory
    if empty is not None:
        return empty
    raise _refusal(file, what, several_disks=several_disks)


def _refusal(file: IO[bytes], what: str, *, several_disks: bool) -> InputError:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if several_disks or head.startswith(b"PK\x07\x08"):
        return InputError(
            f"{what} is one part of a ZIP archive in several parts, which is not supported.",
            hint="Join the parts first.",
        )
    if head.startswith(b"PK"):
        return DirectoryError(f"{what} is a ZIP archive whose directory cannot be read.", hint=_CUT_HINT)
    return InputError(f"{what} is not a ZIP archive: it is {describe(head)}.")


def _leads_to_directory(file: IO[bytes], start: int, end: _End) -> bool:
    if start < 0 or start + end.size > end.limit:
        return False
    if not end.size:
        return not end.count and start == end.limit
    file.seek(start)
    return file.read(4) == _CENTRAL_MAGIC


def _ends(file: IO[bytes], length: int) -> Iterator[_End]:
    """Every end record in the last 64 KB, the last one first."""
    base = max(0, length - _END.size - _COMMENT_BYTES)
    file.seek(base)
    tail = file.read(length - base)
    at = tail.rfind(_END_MAGIC)
    while at >= 0:
        if at + _END.size <= len(tail):
            _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(tail, at)
            after = len(tail) - at - _END.size - comment
            if after >= 0:
                end = _End(base + at, base + at, disk + first_disk > 0 or here != count, count, size, offset, after)
                yield _widened(file, end)
        at = tail.rfind(_END_MAGIC, 0, at)


def _widened(file: IO[bytes], end: _End) -> _End:
    """The end record with the values of its zip64 form, where a field is full and that form is there."""
    at = end.position - _LOCATOR64.size
    if at < 0 or (end.count < _FULL16 and end.size < _FULL32 and end.offset < _FULL32 and not end.disks):
        return end
    file.seek(at)
    magic, _, offset, disks = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
    if magic != _LOCATOR64_MAGIC:
        return end
    for start in (offset, at - _END64.size):
        if 0 <= start <= at - _END64.size:
            file.seek(start)
            fields = _END64.unpack(file.read(_END64.size))
            if fields[0] == _END64_MAGIC:
                _, _, _, _, disk, first_disk, here, count, size, cd_offset = fields
                several = disks > 1 or disk + first_disk > 0 or here != count
                return _End(end.position, start, several, count, size, cd_offset, end.after)
    return end


def records(file: IO[bytes], directory: Directory, limits: Limits, what: str) -> Iterator[Record]:
    """Every record of the directory, in its order.

    Raises InputError when the directory is damaged or holds another number of records than the archive says, LimitError
    when there are too many of them or a name is too long.
    """
    if directory.count > limits.members:
        exceeded(limits, "members", f"{what} has members", directory.count)
    file.seek(directory.start)
    left, count = directory.size, 0
    while left > 0:
        count += 1
        head = file.read(_CENTRAL.size)
        if count > directory.count or len(head) < _CENTRAL.size or not head.startswith(_CENTRAL_MAGIC):
            raise _damaged(what, count)
        fields = _CENTRAL.unpack(head)
        name_bytes, extra_bytes, comment_bytes = fields[12:15]
        left -= _CENTRAL.size + name_bytes + extra_bytes + comment_bytes
        if left < 0:
            raise _damaged(what, count)
        if name_bytes > limits.name_bytes:
            exceeded(limits, "name_bytes", f"{what}: the name of member {count:,}", name_bytes)
        variable = file.read(name_bytes + extra_bytes + comment_bytes)
        yield _record(fields, variable, directory, what)
    if count != directory.count:
        raise _damaged(what, count)


def _damaged(what: str, count: int) -> DirectoryError:
    return DirectoryError(f"{what}: the directory of the ZIP archive is damaged at member {count:,}.", hint=_CUT_HINT)


def _record(fields: tuple[int, ...], variable: bytes, directory: Directory, what: str) -> Record:
    _, _, system, _, _, flags, method, time, date, crc, packed, size, name_bytes, extra_bytes, _, disk, _ = fields[:17]
    attributes, offset = fields[17:]
    extra = variable[name_bytes : name_bytes + extra_bytes]
    if size == _FULL32 or packed == _FULL32 or offset == _FULL32:
        size, packed, offset = _wide_values(extra, (size, packed, offset))
    if disk not in (0, _FULL16):
        raise InputError(f"{what} is one part of a ZIP archive in several parts, which is not supported.")
    return Record(
        raw_name=variable[:name_bytes],
        extra=extra,
        system=system,
        flags=flags,
        method=method,
        dos_time=date << 16 | time,
        crc=crc,
        packed=packed,
        size=size,
        offset=offset + directory.shift,
        attributes=attributes,
    )


def _wide_values(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Full fields replaced by those of the zip64 extra field, which holds only them, in this order."""
    wide = extra_field(extra, 1)
    result = []
    for value in values:
        if value == _FULL32 and len(wide) >= 8:
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        result.append(value)
    return (result[0], result[1], result[2])


def extra_field(extra: bytes, wanted: int) -> bytes:
    """The data of one extra field; b"" when it is not there. Fields that are cut off end the search."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        if at + 4 + length > len(extra):
            return b""
        if tag == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""
