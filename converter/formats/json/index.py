"""What an archive holds: its lines, found once and fetched by their places (docs/formats/json.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from io import BufferedReader, BytesIO
from pathlib import Path
from posixpath import basename
from typing import IO, Any

import msgspec

from converter.errors import InputError, ItemError
from converter.findings.finding import Finding, Location
from converter.findings.problems import Problems
from converter.formats.front import SourceContext, Stored
from converter.formats.json.assets import Inline, checked, companion_of
from converter.formats.json.header import HEAD_BYTES, SCHEMA, version_of
from converter.formats.json.lines import INLINE, Head, Line, head_of, lines_of
from converter.formats.json.moments import moment_from
from converter.formats.json.read import object_of
from converter.formats.json.residue import KEY, Residue
from converter.model.facts import AssetFact, Fact, FolderFact, MemberFact, NoteFact, PayloadFact, UnitFact
from converter.storage.limits import exceeded
from converter.storage.tree import open_below

__all__ = ["ArchiveSource", "open_source"]

_MEMBERS = frozenset(("kind", "key", "name", "id", "parent", "order", "attrs"))


class _Place(msgspec.Struct, frozen=True):
    """Where a line stands, by its number too; of a file also where its bytes are (`data`, `file`), and their digest."""

    number: int
    offset: int
    length: int
    data: int = 0
    file: str = ""
    sha256: Any = None


class ArchiveSource:
    """An archive, opened for reading."""

    def __init__(self, path: Path, context: SourceContext) -> None:
        if not path.is_file():
            raise InputError(f"{path} is no file.", hint="Name a file of JSON Lines.")
        self._path = path
        self._context = context
        self._stream = path.open("rb")
        try:
            self._headless = _check_header(path, self._stream, salvage=context.salvage)
        except InputError:
            self._stream.close()
            raise
        self._notes: dict[str, _Place] = {}
        self._assets: dict[str, _Place] = {}
        self._others: dict[str, _Place] = {}
        self._folders: dict[str, FolderFact] = {}
        self._residue = Residue()

    def facts(self) -> Iterator[Fact | Finding]:
        """Folders first, then everything else, each in the order of the lines."""
        later: list[Fact | Finding] = []
        limits, count = self._context.limits, 0
        self._stream.seek(0)
        for line in lines_of(self._stream, limits.note_bytes):
            if (line.number == 1 and not self._headless) or self._residue.take(line):
                continue
            count += 1
            if count > limits.files:
                exceeded(limits, "files", f"The archive {self._path}", count)
            later += self._facts_of(line)
        yield from (msgspec.structs.replace(one, path=self._path_of(one)) for one in self._folders.values())
        if self._headless:
            yield Finding(code="header-missing", location=Location(line=1, column=1))
        yield from later
        if self._residue:
            yield self._residue.fact()

    def _facts_of(self, line: Line) -> Iterator[Fact | Finding]:
        inline = INLINE.match(line.start)
        if not line.whole and inline is None:
            yield from _broken(line, f"it is longer than note_bytes={self._context.limits.note_bytes:,} allows")
            return
        try:
            head = head_of(line.start if line.whole or inline is None else line.start[: inline.end()] + b'"}')
        except ValueError as error:
            yield from _broken(line, str(error))
            return
        keyed = isinstance(head.key, str) and head.key
        if head.kind in ("note", "folder", "asset") and not keyed:
            yield from _broken(line, "it has no key")
        elif head.kind == "note":
            yield from self._note(line, head)
        elif head.kind == "folder":
            yield from self._folder(line, head)
        elif head.kind == "asset":
            yield from self._asset(line, head, inline.end() if inline is not None else 0)
        else:
            yield from self._other(line, head)

    def _note(self, line: Line, head: Head) -> Iterator[Fact | Finding]:
        key = yield from _unique(self._notes, "notes", head.key, line)
        self._notes[key] = _Place(line.number, line.offset, line.length)
        above, _, name = key.rpartition("/")
        own_path = name.endswith(".md") and (head.folder or "") == above
        yield NoteFact(key=key, size=line.length, path=key if own_path else "")

    def _folder(self, line: Line, head: Head) -> Iterator[Fact | Finding]:
        key = yield from _unique(self._folders, "folders", head.key, line)
        problems = Problems(f"folders/{key}")
        attrs = head.attrs if isinstance(head.attrs, list) else []
        self._folders[key] = FolderFact(
            key=key,
            name=head.name if isinstance(head.name, str) else basename(key),
            id=head.id if isinstance(head.id, str) else None,
            parent=head.parent if isinstance(head.parent, str) else None,
            order=head.order if type(head.order) is int else None,
            attrs=tuple((one[0], one[1]) for one in attrs if _is_pair(one)),
        )
        for name in object_of(line.start, problems).keys() - _MEMBERS:
            problems.add("unknown-member", member=name)
        yield from problems.findings()

    def _asset(self, line: Line, head: Head, data: int) -> Iterator[Fact | Finding]:
        key = yield from _unique(self._assets, "assets", head.key, line)
        file = head.file if isinstance(head.file, str) else ""
        self._assets[key] = _Place(line.number, line.offset, line.length, data, file, head.sha256)
        size = head.size if type(head.size) is int and 0 <= head.size < 1 << 62 else 0
        yield AssetFact(
            key=key,
            name=head.name if isinstance(head.name, str) and head.name else basename(key),
            size=size,
            stamp=moment_from(head.stamp),
        )

    def _other(self, line: Line, head: Head) -> Iterator[Fact | Finding]:
        kind = head.kind if isinstance(head.kind, str) else "(none)"
        if self._context.strict_unknown:
            raise InputError(f"Line {line.number} is of the unknown kind {kind!r}, which --strict-unknown refuses.")
        key, number = f"{kind} {hashlib.sha256(line.start).hexdigest()[:16]}", 1
        while (own := key if number == 1 else f"{key} {number}") in self._others:
            number += 1
        self._others[own] = _Place(line.number, line.offset, line.length)
        named = next((one for one in (head.name, head.key) if isinstance(one, str) and one), kind)
        member = MemberFact(key=own, name=own, size=line.length)
        unit = UnitFact(kind="payloads", key=own, title=named)
        yield PayloadFact(key=own, type=kind, members=(member,), units=(unit,), known=False)
        yield Finding(
            code="payload-unknown",
            item=f"payloads/{own}",
            location=Location(line=line.number, column=1),
            details=(("type", kind),),
        )

    def _path_of(self, folder: FolderFact) -> str:
        """The names of a folder and of what is above it, as far up as folders of a tree go."""
        names, seen = [folder.name], {folder.key}
        at = folder.parent
        while at in self._folders and at not in seen and len(seen) < self._context.limits.depth:
            seen.add(at)
            names.append(self._folders[at].name)
            at = self._folders[at].parent
        return "/".join(reversed(names))

    def fetch(self, keys: Sequence[str] | None = None) -> Iterator[Stored | Finding]:
        """The lines of these notes."""
        for key in self._notes if keys is None else keys:
            place = self._notes[key]
            yield Stored(key, self._line(place), where=Location(line=place.number, column=1))

    def _line(self, place: _Place) -> bytes:
        self._stream.seek(place.offset)
        return self._stream.read(place.length)

    def open_asset(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """The bytes of a file: from its line, or from the folder beside the archive."""
        place = self._assets[key]
        return checked(self._beside(place.file) if place.file else self._inside(place), place.sha256)

    def _beside(self, name: str) -> IO[bytes]:
        folder = self._path.with_name(companion_of(self._path.name))
        try:
            return open_below(folder, name)
        except OSError as error:
            raise ItemError(f"{folder.name}/{name}: {error.strerror or error}.") from None

    def _inside(self, place: _Place) -> IO[bytes]:
        if place.data:
            stream = self._path.open("rb")
            stream.seek(place.offset + place.data)
            return BufferedReader(Inline(stream, place.length - place.data), 4 << 18)
        data = object_of(self._line(place), Problems("")).get("data", "")
        text = data.encode("ascii", "replace") if isinstance(data, str) else b"?"
        return BufferedReader(Inline(BytesIO(text + b'"}'), len(text) + 2))

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A line of another kind, as it stands; or all residue."""
        if key == KEY:
            return self._residue.open(self._path)
        return BytesIO(self._line(self._others[key]))

    def open_residue(self) -> AbstractContextManager[IO[bytes]] | None:
        """The residue among the lines."""
        return self._residue.open(self._path) if self._residue else None

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def _check_header(path: Path, stream: IO[bytes], *, salvage: bool) -> bool:
    """Whether the first line is missing, and what is there is read all the same."""
    version = version_of(stream.readline(HEAD_BYTES))
    if version is None and salvage:
        return True
    if version is None:
        hint = f'The first line is an object with "schema": "{SCHEMA}". --salvage reads the other lines without it.'
        raise InputError(f"{path} is no archive in JSON Lines: its first line does not say so.", hint=hint)
    if version != 1:
        raise InputError(
            f"{path} follows version {version} of the schema, and version 1 is known here.",
            hint="Look for a newer mnemo-converter.",
        )
    return False


def _broken(line: Line, what: str) -> Iterator[Fact | Finding]:
    """A line that cannot be read is one unit, which failed."""
    key = f"line {line.number}"
    unit = UnitFact(kind="payloads", key=key, title=key, broken=True)
    yield PayloadFact(key=key, type="", units=(unit,), known=False)
    where = Location(line=line.number, column=1)
    yield Finding(code="line-unreadable", item=f"payloads/{key}", location=where, details=(("what", what),))


def _unique(taken: dict[str, Any], kind: str, key: str, line: Line) -> Generator[Finding, None, str]:
    """The key of a line; a second one of the same key gets another, which is told."""
    if key not in taken:
        return key
    own = f"{key} (line {line.number})"
    while own in taken:
        own += "'"
    yield Finding(
        code="duplicate-id",
        item=f"{kind}/{own}",
        location=Location(line=line.number, column=1),
        details=(("what", key), ("became", own)),
    )
    return own


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)


def open_source(path: Path, context: SourceContext) -> ArchiveSource:
    """Open an archive; raises `InputError` where it is none, or of a newer version."""
    return ArchiveSource(path, context)
