"""Files that pass whole and are in the target already: joined, replaced, renamed, or left as they are."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import msgspec

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.model.facts import MemberFact, PayloadFact, UnitFact
from converter.model.timed_id import Prefixes, is_timed_id, numbered_id
from converter.pipeline.into.copies import Copies
from converter.pipeline.into.parts import by_items
from converter.pipeline.into.present import Present
from converter.pipeline.session import Session
from converter.pipeline.work import digest_of_bytes

__all__ = ["Member", "Members", "unit_way"]

_MOST = 64 << 20
"""Bytes of a file up to which it can be joined or renamed."""


class Member(msgspec.Struct, frozen=True):
    """What becomes of one file: `way` is how it ends; `data` are its bytes where they change, `name` where it goes."""

    way: str
    name: str
    data: bytes | None = None


class Members:
    """Decides for the members of payloads, by what stands at their places."""

    def __init__(self, session: Session, present: Present, copies: Copies, refuse: Callable[[str], None]) -> None:
        self._session = session
        self._present = present
        self._copies = copies
        self._refuse = refuse
        self._front = session.target_front
        self._policy = session.options.on_conflict
        self._there = {part.key: part for payload in present.payloads for part in payload.members}
        self._decided: dict[str, str] = {}

    def settle(self) -> None:
        """Find out which of them get new names, before the notes that name them are looked at."""
        for payload in self._session.catalog.payloads:
            whole = payload.type != "residue" and not self._by_items(payload)
            for member in payload.members if whole else ():
                way = self._way(member)
                if way:
                    self._decided[member.key] = way

    def _by_items(self, payload: PayloadFact) -> bool:
        try:
            return by_items(self._session, payload, merges=True)
        except ItemError:
            return False

    def _way(self, member: MemberFact) -> str:
        if member.key not in self._there:
            return ""
        try:
            coming, there = self._read(member), self._read(self._there[member.key], ours=False)
        except ItemError:
            return "skipped"
        again = self._policy == "duplicate-all" and _is_named_by_id(member.key)
        if coming is not None and coming == there and not again:
            return "unchanged"
        if self._front.join_file is not None and coming is not None and there is not None:
            joined = self._front.join_file(member.key, there, coming)
            if joined is not None:
                return "joined"
        return self._conflict(member, coming)

    def _conflict(self, member: MemberFact, coming: bytes | None) -> str:
        item = f"payloads/{member.key}"
        stem, extension = posixpath.splitext(posixpath.basename(member.key))
        if self._policy == "fail":
            self._refuse(item)
        elif self._policy == "overwrite":
            self._session.add(Finding(code="overwritten", item=item))
            return "overwritten"
        elif self._policy in ("duplicate", "duplicate-all") and _is_named_by_id(member.key) and coming is not None:
            new = self._other_name(member.key, stem, extension, coming)
            self._copies.item("databases", stem, new)
            self._session.add(Finding(code="duplicated", item=item, details=(("became", new),)))
            return "duplicated"
        self._session.add(Finding(code="kept-existing", item=item, details=(("what", self._policy),)))
        return "skipped"

    def _other_name(self, key: str, stem: str, extension: str, coming: bytes) -> str:
        """A new id that follows from the old one and the content; the next one where every one is to be new."""
        salt, number = digest_of_bytes(coming).hex(), 0
        while True:
            number += 1
            new = numbered_id(Prefixes().take(f"duplicate {stem} {salt} {number}", stem[:14], 1), 0)
            place = posixpath.join(posixpath.dirname(key), new + extension)
            if place not in self._there or self._policy == "duplicate":
                return new

    def decide(self, payload: PayloadFact, member: MemberFact) -> Member:
        """What becomes of a member, once all names are settled; raises `ItemError` where it cannot be read."""
        way = self._decided.get(member.key, "created")
        if way in ("unchanged", "skipped") or payload.type == "residue":
            return Member(way if payload.type != "residue" else "skipped", member.key)
        coming = self._read(member)
        name = self._copies.renamed_path(member.key)
        if coming is None:
            return Member(way, name)
        data = self._copies.renamed_file(member.key, coming)
        if way == "joined" and self._front.join_file is not None:
            there = self._read(self._there[member.key], ours=False) or b""
            joined = self._front.join_file(member.key, there, data)
            return Member("unchanged" if joined in (there, None) else "created", name, joined)
        if way == "duplicated" and name in self._there and self._read(self._there[name], ours=False) == data:
            return Member("unchanged", name)
        return Member(way, name, None if data is coming else data)

    def _read(self, member: MemberFact, *, ours: bool = True) -> bytes | None:
        """The bytes of a member of the source, or of the target; None where there are too many."""
        if member.size > _MOST:
            return None
        opened = self._session.open_member if ours else self._present.source.open_member
        with opened(member.key) as stream:
            return stream.read()


def _is_named_by_id(key: str) -> bool:
    """Whether a member can come beside another one: under another id."""
    return is_timed_id(posixpath.splitext(posixpath.basename(key))[0])


_RANKED = ("failed", "overwritten", "duplicated", "created", "skipped", "unchanged")


def unit_way(payload: PayloadFact, unit: UnitFact, ways: Mapping[str, str]) -> str:
    """How a unit ends whose members ended in these ways: the first of what any of them did."""
    own = {way for key, way in ways.items() if unit.key == payload.key or _is_of(unit.key, key)}
    return next((way for way in _RANKED if way in own), "unchanged" if ways else "created")


def _is_of(unit: str, member: str) -> bool:
    """Whether a member holds a unit, or is part of it: by its whole key, its stem, or its name without its kind."""
    name = unquote(posixpath.basename(member))
    same = unit in (member, name) or posixpath.splitext(member)[0] == posixpath.splitext(unit)[0]
    return same or member.startswith(unit + "/") or unit.startswith(name + "/")
