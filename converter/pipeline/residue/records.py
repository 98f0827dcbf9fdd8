"""The records of residue: JSON lines that stand beside a target (docs/residue.md, "Records")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache

import msgspec

from converter.errors import InputError
from converter.formats.front import Stored
from converter.model.facts import PayloadFact
from converter.model.moment import Moment
from converter.model.order import Output

__all__ = [
    "SCHEMA",
    "AssetRecord",
    "FolderRecord",
    "Header",
    "MadeRecord",
    "MemberRecord",
    "NoteRecord",
    "PayloadRecord",
    "Record",
    "Text",
    "encode_record",
    "kept_lines",
    "records_of",
]

SCHEMA = "mnemo-converter/residue-1"


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bytes, as text where they are UTF-8, else as base64."""

    text: str = ""
    base64: str = ""

    @classmethod
    def of(cls, data: bytes) -> Text:
        """These bytes."""
        try:
            return cls(text=data.decode("utf-8"))
        except UnicodeDecodeError:
            from base64 import b64encode

            return cls(base64=b64encode(data).decode("ascii"))

    def data(self) -> bytes:
        """The bytes; raises `ValueError` where they were damaged."""
        if not self.base64:
            return self.text.encode("utf-8")
        from base64 import b64decode

        return b64decode(self.base64, validate=True)


class _Record(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind"):
    """What all records share: the member `kind`."""


class Header(_Record, frozen=True, omit_defaults=True, tag="header"):
    """The first line: where the archive came from, and what its conversion depended on.

    `before` is the format that the items came from before they stood in the origin, where that is another one.
    """

    schema: str
    origin: str
    name: str = ""
    zone: str = "UTC"
    before: str = ""
    options: dict[str, str] = {}


class FolderRecord(_Record, frozen=True, omit_defaults=True, tag="folder"):
    """A folder of the origin: what it is there, and what became of it; None where it was left out as a folder.

    `shown` is its name in the target, where that differs.
    """

    key: str
    output: Output | None = None
    name: str = ""
    id: str | None = None
    parent: str | None = None
    order: int | None = None
    attrs: tuple[tuple[str, str], ...] = ()
    shown: str | None = None


class MadeRecord(_Record, frozen=True, omit_defaults=True, tag="made"):
    """A folder of the target that no folder of the origin became; `note` is the key of the note that it holds."""

    output: Output
    note: str = ""


class AssetRecord(_Record, frozen=True, omit_defaults=True, tag="asset"):
    """A file of the origin, and where it lies in the target; `name` is how notes of the target spell it.

    `copy` says that it came in beside another version of itself.
    """

    key: str
    at: tuple[str, ...]
    name: str = ""
    stamp: Moment | None = None
    copy: bool = False


class PayloadRecord(_Record, frozen=True, omit_defaults=True, tag="payload"):
    """A part of the origin that travels whole; its members follow."""

    fact: PayloadFact


class MemberRecord(_Record, frozen=True, omit_defaults=True, tag="member"):
    """A stretch of one member of the payload before; further stretches follow in order."""

    key: str
    content: Text
    first: bool = True


class NoteRecord(_Record, frozen=True, omit_defaults=True, tag="note"):
    """A note of the origin.

    `output` is what it became (of the form `page`: a notebook's own page, which nothing stands for), `anchors` and
    `blocks` are those of its work order, `beside` names what the origin's store gave with its bytes. The bytes are
    `content`, or stand in the target's blocks in slices: then `head` and `tail` are what is before and after them, and
    `slices` says how many there are. `marks` are digests of the blocks. `shown` is the title in the target, where that
    differs. `copy` says that it came in beside another version of itself.
    """

    key: str
    output: Output
    path: str = ""
    stamp: Moment | None = None
    folder: str | None = None
    parent: str | None = None
    order: int | None = None
    beside: tuple[tuple[str, str], ...] = ()
    anchors: dict[str, str] = {}
    blocks: int = 0
    dropped: tuple[str, ...] = ()
    content: Text | None = None
    head: str = ""
    tail: str = ""
    slices: int = 0
    marks: str = ""
    shown: str | None = None
    copy: bool = False

    def stored(self, data: bytes, beside: tuple[tuple[str, bytes], ...] = ()) -> Stored:
        """The note as its own store would give it."""
        return Stored(self.key, data, self.path, self.stamp, self.folder, self.parent, self.order, beside)


Record = Header | FolderRecord | MadeRecord | AssetRecord | PayloadRecord | MemberRecord | NoteRecord

_encode = msgspec.json.Encoder().encode


@cache
def _decoder() -> msgspec.json.Decoder[Record]:
    """Made for the first line that is read: many archives have none."""
    return msgspec.json.Decoder(Record)


def encode_record(record: Record) -> bytes:
    """One line, with its line break."""
    return _encode(record) + b"\n"


def records_of(lines: Iterable[bytes]) -> Iterator[Record | None]:
    """Each record; None for a line that is none. Raises `InputError` for another schema."""
    for line in lines:
        try:
            record: Record | None = _decoder().decode(line)
        except (msgspec.DecodeError, ValueError):
            record = None
        if isinstance(record, Header) and record.schema != SCHEMA:
            raise InputError(
                f"The source carries residue in the form {record.schema!r}, which is not known here.",
                hint="Use a newer version of this program, or --ignore-residue to convert what the source shows.",
            )
        yield record


def kept_lines(lines: Iterable[bytes], replaced: AbstractSet[str]) -> Iterator[bytes]:
    """The lines without the records of notes and files that other ones replace; `replaced` are keys in the target."""
    for line in lines:
        try:
            record: Record | None = _decoder().decode(line)
        except (msgspec.DecodeError, ValueError):
            record = None
        gone = isinstance(record, NoteRecord) and record.output.key in replaced
        gone = gone or (isinstance(record, AssetRecord) and any(path in replaced for path in record.at))
        if not gone:
            yield line if line.endswith(b"\n") else line + b"\n"
