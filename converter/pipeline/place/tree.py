"""The tree of what is converted: folders, notes, and notes that hold others, in one form for every pair of formats."""

from __future__ import annotations

from collections.abc import Callable

from converter.findings.finding import Finding
from converter.pipeline.catalog import Catalog, FolderEntry
from converter.pipeline.note_entry import NoteEntry
from converter.pipeline.pair import Pair

__all__ = ["Branch", "build_tree", "mended", "parents_of"]

Report = Callable[[Finding], None]


class Branch:
    """A place in the tree: a folder, a note, or both where a note and a folder beside it are one thing."""

    __slots__ = ("children", "folder", "note")

    def __init__(self, folder: FolderEntry | None, note: NoteEntry | None) -> None:
        self.folder = folder
        self.note = note
        self.children: list[Branch] = []

    @property
    def is_folder(self) -> bool:
        """Whether it is only a place for others: a folder, or a note that says nothing itself."""
        return self.note is None or (self.note.hollow and bool(self.children))

    @property
    def name(self) -> str:
        """What people call it."""
        if self.note is not None:
            return self.note.title
        return self.folder.fact.name if self.folder is not None else ""

    @property
    def own_name(self) -> str:
        """The name of its file or folder, where it had one; else what people call it."""
        path = self.note.path if self.note is not None else ""
        return path.rpartition("/")[2].removesuffix(".md") if path.endswith(".md") else self.name

    @property
    def key(self) -> str:
        """The source's key of the note, else of the folder."""
        if self.note is not None:
            return self.note.key
        return self.folder.fact.key if self.folder is not None else ""

    @property
    def id(self) -> str | None:
        """The id that the source has for it."""
        if self.note is not None:
            return self.note.id
        return self.folder.fact.id if self.folder is not None else None

    @property
    def kind(self) -> str:
        """The kind of unit that the key belongs to."""
        return "notes" if self.note is not None else "folders"

    @property
    def order(self) -> int | None:
        """Its number among its siblings, where the source has one."""
        if self.note is not None:
            return self.note.order
        return self.folder.fact.order if self.folder is not None else None


Parents = dict[str, str | None]


def build_tree(catalog: Catalog, pair: Pair, report: Report) -> list[Branch]:
    """The top of the tree. What is not converted is left out; what lies below it moves up."""
    return _Builder(catalog, pair, report).build()


def parents_of(catalog: Catalog, report: Report, there: tuple[Parents, Parents] = ({}, {})) -> tuple[Parents, Parents]:
    """The parents of folders, and those of notes among notes, mended; what was wrong is reported.

    `there`: the parents of those that are in the target already, below which others can hang.
    """
    folders = mended(
        {key: entry.fact.parent for key, entry in catalog.folders.items()},
        lambda key, what: report(_finding("folders", key, what)),
        there[0],
    )
    notes = mended(
        {key: entry.parent for key, entry in catalog.notes.items()},
        lambda key, what: report(_finding("notes", key, "parent-missing")) if what else None,
        there[1],
    )
    for entry in catalog.notes.values():
        if entry.folder is not None and entry.folder not in catalog.folders and entry.folder not in there[0]:
            report(Finding(code="folder-missing", item=f"notes/{entry.key}", details=(("what", entry.folder),)))
    return folders, notes


def _finding(kind: str, key: str, what: str) -> Finding:
    return Finding(code=what, item=f"{kind}/{key}", details=(("what", key),))


def mended(parents: Parents, complain: Callable[[str, str], None], there: Parents | None = None) -> Parents:
    """The parents without unknown ones and without circles; each breach is told once, at the key that was cut.

    `there` are parents of others, which are sound, and known as well.
    """
    made: Parents = dict(there or {})
    for key, parent in parents.items():
        if parent is not None and parent not in parents and parent not in made:
            complain(key, "folder-missing")
            parent = None
        made[key] = parent
    settled: set[str] = set()
    for key in parents:
        path: dict[str, None] = {}
        at: str | None = key
        while at is not None and at not in settled:
            if at in path:
                complain(at, "folder-cycle")
                made[at] = None
                break
            path[at] = None
            at = made[at]
        settled.update(path)
    return made


class _Builder:
    """Hangs every entry below its parent."""

    def __init__(self, catalog: Catalog, pair: Pair, report: Report) -> None:
        self._catalog = catalog
        self._report = report
        self._folder_parents, self._note_parents = parents_of(catalog, report)
        self._drops_top = pair.leaves_notebooks
        self._ordered = pair.source.parameters.get("tree") == "documents"
        self._folders: dict[str, Branch] = {}
        self._notes: dict[str, Branch] = {}
        self._roots: list[Branch] = []

    def build(self) -> list[Branch]:
        """Every branch in its place, siblings in the order of their numbers."""
        for key, folder in self._catalog.folders.items():
            if not folder.end:
                self._folders[key] = Branch(folder, None)
        for key, note in self._catalog.notes.items():
            if self._drops_top and note.blank and note.id == note.folder:
                note.page = not note.end
                note.end = note.end or "skipped"
                self._report(Finding(code="notebook-page-skipped", item=f"notes/{key}"))
            if not note.end:
                self._notes[key] = self._with_twin(note) or Branch(None, note)
        for key, branch in self._folders.items():
            self._siblings(self._folder_above(self._folder_parents[key])).append(branch)
        for key, branch in self._notes.items():
            if branch.folder is None:
                self._siblings(self._above(key)).append(branch)
        if not self._ordered:
            for branch in (*self._folders.values(), *self._notes.values()):
                branch.children.sort(key=_place)
            self._roots.sort(key=_place)
        return self._without_top()

    def _with_twin(self, note: NoteEntry) -> Branch | None:
        """The folder of a note's own name beside it: they are one note with others below."""
        twin = self._folders.get(note.path.removesuffix(".md")) if note.path.endswith(".md") else None
        if twin is not None:
            twin.note = note
        return twin

    def _siblings(self, above: Branch | None) -> list[Branch]:
        return self._roots if above is None else above.children

    def _folder_above(self, key: str | None) -> Branch | None:
        while key is not None and key not in self._folders:
            key = self._folder_parents[key]
        return self._folders.get(key) if key is not None else None

    def _above(self, key: str) -> Branch | None:
        """The nearest note above that is converted, else the folder."""
        at = self._note_parents[key]
        while at is not None and at not in self._notes:
            at = self._note_parents[at]
        if at is not None:
            return self._notes[at]
        folder = self._catalog.notes[key].folder
        return self._folder_above(folder if folder in self._catalog.folders else None)

    def _without_top(self) -> list[Branch]:
        """The only notebook of a source is its top; several are folders."""
        top = self._roots[0] if len(self._roots) == 1 else None
        if not self._drops_top or top is None or top.note is not None:
            return self._roots
        self._report(Finding(code="notebook-as-top", item=f"folders/{top.key}", details=(("what", top.name),)))
        return top.children


def _place(branch: Branch) -> tuple[bool, bool, int]:
    """Folders before notes, each by their numbers; what has none keeps its place at the end."""
    order = branch.order
    return branch.note is not None, order is None, order or 0
