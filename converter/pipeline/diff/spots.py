"""Where the items of an archive stand: one spot for each folder and note, comparable between formats."""

from __future__ import annotations

from pathlib import PurePosixPath

import msgspec

from converter.pipeline.catalog import Catalog
from converter.pipeline.pair import Pair
from converter.pipeline.place.tree import Branch, build_tree
from converter.storage.names import fold, safe_segment

__all__ = ["Spot", "Spots", "spots_of"]

_SEPARATOR = "\0"
_DEEPEST = 200


class Spot(msgspec.Struct, eq=False):
    """A folder or a note in its tree.

    `place` is the way from the top in folded names; `above` the spot of the folder that it stands in. `unit` is False
    for a folder that is there only because a note holds others. `mate` is the key of what it is matched with; both of
    a pair have the same `label`.
    """

    kind: str
    key: str
    name: str
    place: str
    above: Spot | None = None
    id: str | None = None
    unit: bool = True
    blank: bool = False
    label: str = ""
    mate: str | None = None

    @property
    def item(self) -> str:
        """The item as findings name it."""
        return f"{self.kind}/{self.key}"

    def shown(self) -> str:
        """The way from the top, for people."""
        parts, at = [self.name], self.above
        while at is not None and len(parts) < _DEEPEST:
            parts.append(at.name)
            at = at.above
        return "/".join(reversed(parts))


class Spots:
    """The spots of one archive, in the order of its tree, and those of notes by their keys."""

    def __init__(self) -> None:
        self.folders: list[Spot] = []
        self.notes: list[Spot] = []
        self.by_note: dict[str, Spot] = {}

    def add_folder(self, spot: Spot) -> Spot:
        """Enter a place for others."""
        self.folders.append(spot)
        if spot.unit and spot.kind == "notes":
            self.by_note[spot.key] = spot
        return spot

    def add_note(self, spot: Spot) -> None:
        """Enter a note."""
        self.notes.append(spot)
        self.by_note[spot.key] = spot


def spots_of(catalog: Catalog, pair: Pair) -> Spots:
    """The spots of everything that can be compared, and of notes that cannot be read."""
    made = Spots()
    stack: list[tuple[Branch, Spot | None]] = [(one, None) for one in reversed(build_tree(catalog, pair, _hushed))]
    while stack:
        branch, above = stack.pop()
        folder = _enter(made, catalog, branch, above)
        stack += [(child, folder) for child in reversed(branch.children)]
    for key, entry in catalog.notes.items():
        if entry.end == "failed":
            parts = PurePosixPath(entry.path).with_suffix("").parts if entry.path else ("", key)
            place = _SEPARATOR.join(_part(part) for part in parts)
            made.add_note(Spot(kind="notes", key=key, name=entry.title or parts[-1], place=place))
    return made


def _hushed(_finding: object) -> None:
    """The tree is not what is asked about."""


def _enter(made: Spots, catalog: Catalog, branch: Branch, above: Spot | None) -> Spot | None:
    """The spots of one branch; gives that of the folder that its children stand in."""
    place = _place(branch.name, above)
    if branch.note is not None and not branch.is_folder:
        _note(made, branch, above, place)
    if branch.folder is not None:
        fact = branch.folder.fact
        return made.add_folder(Spot(kind="folders", key=fact.key, name=fact.name, place=place, above=above, id=fact.id))
    if branch.is_folder:
        identity = catalog.notes[branch.key].id
        return made.add_folder(
            Spot(kind="notes", key=branch.key, name=branch.name, place=place, above=above, id=identity)
        )
    if not branch.children:
        return None
    return made.add_folder(Spot(kind="notes", key=branch.key, name=branch.name, place=place, above=above, unit=False))


def _note(made: Spots, branch: Branch, above: Spot | None, place: str) -> None:
    """The spot of a note. One of a folder's own name inside it is where the folder is: they are one note elsewhere."""
    entry = branch.note
    if entry is None:
        return
    if above is not None and not branch.children and fold(above.name) == fold(branch.name):
        place, above = above.place, above.above
    spot = Spot(kind="notes", key=entry.key, name=entry.title, place=place, above=above, id=entry.id)
    spot.blank = entry.blank
    made.add_note(spot)


def _place(name: str, above: Spot | None) -> str:
    return _part(name) if above is None else above.place + _SEPARATOR + _part(name)


def _part(name: str) -> str:
    """A name as every system can hold it: in some it had to change."""
    return fold(safe_segment(name))
