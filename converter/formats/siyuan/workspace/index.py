"""What a workspace holds (docs/formats/siyuan.md, "Workspace" to "Encrypted notebooks")."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from converter.errors import InputError
from converter.findings.finding import Finding, Location
from converter.formats.entries import is_residue, odd_facts, read_note
from converter.formats.front import SourceContext, Stored
from converter.formats.siyuan.workspace.layout import (
    RESIDUE,
    RESIDUE_GROUP,
    find_layout,
    is_document,
    is_junk,
    outside_data,
    place_of,
)
from converter.formats.siyuan.workspace.notebooks import GUIDES, Notebook, read_notebook, read_order
from converter.model.facts import AssetFact, Fact, FolderFact, JunkFact, MemberFact, NoteFact, PayloadFact, UnitFact
from converter.model.moment import Moment, moment_from_ns
from converter.model.timed_id import is_timed_id
from converter.patterns import pattern
from converter.storage.system import is_locked
from converter.storage.tree import Entry, walk

__all__ = ["WorkspaceSource", "open_source"]

_VIEW = pattern(rb'"AttributeViewID"\s*:\s*"([0-9a-z-]{22})"')
_UNITS = {"settings": "settings", "state": "settings", "database": "databases", "deck": "decks", "file": "payloads"}


class WorkspaceSource:
    """A workspace, its data folder or a notebook, opened for reading."""

    def __init__(self, path: Path, context: SourceContext) -> None:
        layout = find_layout(path) if path.is_dir() else None
        if layout is None:
            raise InputError(
                f"{path} is no SiYuan workspace, no data folder of one and no notebook.",
                hint="Name the folder that holds data/, or data/ itself, or a folder in it that is named by an id.",
            )
        if layout.workspace is not None and is_locked(layout.workspace / ".lock"):
            hint = "Close SiYuan, or copy the folder while it is closed and name the copy."
            raise InputError(f"{path} is in use: a running SiYuan holds its lock.", hint=hint)
        self._layout = layout
        self._context = context
        self._documents: dict[str, None] = {}
        self._orders: dict[str, dict[str, int]] = {}
        self._files: AbstractSet[str] = frozenset()
        self._broken: set[str] = set()
        self._residue = False

    def facts(self) -> Iterator[Fact | Finding]:
        """Notebooks, documents as the application lists them, assets, then what passes whole; junk as it comes."""
        entries: dict[str, Entry] = {}
        for entry in walk(self._layout.root, self._context.limits, junk=is_junk):
            key = self._layout.key(entry.rel)
            if entry.kind == "file":
                entries[key] = entry
            elif entry.kind != "folder":
                yield from odd_facts(entry, key)
        yield from self._outside()
        self._files = entries.keys()
        notebooks = self._notebooks(entries)
        locked = {name for name, settings in notebooks.items() if settings.encrypted}
        listed = sorted(notebooks, key=lambda one: (notebooks[one].sort, one))
        for name in listed:
            yield from _notebook_facts(name, notebooks[name])
        if locked:
            entries = {key: entry for key, entry in entries.items() if key.partition("/")[0] not in locked}
        documents = {key: entry for key, entry in entries.items() if is_document(key)}
        yield from self._documents_of(documents, sorted(notebooks, reverse=True))
        others = {key: entry for key, entry in entries.items() if key not in documents}
        self._files = frozenset(others)
        yield from self._other_files(others, {name: place for place, name in enumerate(listed)})

    def _outside(self) -> Iterator[Fact | Finding]:
        """What a workspace holds beside its data: the application's own settings, caches and history."""
        if self._layout.workspace is None:
            return
        for name in outside_data(self._layout.workspace):
            yield JunkFact(key=f"../{name}")
            if name == "conf/":
                yield Finding(
                    code="workspace-settings-skipped", item="archive", location=Location(file="conf/conf.json")
                )

    def _notebooks(self, entries: dict[str, Entry]) -> dict[str, Notebook]:
        names = sorted({key.partition("/")[0] for key in entries if "/" in key})
        found: dict[str, Notebook] = {}
        for name in names:
            if not is_timed_id(name):
                continue
            settings = read_notebook(self._bytes(f"{name}/.siyuan/conf.json"))
            if not settings.sound and self._is_package(name):
                settings = Notebook(name=self._layout.root.name, closed=False, sound=True)
            if not settings.sound and self._looks_encrypted(name, entries):
                settings = msgspec.structs.replace(settings, name="", encrypted=True)
            found[name] = settings
            if not found[name].sound:
                self._broken.add(f"{name}/.siyuan/conf.json")
        return found

    def _is_package(self, name: str) -> bool:
        """Whether a folder of documents was given that has a name, and no settings: it is no notebook yet."""
        return self._layout.is_package and f"{name}/.siyuan/conf.json" not in self._files

    def _looks_encrypted(self, name: str, entries: dict[str, Entry]) -> bool:
        """Whether the first document of a notebook without settings is in an envelope; its own page never is."""
        first = next((key for key in entries if key.startswith(f"{name}/") and key != f"{name}/{name}.sy"), "")
        data = self._bytes(first) if place_of(first).kind == "document" else None
        return data is not None and data.startswith(b"SENC")

    def _bytes(self, key: str) -> bytes | None:
        return self._layout.read(key) if key in self._files else None

    def _documents_of(self, documents: dict[str, Entry], notebooks: list[str]) -> Iterator[Fact | Finding]:
        """Documents, parents before children, siblings in the application's order; missing parents as folders."""
        children: dict[str, set[str]] = {}
        for key in documents:
            at = key
            while "/" in at:
                above = at.rpartition("/")[0]
                siblings = children.setdefault(above, set())
                if at in siblings:
                    break
                siblings.add(at)
                at = f"{above}.sy" if "/" in above else above
        waiting = [name for name in notebooks if name in children]
        while waiting:
            key = waiting.pop()
            if key in documents:
                self._documents[key] = None
                yield NoteFact(key=key, size=documents[key].size)
            elif "/" in key:
                yield from self._missing_parent(key, documents)
            below = children.get(key.removesuffix(".sy"), ())
            if below:
                order = self._order(key.partition("/")[0])
                waiting += sorted(below, key=partial(_from_last, order))

    def _missing_parent(self, key: str, documents: dict[str, Entry]) -> Iterator[Fact | Finding]:
        own = posixpath.basename(key).removesuffix(".sy")
        above = posixpath.dirname(key)
        while "/" in above and f"{above}.sy" in documents:
            above = posixpath.dirname(above)
        parent = f"{above}.sy" if "/" in above else above
        yield FolderFact(key=key, name="Untitled", id=own, parent=parent, path=key)
        yield Finding(code="parent-document-missing", item=f"folders/{key}", location=Location(file=key))

    def _other_files(self, entries: dict[str, Entry], listed: dict[str, int]) -> Iterator[Fact | Finding]:
        """Assets in the order in which a link finds them, then what passes whole: the global files, then notebooks'."""
        groups: dict[str, list[MemberFact]] = {}
        units: dict[str, dict[str, UnitFact]] = {}
        for key in sorted(entries, key=lambda one: (listed.get(one.partition("/")[0], -1), one)):
            place = place_of(key)
            if place.kind == "asset":
                yield AssetFact(
                    key=key,
                    name=posixpath.basename(key),
                    size=entries[key].size,
                    stamp=moment_from_ns(entries[key].mtime_ns),
                )
                continue
            if key.endswith(".sy"):
                yield Finding(code="document-name-odd", item=f"payloads/{key}", location=Location(file=key))
            members = groups.setdefault(place.group, [])
            if key not in self._broken:
                stamp = moment_from_ns(entries[key].mtime_ns)
                members.append(MemberFact(key=key, name=key, size=entries[key].size, stamp=stamp))
            if place.kind in _UNITS:
                kind = _UNITS[place.kind]
                code = "app-state-lost" if kind == "settings" else ""
                unit = UnitFact(kind=kind, key=place.unit, title=place.unit, lost=code)
                units.setdefault(place.group, {}).setdefault(place.unit, unit)
        for group, members in groups.items():
            if group == RESIDUE_GROUP and self._has_residue(members):
                yield PayloadFact(key=group, type="residue", members=tuple(members))
                continue
            made = tuple(units.get(group, {}).values()) or (UnitFact(kind="payloads", key=group, title=group),)
            yield PayloadFact(key=group, type=group, members=tuple(members), units=made)

    def _has_residue(self, members: list[MemberFact]) -> bool:
        """Whether what lies in the place of residue is residue."""
        if [member.key for member in members] != [RESIDUE]:
            return False
        with self._layout.open(RESIDUE) as stream:
            self._residue = is_residue(stream)
        return self._residue

    def open_residue(self) -> AbstractContextManager[IO[bytes]] | None:
        """The residue in the workspace's storage."""
        return self._layout.open(RESIDUE) if self._residue else None

    def fetch(self, keys: Sequence[str] | None = None) -> Iterator[Stored | Finding]:
        """The documents of these notes, with the databases that they show."""
        for key in self._documents if keys is None else keys:
            found = read_note(self._layout.open, key, self._context.limits)
            yield found if isinstance(found, Finding) else self._stored(key, *found)
        if keys is None:
            self._orders.clear()

    def _stored(self, key: str, data: bytes, stamp: Moment) -> Stored:
        name, folder = posixpath.basename(key).removesuffix(".sy"), posixpath.dirname(key)
        notebook, parent = key.partition("/")[0], None
        if "/" in folder:
            parent = f"{folder}.sy" if f"{folder}.sy" in self._documents else None
            notebook = notebook if parent else f"{folder}.sy"
        return Stored(
            key,
            data,
            key,
            stamp,
            folder=notebook,
            parent=parent,
            order=self._order(key.partition("/")[0]).get(name),
            beside=tuple(self._databases(key, data)) if b'"AttributeViewID"' in data else (),
        )

    def _order(self, notebook: str) -> dict[str, int]:
        """The numbers of a notebook's documents. They are let go of when all were read: mostly that is once."""
        order = self._orders.get(notebook)
        if order is None:
            order = self._orders[notebook] = read_order(self._bytes(f"{notebook}/.siyuan/sort.json"))
        return order

    def _databases(self, key: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        """The databases that a document shows, and those that their relations name."""
        notebook = key.partition("/")[0]
        waiting = [found.decode() for found in dict.fromkeys(_VIEW.findall(data))]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            content = self._bytes(f"storage/av/{name}.json") or self._bytes(f"{notebook}/storage/av/{name}.json")
            if content is not None:
                from converter.formats.siyuan.databases import related

                yield name, content
                waiting += sorted(related(content))

    def open_asset(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file of the workspace."""
        return self._layout.open(key)

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file that passes whole."""
        return self._layout.open(key)

    def close(self) -> None:
        """Nothing is held open."""


def _from_last(order: dict[str, int], key: str) -> tuple[int, str]:
    """Siblings from the last to the first: the first have low numbers, and among equal ones the newer id."""
    return -order.get(key.rpartition("/")[2].removesuffix(".sy"), 0), key


def _notebook_facts(name: str, settings: Notebook) -> Iterator[Fact | Finding]:
    where = Location(file=f"{name}/.siyuan/conf.json")
    if settings.encrypted:
        yield JunkFact(key=name, kind="folders")
        details = (("what", settings.name),)
        yield Finding(code="notebook-encrypted", item=f"folders/{name}", location=where, details=details)
        return
    if name in GUIDES:
        yield Finding(code="guide-notebook", item=f"folders/{name}", details=(("what", settings.name),))
    if not settings.sound:
        yield Finding(code="notebook-repaired", item=f"folders/{name}", location=where)
    yield FolderFact(key=name, name=settings.name, id=name, order=settings.sort, path=settings.name)


def open_source(path: Path, context: SourceContext) -> WorkspaceSource:
    """Open a workspace, a data folder or a notebook; raises `InputError` where it is none."""
    return WorkspaceSource(path, context)
