"""Writing an archive: one line after the other, larger files beside it (docs/formats/json.md)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from posixpath import basename, splitext
from typing import IO

import msgspec

from converter.formats.front import Rendered, TargetContext
from converter.formats.json.assets import INLINE_BYTES, companion_of, encoded
from converter.formats.json.encode import line_of
from converter.formats.json.header import header_line
from converter.formats.json.moments import moment_value
from converter.formats.json.residue import KEY, wrapped
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.storage.digest import CHUNK_BYTES, digest
from converter.storage.names import Unique, safe_segment

__all__ = ["ArchiveTarget", "open_target", "render"]


def render(note: Note, _context: TargetContext) -> Rendered:
    """A note as its line: pure, and exact."""
    return Rendered(note.key, line_of("note", note))


class ArchiveTarget:
    """An archive in the making."""

    def __init__(self, path: Path, context: TargetContext) -> None:
        self._inline = context.inline
        self._beside = path.with_name(companion_of(path.name))
        self._names = Unique()
        self._out = path.open("wb")
        self._out.write(header_line(context.version, context.origin))

    def folder(self, folder: Folder, _path: str) -> None:
        """Write a folder."""
        self._line(line_of("folder", folder))

    def note(self, rendered: Rendered) -> None:
        """Write a note."""
        self._line(rendered.data)

    def _line(self, text: bytes) -> None:
        self._out.write(text)
        self._out.write(b"\n")

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Write a file: into its line while it is small, else beside the archive."""
        start = stream.read(INLINE_BYTES + 1)
        if len(start) <= INLINE_BYTES:
            self._inside(path, BytesIO(start), stamp)
        elif self._inline:
            with tempfile.TemporaryFile() as held:
                held.write(start)
                _copy(stream, held)
                self._inside(path, held, stamp)
        else:
            self._aside(path, start, stream, stamp)

    def _inside(self, key: str, held: IO[bytes], stamp: Moment | None) -> None:
        held.seek(0)
        size, sha256 = digest(held)
        held.seek(0)
        self._out.write(_asset_line(key, size, sha256, stamp)[:-1] + b',"data":"')
        for piece in encoded(held):
            self._out.write(piece)
        self._out.write(b'"}\n')

    def _aside(self, key: str, start: bytes, stream: IO[bytes], stamp: Moment | None) -> None:
        self._beside.mkdir(exist_ok=True)
        stem, extension = splitext(safe_segment(basename(key)))
        name = self._names.take(stem, extension=extension)
        with (self._beside / name).open("w+b") as out:
            out.write(start)
            _copy(stream, out)
            out.seek(0)
            size, sha256 = digest(out)
        self._line(_asset_line(key, size, sha256, stamp, file=name))

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Write lines of other kinds as they stood."""
        for _, opened in members:
            with opened as stream:
                if fact.key == KEY:
                    self.residue(stream)
                    continue
                _copy(stream, self._out)
            self._out.write(b"\n")

    def residue(self, lines: IO[bytes]) -> None:
        """Write residue, each record in a line of its own."""
        self._out.writelines(wrapped(lines))

    def finish(self) -> None:
        """Close the file; it is complete."""
        self._out.close()

    def abandon(self) -> None:
        """Let go of the file."""
        self._out.close()


def _asset_line(key: str, size: int, sha256: str, stamp: Moment | None, **more: str) -> bytes:
    line: dict[str, object] = {"kind": "asset", "key": key, "name": basename(key), "size": size, "sha256": sha256}
    time = moment_value(stamp) if stamp is not None else None
    if isinstance(time, str):
        line["stamp"] = time
    return msgspec.json.encode(line | more)


def _copy(stream: IO[bytes], out: IO[bytes]) -> None:
    while chunk := stream.read(CHUNK_BYTES):
        out.write(chunk)


def open_target(path: Path, context: TargetContext) -> ArchiveTarget:
    """Begin an archive at `path`; it is complete after `finish`."""
    return ArchiveTarget(path, context)
