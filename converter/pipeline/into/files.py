"""Files that are in the target already under the name that they were to have."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from hashlib import sha256

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.pipeline.catalog import AssetEntry
from converter.pipeline.into.copies import Copies
from converter.pipeline.into.names import numbered_path, respelled
from converter.pipeline.into.present import Present
from converter.pipeline.session import Session

__all__ = ["settle_files"]


def settle_files(
    session: Session, present: Present, copies: Copies, refuse: Callable[[str], None], *, linking: bool = False
) -> None:
    """Equal files are there already; another file of the same name makes the new one take another name.

    Under `overwrite`, and under `newer` where it is, the new file replaces the old one; but not beside a database,
    whose notes share files, and where both could not change at once. `linking` asks for files that
    name others, which can only be compared once those have their names.
    """
    settler = _Settler(session, present, copies, refuse)
    for key, entry in session.catalog.assets.items():
        if not entry.end and entry.paths and copies.is_linking(key) is linking:
            settler.settle(key, entry)


class _Settler:
    def __init__(self, session: Session, present: Present, copies: Copies, refuse: Callable[[str], None]) -> None:
        self._session = session
        self._present = present
        self._copies = copies
        self._refuse = refuse
        self._policy = session.options.on_conflict
        self._root = session.pair.parameter("asset_root")
        self._replaces = session.target_front.merges != "database"

    def settle(self, key: str, entry: AssetEntry) -> None:
        """Decide for one file, at all its places."""
        states = [self._state(key, entry, path) for path in entry.paths]
        if all(state == "same" for state in states):
            entry.end = "unchanged"
        elif "other" in states:
            self._conflict(key, entry)

    def _state(self, key: str, entry: AssetEntry, path: str) -> str:
        """What stands at a path: nothing (""), the `same` bytes, or something `other`."""
        there = self._present.taken(self._root + path)
        if there is None:
            return "other" if self._is_shadowed(key, entry, path) else ""
        fact = self._present.assets.get(there)
        if fact is None:
            return "other"
        try:
            entry.digest = self._digest(key, entry, fact.size)
        except ItemError:
            return "other"
        return "same" if self._present.file_digest(there) == entry.digest else "other"

    def _is_shadowed(self, key: str, entry: AssetEntry, path: str) -> bool:
        """Whether links to the file would find another one of the target, or those to that one would find this file."""
        others = self._present.files_named(path)
        sizes = {fact.size for other in others if (fact := self._present.assets.get(other)) is not None}
        if not others:
            return False
        try:
            own = self._digest(key, entry, sizes.pop() if len(sizes) == 1 else 0)
        except ItemError:
            return True
        return any(self._present.file_digest(other) != own for other in others)

    def _digest(self, key: str, entry: AssetEntry, size: int) -> str:
        """The digest of the file as it would be written; "" where its size says that it differs."""
        if self._copies.is_linking(key):
            with self._session.source.open_asset(key) as stream:
                return sha256(self._copies.renamed_file(key, stream.read())).hexdigest()
        if size and entry.fact.size and size != entry.fact.size:
            return ""
        return entry.digest or self._session.asset_digest(key)

    def _conflict(self, key: str, entry: AssetEntry) -> None:
        item = f"assets/{key}"
        if self._policy == "fail":
            self._refuse(item)
        elif self._replaces and (self._policy == "overwrite" or (self._policy == "newer" and self._is_newer(entry))):
            entry.way = "overwritten"
            self._session.add(Finding(code="overwritten", item=item))
        else:
            self._rename(key, entry)

    def _is_newer(self, entry: AssetEntry) -> bool:
        fact = self._present.assets.get(self._present.taken(self._root + entry.paths[0]) or "")
        ours, theirs = entry.fact.stamp, fact.stamp if fact is not None else None
        return ours is not None and theirs is not None and ours.ticks > theirs.ticks

    def _rename(self, key: str, entry: AssetEntry) -> None:
        """The first numbered name that is free at all places, or holds the same bytes."""
        number = 0
        states = ["other"]
        paths = entry.paths
        while "other" in states:
            number += 1
            paths = tuple(numbered_path(path, number) for path in entry.paths)
            states = [
                self._state(key, entry, path) or ("" if self._copies.is_free(self._root + path) else "other")
                for path in paths
            ]
        old, new = posixpath.basename(entry.paths[0]), posixpath.basename(paths[0])
        entry.paths, entry.name = paths, respelled(entry.name, old, new)
        entry.way, entry.end = "duplicated", "unchanged" if all(state == "same" for state in states) else ""
        self._copies.file(key, old, new)
        self._present.expect(new)
        if not entry.end:
            details = (("became", paths[0]),)
            self._session.add(Finding(code="duplicated", item=f"assets/{key}", details=details))
