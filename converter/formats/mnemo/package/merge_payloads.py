"""Payloads of a package into which items are put one by one: opened at the first item, and made where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from converter.errors import InternalFaultError
from converter.formats.front import Part
from converter.formats.mnemo.package.layout import ROOT, Share, fold
from converter.formats.mnemo.package.manifest_text import entry_text
from converter.formats.mnemo.package.merge_documents import MapList, MergedDocument, Settings
from converter.formats.mnemo.package.merge_manifest import ManifestEdit
from converter.formats.mnemo.package.merge_rows import MergedRows
from converter.formats.mnemo.package.tables import CARDS, NOTES, RowFile
from converter.formats.mnemo.part_ids import rooted
from converter.formats.mnemo.rows import Keys
from converter.storage import sqlite

__all__ = ["MergedPayloads"]

_TABLES: Final = {"decks": "Decks", "folders": "Folders"}
_DOCUMENTS: Final[dict[str, tuple[str, str, bytes, Callable[[bytes, str], MergedDocument]]]] = {
    "maps": ("mindmaps", "data.json", b"[]", MapList),
    "settings": ("settings", "settings.json", b"{}", Settings),
}


class _Slot:
    """The place of a payload's main file: the number of its entry, the file, and whether that was there."""

    def __init__(self, number: int, name: str, *, there: bool) -> None:
        self.number = number
        self.name = name
        self.there = there


class MergedPayloads:
    """The payloads of a package that take items. `unpack` puts a member at a path, `folder` holds what is made."""

    def __init__(
        self, manifest: ManifestEdit, shares: Sequence[Share], unpack: Callable[[str, Path], None], folder: Path
    ) -> None:
        self._manifest = manifest
        self._shares = shares
        self._unpack = unpack
        self._folder = folder
        self._rows: dict[str, list[tuple[_Slot, Path, MergedRows]]] = {}
        self._documents: dict[str, tuple[_Slot, MergedDocument]] = {}

    def note_row(self, table: str, key: str, text: str) -> None:
        """Put a note or a folder."""
        self._put_row(NOTES, table, key, text)

    def needs_notes(self) -> None:
        """Make sure that there is a payload of notes, to which files can belong."""
        if not any(entry.payload_type.lower() == NOTES.payload for entry in self._manifest.read()):
            self._opened(NOTES)

    def refuses(self, part: Part) -> str:
        """Why the package cannot take an item of this kind; "" where it can."""
        if part.kind == "maps" and next(self._slots("mindmaps", "mindmaps.db"), None) is not None:
            return "the package keeps its maps as application 0.8 does, which are only read here"
        return ""

    def part(self, part: Part) -> None:
        """Put an item of another payload, one that is not refused."""
        if part.kind in _TABLES:
            data = rooted(part.data) if part.kind == "folders" else part.data
            self._put_row(CARDS, _TABLES[part.kind], part.key, data.decode("utf-8", "replace"))
        elif part.kind in _DOCUMENTS:
            self._document(part.kind).put(part.key, part.data.decode("utf-8", "replace"))
        else:
            raise InternalFaultError(f"A package takes no {part.kind} one by one: the plan let it pass.")

    def _put_row(self, kind: RowFile, table: str, key: str, text: str) -> None:
        found = self._opened(kind)
        owner = next((rows for _, _, rows in found if rows.has(table, key)), found[0][2])
        owner.put(table, key, text)

    def _opened(self, kind: RowFile) -> list[tuple[_Slot, Path, MergedRows]]:
        """All databases of a kind, of which there is at least one."""
        if kind.payload in self._rows:
            return self._rows[kind.payload]
        found = self._rows[kind.payload] = []
        shared: dict[str, Keys] = {}
        slots = list(self._slots(kind.payload, kind.name)) or [self._made(kind.payload, kind.name)]
        for slot in slots:
            path = self._folder / f"{kind.payload}-{slot.number}.db"
            if slot.there:
                self._unpack(slot.name, path)
            else:
                with sqlite.writing(path):
                    connection = sqlite.create(path)
                    connection.executescript(kind.ddl)
                    connection.close()
            found.append((slot, path, MergedRows(path, slot.name, kind, {} if kind.apart else shared)))
        return found

    def _document(self, kind: str) -> MergedDocument:
        if kind not in self._documents:
            payload, name, empty, opened = _DOCUMENTS[kind]
            slot = next(self._slots(payload, name), None) or self._made(payload, name)
            data = empty
            if slot.there:
                path = self._folder / name
                self._unpack(slot.name, path)
                data = path.read_bytes()
            self._documents[kind] = slot, opened(data, slot.name)
        return self._documents[kind][1]

    def _slots(self, payload: str, name: str) -> Iterator[_Slot]:
        """The files of this name in the payloads of a type."""
        for number, (entry, share) in enumerate(zip(self._manifest.entries, self._shares, strict=True)):
            if entry.payload_type.lower() == payload:
                for inner, member in share.files.items():
                    if fold(inner) == fold(name):
                        yield _Slot(number, member, there=True)

    def _made(self, payload: str, name: str) -> _Slot:
        """A place for a file that is not there: in the payload of this type, or in one that is added."""
        for number, (entry, share) in enumerate(zip(self._manifest.entries, self._shares, strict=True)):
            if entry.payload_type.lower() == payload:
                folder = share.folder if share.files else self._manifest.settle(number, payload)
                return _Slot(number, f"{folder}/{name}", there=False)
        number = self._manifest.add(entry_text(payload, 0))
        return _Slot(number, f"{ROOT}/{payload}/{name}", there=False)

    def finished(self) -> Iterator[tuple[int, str, Path]]:
        """Every file that is new or changed: the number of its entry, its name, and where it lies. Counts are set."""
        for found in self._rows.values():
            for slot, path, rows in found:
                rows.close()
                if rows.changed or not slot.there:
                    self._manifest.count(slot.number, rows.items)
                    yield slot.number, slot.name, path
        for kind, (slot, document) in self._documents.items():
            if document.changed or not slot.there:
                self._manifest.count(slot.number, document.items)
                path = self._folder / f"{kind}.json"
                path.write_bytes(document.data())
                yield slot.number, slot.name, path

    def close(self) -> None:
        """Let go of everything."""
        for found in self._rows.values():
            for _, _, rows in found:
                rows.close()
