"""Decks, maps, databases, settings and other files that pass whole, matched by key, compared part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from converter.errors import ItemError
from converter.model.facts import MemberFact, PayloadFact, UnitFact
from converter.pipeline.diff.match import Round, match
from converter.pipeline.diff.parts import Parts, parts_of
from converter.pipeline.diff.residue import is_residue
from converter.pipeline.diff.side import TOP, Side
from converter.pipeline.work import unreadable
from converter.storage.digest import digest
from converter.storage.names import fold

__all__ = ["UnitVerdict", "compare_units"]


_STATE = "app-state-lost"
"""The code that marks what says how an application was left, not what its user wrote."""


class UnitVerdict(msgspec.Struct, frozen=True):
    """What came of a unit: `equal`, `changed` (`what` names its parts), `only_a`, `only_b` or `not_compared`."""

    verdict: str
    unit: UnitFact
    what: tuple[str, ...] = ()


def compare_units(a: Side, b: Side) -> Iterator[UnitVerdict]:
    """Every unit of both sides once. Between systems nothing of it has a place, and nothing is matched."""
    ours, theirs = _Payloads(a), _Payloads(b)
    found = match(ours.facts, theirs.facts, _ROUNDS if a.same_system else [])
    for x, y, _ in found.pairs:
        for one in _pair(a, b, x, y):
            yield (theirs if one.verdict == "only_b" else ours).as_written(one)
    yield from (ours.as_written(UnitVerdict("only_a", unit)) for payload in found.only_a for unit in payload.units)
    yield from (theirs.as_written(UnitVerdict("only_b", unit)) for payload in found.only_b for unit in payload.units)


_ROUNDS = [
    Round[PayloadFact]("key", lambda one: one.key),
    Round[PayloadFact]("type", lambda one: fold(one.type)),
]
_UNIT_ROUNDS = [
    Round[UnitFact]("key", lambda one: f"{one.kind}/{one.key}"),
    Round[UnitFact]("title", lambda one: one.title and f"{one.kind}/{fold(one.title)}"),
]


class _Payloads:
    """The payloads of a side with keys that both sides share, without what conversions leave for themselves."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._keys: dict[str, str] = {}
        found = [self._told(payload) for payload in side.session.catalog.payloads if not is_residue(payload)]
        self.facts = [payload for payload in found if payload.units]

    def _told(self, payload: PayloadFact) -> PayloadFact:
        change = msgspec.structs.replace
        return change(
            payload,
            key=self._shared(payload.key),
            members=tuple(change(one, name=self._shared(one.name)) for one in payload.members),
            units=tuple(change(one, key=self._shared(one.key)) for one in payload.units if not self._is_state(one)),
        )

    def _shared(self, key: str) -> str:
        told = self._side.told_key(key)
        self._keys[told] = key
        return told

    def _is_state(self, unit: UnitFact) -> bool:
        """Whether a unit is of an application's state, and the other side has another application or another id."""
        if unit.lost != _STATE:
            return False
        notebook = unit.key.partition("/")[0]
        renamed = self._side.told_key(unit.key).startswith(TOP) and notebook not in self._side.other.notebook_labels
        return renamed or not self._side.same_system

    def as_written(self, one: UnitVerdict) -> UnitVerdict:
        """The verdict with the key that the store has."""
        key = self._keys.get(one.unit.key, one.unit.key)
        return msgspec.structs.replace(one, unit=msgspec.structs.replace(one.unit, key=key))


def _pair(a: Side, b: Side, ours: PayloadFact, theirs: PayloadFact) -> Iterator[UnitVerdict]:
    units = match(ours.units, theirs.units, _UNIT_ROUNDS)
    try:
        changed = _changed_parts(a, b, ours, theirs)
    except ItemError as error:
        a.session.add(unreadable(f"payloads/{ours.key}", error))
        yield from (UnitVerdict("not_compared", unit) for unit, _, _ in units.pairs)
    else:
        yield from _judged(ours, [unit for unit, _, _ in units.pairs], changed, _gone(units.only_a, units.only_b))
    yield from (UnitVerdict("only_a", unit) for unit in units.only_a)
    yield from (UnitVerdict("only_b", unit) for unit in units.only_b)


def _gone(*sides: list[UnitFact]) -> frozenset[str]:
    """Keys of units that only one side has: what is said of these need not be said again."""
    return frozenset(unit.key for units in sides for unit in units)


def _judged(
    payload: PayloadFact, units: list[UnitFact], changed: Mapping[str, set[str]], gone: frozenset[str]
) -> Iterator[UnitVerdict]:
    """Give what changed to the units that it belongs to; the rest is the payload's own."""
    whats: dict[str, list[str]] = {}
    keys = {unit.key for unit in units}
    for name, parts in changed.items():
        holder = name if name in keys else next((key for key in keys if name.startswith(f"{key}/")), "")
        for part in sorted(parts):
            if part not in gone and name not in gone:
                owner = part if part in keys else holder
                whats.setdefault(owner, []).append("" if part == owner else f"{name} {part}".strip())
    for unit in units:
        alone = whats.pop("", []) if len(units) == 1 else []
        parts_of_it = (*whats.pop(unit.key, ()), *alone)
        yield UnitVerdict("changed" if parts_of_it else "equal", unit, tuple(filter(None, parts_of_it)))
    if "" in whats:
        own = UnitFact(kind="payloads", key=payload.key, title=payload.type)
        yield UnitVerdict("changed", own, tuple(whats[""]))


def _changed_parts(a: Side, b: Side, ours: PayloadFact, theirs: PayloadFact) -> dict[str, set[str]]:
    """By the names of members: the keys of parts that are not the same on both sides."""
    mine, others = _by_name(ours), _by_name(theirs)
    changed: dict[str, set[str]] = {}
    for name in sorted({*mine, *others}):
        left, right = mine.get(name), others.get(name)
        if left is None or right is None:
            changed[name] = {""}
        elif _digest(a, left) != _digest(b, right):
            parts, matching = _parts(a, left), _parts(b, right)
            apart = {key for key in {*parts, *matching} if parts.get(key) != matching.get(key)}
            if apart:
                changed[name] = apart
    return changed


def _by_name(payload: PayloadFact) -> dict[str, MemberFact]:
    return {member.name: member for member in payload.members}


def _digest(side: Side, member: MemberFact) -> str:
    with side.session.open_member(member.key) as stream:
        return digest(stream)[1]


def _parts(side: Side, member: MemberFact) -> Parts:
    with side.session.open_member(member.key) as stream:
        return parts_of(stream)
