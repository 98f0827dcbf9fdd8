"""The residue of one run as it comes together: lines in memory, or in a temporary file, until the target takes them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import IO

from converter.model.facts import PayloadFact
from converter.pipeline.residue.records import (
    Header,
    MemberRecord,
    PayloadRecord,
    Record,
    Text,
    encode_record,
)
from converter.storage.scratch import on_disk_if_large

__all__ = ["Collector"]

_STRETCH = 1 << 20
"""Bytes of a member in one line."""


class Collector:
    """Takes records; closed with the run."""

    def __init__(self, header: Header) -> None:
        self._lines: IO[bytes] = BytesIO()
        self.add(header)

    def add(self, record: Record) -> None:
        """Take a record."""
        self.line(encode_record(record))

    def line(self, line: bytes) -> None:
        """Take a record that is a line already."""
        self._lines.write(line)
        self._lines = on_disk_if_large(self._lines)

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Take a payload with the bytes of its members, each under its key."""
        self.add(PayloadRecord(fact=fact))
        for key, opened in members:
            first = True
            with opened as stream:
                while (data := stream.read(_STRETCH)) or first:
                    self.add(MemberRecord(key=key, content=Text.of(data), first=first))
                    first = False

    def finished(self) -> IO[bytes]:
        """All lines, from the first."""
        self._lines.seek(0)
        return self._lines

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()
