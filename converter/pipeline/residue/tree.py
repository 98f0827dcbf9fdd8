"""What items that come back stand in: their old places where they did not move (docs/residue.md, "Places")."""

from __future__ import annotations

from collections.abc import Iterator

from converter.model.order import Output
from converter.pipeline.catalog import Catalog, FolderEntry
from converter.pipeline.note_entry import NoteEntry, kept, output_at
from converter.pipeline.place.tree import mended
from converter.pipeline.residue.claims import Claim, Claims, above_of
from converter.pipeline.residue.records import FolderRecord
from converter.storage.scratch import Scratch

__all__ = ["Node", "Tree", "each"]


class Node:
    """An item in the tree of the origin: a folder or a note, with what it was there, and what it is in the source."""

    __slots__ = ("_placed", "_scratch", "above", "claim", "entry", "fresh", "kind", "name", "renamed")

    def __init__(self, kind: str, claim: Claim | None, entry: FolderEntry | NoteEntry | None, scratch: Scratch) -> None:
        self.kind = kind
        self.claim = claim
        self.entry = entry
        self.above: Node | None = None
        self.fresh = claim is None
        self.renamed = False
        self.name = ""
        self._scratch = scratch
        self._placed = -1

    @property
    def output(self) -> Output | None:
        """Where it goes, once that is settled."""
        return output_at(self._scratch, self._placed)

    @output.setter
    def output(self, output: Output) -> None:
        self._placed = kept(self._scratch, output)


Nodes = dict[str, dict[str, Node]]
"""Nodes by the kind and the key of their items."""


def each(nodes: Nodes) -> Iterator[tuple[str, str, Node]]:
    """Kind, key and node of each item, folders first."""
    for kind, some in nodes.items():
        for key, node in some.items():
            yield kind, key, node


class Tree:
    """The tree of the origin as it comes back: a node for every item of the source, and for folders that went away.

    `nodes` are those of items by kind and key in the source, `origin` those of items by kind and key in the origin.
    `notes` and `folders` say what stood in what; `rows` that notes stand in folders only.
    """

    def __init__(
        self,
        catalog: Catalog,
        claims: Claims,
        notes: dict[str, NoteEntry],
        folders: dict[str, FolderRecord],
        *,
        rows: bool,
    ) -> None:
        self.nodes: Nodes = {"folders": {}, "notes": {}}
        self.origin: Nodes = {"folders": {}, "notes": {}}
        self._catalog = catalog
        self._scratch = catalog.scratch
        self._claims = claims
        self._notes = notes
        self._folders = folders
        self._rows = rows
        self._parents = mended({key: one.parent for key, one in folders.items()}, lambda _key, _what: None)
        self._build()

    def all(self) -> list[Node]:
        """Every node once: a folder for the sake of a note is the note's, and most of the origin is there."""
        folders = {id(node): node for node in self.nodes["folders"].values()}
        notes = [node for node in self.nodes["notes"].values() if id(node) not in folders]
        gone = [node for _, _, node in each(self.origin) if node.entry is None]
        return [*folders.values(), *notes, *gone]

    def _build(self) -> None:
        for kind, entries in (("folders", self._catalog.folders), ("notes", self._catalog.notes)):
            for key, entry in entries.items():
                self._enter(kind, key, entry)
        self._enter_twins()
        for kind, key, node in each(self.nodes):
            if node.above is None and not self._is_alias(kind, key):
                node.above = self._above(kind, key, node)
        self._cut_circles()

    def _cut_circles(self) -> None:
        """Records can say anything: what stands below itself stands at the top."""
        settled: set[int] = set()
        for node in self.all():
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
            self.origin["folders"][claim.key] = Node("folders", claim, None, self._scratch)
            claim, own = None, "notes"
        node = Node(own, claim, entry, self._scratch)
        self.nodes[kind][key] = node
        if claim is not None:
            self.origin[claim.kind][claim.key] = node

    def _enter_twins(self) -> None:
        """Folders that are there for the sake of a note are no items of the origin."""
        for key in self._catalog.folders:
            if key not in self.nodes["folders"] or self._claims.of("folders", key) is not None:
                continue
            twin = self._twin(key)
            if twin is not None:
                self.nodes["folders"][key] = twin
            elif self._is_top(key):
                del self.nodes["folders"][key]

    def _is_top(self, key: str) -> bool:
        """Whether a folder is only the place for all that stands at the top."""
        return self._catalog.folders[key].output is None or self._claims.made.get(key) == ""

    def _twin(self, key: str) -> Node | None:
        if key in self._claims.made:
            return self.origin["notes"].get(self._claims.made[key])
        return self.nodes["notes"].get(f"{key}.md")

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
        return key if f"{key}.md" in self.nodes["notes"] else None

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
        if claim is not None:
            then = claim.output
            if self._was(container) == (then.parent or then.folder):
                return self._old_above(claim.kind, claim.key)
            node.fresh = True
        return self._node_of(container)

    def _node_of(self, key: str | None) -> Node | None:
        if key is None:
            return None
        if key in self._catalog.notes:
            return self.nodes["notes"].get(key)
        return self.nodes["folders"].get(key)

    def _old_above(self, kind: str, key: str) -> Node | None:
        """The node of what an item of the origin stood in; a folder that has none in the source is made again."""
        if kind == "notes":
            entry = self._notes.get(key)
            parent, folder = (entry.parent, entry.folder) if entry is not None else (None, None)
            if self._rows:
                parent = None  # a row says its folder and its parent, each by itself
        else:
            record = self._folders.get(key)
            parent, folder = None, self._parents[key] if record is not None else None
        if parent is not None and parent in self.origin["notes"]:
            return self.origin["notes"][parent]
        return self.folder(folder) if folder is not None else None

    def folder(self, key: str) -> Node | None:
        """The node of a folder of the origin, made again where it has none."""
        known = self.origin["folders"].get(key)
        if known is not None:
            return known
        record = self._folders.get(key)
        if record is None:
            return self.origin["notes"].get(key)
        node = Node("folders", Claim("folders", key, folder=record), None, self._scratch)
        self.origin["folders"][key] = node
        parent = self._parents[key]
        node.above = self.folder(parent) if parent is not None else None
        return node
