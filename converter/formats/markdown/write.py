"""From a lowered note to its file, and the folder that takes the files."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from converter.errors import InternalFaultError
from converter.formats.front import Rendered, TargetContext
from converter.formats.markdown.residue import FOLDER, NAME
from converter.formats.staged import StagedFiles
from converter.model.blocks import Raw
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.text.frontmatter import join
from converter.text.markdown.render import render as render_body

__all__ = ["FolderTarget", "head_of", "open_merge", "open_target", "render"]


def render(note: Note, _context: TargetContext) -> Rendered:
    """The file of a lowered note, exactly: front matter, body, the line ends that it had."""
    head = head_of(note)
    body = render_body(note.blocks[1:] if _is_yaml(note) else note.blocks)
    if not head and body.startswith("---\n"):
        body = "***" + body[3:]  # a rule at the top of a file would open front matter
    text = head + ("\n" if head and body else "") + body
    if ("newline", "crlf") in note.attrs:
        text = text.replace("\n", "\r\n")
    data = (note.preamble + text).encode("utf-8", "surrogateescape")
    return Rendered(note.key, data, note.key, note.stamp)


def _is_yaml(note: Note) -> bool:
    first = note.blocks[0] if note.blocks else None
    return isinstance(first, Raw) and first.format == "yaml"


def head_of(note: Note) -> str:
    """The front matter of a lowered note; one that is no YAML stands there as it was."""
    first = note.blocks[0] if note.blocks else None
    if isinstance(first, Raw) and first.format == "yaml":
        return first.source
    return join(note.properties) if note.front else ""


class FolderTarget:
    """A folder of Markdown in the making, or what is to come into one that exists."""

    def __init__(self, staging: Path) -> None:
        self.grown: set[str] = {NAME}
        self._files = StagedFiles(staging)

    def folder(self, _folder: Folder, path: str) -> None:
        """Make a folder."""
        self._files.folder(path)

    def note(self, rendered: Rendered) -> None:
        """Write a note's file and give it the note's time."""
        self._files.write(rendered.path, rendered.data, rendered.stamp)

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Copy a file."""
        self._files.copy(path, stream, stamp)

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Copy residue as it is; a folder of Markdown has no other payloads, and the plan never sends one."""
        if fact.key != FOLDER:
            raise InternalFaultError(f"A folder of Markdown cannot hold the payload {fact.type!r}.")
        for name, opened in members:
            with opened as stream:
                self.asset(name, stream)

    def residue(self, lines: IO[bytes]) -> None:
        """Keep residue in its hidden folder."""
        self.asset(NAME, lines)

    def finish(self) -> None:
        """Every file is complete already."""

    def abandon(self) -> None:
        """Nothing is held open."""


def open_merge(_present: Path, staging: Path, _context: TargetContext) -> FolderTarget:
    """Files that come into a folder, each staged at its place in it."""
    return FolderTarget(staging)


def open_target(staging: Path, _context: TargetContext) -> FolderTarget:
    """A new folder at the staging path."""
    return FolderTarget(staging)
