"""What an archive holds, judged member by member before any data is read."""

from __future__ import annotations

import posixpath
from array import array
from typing import IO, TYPE_CHECKING

import msgspec

from converter.errors import InputError
from converter.findings.finding import Finding, Location
from converter.storage.archive import members as meaning
from converter.storage.archive.directory import LOCAL_HEADER, DirectoryError, locate, records
from converter.storage.archive.members import MemberInfo
from converter.storage.archive.scan import scanned
from converter.storage.archive.stream import READABLE
from converter.storage.limits import Limits, exceeded
from converter.storage.names import check_member, without_controls

if TYPE_CHECKING:
    from collections.abc import Callable

    from converter.storage.archive.directory import Record

__all__ = ["ArchiveIndex"]

_RATIO_FLOOR = 16 * 1024**2
_SHOWN_NAMES = 3


class ArchiveIndex:
    """The members of an archive (`members` by name, `skipped`), with findings about them (`problems`).

    `end` is where the directory starts: no member's data goes beyond. `shift` is how many bytes stand in front that the
    archive's own offsets do not count. `same` is None where
    members of one name are kept.
    """

    def __init__(
        self,
        what: str,
        limits: Limits,
        *,
        encoding: str,
        skip_unsafe: bool,
        same: Callable[[str], str] | None,
    ) -> None:
        self.members: dict[str, MemberInfo] = {}
        self.skipped: list[MemberInfo] = []
        self.problems: list[Finding] = []
        self.end = 0
        self.shift = 0
        self._what = what
        self._limits = limits
        self._encoding = encoding
        self._skip_unsafe = skip_unsafe
        self._same = same
        self._first: dict[str, str] = {}
        self._twins: list[str] = []
        self._next_number: dict[str, int] = {}
        self._total = 0

    def read(self, file: IO[bytes], length: int) -> None:
        """Read and judge the directory. Raises InputError and LimitError as `ZipReader` says."""
        directory = locate(file, length, self._what)
        self.end = directory.start
        self.shift = directory.shift
        offsets, packed = array("Q"), array("Q")
        for record in records(file, directory, self._limits, self._what):
            offsets.append(record.offset)
            packed.append(record.packed)
            member = self._judge(record)
            if member is not None:
                self._add(member)
        self._refuse_twins()
        first = self._refuse_overlaps(offsets, packed)
        for where, size in (("in front of", first), ("after", directory.after)):
            if size:
                details = (("where", where), ("bytes", str(size)))
                self.problems.append(Finding(code="package-has-junk", details=details))

    def salvage(self, file: IO[bytes], length: int) -> None:
        """Find the members by their own headers, and judge them as those of a directory.

        Raises InputError where there is none, or where one is unsafe or encrypted; LimitError as `read` does.
        """
        self.end = length
        for found in scanned(file, length, self._limits, self._what):
            member = self._judge(found.record)
            if member is not None and found.cut:
                why = "the archive ends before it does"
                self._report("member-damaged", member.name, ("what", why))
                member = msgspec.structs.replace(member, unreadable=why)
            if member is not None:
                self._add(member)
        self._refuse_twins()
        if not self.members:
            raise InputError(f"{self._what}: nothing of this ZIP archive can be salvaged.")
        self.problems.append(Finding(code="archive-salvaged", details=(("what", f"{len(self.members):,} members"),)))

    def _judge(self, record: Record) -> MemberInfo | None:
        """The member that a record stands for; None for folders and for what is skipped."""
        name, guessed = meaning.decode_name(record, self._encoding)
        folder = meaning.is_folder(record, name)
        if folder and not record.size:
            return None
        spelled, name = name, without_controls(name)
        member = _member(record, name)
        if meaning.is_encrypted(record):
            raise InputError(
                f"{self._what} is password-protected (its member {name!r} is).",
                hint="Unpack it with its password, and pack it again without one.",
            )
        if kind := _skipped_kind(record, name, folder=folder):
            self._skip(member, "member-skipped", kind)
            return None
        if reason := check_member(name):
            self._refuse_unsafe(member, reason)
            return None
        self._check_limits(member)
        if spelled != name:
            self._report("member-renamed", name, ("what", spelled))
        if guessed:
            self._report("member-name-guessed", name, ("encoding", guessed))
        if member.unreadable:
            self._report("member-damaged", name, ("what", member.unreadable))
        return member

    def _refuse_unsafe(self, member: MemberInfo, reason: str) -> None:
        if not self._skip_unsafe:
            raise InputError(
                f"{self._what}: the name of member {member.name!r} {reason}.",
                hint="Do not trust this archive unless you know who made it. --skip-unsafe leaves such members out.",
            )
        self._skip(member, "member-unsafe", reason)

    def _check_limits(self, member: MemberInfo) -> None:
        limits, size = self._limits, member.size
        self._total += size
        what = f"member {member.name!r} of {self._what}"
        if size > limits.member_bytes:
            exceeded(limits, "member_bytes", what, size)
        if self._total > limits.total_bytes:
            exceeded(limits, "total_bytes", f"the members of {self._what} together", self._total)
        if size >= _RATIO_FLOOR and size > member.compressed * limits.ratio:
            exceeded(limits, "ratio", what, size // max(1, member.compressed))
        if (depth := member.name.count("/")) > limits.depth:
            exceeded(limits, "depth", what, depth)

    def _add(self, member: MemberInfo) -> None:
        name = member.name
        if self._same is not None:
            first = self._first.setdefault(self._same(name), name)
            if first is not name:
                self._twins.append(f"{first!r} and {name!r}" if first != name else repr(name))
        elif name in self.members:
            member = msgspec.structs.replace(member, name=self._free_name(name))
            self._report("member-duplicate", member.name, ("what", name))
        self.members[member.name] = member

    def _free_name(self, name: str) -> str:
        """`Name 2.md` for a second `Name.md`."""
        stem, extension = posixpath.splitext(name)
        number = self._next_number.get(name, 2)
        while (free := f"{stem} {number}{extension}") in self.members:
            number += 1
        self._next_number[name] = number + 1
        return free

    def _refuse_twins(self) -> None:
        if self._twins:
            some = ", ".join(self._twins[:_SHOWN_NAMES])
            more = f" and {len(self._twins) - _SHOWN_NAMES:,} more" if len(self._twins) > _SHOWN_NAMES else ""
            raise InputError(
                f"{self._what} is ambiguous: members have the same name ({some}{more}).",
                hint="Unpack it, keep the right ones, and pack it again.",
            )

    def _refuse_overlaps(self, offsets: array[int], packed: array[int]) -> int:
        """Refuse members that share bytes or lie outside of the archive; where the first one starts."""
        free_from = first = min(offsets, default=self.end)
        for index in sorted(range(len(offsets)), key=offsets.__getitem__):
            start = offsets[index]
            if start < free_from:
                raise InputError(f"{self._what}: members of the ZIP archive overlap, as in a decompression bomb.")
            free_from = start + LOCAL_HEADER.size + packed[index]
            if free_from > self.end:
                raise DirectoryError(
                    f"{self._what}: member {index + 1:,} lies outside of the archive.",
                    hint="The file is damaged. --salvage reads what is left.",
                )
        return first

    def _skip(self, member: MemberInfo, code: str, why: str) -> None:
        self.skipped.append(msgspec.structs.replace(member, unreadable=why))
        self._report(code, member.name, ("what", why))

    def _report(self, code: str, name: str, *details: tuple[str, str]) -> None:
        self.problems.append(Finding(code=code, item=f"assets/{name}", location=Location(member=name), details=details))


def _skipped_kind(record: Record, name: str, *, folder: bool) -> str:
    if folder:
        return "a folder with content"
    return meaning.special_kind(record) if name else "it has no name"


def _member(record: Record, name: str) -> MemberInfo:
    member = MemberInfo(
        name=name,
        size=record.size,
        compressed=record.packed,
        dos_time=record.dos_time,
        crc=record.crc,
        code=record.method,
        offset=record.offset,
    )
    if member.code in READABLE:
        return member
    why = f"the compression method {member.method} is not supported"
    return msgspec.structs.replace(member, unreadable=why)
