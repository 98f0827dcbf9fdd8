"""Notes and folders read patiently: names in any case, members missing or of another kind."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from converter.findings.problems import Problems
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.records import BlockRecord, FolderRecord, NoteRecord
from converter.formats.mnemo.tolerant import blocks_from
from converter.formats.mnemo.view import OuterView, StoredView, text_form
from converter.text.json_text import Members, Number, dump, is_text

__all__ = ["folder_record", "note_record"]

_NOTE_NAMES: Final = frozenset(f.encode_name.lower() for f in msgspec.structs.fields(NoteRecord))
_FOLDER_NAMES: Final = frozenset(f.encode_name.lower() for f in msgspec.structs.fields(FolderRecord))


_VIEWS: Final = {Dialect.PACKAGE: OuterView, Dialect.STORAGE: StoredView}


def note_record(members: Members, problems: Problems, dialect: Dialect = Dialect.PACKAGE) -> NoteRecord:
    """The record of a note of any era."""
    view = _VIEWS[dialect](members, "", problems)
    view.unknown(_NOTE_NAMES)
    return NoteRecord(
        note_id=_identity(view, "noteId"),
        title=_text_or_null(view, "title"),
        folder_id=view.nullable("folderId"),
        parent_note_id=view.nullable("parentNoteId"),
        order=view.whole("order"),
        folder_path=_text_or_null(view, "folderPath"),
        content=_text_or_null(view, "content"),
        blocks=_blocks(view),
        created_at=_date(view, "createdAt"),
        modified_at=_date(view, "modifiedAt"),
        is_favorite=view.switch("isFavorite"),
        sid=_newer(view, "sid"),
        ver=view.whole("ver") if view.has("ver") else UNSET,
        emoji=_newer(view, "emoji"),
        cover=_newer(view, "cover"),
        cover_crop=_newer(view, "coverCrop"),
        tags=_tags(view),
    )


def folder_record(members: Members, problems: Problems, dialect: Dialect = Dialect.PACKAGE) -> FolderRecord:
    """The record of a folder."""
    view = _VIEWS[dialect](members, "", problems)
    view.unknown(_FOLDER_NAMES)
    return FolderRecord(
        folder_id=_identity(view, "folderId"),
        name=_text_or_null(view, "name"),
        parent_id=view.nullable("parentId"),
        order=view.whole("order"),
    )


def _identity(view: OuterView, name: str) -> str | None:
    """An id; one that is null is none, and the application refuses it."""
    identity = view.nullable(name)
    if identity is None and view.has(name):
        view.repaired(name, None, "an id")
    return identity


def _text_or_null(view: OuterView, name: str) -> str | None:
    return view.nullable(name) if view.has(name) else ""


def _newer(view: OuterView, name: str) -> str | UnsetType | None:
    return view.nullable(name) if view.has(name) else UNSET


def _date(view: OuterView, name: str) -> str | None:
    """The text of a date, or of the number that stands for one; None where there is none."""
    value = view.find(name)
    if is_text(value) or isinstance(value, Number):
        return str(value)
    if view.has(name):
        view.problems.add("date-invalid", view.at(name), member=name, value=dump(value))
    return None


def _blocks(view: OuterView) -> list[BlockRecord] | None:
    value = view.find("blocks")
    if value is None:
        return None
    if not isinstance(value, list):
        view.repaired("blocks", value, "an array")
        value = [value]
    return blocks_from(value, view.at("blocks"), view.problems)


def _tags(view: OuterView) -> tuple[str, ...] | UnsetType | None:
    if not view.has("tags"):
        return UNSET
    value = view.find("tags")
    if value is None:
        return None
    if not isinstance(value, list):
        view.repaired("tags", value, "an array of strings")
        return (text_form(value),)
    if not all(is_text(tag) for tag in value):
        view.repaired("tags", value, "an array of strings")
    return tuple(text_form(tag) for tag in value)
