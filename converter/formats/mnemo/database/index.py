"""An opened library: what `mnemo.db` and the folders beside it hold (docs/formats/mnemo.md, "Library")."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import IO, Final, cast

from converter.errors import ItemError
from converter.findings.finding import Finding, Location
from converter.formats.entries import is_residue, odd_facts
from converter.formats.front import SourceContext, Stored
from converter.formats.mnemo.database.indexes import Listed, Listing, trashed
from converter.formats.mnemo.database.layout import (
    CARDS,
    DERIVED,
    FILE,
    FOLDER_ROW,
    FOLDERS_INDEX,
    HISTORY,
    NOTE_ROW,
    NOTES_INDEX,
    RESIDUE,
    RESIDUE_ROW,
    ROW,
    ROW_BLOB,
    ROW_NULL,
    TABLE,
    TRASH_FOLDERS,
    TRASH_NOTES,
    is_folder_row,
    is_note_row,
    name_of,
)
from converter.formats.mnemo.database.losses import folders_lost, indexes_lost, notes_lost, rows_lost, unit_of
from converter.formats.mnemo.database.payloads import payload_facts
from converter.formats.mnemo.database.store import Store, StoredRow
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.folders import folder_facts
from converter.formats.mnemo.history import cut_history
from converter.formats.mnemo.lost import lost_facts, lost_item, salvaged
from converter.formats.mnemo.rows import Keys, Row, sniff
from converter.model.facts import AssetFact, Fact, JunkFact, MemberFact, NoteFact, PayloadFact
from converter.model.moment import moment_from_ns
from converter.storage.faults import reading_item
from converter.storage.tree import Entry, open_below, walk
from converter.text.json_text import decode

__all__ = ["DatabaseSource", "database_in", "open_source"]

_ASSETS: Final = ("images", "files", "note-assets", "mindmap-assets", "chat-attachments")
"""Folders of a library that hold files of its notes, cards, maps and chats."""

_JUNK: Final = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


def database_in(path: Path) -> Path:
    """The database that a path names: itself, or the one in a folder."""
    return path / FILE if path.is_dir() else path


def open_source(path: Path, context: SourceContext) -> DatabaseSource:
    """Open a library: its `mnemo.db`, or the folder that holds it. Raises InputError where there is none."""
    return DatabaseSource(database_in(path), context)


class DatabaseSource:
    """A library, opened for reading."""

    def __init__(self, path: Path, context: SourceContext) -> None:
        self._root = path.parent
        self._context = context
        self._depth = context.limits.json_depth
        self._store = Store(path, context.limits, salvage=context.salvage)
        try:
            rows, self._odd = self._store.rows()
            self._rows = {row.key: row for row in rows}
            self._residue = self._residue_rows()
        except BaseException:
            self._store.close()
            raise
        self._notes: dict[str, StoredRow | None] | None = None

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def facts(self) -> Iterator[Fact | Finding]:
        """Folders and notes as the indexes name them, files, then everything else."""
        if self._store.damage:
            yield salvaged(self._store.damage, "archive")
        yield from lost_facts(rows_lost(self._store.losses), unit_of)
        for what in indexes_lost(self._store.losses):
            where = Location(table="Storage", row=what)
            yield Finding(code="index-unreadable", item="archive", location=where, details=(("what", what),))
        for place, key in enumerate(self._odd, 1):
            yield JunkFact(key=key or f"row {place}", kind="records", told=True)
            code, details = ("duplicate-id", (("id", key),)) if key else ("row-not-text", (("what", "its key"),))
            yield Finding(code=code, item=f"records/{key}", details=details)
        gone = trashed(self._store, self._rows, (TRASH_NOTES, TRASH_FOLDERS), self._depth)
        yield from self._folders(gone[TRASH_FOLDERS])
        yield from self._note_facts(gone[TRASH_NOTES])
        yield from self._files()
        yield from payload_facts(self._store, self._rows, self._depth, residue=bool(self._residue))
        if self._residue:
            size = sum(row.size for row in self._residue)
            member = MemberFact(key=RESIDUE, name=RESIDUE, size=size)
            yield PayloadFact(key=RESIDUE, type="residue", members=(member,), known=True)
        self._store.check()

    def _folders(self, gone: set[str]) -> Iterator[Fact | Finding]:
        listing = Listing(self._store, self._rows, FOLDERS_INDEX, FOLDER_ROW, "folders")
        yield from listing.findings(is_folder_row, self._depth)
        for item in listing.items:
            yield from _oddities(item, "folders", gone)
        kept = [item for item in listing.items if item.id not in gone]
        kept = [item for item in kept if item.row.kind != "null"]
        values = self._store.values(item.row for item in kept)
        rows = [Row(item.id, data) for item, (_, data) in zip(kept, values, strict=True)]
        rows += [Row(identity, b"") for identity in folders_lost(self._store.losses)]
        yield from folder_facts(rows, Keys(), self._depth, Dialect.STORAGE)

    def _note_facts(self, gone: set[str]) -> Iterator[Fact | Finding]:
        listing = Listing(self._store, self._rows, NOTES_INDEX, NOTE_ROW, "notes")
        yield from listing.findings(is_note_row, self._depth)
        keys = Keys()
        found: dict[str, StoredRow | None] = {}
        values = self._store.values(item.row for item in listing.items if not _is_left_out(item, gone))
        for item in listing.items:
            yield from _oddities(item, "notes", gone)
            if _is_left_out(item, gone):
                continue
            _, data = next(values)
            if data.strip() == b"null":
                yield Finding(code="row-null", item=f"notes/{item.id}", location=_place(item.row))
                continue
            inner = sniff(data, "noteId", self._depth, Dialect.STORAGE).id
            key, repeated = keys.take(inner, item.id)
            if repeated:
                twice = (("id", inner or item.id),)
                yield Finding(code="duplicate-id", item=f"notes/{key}", location=_place(item.row), details=twice)
            elif inner is not None and inner != item.id:
                both = (("what", item.id), ("became", inner))
                yield Finding(code="row-key-differs", item=f"notes/{key}", location=_place(item.row), details=both)
            found[key] = item.row
            yield NoteFact(key=key, size=len(data))
        for identity in notes_lost(self._store.losses):
            key, _ = keys.take(None, identity)
            found[key] = None
            yield NoteFact(key=key)
        self._notes = found

    def _data(self, row: StoredRow) -> bytes:
        return self._store.value(row.key) or b""

    def _files(self) -> Iterator[Fact | Finding]:
        for folder in _ASSETS:
            root = self._root / folder
            if root.is_symlink():
                yield from odd_facts(Entry(folder, "symlink", reason="a link is not followed"), folder)
            if not root.is_dir() or root.is_symlink():
                continue
            for entry in walk(root, self._context.limits, junk=_is_junk):
                key = f"{folder}/{entry.rel}"
                if entry.kind == "file":
                    stamp = moment_from_ns(entry.mtime_ns)
                    yield AssetFact(key=key, name=key.rpartition("/")[2], size=entry.size, stamp=stamp)
                elif entry.kind != "folder":
                    yield from odd_facts(entry, key)
        for name in DERIVED:
            if (self._root / name).exists():
                yield JunkFact(key=name, kind="assets")

    def fetch(self, keys: Sequence[str] | None = None) -> Iterator[Stored | Finding]:
        """The bytes of these notes (all: None), in the order of the index."""
        if self._notes is None:
            for _ in self.facts():
                pass
        wanted = None if keys is None else set(keys)
        chosen = {key: row for key, row in (self._notes or {}).items() if wanted is None or key in wanted}
        values = self._store.values(row for row in chosen.values() if row is not None)
        for key, row in chosen.items():
            if row is None:
                yield lost_item(f"notes/{key}", "Storage", NOTE_ROW + key)
            else:
                yield Stored(key, next(values)[1], where=_place(row))
        self._store.check()

    def open_asset(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file beside the database."""
        with reading_item(key):
            return closing(open_below(self._root, key))

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A piece of a payload: a row, a table, the practice history, or residue."""
        if key.startswith(TABLE):
            if self._store.objects.get(name_of(TABLE, key)) != "table":
                raise ItemError(f"There is no {key} in the library.")
            return closing(cast("IO[bytes]", _Lines(self._store.table_lines(name_of(TABLE, key)))))
        return closing(io.BytesIO(self._piece(key)))

    def _piece(self, key: str) -> bytes:
        if key == RESIDUE:
            return b"".join(map(self._data, self._residue))
        if key == HISTORY:
            return cut_history(decode(self._store.cards)[0])[1].encode()
        kind = next((kind for kind in (ROW, ROW_BLOB, ROW_NULL) if key.startswith(kind)), None)
        row = self._rows.get(name_of(kind, key)) if kind else None
        if row is None:
            raise ItemError(f"There is no {key} in the library.")
        if row.key != CARDS:
            return self._data(row)
        rest, history = cut_history(decode(self._store.cards)[0])
        return rest.encode() if history else self._data(row)

    def open_residue(self) -> AbstractContextManager[IO[bytes]] | None:
        """The residue in rows of its own."""
        return self.open_member(RESIDUE) if self._residue else None

    def _residue_rows(self) -> list[StoredRow]:
        rows = [row for key, row in sorted(self._rows.items()) if key.startswith(RESIDUE_ROW) and row.is_text]
        first = io.BytesIO(self._data(rows[0])) if rows else None
        return rows if first is not None and is_residue(first) else []


def _place(row: StoredRow) -> Location:
    return Location(table="Storage", row=row.key)


def _is_left_out(item: Listed, gone: set[str]) -> bool:
    return item.id in gone or item.row.kind == "null"


def _oddities(item: Listed, kind: str, gone: set[str]) -> Iterator[Fact | Finding]:
    """What is said of a row before it is read: it lies in the trash, or holds no text."""
    if item.id in gone:
        yield JunkFact(key=item.id, kind=kind, told=True)
        yield Finding(code="trash-left-out", item=f"{kind}/{item.id}", location=_place(item.row))
    elif not item.row.is_text:
        details = (("what", item.row.kind.upper()),)
        yield Finding(code="row-not-text", item=f"{kind}/{item.id}", location=_place(item.row), details=details)


def _is_junk(rel: str, _folder: bool) -> bool:
    return rel.rpartition("/")[2].lower() in _JUNK


class _Lines(io.RawIOBase):
    """Lines that are made as they are read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        super().__init__()
        self._lines = lines
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        parts = [self._held]
        have = len(self._held)
        while wanted < 0 or have < wanted:
            line = next(self._lines, None)
            if line is None:
                break
            parts.append(line)
            have += len(line)
        data = b"".join(parts)
        if wanted < 0:
            self._held = b""
            return data
        self._held = data[wanted:]
        return data[:wanted]
