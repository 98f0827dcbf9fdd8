"""Notes and folders: their texts in rows of a database, both ways (docs/formats/mnemo.md, "Notes", "Folders")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Final

from msgspec import UNSET

from converter.errors import ItemError
from converter.findings.problems import Problems
from converter.formats.mnemo.build import blocks_built
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.old_notes import folder_record, note_record
from converter.formats.mnemo.records import FolderRecord, NoteRecord
from converter.formats.mnemo.render import blocks_parts
from converter.formats.mnemo.strict import strict_note
from converter.model.items import Folder, Note
from converter.model.moment import Moment, moment_from_number, parse_moment
from converter.text.json_text import (
    JsonTextError,
    Members,
    decode,
    dotnet_date,
    is_dotnet_date,
    object_text,
    parse,
    quote,
)

__all__ = ["folder_from", "folder_text", "members_of", "note_from", "note_text"]

_NO_DATE: Final = "0001-01-01T00:00:00"
"""What the application writes and reads for a time that is not set."""

_APP_DEPTH: Final = 64
_MEMBERS: Final = [
    "noteId",
    "sid",
    "ver",
    "title",
    "folderId",
    "parentNoteId",
    "order",
    "folderPath",
    "content",
    "blocks",
    "createdAt",
    "modifiedAt",
    "isFavorite",
    "emoji",
    "cover",
    "coverCrop",
    "tags",
]
_NAMES: Final = {dialect: [f'"{dialect.spelled(name)}":' for name in _MEMBERS] for dialect in Dialect}
"""What begins each member of a note, in their order."""


def members_of(data: bytes, max_depth: int, problems: Problems) -> Members:
    """The object that the text of a row holds; raises ItemError where it holds none."""
    text, replaced = decode(data)
    if replaced:
        problems.add("invalid-utf8", "", replaced)
    if text.startswith("\ufeff"):
        problems.add("byte-order-mark")
        text = text[1:]
    if not text.strip():
        raise ItemError(f"{problems.item}: the row holds no text")
    try:
        parsed = parse(text, max_depth)
    except JsonTextError as error:
        place = f" at line {error.line}, column {error.column}" if error.line else ""
        raise ItemError(f"{problems.item}: not JSON{place}: {error.message}") from None
    if not isinstance(parsed.value, Members):
        raise ItemError(f"{problems.item}: the row holds JSON, but no object")
    if parsed.surrogates:
        problems.add("surrogate-replaced", "", parsed.surrogates)
    if parsed.depth > _APP_DEPTH:
        problems.add("nesting-deep", levels=str(parsed.depth))
    return parsed.value


def note_from(
    data: bytes, key: str, zone: tzinfo, max_depth: int, problems: Problems, dialect: Dialect = Dialect.PACKAGE
) -> Note:
    """The note that the text of a row holds, under `key`; raises ItemError where the text is no JSON object.

    Dates without a zone stand in `zone`.
    """
    record = strict_note(data, dialect) or note_record(members_of(data, max_depth, problems), problems, dialect)
    created, created_text = _moment("createdAt", record.created_at, zone, problems)
    updated, updated_text = _moment("modifiedAt", record.modified_at, zone, problems)
    return Note(
        key=key,
        title=record.title or "",
        id=record.note_id,
        folder=record.folder_id or None,
        parent=record.parent_note_id or None,
        order=record.order,
        created=created,
        updated=updated,
        tags=record.tags or (),
        icon=record.emoji or "",
        cover=record.cover or "",
        favorite=record.is_favorite,
        attrs=tuple(_attrs(record, created_text, updated_text)),
        blocks=blocks_built(record.blocks or [], problems),
    )


def _attrs(record: NoteRecord, created: str, updated: str) -> Iterator[tuple[str, str]]:
    """The members that the note's fields do not say, as JSON."""
    said = (
        ("title", record.title, record.title or ""),
        ("folderId", record.folder_id, record.folder_id or None),
        ("parentNoteId", record.parent_note_id, record.parent_note_id or None),
        ("folderPath", record.folder_path, ""),
        ("content", record.content, ""),
        ("sid", record.sid, UNSET),
        ("emoji", record.emoji, record.emoji or UNSET),
        ("cover", record.cover, record.cover or UNSET),
        ("coverCrop", record.cover_crop, UNSET),
    )
    for name, value, default in said:
        if value is not default and value != default and value is not UNSET:
            yield name, "null" if value is None else quote(value)
    if record.blocks is None:
        yield "blocks", "null"
    for name, text in (("createdAt", created), ("modifiedAt", updated)):
        if text:
            yield name, _date(text)
    if record.ver is not UNSET:
        yield "ver", str(record.ver)
    if record.tags is None or record.tags == ():
        yield "tags", "null" if record.tags is None else "[]"


def _moment(name: str, text: str | None, zone: tzinfo, problems: Problems) -> tuple[Moment | None, str]:
    """The time, and its text where the time alone does not give what the application would write."""
    if text is None or text == _NO_DATE:
        return None, ""
    moment = parse_moment(text, zone) or moment_from_number(text)
    if not is_dotnet_date(text):
        code = "date-invalid" if moment is None else "date-repaired"
        problems.add(code, f"/{name}", member=name, value=text)
        return None if moment is None else Moment(moment.ticks, moment.offset or 0), ""
    if text.endswith("Z") and moment is not None and moment.ticks:
        return moment, ""
    bare = parse_moment(text, UTC)
    if bare is None or bare.ticks == 0:
        return None, text
    if bare.offset is None:
        local = dotnet_date(Moment(bare.ticks, 0)).removesuffix("Z")
        return None if moment is None else Moment(moment.ticks), local
    return moment, "" if (moment is not None and text.endswith("Z")) or dotnet_date(bare) == text else text


def note_text(note: Note, dialect: Dialect = Dialect.PACKAGE) -> str:
    """A note as its application writes it: exactly what the note says.

    Members of application 0.8 are there where the note has them. Raises InternalFaultError for blocks and runs that
    Mnemo does not have.
    """
    extra = dict(note.attrs)
    newer = {
        "emoji": quote(note.icon) if note.icon else extra.get("emoji"),
        "cover": quote(note.cover) if note.cover else extra.get("cover"),
        "coverCrop": extra.get("coverCrop"),
        "tags": f"[{','.join(map(quote, note.tags))}]" if note.tags else extra.get("tags"),
    }
    texts = (
        quote(note.key if note.id is None else note.id),
        extra.get("sid"),
        extra.get("ver"),
        quote(note.title) if note.title else extra.get("title", '""'),
        quote(note.folder) if note.folder else extra.get("folderId", "null"),
        quote(note.parent) if note.parent else extra.get("parentNoteId", "null"),
        str(note.order or 0),
        extra.get("folderPath", '""'),
        extra.get("content", '""'),
        blocks_parts(note.blocks, note.key) if note.blocks else extra.get("blocks", "[]"),
        extra.get("createdAt") or _moment_text(note.created),
        extra.get("modifiedAt") or _moment_text(note.updated),
        "true" if note.favorite else "false",
        *newer.values(),
    )
    parts: list[str] = []
    for name, text in zip(_NAMES[dialect], texts, strict=True):
        if text is not None:
            parts += (",", name)
            parts += text if isinstance(text, list) else (text,)
    parts[0] = "{"
    parts.append("}")
    return "".join(parts)


def _moment_text(moment: Moment | None) -> str:
    return _date(dotnet_date(moment) if moment is not None else _NO_DATE)


def _date(text: str) -> str:
    """A date as JSON: its plus sign is not escaped."""
    return f'"{text}"'


def folder_from(data: bytes, max_depth: int, problems: Problems, dialect: Dialect = Dialect.PACKAGE) -> FolderRecord:
    """The folder that the text of a row holds; raises ItemError where the text is no JSON object."""
    return folder_record(members_of(data, max_depth, problems), problems, dialect)


def folder_text(folder: Folder, dialect: Dialect = Dialect.PACKAGE) -> str:
    """A folder as its application writes it."""
    extra = dict(folder.attrs)
    members = [
        ("folderId", quote(folder.key if folder.id is None else folder.id)),
        ("name", quote(folder.name) if folder.name else extra.get("name", '""')),
        ("parentId", quote(folder.parent) if folder.parent else extra.get("parentId", "null")),
        ("order", str(folder.order or 0)),
    ]
    return object_text((dialect.spelled(name), text) for name, text in members)
