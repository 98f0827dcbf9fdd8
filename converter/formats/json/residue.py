"""Residue in an archive: every record of it in a line of its own (docs/formats/json.md, "Residue")."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from converter.formats.json.lines import RESIDUE, RESIDUE_START, Line
from converter.model.facts import MemberFact, PayloadFact
from converter.storage.digest import CHUNK_BYTES

__all__ = ["KEY", "Residue", "wrapped"]

KEY = "residue"
_SCHEMA = b"mnemo-converter/residue-"
_FIRST = 512
_HELD = 8 << 20


def wrapped(records: Iterable[bytes]) -> Iterator[bytes]:
    """The records as lines of an archive."""
    for record in records:
        yield RESIDUE + record.rstrip(b"\n") + b"}\n"


class Residue:
    """The lines of an archive that are residue, by their places; they are read when they are asked for."""

    def __init__(self) -> None:
        self._places: list[tuple[int, int]] = []
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._places)

    def take(self, line: Line) -> bool:
        """Take a line as residue; False where it is none of ours. The first record says of which form all are."""
        begins = RESIDUE_START.match(line.start)
        if begins is None or (not self._places and _SCHEMA not in line.start[:_FIRST]):
            return False
        length = line.length - begins.end() - 1
        self._places.append((line.offset + begins.end(), length))
        self._size += length + 1
        return True

    def fact(self) -> PayloadFact:
        """What it is in an index: nothing that is counted, and whole within its own system."""
        return PayloadFact(key=KEY, type=KEY, members=(MemberFact(key=KEY, name=KEY, size=self._size),))

    def open(self, path: Path) -> IO[bytes]:
        """The records of the archive at `path`, one a line, in a file that can be read from any place."""
        out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115
        with path.open("rb") as stream:
            for offset, length in self._places:
                stream.seek(offset)
                _copy(stream, out, length)
                out.write(b"\n")
        out.seek(0)
        return out


def _copy(stream: IO[bytes], out: IO[bytes], length: int) -> None:
    while length > 0 and (chunk := stream.read(min(length, CHUNK_BYTES))):
        out.write(chunk)
        length -= len(chunk)
