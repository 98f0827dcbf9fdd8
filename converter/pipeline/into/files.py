"""Files that are in the target already under the name that they were to have."""

from __future__ import annotations

import posixpath
from hashlib import sha256

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.pipeline.catalog import AssetEntry
from converter.pipeline.into.copies import Copies
from converter.pipeline.into.names import numbered_path, respelled
from converter.pipeline.into.policy import Policy, is_newer
from converter.pipeline.into.present import Present
from converter.pipeline.session import Session

__all__ = ["settle_files"]


def settle_files(session: Session, present: Present, copies: Copies, policy: Policy, *, linking: bool = False) -> None:
    """Equal files are there already; another file of the same name makes the new one take another name.

    Under `overwrite`, and under `newer` where it is, the new file replaces the old one; but not beside a database,
    whose notes share files, and where both could not change at once. `linking` asks for files that
    name others, which can only be compared once those have their names.
    """
    settler = _Settler(session, present, copies, policy)
    assets = session.catalog.assets
    wanted = [
        key for key, entry in assets.items() if not entry.end and entry.paths and copies.is_linking(key) is linking
    ]
    beside = _side_files(wanted) if present.tree == "documents" and session.pair.same_system else {}
    for key in wanted:
        if key not in beside:
            settler.settle([(one, assets[one]) for one in (key, *(one for one, main in beside.items() if main == key))])


def _side_files(keys: list[str]) -> dict[str, str]:
    """Files that are named by another one with an ending more, which say something about that one."""
    known = set(keys)
    return {key: main for key in keys if (main := posixpath.splitext(key)[0]) in known and main != key}


_Group = list[tuple[str, AssetEntry]]
"""A file with those that go with it, by their keys."""


class _Settler:
    def __init__(self, session: Session, present: Present, copies: Copies, policy: Policy) -> None:
        self._session = session
        self._present = present
        self._copies = copies
        self._policy = policy
        self._root = session.pair.parameter("asset_root")
        self._replaces = session.target_front.merges != "database"

    def settle(self, group: _Group) -> None:
        """Decide for one file, at all its places, and for those that go with it."""
        met: _Group = []
        for key, entry in group:
            states = [self._state(key, entry, path) for path in entry.paths]
            if all(state == "same" for state in states):
                entry.end = "unchanged"
            elif "other" in states:
                met.append((key, entry))
        if met:
            self._conflict(group, met)

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

    def _conflict(self, group: _Group, met: _Group) -> None:
        replaces = self._replaces and self._policy.replaces(newer=all(self._is_newer(entry) for _, entry in met))
        if self._policy.name == "fail":
            self._policy.refused.extend(f"assets/{key}" for key, _ in met)
        elif replaces and all(self._stands(entry) for _, entry in met):
            for key, entry in met:
                entry.way = "overwritten"
                self._policy.overwritten(f"assets/{key}")
        else:
            self._rename(group)

    def _stands(self, entry: AssetEntry) -> bool:
        """Whether what a file meets stands at its very place, and not where links would find it instead."""
        return any(self._present.taken(self._root + path) is not None for path in entry.paths)

    def _is_newer(self, entry: AssetEntry) -> bool:
        fact = self._present.assets.get(self._present.taken(self._root + entry.paths[0]) or "")
        return is_newer(entry.fact.stamp, fact.stamp if fact is not None else None)

    def _rename(self, group: _Group) -> None:
        """The first numbered names that are free at all places, or hold the same bytes."""
        number, free = 0, False
        while not free:
            number += 1
            made = {key: self._numbered(group[0][1], entry, number) for key, entry in group}
            states = {key: self._states(key, entry, made[key]) for key, entry in group}
            free = not any("other" in found for found in states.values())
        for key, entry in group:
            old, new = posixpath.basename(entry.paths[0]), posixpath.basename(made[key][0])
            entry.name = respelled(entry.name, old, new)
            entry.way, entry.end = "duplicated", "unchanged" if all(one == "same" for one in states[key]) else ""
            self._copies.file(key, old, new)
            self._present.expect(new)
            if not entry.end:
                details = (("became", made[key][0]),)
                self._session.add(Finding(code="duplicated", item=f"assets/{key}", details=details))
        for key, entry in group:
            entry.paths = made[key]

    def _numbered(self, main: AssetEntry, entry: AssetEntry, number: int) -> tuple[str, ...]:
        """The paths of a file with a number; one that goes with another is named by that one still."""
        if entry is main:
            return tuple(numbered_path(path, number) for path in entry.paths)
        pairs = zip(main.paths, entry.paths, strict=True)
        return tuple(numbered_path(above, number) + path[len(above) :] for above, path in pairs)

    def _states(self, key: str, entry: AssetEntry, paths: tuple[str, ...]) -> list[str]:
        return [
            self._state(key, entry, path) or ("" if self._copies.is_free(self._root + path) else "other")
            for path in paths
        ]
