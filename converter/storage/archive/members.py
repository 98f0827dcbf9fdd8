"""Members of a ZIP archive: what a record of its directory means."""

from __future__ import annotations

import stat
import zlib
from typing import TYPE_CHECKING, Final

import msgspec

from converter.storage.archive.directory import extra_field

if TYPE_CHECKING:
    from converter.storage.archive.directory import Record

__all__ = ["METHODS", "MemberInfo", "Stamp", "decode_name", "is_encrypted", "is_folder", "special_kind"]

Stamp = tuple[int, int, int, int, int, int]
"""Year, month, day, hour, minute, second: wall-clock time without a zone."""

METHODS: Final = {
    0: "stored",
    1: "shrunk",
    6: "imploded",
    8: "deflate",
    9: "deflate64",
    12: "bzip2",
    14: "lzma",
    20: "zstd (old number)",
    93: "zstd",
    95: "xz",
    97: "wavpack",
    98: "ppmd",
}
_UNIX_SYSTEMS: Final = (3, 19)
_FLAG_UTF8: Final = 0x800
_FLAGS_ENCRYPTED: Final = 0x2041
_DOS_FOLDER: Final = 0x10
_UNICODE_PATH: Final = 0x7075
_SPECIALS: Final = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
}


class MemberInfo(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A member of an archive: `size` and `compressed` are in bytes, `unreadable` says why it cannot be read.

    `name` has `/` between its segments. `crc`, `code` (of the method) and `offset` are for the reader itself.
    """

    name: str
    size: int
    compressed: int
    unreadable: str = ""
    dos_time: int = 0
    crc: int = 0
    code: int = 0
    offset: int = 0

    @property
    def method(self) -> str:
        """The compression method in words: `stored`, `deflate`, `zstd`."""
        return METHODS.get(self.code, f"unknown (number {self.code})")

    @property
    def stamp(self) -> Stamp | None:
        """The time of the member; None where it is no date (archives may say month 0)."""
        date, time = self.dos_time >> 16, self.dos_time & 0xFFFF
        year, month, day = (date >> 9) + 1980, date >> 5 & 15, date & 31
        hour, minute, second = time >> 11, time >> 5 & 63, (time & 31) * 2
        days = (31, 29 if year % 4 == 0 and year != 2100 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        if not 1 <= month <= 12 or not 1 <= day <= days[month - 1] or hour > 23 or minute > 59 or second > 59:
            return None
        return year, month, day, hour, minute, second


def decode_name(record: Record, encoding: str) -> tuple[str, str]:
    r"""The name of a member with `\` as `/`, and the encoding when that is only a guess.

    In this order: UTF-8 where the archive says so, `encoding` where one is given, the Unicode path field, UTF-8, and
    code page 437, the archive format's own, in which every name can be read.
    """
    raw = record.raw_name
    if raw.isascii():
        return raw.decode("ascii").replace("\\", "/"), ""
    for name in _candidates(record, encoding):
        if name is not None:
            return name.replace("\\", "/"), ""
    return raw.decode("cp437").replace("\\", "/"), "cp437"


def _candidates(record: Record, encoding: str) -> tuple[str | None, ...]:
    raw = record.raw_name
    if record.flags & _FLAG_UTF8:
        return (_decoded(raw, "utf-8"), _decoded(raw, encoding))
    return (_decoded(raw, encoding), _unicode_path(record), _decoded(raw, "utf-8"))


def _decoded(raw: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unicode_path(record: Record) -> str | None:
    """The name in the Info-ZIP Unicode path field, when it belongs to the name that stands in the record."""
    field = extra_field(record.extra, _UNICODE_PATH)
    if len(field) <= 5 or field[0] != 1 or int.from_bytes(field[1:5], "little") != zlib.crc32(record.raw_name):
        return None
    return _decoded(field[5:], "utf-8")


def is_encrypted(record: Record) -> bool:
    """Whether the member, or the directory itself, is encrypted."""
    return bool(record.flags & _FLAGS_ENCRYPTED)


def is_folder(record: Record, name: str) -> bool:
    """Whether the record is a folder, which never holds anything."""
    if name.endswith("/"):
        return True
    return stat.S_ISDIR(_mode(record)) or (record.attributes & _DOS_FOLDER > 0 and not record.size)


def special_kind(record: Record) -> str:
    """What the member is when it is no file and no folder ("a symbolic link"); "" for files and folders."""
    return _SPECIALS.get(stat.S_IFMT(_mode(record)), "")


def _mode(record: Record) -> int:
    return record.attributes >> 16 if record.system in _UNIX_SYSTEMS else 0
