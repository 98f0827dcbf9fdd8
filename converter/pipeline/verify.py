"""`verify`: the target is read again and compared with what was to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from converter.digests import digest_of_bytes
from converter.errors import ConverterError, EnvironmentFaultError
from converter.findings.finding import Finding
from converter.formats.front import Format, Source, SourceContext, Stored
from converter.model.facts import AssetFact, FolderFact, NoteFact, PayloadFact
from converter.model.items import Note
from converter.pipeline.bench import Reading
from converter.pipeline.crew import Crew
from converter.pipeline.progress import Progress
from converter.pipeline.residue.book import ResidueBook
from converter.storage.digest import digest

__all__ = ["Written", "first_difference", "verify"]

_MOST = 20
"""How many differences are named."""


class Written(msgspec.Struct):
    """What a run wrote: digests of notes and files by the target's keys, and the keys of folders.

    `members` are digests of members of payloads, "" where a member grows by what came. `parts` are kinds and keys, in
    lower case, of items that passed one by one. `origins` are digests of the bytes that
    residue has to give back, by the target's keys; `kept` are digests of the bytes of notes that were there before and
    stay.
    """

    notes: dict[str, bytes] = {}
    files: dict[str, str] = {}
    folders: set[str] = set()
    members: dict[str, str] = {}
    parts: set[tuple[str, str]] = set()
    origins: dict[str, bytes] = {}
    kept: dict[str, bytes] = {}


def verify(
    front: Format,
    path: Path,
    context: SourceContext,
    written: Written,
    expected: Callable[[str], Note],
    crew: Crew,
    progress: Progress,
    *,
    alone: bool = True,
) -> tuple[int, tuple[str, ...]]:
    """Compare the target with what was written: the number of items compared, and what differs.

    `alone` says that nothing else may be there. `expected` makes the lowered note of a target key again, to say where
    it differs. Residue must give back the bytes of every note of the source. Raises EnvironmentFaultError, or OSError,
    where the system does not let the target be read.
    """
    progress.stage("Verifying", len(written.notes))
    try:
        source = front.open_source(path, context)
    except EnvironmentFaultError:
        raise
    except ConverterError as error:
        return 0, (f"the target cannot be read: {error.message}",)
    book = ResidueBook()
    try:
        differences = _compare_store(source, written, alone=alone)
        if written.origins:
            book.open(source)
        reader = _Reader(front, source, context, written, expected)
        differences += reader.compare(crew, progress, alone=alone)
        differences += _compare_origins(book, reader.origins)
    finally:
        book.close()
        source.close()
    number = len(written.notes) + len(written.files) + len(written.folders) + len(written.members)
    number += len(written.parts)
    return number, tuple(differences[:_MOST])


class _Reader:
    """Compares the notes of a target. `origins` are digests of the bytes that no note has given back yet."""

    def __init__(
        self,
        front: Format,
        source: Source,
        context: SourceContext,
        written: Written,
        expected: Callable[[str], Note],
    ) -> None:
        self._front = front
        self._source = source
        self._context = context
        self._written = written
        self._expected = expected
        self._other: list[str] = []
        self.origins = dict(written.origins)

    def compare(self, crew: Crew, progress: Progress, *, alone: bool) -> list[str]:
        """What differs from what was written."""
        written = self._written
        keys = None if alone or written.kept else list(written.notes)
        reading = Reading(format=self._front.id, context=self._context, visits=bool(written.origins))
        found: list[str] = []
        for checked in crew.check(self._new(self._source.fetch(keys)), reading):
            if isinstance(checked, Finding):
                found.append(f"{checked.item} cannot be read")
                continue
            progress.advance(checked.key)
            if checked.given and self.origins.get(checked.origin) == checked.given:
                del self.origins[checked.origin]
            if checked.failure:
                found.append(f"notes/{checked.key}: {checked.failure}")
            elif checked.key in written.notes and checked.digest != written.notes[checked.key] and len(found) < _MOST:
                found.append(f"notes/{checked.key}: {self._difference(checked.key)}")
        return self._other + found

    def _new(self, notes: Iterable[Stored | Finding]) -> Iterator[Stored | Finding]:
        """The notes that were written; of those that were there before the bytes are compared."""
        kept = self._written.kept
        for stored in notes:
            if isinstance(stored, Finding) or stored.key not in kept:
                yield stored
            elif digest_of_bytes(stored.data) != kept[stored.key]:
                self._other.append(f"the note {stored.key!r} was there before and has other bytes")

    def _difference(self, key: str) -> str:
        """Where a note parts from what was to be written."""
        stored = next(iter(self._source.fetch([key])))
        if isinstance(stored, Finding):
            return "it changed while it was read"
        return first_difference(self._expected(key), self._front.read(stored, self._context)[0])


def _compare_origins(book: ResidueBook, origins: Mapping[str, bytes]) -> list[str]:
    """Notes whose bytes residue does not give back."""
    restored = {
        key
        for key, several in book.notes()
        if key in origins and any(digest_of_bytes(held.content) == origins[key] for held in several)
    }
    return [f"residue of the note {key!r} does not restore it" for key in origins if key not in restored]


def _compare_store(source: Source, written: Written, *, alone: bool) -> list[str]:
    """Folders, notes, files and members: none missing, none too many, every byte as written."""
    notes, folders, files, members, units = set(), set(), {}, {}, set()
    for fact in source.facts():
        match fact:
            case FolderFact(key=key):
                folders.add(key)
            case NoteFact(key=key):
                notes.add(key)
            case AssetFact(key=key):
                files[key] = fact
            case PayloadFact(members=parts):
                members.update({part.key: part for part in parts})
                units |= {(unit.kind, unit.key.lower()) for unit in fact.units}
            case _:
                pass
    found = [f"{what} {key!r} is missing" for what, key in _missing(written, notes, folders, files, members)]
    found += [f"{kind}/{key} is missing" for kind, key in sorted(written.parts - units)]
    if alone:
        found += [f"the note {key!r} is too many" for key in sorted(notes - written.notes.keys())]
        found += [f"the file {key!r} is too many" for key in sorted(files.keys() - written.files.keys())]
    for key, wanted in written.files.items():
        if key in files and _digest(source, key, asset=True) != wanted:
            found.append(f"the file {key!r} has other bytes")
    for key, wanted in written.members.items():
        if wanted and key in members and _digest(source, key, asset=False) != wanted:
            found.append(f"the member {key!r} has other bytes")
    return found


def _missing(
    written: Written, notes: set[str], folders: set[str], files: Mapping[str, object], members: Mapping[str, object]
) -> list[tuple[str, str]]:
    gone = [("the note", key) for key in sorted(written.notes.keys() - notes)]
    gone += [("the folder", key) for key in sorted(written.folders - folders)]
    gone += [("the file", key) for key in sorted(written.files.keys() - files.keys())]
    return gone + [("the member", key) for key in sorted(written.members.keys() - members.keys())]


def _digest(source: Source, key: str, *, asset: bool) -> str:
    opener = source.open_asset if asset else source.open_member
    with opener(key) as stream:
        return digest(stream)[1]


def first_difference(expected: object, got: object, path: str = "") -> str:
    """Where two values of the model part: the path to it and both sides, shortened."""
    if type(expected) is not type(got):
        return f"{path or '/'}: expected {_short(expected)}, found {_short(got)}"
    if isinstance(expected, msgspec.Struct):
        for name in expected.__struct_fields__:
            left, right = getattr(expected, name), getattr(got, name)
            if left != right and name != "stamp":
                return first_difference(left, right, f"{path}/{name}")
    if isinstance(expected, tuple) and isinstance(got, tuple):
        for place, (left, right) in enumerate(zip(expected, got, strict=False)):
            if left != right:
                return first_difference(left, right, f"{path}/{place}")
        extra = (expected if len(expected) > len(got) else got)[min(len(expected), len(got)) :]
        side = "missing" if len(expected) > len(got) else "too many"
        return f"{path or '/'}: {side} {_short(extra)}"
    return f"{path or '/'}: expected {_short(expected)}, found {_short(got)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 160 else text[:157] + "..."
