"""Writing a package: everything as it comes, the archive at the end (docs/formats/mnemo.md, "Package")."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Final

import msgspec

from converter.errors import EnvironmentFaultError, InternalFaultError
from converter.formats.front import Part, Rendered, TargetContext
from converter.formats.mnemo.notes import folder_text, note_text
from converter.formats.mnemo.package.layout import RESIDUE, ROOT
from converter.formats.mnemo.package.manifest import MANIFEST
from converter.formats.mnemo.package.manifest_text import ListedAsset, entry_text, manifest_text
from converter.formats.mnemo.package.packing import QUICK, level_for
from converter.formats.mnemo.package.part_files import PartFiles
from converter.formats.mnemo.package.spool import Spool
from converter.formats.mnemo.package.tables import NOTES
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.storage import sqlite
from converter.storage.archive import ZipWriter
from converter.storage.faults import writing

__all__ = ["PackageTarget", "open_target", "render"]

_NOTES: Final = f"{ROOT}/notes"
_DATABASE: Final = f"{_NOTES}/notes.db"


def render(note: Note, _context: TargetContext) -> Rendered:
    """A note as the row of a package: pure, and exact on a lowered note."""
    return Rendered(note.key, note_text(note).encode("ascii"))


def open_target(path: Path, context: TargetContext) -> PackageTarget:
    """Begin a package at `path`, which must not exist; it is complete after `finish`."""
    return PackageTarget(path, context)


class _Group(msgspec.Struct):
    """The files of one payload: its entry in the manifest ("" for files that no entry covers), and their names."""

    order: str
    entry: str
    names: list[str]


class PackageTarget:
    """A package in the making. All waits in a folder beside it, because the order of an archive is fixed."""

    def __init__(self, path: Path, context: TargetContext) -> None:
        self._path = path
        self._clock = context.clock
        with writing(path):
            self._parts = tempfile.TemporaryDirectory(prefix=f"{path.name}.", suffix=".parts", dir=path.parent)
            self._spool = Spool(Path(self._parts.name) / "files")
        self._database = Path(self._parts.name) / "notes.db"
        self._connection = sqlite.create(self._database)
        self._connection.executescript(NOTES.ddl)
        self._notes = 0
        self._started = False
        self._assets: list[str] = []
        self._groups: list[_Group] = []
        self._items = PartFiles(Path(self._parts.name))
        self._writer: ZipWriter | None = None

    def folder(self, folder: Folder, _path: str) -> None:
        """Add a folder."""
        self._insert("Folders", folder.key if folder.id is None else folder.id, folder_text(folder))

    def note(self, rendered: Rendered) -> None:
        """Add a note as `render` gave it."""
        self._insert("Notes", rendered.key, rendered.data)
        self._notes += 1

    def _insert(self, table: str, key: str, text: str | bytes) -> None:
        """A row; bytes are text."""
        if _DATABASE in self._spool:
            raise InternalFaultError(f"{_DATABASE!r} is taken by a file that passes whole: the plan let it pass")
        self._started = True
        try:
            self._connection.execute(f"INSERT INTO {table} VALUES (?, {sqlite.text_sign(text)})", (key, text))
        except sqlite3.IntegrityError:
            raise InternalFaultError(f"two rows of {table} have the id {key!r}: the plan let it pass") from None
        except sqlite3.OperationalError as error:
            raise EnvironmentFaultError(f"the notes of {self._path} cannot be written: {error}") from error

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:  # noqa: ARG002
        """Add a file below `payloads/notes`, such as `assets/note-assets/<name>`. A package keeps no file times."""
        self._started = True
        self._assets.append(self._take(f"{_NOTES}/{path}", stream))

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Add a payload as it stood in its source: its entry, and its files under their old names.

        `members` names each by the key or the name of its `MemberFact`.
        """
        keys = {member.name: member.key for member in fact.members} | {m.key: m.key for m in fact.members}
        names = []
        for name, opened in members:
            with opened as stream:
                names.append(self._take(keys[name], stream))
        self._groups.append(_Group(fact.type.lower(), fact.entry, names))

    def part(self, part: Part) -> None:
        """Add a deck, a folder of decks, a map or a setting."""
        with sqlite.writing(self._path):
            self._items.add(part)

    def _take(self, name: str, stream: IO[bytes]) -> str:
        if name in self._spool or name == MANIFEST or (name == _DATABASE and self._started):
            raise InternalFaultError(f"two files of the package are named {name!r}: the plan let it pass")
        with writing(self._path):
            self._spool.add(name, stream)
        return name

    def residue(self, lines: IO[bytes]) -> None:
        """Keep residue beside the notes, where the application does not look."""
        self._groups.append(_Group("", "", [self._take(RESIDUE, lines)]))

    def finish(self) -> None:
        """Write the archive: payloads by their type, files that no entry covers, and the manifest last."""
        with sqlite.writing(self._path):
            self._connection.commit()
        self._connection.close()
        with sqlite.writing(self._path):
            made = self._items.finished()
        for kind, count, name, stream in made:
            with stream:
                self._groups.append(_Group(kind, entry_text(kind, count), [self._take(name, stream)]))
        foreign = _DATABASE in self._spool
        if self._started or not (foreign or any(group.entry for group in self._groups)):
            self._groups.append(_Group("notes", entry_text("notes", self._notes), []))
        groups = sorted(self._groups, key=lambda group: (not group.entry, group.order))
        writer = self._writer = ZipWriter(self._path)
        assets: list[ListedAsset] = []
        for group in groups:
            if group.order == "notes" and not group.names and group.entry:
                with self._database.open("rb") as stream:
                    writer.add_stream(_DATABASE, stream, level=QUICK)
                assets += [self._add(writer, name) for name in sorted(self._assets)]
            for name in group.names:
                self._add(writer, name)
        entries = [group.entry for group in groups if group.entry]
        writer.add(MANIFEST, manifest_text(self._clock, entries, assets).encode(), level=QUICK)
        writer.close()
        self._writer = None
        self._drop()

    def _add(self, writer: ZipWriter, name: str) -> ListedAsset:
        with self._spool.open(name) as stream:
            size, sha256 = writer.add_stream(name, stream, level=level_for(name, self._spool.size(name)))
        return ListedAsset(name, size, sha256)

    def abandon(self) -> None:
        """Let go of everything without completing it."""
        self._connection.close()
        self._items.close()
        if self._writer is not None:
            self._writer.abandon()
        self._drop()

    def _drop(self) -> None:
        self._spool.close()
        self._parts.cleanup()
