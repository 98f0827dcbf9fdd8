"""Where items go that come back to their origin (docs/residue.md, "Places").

What stands where it stood when residue was written gets its old place and name. What was moved or renamed since follows
the source; what is new goes where any conversion puts it, beside what is there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any

import msgspec

from converter.findings.finding import Finding
from converter.model.order import Output
from converter.model.timed_id import moment_of
from converter.pipeline.catalog import Catalog, FolderEntry, NoteEntry
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import OwnIds, Report
from converter.pipeline.place.tree import mended
from converter.pipeline.residue.claims import Claim, Claims, above_of
from converter.pipeline.residue.records import FolderRecord
from converter.storage.names import Unique, safe_segment

__all__ = ["Node", "Places", "in_old_order", "with_outputs"]

_LINK_SIGNS = "#^[]"


class Node:
    """An item in the tree of the origin: a folder or a note, with what it was there, and what it is in the source."""

    __slots__ = ("above", "claim", "entry", "fresh", "kind", "name", "output", "renamed", "segment")

    def __init__(self, kind: str, claim: Claim | None, entry: FolderEntry | NoteEntry | None) -> None:
        self.kind = kind
        self.claim = claim
        self.entry = entry
        self.above: Node | None = None
        self.output: Output | None = None
        self.fresh = claim is None
        self.renamed = False
        self.name = ""
        self.segment = ""


class Places:
    """The tree of the origin as it comes back: a node for every item of the source, and for folders that went away."""

    def __init__(
        self,
        catalog: Catalog,
        claims: Claims,
        pair: Pair,
        notes: dict[str, NoteEntry],
        folders: dict[str, FolderRecord],
        report: Report,
    ) -> None:
        self.nodes: dict[tuple[str, str], Node] = {}
        """By kind and key in the source."""
        self.made: list[Output] = []
        self.made_attrs: dict[str, FolderRecord] = {}
        self._catalog = catalog
        self._claims = claims
        self._tree = pair.parameter("tree")
        self._notes = notes
        self._folders = folders
        self._report = report
        self._origin: dict[tuple[str, str], Node] = {}
        self._unique = Unique()
        self._ordinary = {(output.form, output.key): output for output in catalog.made}
        self._homes: dict[int, Node] = {}
        self._ids = {kind: OwnIds(kind, report) for kind in ("folders", "notes")}
        self._zone = pair.zone
        self._parents = mended({key: one.parent for key, one in folders.items()}, lambda _key, _what: None)
        self._build()
        self._settle()

    def _build(self) -> None:
        for kind, entries in (("folders", self._catalog.folders), ("notes", self._catalog.notes)):
            for key, entry in entries.items():
                self._enter(kind, key, entry)
        self._enter_twins()
        for (kind, key), node in list(self.nodes.items()):
            if node.above is None and not self._is_alias(kind, key):
                node.above = self._above(kind, key, node)
        self._cut_circles()

    def _cut_circles(self) -> None:
        """Records can say anything: what stands below itself stands at the top."""
        settled: set[int] = set()
        for node in self._all():
            path: set[int] = set()
            at: Node | None = node
            while at is not None and id(at) not in settled:
                path.add(id(at))
                if at.above is not None and id(at.above) in path:
                    at.above = None
                at = at.above
            settled |= path

    def _enter(self, kind: str, key: str, entry: FolderEntry | NoteEntry) -> None:
        if entry.end == "failed":
            return
        claim = self._claims.of(kind, key)
        own = claim.kind if claim is not None else kind
        if claim is not None and claim.kind == "folders" and isinstance(entry, NoteEntry) and not entry.blank:
            self._origin["folders", claim.key] = Node("folders", claim, None)
            claim, own = None, "notes"
        node = Node(own, claim, entry)
        self.nodes[kind, key] = node
        if claim is not None:
            self._origin[claim.kind, claim.key] = node

    def _enter_twins(self) -> None:
        """Folders that are there for the sake of a note are no items of the origin."""
        for key in self._catalog.folders:
            if ("folders", key) not in self.nodes or self._claims.of("folders", key) is not None:
                continue
            twin = self._twin(key)
            if twin is not None:
                self.nodes["folders", key] = twin
            elif self._is_top(key):
                del self.nodes["folders", key]

    def _is_top(self, key: str) -> bool:
        """Whether a folder is only the place for all that stands at the top."""
        made = self._claims.made.get(key)
        return self._catalog.folders[key].output is None or (made is not None and not made[0])

    def _twin(self, key: str) -> Node | None:
        if key in self._claims.made:
            return self._origin.get(("notes", self._claims.made[key][0]))
        return self.nodes.get(("notes", f"{key}.md"))

    def _is_alias(self, kind: str, key: str) -> bool:
        return kind == "folders" and self._claims.of(kind, key) is None and self._alias_output(key) is not None

    def _alias_output(self, key: str) -> str | None:
        """The key that a folder for the sake of a note had when residue was written."""
        folder = self._catalog.folders.get(key)
        if key in self._claims.made or (folder is not None and folder.output is None):
            return key
        claim = self._claims.of("notes", f"{key}.md")
        if claim is not None:
            return claim.output.path.removesuffix(".md")
        return key if ("notes", f"{key}.md") in self.nodes else None

    def _was(self, key: str | None) -> str | None:
        """What the container of this key was called when residue was written."""
        if key is None:
            return None
        claim = self._claims.of("notes", key) if key in self._catalog.notes else self._claims.of("folders", key)
        if claim is not None:
            return claim.output.key
        return self._alias_output(key) or key

    def _above(self, kind: str, key: str, node: Node) -> Node | None:
        """The node that an item stands below: its old one where it did not move, else that of what it stands in now."""
        container = above_of(self._catalog, kind, key)
        claim = node.claim
        if claim is not None and self._was(container) == (claim.output.parent or claim.output.folder):
            return self._old_above(claim.kind, claim.key)
        if claim is not None:
            node.fresh = True
        return self._node_of(container)

    def _node_of(self, key: str | None) -> Node | None:
        if key is None:
            return None
        if key in self._catalog.notes:
            return self.nodes.get(("notes", key))
        return self.nodes.get(("folders", key))

    def _old_above(self, kind: str, key: str) -> Node | None:
        """The node of what an item of the origin stood in; a folder that has none in the source is made again."""
        if kind == "notes":
            entry = self._notes.get(key)
            parent, folder = (entry.parent, entry.folder) if entry is not None else (None, None)
            if self._tree == "folders":
                parent = None  # a row says its folder and its parent, each by itself
        else:
            record = self._folders.get(key)
            parent, folder = None, self._parents[key] if record is not None else None
        if parent is not None and ("notes", parent) in self._origin:
            return self._origin["notes", parent]
        return self._folder(folder) if folder is not None else None

    def _folder(self, key: str) -> Node | None:
        known = self._origin.get(("folders", key))
        if known is not None:
            return known
        record = self._folders.get(key)
        if record is None:
            return self._origin.get(("notes", key))
        node = Node("folders", Claim("folders", key, record.output or Output(key=key), folder=record), None)
        self._origin["folders", key] = node
        parent = self._parents[key]
        node.above = self._folder(parent) if parent is not None else None
        return node

    def folder(self, key: str) -> Node | None:
        """The node of a folder of the origin, where it has one."""
        return self._origin.get(("folders", key))

    def _settle(self) -> None:
        """Give every node its output: what kept its place first, so that nothing new takes its name."""
        for node in self._all():
            self._name(node)
        for fresh in (False, True):
            for node in self._all():
                if self._is_fresh(node) is fresh:
                    self._place(node)
        for node in self._origin.values():
            if node.entry is None and node.output is not None:
                self._make(node)

    def _all(self) -> list[Node]:
        return list({id(node): node for node in (*self.nodes.values(), *self._origin.values())}.values())

    def _is_fresh(self, node: Node) -> bool:
        at: Node | None = node
        while at is not None:
            if at.fresh or at.renamed:
                return True
            at = at.above
        return False

    def _name(self, node: Node) -> None:
        entry, claim = node.entry, node.claim
        present = "" if entry is None else entry.title if isinstance(entry, NoteEntry) else entry.fact.name
        if claim is None:
            node.name = present
            return
        old = claim.folder.name if claim.folder is not None else ""
        if claim.kind == "notes" and claim.key in self._notes:
            old = self._notes[claim.key].title
        node.renamed = entry is not None and present != claim.shown
        node.name = present if node.renamed else old
        node.segment = posixpath.basename(claim.key)

    def _place(self, node: Node) -> Output:
        if node.output is not None:
            return node.output
        above = self._place(node.above) if node.above is not None else None
        made = {"paths": self._path, "documents": self._document}.get(self._tree, self._row)(node, above)
        node.output = made
        return made

    def _path(self, node: Node, above: Output | None) -> Output:
        base = "" if above is None else above.path if above.form == "folder" else above.path.removesuffix(".md")
        suffix = ".md" if node.kind == "notes" else ""
        segment = node.segment
        if not segment or (node.renamed and not self._says_title(node)):
            stem = safe_segment(node.name, avoid=_LINK_SIGNS if suffix else "")
            segment = self._unique.take(stem, base, extension=suffix)
        elif not self._unique.reserve(segment, base):
            stem, extension = posixpath.splitext(segment) if suffix else (segment, "")
            segment = self._unique.take(stem, base, extension=extension)
        path = f"{base}/{segment}" if base else segment
        form = "" if suffix else "folder"
        own = node.entry.id if isinstance(node.entry, NoteEntry) else None
        stem = segment.removesuffix(".md")
        return Output(key=path, id=own, title=node.name, path=path, name=stem, folder=base or None, form=form)

    def _says_title(self, node: Node) -> bool:
        """Whether the note's title stood in its front matter, so that its file is called something else."""
        entry = self._notes.get(node.claim.key) if node.claim is not None else None
        return entry is not None and entry.title != posixpath.splitext(posixpath.basename(entry.key))[0]

    def _row(self, node: Node, above: Output | None) -> Output:
        ordinary = node.entry.output if node.entry is not None else None
        folder = above if above is None or above.form == "folder" else self._home(node.above, above)
        key, own, order = self._row_ids(node, ordinary)
        trail = f"{folder.folder_path} / " if folder is not None and folder.folder_path else ""
        path = folder.folder_path if folder is not None else ""
        if node.kind == "folders":
            path = trail + node.name
        return Output(
            key=key,
            id=own,
            title=node.name,
            folder=folder.key if folder is not None else self._missing_folder(node),
            parent=self._parent(node),
            order=order,
            folder_path=path,
            form="folder" if node.kind == "folders" else "",
        )

    def _missing_folder(self, node: Node) -> str | None:
        """The folder that a row names although there is none."""
        entry = self._notes.get(node.claim.key) if node.claim is not None and not node.fresh else None
        return entry.folder if entry is not None else None

    def _parent(self, node: Node) -> str | None:
        """The note that a row is a page of, as it was."""
        entry = self._notes.get(node.claim.key) if node.claim is not None and not node.fresh else None
        return entry.parent if entry is not None else None

    def _row_ids(self, node: Node, ordinary: Output | None) -> tuple[str, str | None, int | None]:
        if node.claim is None:
            key = ordinary.key if ordinary is not None else derived_id("folder", node.name)
            return key, key, ordinary.order if ordinary is not None else None
        key, folder, entry = node.claim.key, node.claim.folder, self._notes.get(node.claim.key)
        if folder is not None:
            own = self._ids["folders"].take(folder.id or key, key)
            return own, own, folder.order
        if self._tree == "keys":
            return key, entry.id if entry is not None else None, entry.order if entry is not None else None
        if entry is None or entry.id is None:
            return key, None, entry.order if entry is not None else None
        own = self._ids["notes"].take(entry.id, key)
        return own, own, entry.order

    def _home(self, node: Node | None, above: Output) -> Output:
        """The folder for what stands below a note, in a target where notes hold none."""
        own = derived_id("folder", above.key)
        home = Output(
            key=own, id=own, title=above.title, folder=above.folder, folder_path=above.folder_path, form="folder"
        )
        if node is not None and id(node) not in self._homes:
            self._homes[id(node)] = node
            self.made.append(home)
            self._report(Finding(code="note-children-as-folder", item=f"notes/{above.key}"))
        return home

    def _document(self, node: Node, above: Output | None) -> Output:
        ordinary = node.entry.output if node.entry is not None else None
        if node.kind == "folders" and node.above is None and node.claim is not None:
            key = node.claim.key
            order = node.claim.folder.order if node.claim.folder is not None else None
            return Output(key=key, id=key, title=node.name, path=key, order=order, form="folder")
        above = above or self._notebook()
        own, order = self._document_id(node, ordinary)
        path = f"{above.path.removesuffix('.sy')}/{own}.sy"
        return Output(
            key=path,
            id=own,
            title=node.name,
            path=path,
            name=own,
            folder=path.partition("/")[0],
            parent=above.key if above.form != "folder" else None,
            order=order,
            created=moment_of(own, self._zone),
            prefixes=ordinary.prefixes if ordinary is not None else (),
        )

    def _document_id(self, node: Node, ordinary: Output | None) -> tuple[str, int | None]:
        if node.claim is not None:
            entry = self._notes.get(node.claim.key)
            own = posixpath.basename(node.claim.key).removesuffix(".sy")
            return own, entry.order if entry is not None and not node.fresh else None
        own = ordinary.id if ordinary is not None and ordinary.id else ""
        return own or posixpath.basename(ordinary.path if ordinary else "").removesuffix(".sy"), None

    def _notebook(self) -> Output:
        """The notebook for what stands at the top: the one that was left out as the top, else one for all of it."""
        dropped = [record for record in self._folders.values() if record.parent is None]
        if len(dropped) == 1:
            node = self._folder(dropped[0].key)
            if node is not None:
                self._name(node)
                return self._place(node)
        made = next(iter(self._ordinary.values()))
        if made not in self.made:
            self.made.append(made)
        return made

    def _make(self, node: Node) -> None:
        """A folder of the origin that nothing in the source stands for, where something is below it again."""
        output = node.output
        if output is None or not any(other.above is node for other in self._all()):
            return
        self.made.append(output)
        if node.claim is not None and node.claim.folder is not None:
            self.made_attrs[output.key] = node.claim.folder


def with_outputs(places: Places, catalog: Catalog) -> None:
    """Enter the places in the catalog of the source. A folder for the sake of a note is nothing by itself."""
    for key, folder in catalog.folders.items():
        if ("folders", key) not in places.nodes:
            folder.output = None
    for (kind, key), node in places.nodes.items():
        entry = catalog.folders[key] if kind == "folders" else catalog.notes[key]
        own = node.entry is entry
        entry.output = node.output if own else None
        if isinstance(entry, FolderEntry) and own and node.claim is not None and node.claim.folder is not None:
            record = node.claim.folder
            entry.fact = msgspec.structs.replace(entry.fact, id=record.id, order=record.order, attrs=record.attrs)
    catalog.made[:] = places.made


def in_old_order(catalog: Catalog, claims: Claims, notes: Iterable[str], folders: Iterable[str]) -> None:
    """Let items come in the order of these keys of the origin, new ones behind them: stores keep their order."""
    for kind, entries, keys in (("notes", catalog.notes, notes), ("folders", catalog.folders, folders)):
        place = {key: number for number, key in enumerate(keys)}
        _reorder(
            entries,
            {own: place.get(claim.key, len(place)) for (one, own), claim in claims.items.items() if one == kind},
        )


def _reorder(entries: dict[str, Any], places: dict[str, int]) -> None:
    last = len(places) + max(places.values(), default=0)
    ordered = sorted(entries.items(), key=lambda entry: places.get(entry[0], last))
    entries.clear()
    entries.update(ordered)
