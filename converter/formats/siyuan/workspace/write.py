"""From a lowered note to its document, and the data folder that takes the documents."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from converter.errors import TargetError
from converter.formats.front import Rendered, TargetContext
from converter.formats.siyuan.document import document_bytes
from converter.formats.siyuan.workspace.layout import RESIDUE, find_layout
from converter.formats.siyuan.workspace.notebooks import (
    order_bytes,
    read_notebook,
    read_order,
    renamed_settings,
    settings_bytes,
)
from converter.formats.staged import StagedFiles
from converter.model.facts import PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment

__all__ = ["WorkspaceTarget", "open_merge", "open_target", "render"]


def render(note: Note, context: TargetContext) -> Rendered:
    """The document of a lowered note, exactly."""
    return Rendered(note.key, document_bytes(note, context.zone), note.key, note.stamp, note.order)


class WorkspaceTarget:
    """The data of a workspace in the making, or what is to come into one that exists.

    `data` is where its files are staged, `present` the folder of data that exists, None for a new one; `place` is the
    path of `data` in the target.
    """

    def __init__(self, data: Path, present: Path | None = None, place: str = "data/") -> None:
        self.grown: set[str] = {place + RESIDUE}
        self._files = StagedFiles(data)
        self._present = present
        self._place = place
        self._notebooks: list[Folder] = []
        self._orders: dict[str, dict[str, int]] = {}
        self._unnumbered: dict[str, set[str]] = {}
        self._whole: set[str] = set()

    def folder(self, folder: Folder, path: str) -> None:
        """Take a notebook."""
        self._notebooks.append(folder)
        self._files.folder(path)

    def note(self, rendered: Rendered) -> None:
        """Write a document."""
        self._files.write(rendered.path, rendered.data, rendered.stamp)
        notebook = rendered.path.partition("/")[0]
        own = posixpath.basename(rendered.path).removesuffix(".sy")
        if rendered.order is not None:
            self._orders.setdefault(notebook, {})[own] = rendered.order
        else:
            self._unnumbered.setdefault(notebook, set()).add(own)

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Copy a file."""
        self._files.copy(path, stream, stamp)

    def payload(self, _fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Copy what passes whole."""
        for name, opened in members:
            with opened as stream:
                self.asset(name, stream)
            self._whole.add(name)

    def residue(self, lines: IO[bytes]) -> None:
        """Keep residue in the workspace's storage, which the application passes along."""
        self.asset(RESIDUE, lines)

    def finish(self) -> None:
        """Write the settings and the order of notebooks that did not bring their own."""
        for number, notebook in enumerate(self._notebooks, 1):
            sort = notebook.order if notebook.order is not None else number
            self._settle_name(notebook, sort)
        for key in dict.fromkeys((*(notebook.key for notebook in self._notebooks), *self._orders)):
            self._settle_order(key)

    def _settle_name(self, notebook: Folder, sort: int) -> None:
        """Settings that came whole stay, unless they say another name."""
        name = f"{notebook.key}/.siyuan/conf.json"
        own = self._bytes(name)
        if own is None:
            self._files.write(name, settings_bytes(notebook.name, sort))
        elif read_notebook(own).name != notebook.name:
            self._files.write(name, renamed_settings(own, notebook.name) or settings_bytes(notebook.name, sort))

    def _settle_order(self, notebook: str) -> None:
        """An order that came whole stays, unless it gives documents other numbers than they have.

        One that is there already stays, and new documents join it.
        """
        name = f"{notebook}/.siyuan/sort.json"
        order = self._orders.get(notebook, {})
        before = self._bytes(name)
        own = read_order(before) if before is not None else None
        if own is None:
            if order:
                self._files.write(name, order_bytes(order))
            return
        if self._present is not None:
            if order.keys() - own.keys():
                self.grown.add(self._place + name)
                self._files.write(name, order_bytes(order | own))
            return
        without = self._unnumbered.get(notebook, set()) & own.keys()
        if without or any(own.get(key) != number for key, number in order.items()):
            merged = {key: number for key, number in (own | order).items() if key not in without}
            self._files.write(name, order_bytes(merged))

    def _bytes(self, name: str) -> bytes | None:
        """A file that came whole, or that is there already."""
        if name in self._whole:
            return self._files.read(name)
        there = self._present / name if self._present is not None else None
        return there.read_bytes() if there is not None and there.is_file() else None

    def abandon(self) -> None:
        """Nothing is held open."""


def open_target(staging: Path, _context: TargetContext) -> WorkspaceTarget:
    """A new workspace at the staging path."""
    return WorkspaceTarget(staging / "data")


def open_merge(present: Path, staging: Path, _context: TargetContext) -> WorkspaceTarget:
    """Files that come into a workspace or its data folder; raises `TargetError` for a notebook, which has no assets."""
    layout = find_layout(present)
    if layout is None or layout.prefix:
        raise TargetError(
            f"{present} is neither a workspace nor the data folder of one.",
            hint="Name the workspace: assets of its notebooks stand beside them.",
        )
    place = "data/" if layout.workspace is not None else ""
    return WorkspaceTarget(staging / "data" if place else staging, layout.root, place)
