"""Small notes of a run to the one that comes after it: on the disk all or nothing, with a schema and a checksum."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from converter.digests import sha256
from converter.storage.system import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DRAFT", "Fingerprint", "fingerprint", "parts_of", "read_record", "write_record"]

DRAFT: Final = ".new"
"""What the name of a record ends in while it is not whole."""

Fingerprint = tuple[int, int, int]
"""What tells whether a file is still the same one: its number, size and time; of a folder only the number."""

T = TypeVar("T")


def write_record(path: Path, schema: str, value: msgspec.Struct) -> None:
    """Bring a record to the disk; it is there, whole, from the moment of a rename."""
    body = msgspec.msgpack.encode(value)
    draft = path.with_name(path.name + DRAFT)
    with draft.open("wb") as file:
        file.write(_head(schema, body) + body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def read_record(path: Path, schema: str, kind: type[T]) -> T | None:
    """The record in a file; None where it is none of this schema, or damaged."""
    data = path.read_bytes()
    body = data.partition(b"\n")[2]
    if not data.startswith(_head(schema, body)):
        return None
    try:
        return msgspec.msgpack.decode(body, type=kind)
    except msgspec.MsgspecError:
        return None


def _head(schema: str, body: bytes) -> bytes:
    return f"{schema} {sha256(body).hexdigest()}\n".encode()


def fingerprint(path: str | os.PathLike[str]) -> Fingerprint | None:
    """The fingerprint of what stands at a path; None where nothing does."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (found.st_ino, -1, 0) if stat.S_ISDIR(found.st_mode) else (found.st_ino, found.st_size, found.st_mtime_ns)


def parts_of(path: bytes) -> list[str]:
    """The parts of a relative path of a record (with `/`, as the file system has it); none where it leads outside."""
    parts = os.fsdecode(path).split("/")
    separators = {os.sep, os.altsep or os.sep, "\0"} | ({":"} if os.name == "nt" else set())
    odd = any(part in ("", ".", "..") or not separators.isdisjoint(part) for part in parts)
    return [] if odd else parts
