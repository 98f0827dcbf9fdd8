"""The residue of one run as it comes together: lines in a temporary file until the target takes them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
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

__all__ = ["Collector"]

_HELD = 8 << 20
_STRETCH = 1 << 20
"""Bytes of a member in one line."""


class Collector:
    """Takes records; closed with the run."""

    def __init__(self, header: Header) -> None:
        self._lines: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115
        self.add(header)

    def add(self, record: Record) -> None:
        """Take a record."""
        self._lines.write(encode_record(record))

    def line(self, line: bytes) -> None:
        """Take a record that is a line already."""
        self._lines.write(line)

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

    def behind(self, before: Iterable[bytes]) -> IO[bytes]:
        """All lines, from the first, behind other ones."""
        joined: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115
        joined.writelines(before)
        shutil.copyfileobj(self.finished(), joined, _STRETCH)
        joined.seek(0)
        self._lines.close()
        self._lines = joined
        return joined

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()
