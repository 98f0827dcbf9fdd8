"""From a lowered note to its file, and the folder that takes the files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from converter.errors import InternalFaultError
from converter.formats.front import Rendered, TargetContext
from converter.model.blocks import Raw
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.text.frontmatter import join
from converter.text.markdown import render as render_body

__all__ = ["FolderTarget", "open_target", "render"]


def render(note: Note, _context: TargetContext) -> Rendered:
    """The file of a lowered note, exactly: front matter, body, the line ends that it had."""
    blocks = note.blocks
    head = ""
    if blocks and isinstance(blocks[0], Raw) and blocks[0].format == "yaml":
        head, blocks = blocks[0].source, blocks[1:]
    elif note.front:
        head = join(note.properties)
    body = render_body(blocks)
    if not head and body.startswith("---\n"):
        body = "***" + body[3:]  # a rule at the top of a file would open front matter
    text = head + ("\n" if head and body else "") + body
    if ("newline", "crlf") in note.attrs:
        text = text.replace("\n", "\r\n")
    data = (note.preamble + text).encode("utf-8", "surrogateescape")
    return Rendered(note.key, data, note.key, note.stamp)


class FolderTarget:
    """A folder of Markdown in the making."""

    def __init__(self, staging: Path) -> None:
        self._root = staging
        self._made: set[Path] = set()
        staging.mkdir(parents=True, exist_ok=True)

    def folder(self, _folder: Folder, path: str) -> None:
        """Make a folder."""
        self._make(self._root / path)

    def note(self, rendered: Rendered) -> None:
        """Write a note's file and give it the note's time."""
        path = self._root / rendered.path
        self._make(path.parent)
        with path.open("wb", buffering=0) as stream:
            stream.write(rendered.data)
        _stamp(path, rendered.stamp)

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Copy a file."""
        final = self._root / path
        self._make(final.parent)
        with final.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
        _stamp(final, stamp)

    def payload(self, fact: PayloadFact, _members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """A folder of Markdown has no payloads; the plan never sends one."""
        raise InternalFaultError(f"A folder of Markdown cannot hold the payload {fact.type!r}.")

    def finish(self) -> None:
        """Every file is complete already."""

    def abandon(self) -> None:
        """Nothing is held open."""

    def _make(self, path: Path) -> None:
        if path not in self._made:
            path.mkdir(parents=True, exist_ok=True)
            self._made.add(path)


def _stamp(path: Path, stamp: Moment | None) -> None:
    if stamp is not None and stamp.as_ns() >= 0:
        os.utime(path, ns=(stamp.as_ns(), stamp.as_ns()))


def open_target(staging: Path, _context: TargetContext) -> FolderTarget:
    """A new folder at the staging path."""
    return FolderTarget(staging)
