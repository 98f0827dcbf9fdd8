"""The residue that a source carries, gathered from its blocks and from what stands beside its notes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

import msgspec

from converter.digests import digest_of_bytes
from converter.findings.finding import Finding
from converter.formats.front import Source
from converter.model.facts import PayloadFact
from converter.model.order import Output
from converter.pipeline.residue.records import (
    AssetRecord,
    FolderRecord,
    Header,
    MadeRecord,
    MemberRecord,
    NoteRecord,
    PayloadRecord,
    Record,
    Text,
    records_of,
)
from converter.pipeline.residue.sound import is_sound_origin
from converter.pipeline.residue.visit import Visit
from converter.storage.known_names import Names
from converter.storage.scratch import Scratch

__all__ = ["Held", "ResidueBook", "unused"]

_HELD = 8 << 20
_MOST = 256 << 20
"""Bytes of one line that are read at most; more is damage."""

_pack = msgspec.msgpack.Encoder().encode
_stub = msgspec.msgpack.Decoder(NoteRecord).decode
_record = msgspec.msgpack.Decoder(tuple[msgspec.Raw, NoteRecord]).decode
_output = msgspec.msgpack.Decoder(tuple[Output, msgspec.Raw]).decode


class Held(msgspec.Struct, frozen=True, gc=False):
    """The record of a note, and where its bytes are kept.

    `holder` is the note whose blocks carried it; `partial` tells that not all of it is left. `place` is where the
    scratch has what became of the note and its record, with its bytes behind them.
    """

    holder: str
    origin: str
    scratch: Scratch
    place: int
    partial: bool = False

    @property
    def record(self) -> NoteRecord:
        """The record, without the bytes."""
        return _record(self.scratch.piece(self.place))[1]

    @property
    def output(self) -> Output:
        """What became of the note when the record was written."""
        return _output(self.scratch.piece(self.place))[0]

    @property
    def content(self) -> bytes:
        """The bytes of the note in its origin."""
        return self.scratch.piece(self.scratch.following(self.place))


class ResidueBook:
    """All records of one source, with their texts in a temporary file. Closed with the run."""

    def __init__(self) -> None:
        self.headers: dict[str, Header] = {}
        self.folders: dict[str, FolderRecord] = {}
        self.made: list[MadeRecord] = []
        self.assets: list[AssetRecord] = []
        self.payloads: list[tuple[str, PayloadFact]] = []
        """What travels whole, each with its origin."""
        self.damaged = 0
        self.foreign: list[str] = []
        self.spoiled: list[str] = []
        self._held: list[Held] = []
        self._stubs = array("q")
        self._scratch = Scratch()
        self._members: dict[str, list[int]] = {}
        """Where the bytes of each member are kept, stretch by stretch."""
        self._beside: dict[str, str] = {}
        self._archive = ""

    def close(self) -> None:
        """Let go of all records, and of the file."""
        self._held.clear()
        self._scratch.close()

    def __bool__(self) -> bool:
        return bool(self.headers)

    @property
    def origins(self) -> Counter[str]:
        """How many notes come from each origin."""
        found: Counter[str] = Counter(dict.fromkeys(self.headers, 0))
        found.update(held.origin for held in self._held)
        return found

    def notes(self) -> Iterator[tuple[str, list[Held]]]:
        """The records of each note of the source, in the order in which the first of each came."""
        numbers: Names[int] = Names()
        for number, held in enumerate(self._held):
            numbers.add(held.output.key, number)
        for group in numbers.groups():
            several = [self._held[number] for number in group]
            yield several[0].output.key, several

    def stubs(self) -> Iterator[NoteRecord]:
        """Notes whose blocks carry their records, if they are there at all."""
        return map(_stub, map(self._scratch.piece, self._stubs))

    def open(self, source: Source) -> None:
        """Take what stands beside the notes of a source, whose facts were read."""
        opened = source.open_residue()
        if opened is not None:
            with opened as stream:
                self.read(stream)

    def read(self, stream: IO[bytes]) -> None:
        """Take what stands beside the notes; damaged lines are counted. Raises `InputError` for a newer form."""
        member: str | None = None
        for record in records_of(_lines(stream)):
            if isinstance(record, MemberRecord):
                member = self._stretch(record, member)
            elif record is None or (not self._archive and not isinstance(record, Header)):
                self.damaged += 1
            else:
                self._enter(record)

    def _enter(self, record: Record) -> None:
        match record:
            case Header() if is_sound_origin(record.origin, record.options):
                self._archive = record.origin
                self.headers[record.origin] = record
            case FolderRecord():
                self.folders[record.key] = record
            case MadeRecord():
                self.made.append(record)
            case AssetRecord():
                self.assets.append(record)
            case PayloadRecord(fact=fact):
                self.payloads.append((self._archive, fact))
            case NoteRecord(content=None):
                self._stubs.append(self._scratch.keep(_pack(record)))
            case NoteRecord():
                self._note(record, record.content or Text(), "", self._archive)
            case _:
                self.damaged += 1

    def _stretch(self, record: MemberRecord, member: str | None) -> str | None:
        """Take a stretch; it goes on with the member of this key, or begins one. The key that may go on."""
        if record.first:
            self._members[record.key] = []
        elif record.key != member:
            self.damaged += 1
            return None
        self._members[record.key].append(self._kept(record.content))
        return record.key

    def _kept(self, content: Text) -> int:
        try:
            data = content.data()
        except ValueError:
            self.damaged += 1
            data = b""
        return self._scratch.keep(data)

    def _note(self, record: NoteRecord, content: Text, holder: str, origin: str, *, partial: bool = False) -> None:
        bare = msgspec.structs.replace(record, content=None, head="", tail="")
        place = self._scratch.keep(_pack((record.output, bare)))
        self._kept(content)
        self._held.append(Held(holder, origin, self._scratch, place, partial))

    def visit(self, key: str, visit: Visit | None) -> None:
        """Take what the blocks of a note carry."""
        found = visit.gathered if visit is not None else None
        if found is not None and is_sound_origin(found.header.origin, found.header.options):
            self.headers.setdefault(found.header.origin, found.header)
            self._note(found.record, Text(text=found.text), key, found.header.origin, partial=found.partial)
            if found.foreign:
                self.foreign.append(key)
        elif visit is not None:
            self.spoiled.append(key)

    def problems(self) -> Iterator[Finding]:
        """What cannot be used."""
        if self.damaged:
            yield unused("archive", "lines of it are damaged", self.damaged)
        for key in self.spoiled:
            yield unused(f"notes/{key}", "it is damaged")
        for key in self.foreign:
            yield unused(f"notes/{key}", "blocks carry that of other notes, or copies of it")

    def note_keys(self) -> Iterator[str]:
        """The keys of notes in their origin, in its order as far as it is known."""
        stubs = (stub.key for stub in self.stubs())
        yield from dict.fromkeys((*stubs, *(held.record.key for held in self._held)))

    def beside(self, record: NoteRecord) -> tuple[tuple[str, bytes], ...]:
        """What the origin's store gave with the note, found among the members by its digest."""
        if not record.beside:
            return ()
        return tuple((name, self.member(self._beside[own])) for name, own in record.beside if own in self._beside)

    def members_that_come(self, keys: Iterable[str]) -> None:
        """Only these members will be in the target: nothing else can stand beside its notes."""
        self._beside = {_digest(self.member(key)): key for key in sorted(keys)}

    def has_member(self, key: str) -> bool:
        """Whether the bytes of a member are there."""
        return key in self._members

    def member(self, key: str) -> bytes:
        """The bytes of a member."""
        return b"".join(map(self._scratch.piece, self._members[key]))

    @contextmanager
    def open_member(self, key: str) -> Iterator[IO[bytes]]:
        """The bytes of a member as a stream."""
        from tempfile import SpooledTemporaryFile

        with SpooledTemporaryFile(max_size=_HELD) as stream:
            for place in self._members[key]:
                stream.write(self._scratch.piece(place))
            stream.seek(0)
            yield stream


def unused(item: str, why: str, count: int = 1) -> Finding:
    """The finding for residue that is not used."""
    return Finding(code="residue-unused", item=item, details=(("why", why),), count=count)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(_MOST):
        yield line


def _digest(data: bytes) -> str:
    return digest_of_bytes(data).hex()
