"""Pictures that a duplicate shows: files of its own, so that what is done to one note's picture spares the other's."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

import msgspec

from converter.formats.front import Found, LinkKey
from converter.model.facts import LinkFact
from converter.model.order import Goal
from converter.pipeline.catalog import AssetEntry, Catalog
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.note_entry import NoteEntry

__all__ = ["Pictures"]


class Pictures:
    """Names the files of duplicates in a target where notes share none.

    They are called as the blocks that show them, so that they are found by these as well.
    """

    def __init__(self, catalog: Catalog, *, own: bool) -> None:
        """`own`: notes of the target have pictures of their own."""
        self._catalog = catalog
        self._own = own
        self._holders: dict[str, str] = {}

    def path(self, entry: NoteEntry, block: str, found: Found) -> str:
        """Where a duplicate has its copy of a picture; "" where it shows the file itself.

        A file that got another name is nobody else's already. `block` is the new id of the block that shows it.
        """
        asset = self._catalog.assets.get(found.key) if found.kind == "asset" else None
        if asset is None or not self._is_copied(entry, asset):
            return ""
        extension = posixpath.splitext(asset.paths[0])[1]
        name = block
        if not block or self._holders.setdefault(block, found.key) != found.key:
            name = derived_id("picture", found.key, block, entry.salt)
        return posixpath.join(posixpath.dirname(asset.paths[0]), name + extension)

    def _is_copied(self, entry: NoteEntry, asset: AssetEntry) -> bool:
        shared = bool(asset.paths) and asset.way == "created" and asset.end in ("", "unchanged")
        return self._own and entry.way == "duplicated" and shared

    def goals(self, entry: NoteEntry, goals: Mapping[LinkKey, Goal], blocks: Mapping[str, str]) -> dict[LinkKey, Goal]:
        """The goals of a note whose blocks have new ids."""
        made: dict[LinkKey, Goal] = {}
        for (form, target, place, block), goal in goals.items():
            new = blocks.get(block, block)
            path = self.path(entry, blocks.get(block, ""), Found(goal.kind, goal.key)) if form == "image" else ""
            if path:
                name = posixpath.join(posixpath.dirname(goal.name), posixpath.basename(path))
                goal = msgspec.structs.replace(goal, path=path, name=name)
            made[form, target, place, new] = goal
        return made

    def copies(
        self, entry: NoteEntry, founds: Iterator[tuple[LinkFact, Found]], blocks: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The files that a duplicate needs: the key of each, and where it goes."""
        for link, found in founds:
            path = self.path(entry, blocks.get(link.block, ""), found) if link.form == "image" else ""
            if path:
                yield found.key, path
