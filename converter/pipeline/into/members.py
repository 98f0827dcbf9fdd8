"""Files that pass whole and are in the target already: joined, replaced, renamed, or left as they are."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from converter.digests import digest_of_bytes
from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.model.facts import MemberFact, PayloadFact, UnitFact
from converter.model.timed_id import Prefixes, is_timed_id, numbered_id
from converter.pipeline.into.copies import Copies
from converter.pipeline.into.parts import by_items
from converter.pipeline.into.policy import Policy, is_newer
from converter.pipeline.into.present import Present
from converter.pipeline.session import Session

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

    def __init__(self, session: Session, present: Present, copies: Copies, policy: Policy) -> None:
        self._session = session
        self._present = present
        self._copies = copies
        self._front = session.target_front
        self._policy = policy
        self._there = {part.key: part for payload in present.payloads for part in payload.members}
        self._members: dict[str, MemberFact] = {}
        self._decided: dict[str, str] = {}
        self._copied: dict[str, MemberFact] = {}

    def settle(self) -> None:
        """Find out which of them get new names, before the notes that name them are looked at."""
        for payload in self._session.catalog.payloads:
            whole = payload.type != "residue" and not self._by_items(payload)
            for member in payload.members if whole else ():
                self._members[member.key] = member
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
        if _is_same(member, coming, there) and not (
            self._policy.name == "duplicate-all" and is_timed_id(_stem(member))
        ):
            return "unchanged"
        if coming is not None and there is not None and (whole := self._joined(member.key, there, coming)) is not None:
            if self._policy.name == "fail" and self._joined(member.key, there, coming, replace=True) != whole:
                self._policy.refused.append(f"payloads/{member.key}")
            return "joined"
        return self._conflict(member, coming)

    def _conflict(self, member: MemberFact, coming: bytes | None) -> str:
        item = f"payloads/{member.key}"
        if self._policy.name == "fail":
            self._policy.refused.append(item)
        elif self._policy.replaces(newer=self._is_newer(member)):
            self._policy.overwritten(item)
            return "overwritten"
        elif self._policy.duplicates and is_timed_id(_stem(member)) and coming is not None:
            self._copy(member, 1)
            return "duplicated"
        self._policy.kept(item)
        return "skipped"

    def _is_newer(self, member: MemberFact) -> bool:
        return is_newer(member.stamp, self._there[member.key].stamp)

    def _copy(self, member: MemberFact, number: int) -> None:
        """A new id that follows from the old one and the content; `number` counts the attempts, from 1."""
        old, salt = _stem(member), digest_of_bytes(self._read(member) or b"").hex()
        new = numbered_id(Prefixes().take(f"duplicate {old} {salt} {number}", old[:14], 1), 0)
        self._copies.item("databases", old, new)
        self._copied[member.key] = member

    def spread(self) -> bool:
        """Make duplicates of files that are there already and name something that has a new id; whether any did.

        Of those that grow, what they say of duplicates joins them.
        """
        fresh = False
        for key in [key for key, way in self._decided.items() if way == "unchanged"]:
            coming = self._read(self._members[key])
            if coming is None or self._copies.renamed_file(key, coming) is coming:
                continue
            if self._joined(key, coming, coming) is not None:
                self._decided[key] = "joined"
            elif is_timed_id(_stem_of(key)) and self._policy.duplicates:
                self._decided[key] = "duplicated"
                self._copy(self._members[key], 1)
                fresh = True
        return fresh

    def _joined(self, key: str, there: bytes, coming: bytes, *, replace: bool = False) -> bytes | None:
        """Two files of one name as one; None for those that cannot grow. `replace`: where both say it, what comes."""
        return self._front.join_file(key, there, coming, replace) if self._front.join_file is not None else None

    def _grown(self, member: MemberFact, name: str, coming: bytes) -> Member:
        """What becomes of a file that grows; what it says otherwise than the one there is replaced, or told."""
        there = self._read(self._there[member.key], ours=False) or b""
        joined, item = self._joined(member.key, there, coming), f"payloads/{member.key}"
        replaced = self._joined(member.key, there, coming, replace=True)
        if replaced == joined:
            return Member("unchanged" if joined in (there, None) else "created", name, joined)
        if self._policy.replaces(newer=self._is_newer(member)):
            self._policy.overwritten(item)
            return Member("overwritten", name, replaced)
        self._policy.kept(item)
        return Member("skipped" if joined in (there, None) else "created", name, joined)

    def number(self, number: int) -> bool:
        """Give all duplicates the ids of another attempt; whether there are any."""
        for member in self._copied.values():
            self._copy(member, number)
        return bool(self._copied)

    def clash(self) -> bool:
        """Whether something else stands where a duplicate is to go, once all have their names."""
        return any(self._stands(member) for member in self._copied.values())

    def _stands(self, member: MemberFact) -> bool:
        there = self._there.get(self._copies.renamed_path(member.key))
        if there is None or self._policy.name == "duplicate-all":
            return there is not None
        data = self._copies.renamed_file(member.key, self._read(member) or b"")
        return not _is_same(member, data, self._read(there, ours=False))

    def decide(self, payload: PayloadFact, member: MemberFact) -> Member:
        """What becomes of a member, once all names are settled; raises `ItemError` where it cannot be read."""
        way = self._decided.get(member.key, "created")
        if member.key.partition("/")[0] in self._copies.elsewhere:
            way = "unchanged"
        if posixpath.dirname(name := self._copies.renamed_path(member.key)) != posixpath.dirname(member.key):
            way = "created" if name not in self._there else "unchanged"
        if way in ("unchanged", "skipped") or payload.type == "residue":
            return Member(way if payload.type != "residue" else "skipped", member.key)
        coming = self._read(member)
        if coming is None:
            return Member(way, name)
        data = self._copies.renamed_file(member.key, coming)
        if way == "joined":
            return self._grown(member, name, data)
        if way == "duplicated":
            if (own := self._there.get(name)) is not None and _is_same(member, data, self._read(own, ours=False)):
                return Member("unchanged", name)
            details = (("became", _stem_of(name)),)
            self._session.add(Finding(code="duplicated", item=f"payloads/{member.key}", details=details))
        return Member(way, name, None if data is coming else data)

    def _read(self, member: MemberFact, *, ours: bool = True) -> bytes | None:
        """The bytes of a member of the source, or of the target; None where there are too many."""
        if member.size > _MOST:
            return None
        opened = self._session.open_member if ours else self._present.source.open_member
        with opened(member.key) as stream:
            return stream.read()


def _stem(member: MemberFact) -> str:
    return _stem_of(member.key)


def _stem_of(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _is_same(member: MemberFact, one: bytes | None, other: bytes | None) -> bool:
    """Whether two files say the same; of JSON, however it is spelt."""
    if one is None or other is None or one == other:
        return one == other and one is not None
    if not member.key.endswith(".json"):
        return False
    try:
        return bool(msgspec.json.decode(one) == msgspec.json.decode(other))
    except (msgspec.DecodeError, RecursionError):
        return False


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
