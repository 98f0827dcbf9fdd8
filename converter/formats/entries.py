"""What folders of every format have in common: entries that are neither files nor folders of the user's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.formats.front import Opener
from converter.model.facts import Fact, JunkFact
from converter.model.moment import Moment, moment_from_ns
from converter.storage.limits import Limits
from converter.storage.tree import Entry

__all__ = ["check_note_size", "is_residue", "odd_facts", "read_note", "set_time"]


def odd_facts(entry: Entry, key: str) -> Iterator[Fact | Finding]:
    """Junk is one unit, skipped; links and special files are told by findings of their own, and never opened."""
    yield JunkFact(key=key, told=entry.kind != "junk")
    if entry.kind == "junk":
        return
    code = "symlink-skipped" if entry.kind == "symlink" else "file-skipped"
    details = (("what", entry.reason or entry.kind),)
    yield Finding(code=code, item=f"assets/{key}", location=Location(file=key), details=details)


def check_note_size(item: str, size: int, limits: Limits) -> None:
    """Raise ItemError for a note of more bytes than `note_bytes`: this note fails, and no other."""
    if size > limits.note_bytes:
        raise ItemError(
            f"{item}: {size:,} bytes are above the limit note_bytes={limits.note_bytes:,}; "
            f"--limits note_bytes={size} raises it"
        )


def read_note(opener: Opener, key: str, limits: Limits) -> tuple[bytes, Moment] | Finding:
    """The bytes of the file of a note and its time; the finding where it cannot be read, or is too large."""
    try:
        with opener(key) as stream:
            status = os.fstat(stream.fileno())
            check_note_size(f"notes/{key}", status.st_size, limits)
            return stream.read(), moment_from_ns(status.st_mtime_ns)
    except (OSError, ItemError) as error:
        details = (("what", getattr(error, "strerror", None) or str(error)),)
        return Finding(code="item-unreadable", item=f"notes/{key}", location=Location(file=key), details=details)


_FIRST = 512
_RESIDUE = b"mnemo-converter/residue-"


def is_residue(stream: IO[bytes]) -> bool:
    """Whether a file says in its beginning that it is residue of ours, of whatever version."""
    return _RESIDUE in stream.read(_FIRST)


def set_time(path: Path | str, stamp: Moment | None) -> None:
    """Give a file its time; times before 1970 cannot be given everywhere and are left out."""
    if stamp is not None and stamp.as_ns() >= 0:
        os.utime(path, ns=(stamp.as_ns(), stamp.as_ns()))
