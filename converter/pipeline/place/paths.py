"""Folders and notes in a target that is a tree of files: names that fit, and unique ones for links."""

from __future__ import annotations

import msgspec

from converter.findings.finding import Finding
from converter.model.order import Output
from converter.pipeline.catalog import Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.place.names import LINK_SIGNS, Report
from converter.pipeline.place.tree import Branch
from converter.storage.known_names import Names
from converter.storage.names import Unique, safe_segment

__all__ = ["place_paths"]


def place_paths(roots: list[Branch], catalog: Catalog, pair: Pair, report: Report) -> None:
    """Give every branch its path. What lies below a note stands in a folder of the note's name beside it."""
    placer = _Placer(pair, report)
    level = [("", roots)]
    while level:
        base, branches = level.pop()
        placer.siblings(branches, base)
        level += [(_base(branch), branch.children) for branch in reversed(branches) if branch.children]
    placer.shorten_names(catalog)


def _base(branch: Branch) -> str:
    """Where the branch's children go."""
    entry = branch.note if branch.note is not None else branch.folder
    path = entry.output.path if entry is not None and entry.output is not None else ""
    return path if branch.is_folder else path.removesuffix(".md")


class _Placer:
    """Hands out file names, and keeps what is taken."""

    def __init__(self, pair: Pair, report: Report) -> None:
        self._keeps = pair.keeps_paths
        self._numbers = bool(pair.parameter("number_prefix"))
        self._report = report
        self._unique = Unique()
        self._stems: Names[int] = Names()
        self._repeated: set[str] = set()
        """Names of files that several notes have."""

    def siblings(self, branches: list[Branch], base: str) -> None:
        """Place the branches of one folder, folders first."""
        prefixes = _prefixes(branches) if self._numbers else {}
        for branch in sorted(branches, key=lambda one: not one.is_folder):
            prefix = prefixes.get(id(branch), "")
            if branch.is_folder:
                self._folder(branch, base, prefix)
            else:
                self._note(branch, base, prefix)

    def _folder(self, branch: Branch, base: str, prefix: str) -> None:
        path = _joined(base, self._segment(branch, base, prefix, ""))
        output = Output(key=path, title=branch.name, path=path, folder=base or None, form="folder")
        if branch.folder is not None:
            branch.folder.output = output
        if branch.note is not None:
            branch.note.output = output

    def _note(self, branch: Branch, base: str, prefix: str) -> None:
        entry = branch.note
        if entry is None:
            return
        segment = self._segment(branch, base, prefix, ".md")
        path, stem = _joined(base, segment), segment.removesuffix(".md")
        called = stem.casefold()
        if not self._stems.add_new(called, 0):
            self._repeated.add(called)
        title = entry.title or stem
        entry.output = Output(key=path, id=entry.id, title=title, path=path, name=stem, folder=base or None)

    def _segment(self, branch: Branch, base: str, prefix: str, suffix: str) -> str:
        """A file name for a title: portable, and unique in its folder."""
        name = branch.own_name if self._keeps else branch.name
        wanted = safe_segment(prefix + name, avoid=LINK_SIGNS if suffix and not self._keeps else "")
        segment = self._unique.take(wanted, base, extension=suffix)
        if segment != prefix + name + suffix:
            code = "name-changed" if wanted != prefix + name else "duplicate-name"
            details = (("what", name), ("became", segment))
            self._report(Finding(code=code, item=f"{branch.kind}/{branch.key}", details=details))
        return segment

    def shorten_names(self, catalog: Catalog) -> None:
        """Links spell a note by its file name alone where no other has it, else by its path."""
        for entry in catalog.notes.values():
            output = entry.output
            if output is not None and not output.form and output.name.casefold() in self._repeated:
                entry.output = msgspec.structs.replace(output, name=output.path.removesuffix(".md"))


def _joined(base: str, segment: str) -> str:
    return f"{base}/{segment}" if base else segment


def _prefixes(branches: list[Branch]) -> dict[int, str]:
    """`01 `, `02 ` … for siblings that have an order, folders and notes counted together."""
    ordered = sorted((b.order, b.kind, b.key, id(b)) for b in branches if b.order is not None)
    width = max(2, len(str(len(ordered))))
    return {one: f"{number:0{width}d} " for number, (_, _, _, one) in enumerate(ordered, 1)}
