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
from converter.model.blocks import Attrs
from converter.model.order import Output
from converter.model.timed_id import moment_of, numbered_id
from converter.pipeline.catalog import Catalog, FolderEntry
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import LINK_SIGNS, OwnIds, Report, changed_id
from converter.pipeline.residue.claims import Claim, Claims
from converter.pipeline.residue.records import FolderRecord
from converter.pipeline.residue.tree import Node, Tree, each
from converter.storage.names import Unique, safe_segment

__all__ = ["Places", "in_old_order", "with_outputs"]

Known = tuple[dict[str, NoteEntry], dict[str, FolderRecord]]
"""What notes and folders were in the origin, by their keys there."""


class Places:
    """The places of all nodes of a tree, by the kind of target."""

    def __init__(self, tree: Tree, catalog: Catalog, pair: Pair, known: Known, report: Report) -> None:
        self.nodes = tree.nodes
        """By kind and key in the source."""
        self.made: list[Output] = []
        self.attrs: dict[str, Attrs] = {}
        """Attributes of folders, by their keys in the target."""
        self.returned: frozenset[str] = frozenset()
        """Folders of the origin that are places again."""
        self._items = tree
        self._kind = pair.parameter("tree")
        self._notes, self._folders = known
        self._tops = [key for key, record in self._folders.items() if record.parent is None]
        self._report = report
        self._unique = Unique()
        self._ordinary = {(output.form, output.key): output for output in catalog.made}
        self._homes: set[int] = set()
        self._ids = {kind: OwnIds(kind, report) for kind in ("folders", "notes")}
        self._claimed: dict[int, tuple[str, str | None, int | None]] = {}
        self._taken: set[str] = set()
        self._zone = pair.zone
        self._settle()

    def forget(self) -> None:
        """Let go of the tree: what is asked for later is where nodes went, and that is in the catalogs."""
        for nodes in (self.nodes, self._items.origin):
            for some in nodes.values():
                some.clear()

    def _forget_names(self) -> None:
        """Let go of all names and ids: everything has its own."""
        self._claimed.clear()
        self._taken.clear()
        self._ids.clear()
        self._unique = Unique()

    def _settle(self) -> None:
        """Give every node its output: what kept its place first, so that nothing new takes its name."""
        for node in self._items.all():
            self._name(node)
            if node.claim is not None and self._kind == "documents":
                self._taken.add(self._document_id(node, None)[0])
            elif node.claim is not None and self._kind == "folders":
                self._row_ids(node, None)
        for fresh in (False, True):
            for node in self._items.all():
                if self._is_fresh(node) is fresh:
                    self._place(node)
        holders = {id(node.above) for node in self._items.all() if node.above is not None}
        for _, _, node in each(self._items.origin):
            if node.entry is None and node.output is not None and id(node) in holders:
                self.made.append(node.output)
        for node in self._items.all():
            if node.claim is not None and node.claim.folder is not None and node.output is not None:
                self.attrs[node.output.key] = node.claim.folder.attrs
        self.returned = frozenset(key for key, node in self._items.origin["folders"].items() if node.output)
        self._forget_names()

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

    def _place(self, node: Node) -> Output:
        if node.output is not None:
            return node.output
        above = self._place(node.above) if node.above is not None else None
        made = {"paths": self._path, "documents": self._document}.get(self._kind, self._row)(node, above)
        node.output = made
        return made

    def _path(self, node: Node, above: Output | None) -> Output:
        base = "" if above is None else above.path if above.form == "folder" else above.path.removesuffix(".md")
        suffix = ".md" if node.kind == "notes" else ""
        segment = posixpath.basename(node.claim.key) if node.claim is not None else ""
        if not segment or (node.renamed and not self._says_title(node)):
            stem = safe_segment(node.name, avoid=LINK_SIGNS if suffix else "")
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
        below_note = above is not None and above.form != "folder"
        folder = self._home(node.above, above) if below_note and self._kind == "folders" and above else above
        if below_note and self._kind == "keys":
            folder = None
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
            parent=self._parent(node) or (above.key if above is not None and folder is None and below_note else None),
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
            wanted = ordinary.key if ordinary is not None else derived_id("folder", node.name)
            own = wanted if self._kind == "keys" else self._ids[node.kind].take(wanted, wanted)
            return own, own, ordinary.order if ordinary is not None else None
        known = self._claimed.get(id(node))
        if known is None:
            known = self._claimed[id(node)] = self._claimed_ids(node.claim)
        return known

    def _claimed_ids(self, claim: Claim) -> tuple[str, str | None, int | None]:
        key, folder, entry = claim.key, claim.folder, self._notes.get(claim.key)
        if folder is not None and self._kind == "keys":
            return key, folder.id, folder.order
        if folder is not None:
            own = self._ids["folders"].take(folder.id or key, key)
            return own, own, folder.order
        if self._kind == "keys":
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
            self._homes.add(id(node))
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
        if ordinary is None or not ordinary.id:
            return posixpath.basename(ordinary.path if ordinary else "").removesuffix(".sy"), None
        own = ordinary.id
        if own in self._taken:
            own = numbered_id(ordinary.prefixes, 0)
            self._report(changed_id("duplicate-id", f"{node.kind}/{ordinary.key}", ordinary.id, own))
        self._taken.add(own)
        return own, None

    def _notebook(self) -> Output:
        """The notebook for what stands at the top: the one that was left out as the top, else one for all of it."""
        if len(self._tops) == 1:
            node = self._items.folder(self._tops[0])
            if node is not None:
                self._name(node)
                return self._place(node)
        made = next(iter(self._ordinary.values()))
        if made not in self.made:
            self.made.append(made)
        return made


def with_outputs(places: Places, catalog: Catalog) -> None:
    """Enter the places in the catalog of the source. A folder for the sake of a note is nothing by itself."""
    for key, folder in catalog.folders.items():
        if key not in places.nodes["folders"]:
            folder.output = None
    for kind, key, node in each(places.nodes):
        entry = catalog.folders[key] if kind == "folders" else catalog.notes[key]
        own = node.entry is entry
        entry.output = node.output if own else None
        if isinstance(entry, FolderEntry) and own and node.claim is not None and node.claim.folder is not None:
            record = node.claim.folder
            entry.fact = msgspec.structs.replace(entry.fact, id=record.id, order=record.order)
    catalog.made[:] = places.made


def in_old_order(catalog: Catalog, claims: Claims, notes: Iterable[str], folders: Iterable[str]) -> None:
    """Let items come in the order of these keys of the origin, new ones behind them: stores keep their order."""
    for kind, entries, keys in (("notes", catalog.notes, notes), ("folders", catalog.folders, folders)):
        place = {key: number for number, key in enumerate(keys)}
        _reorder(
            entries,
            {own: place.get(claim.key, len(place)) for own, claim in claims.items[kind].items()},
        )


def _reorder(entries: dict[str, Any], places: dict[str, int]) -> None:
    last = len(places) + max(places.values(), default=0)
    ordered = sorted(entries.items(), key=lambda entry: places.get(entry[0], last))
    entries.clear()
    entries.update(ordered)
