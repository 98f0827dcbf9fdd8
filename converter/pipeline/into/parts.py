"""Decks, maps and settings that are in the target already: what becomes of each, and of the ids inside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import msgspec

from converter.digests import digest_of_bytes
from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.findings.tally import WRITTEN
from converter.formats.front import Part
from converter.model.facts import PayloadFact
from converter.pipeline.into.copies import Copies
from converter.pipeline.into.policy import Policy
from converter.pipeline.into.present import Present
from converter.pipeline.lower.ids import derived_id
from converter.pipeline.place.tree import mended
from converter.pipeline.plan import unit_end
from converter.pipeline.session import Session

__all__ = ["Parts", "by_items"]

_NAMES = {"decks": "decks", "folders": "deck-folders", "maps": "maps"}
"""Kinds of items that can come in beside others, with the kind that their ids have in a renaming."""


def by_items(session: Session, payload: PayloadFact, *, merges: bool) -> bool:
    """Whether a payload passes item by item: to another format of its system, or to what has such items."""
    pair, parts = session.pair, session.source_front.parts
    if pair.by_parts(payload.type):
        return True
    if not merges or parts is None or not pair.same_system or not pair.takes(payload.type):
        return False
    return any(True for _ in parts(payload, session.open_member))


class Parts:
    """Decides for the items of payloads; their bytes are read again when they are written."""

    def __init__(self, session: Session, present: Present, copies: Copies, policy: Policy) -> None:
        self._session = session
        self._present = present
        self._copies = copies
        self._policy = policy
        self._there: dict[tuple[str, str], bytes] = {}
        self._ways: dict[tuple[str, str], str] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._loose: dict[str, str] = {}
        """Folders whose own is nowhere, or is below them, with what is wrong."""

    def settle(self) -> None:
        """Decide for every item, once it is known what notes are called; folders first, which others name."""
        if self._session.source_front.parts is None or not self._session.pair.same_system:
            return
        above: dict[str, str | None] = {}
        for part in self._present_parts():
            self._there[_name(part)] = self._digest(part)
            if part.kind == "folders":
                above[part.key] = part.parent or None
        known: list[Part] = []
        coming: dict[str, str | None] = {}
        for part in self._coming():
            if _name(part) in self._there:
                known.append(part)
            if part.kind == "folders":
                coming[part.key] = part.parent or None
        mended(coming, self._loose.__setitem__, mended(above, lambda _key, _what: None))
        for folders in (True, False):
            group = [part for part in known if (part.kind == "folders") is folders]
            changed = self._changed(group)
            for part in changed:
                self._conflict(part)
            for part in group:
                if _name(part) not in self._ways:
                    self._again(part)

    def _changed(self, group: list[Part]) -> list[Part]:
        """Those that differ, and that no run before copied. What such a copy is called, others are compared by."""
        count = -1
        while len(group) != count:
            count = len(group)
            group = [part for part in group if not self._is_there(part, part.key) and not self._is_copied(part)]
        return group

    def _present_parts(self) -> Iterator[Part]:
        parts = self._session.target_front.parts
        for payload in self._present.payloads if parts is not None else ():
            if any(unit.kind == "settings" for unit in payload.units):
                payload = msgspec.structs.replace(payload, type="settings")
            if parts is not None and self._session.pair.takes(payload.type):
                yield from parts(payload, self._present.source.open_member)

    def _coming(self) -> Iterator[Part]:
        session = self._session
        for payload in session.catalog.payloads:
            if session.source_front.parts is None or not session.pair.takes(payload.type):
                continue
            wanted = {(unit.kind, unit.key) for unit in payload.units if not unit_end(session, payload, unit)}
            try:
                for part in session.source_front.parts(payload, session.open_member) if wanted else ():
                    if (part.kind, part.key) in wanted:
                        yield part
            except ItemError:
                continue

    def _is_there(self, part: Part, key: str) -> bool:
        """Whether the target has exactly this item under a key, as it is or with the names that others have now."""
        there = self._there.get(_named(part.kind, key))
        if there is None:
            return False
        return self._digest(part) == there or self._digest(self._called(part, key)) == there

    def _called(self, part: Part, key: str) -> Part:
        """An item under a key, with the names that all others have now."""
        return msgspec.structs.replace(part, key=key, data=self._renamed(part, key))

    def _digest(self, part: Part) -> bytes:
        """A digest of what an item says, however it is spelt."""
        part_said = self._session.target_front.part_said
        data = part.data if part_said is None else part_said(part)
        try:
            said = json.dumps(json.loads(data), sort_keys=True).encode()
        except (ValueError, RecursionError):
            said = data
        return digest_of_bytes(said)

    def _renamed(self, part: Part, key: str) -> bytes:
        """An item under a key. Ids of cards are unique in their deck alone."""
        name = f"settings/{part.key}" if part.kind == "settings" else part.kind
        own: dict[str, Mapping[str, str]] = {}
        if part.kind == "decks":
            own["cards"] = self._cards(part, key)
        if key != part.key:
            kind = _NAMES[part.kind]
            own[kind] = {**self._copies.named(kind), part.key: key}
        if part.kind == "folders" and part.key in self._loose:
            kind = _NAMES[part.kind]
            own[kind] = {**own.get(kind, self._copies.named(kind)), part.parent: ""}
        return self._copies.renamed_file(name, part.data, own)

    def _cards(self, part: Part, key: str) -> dict[str, str]:
        """New ids for the cards of a copy."""
        part_ids = self._session.source_front.part_ids
        if part_ids is None or key == part.key:
            return {}
        return {card: derived_id("duplicate", card, key) for card in part_ids(part)}

    def _again(self, part: Part) -> None:
        """An item that is the same; under `duplicate-all` it comes in again."""
        if self._policy.name == "duplicate-all" and part.kind in _NAMES:
            self._copy(part)
        else:
            self._ways[_name(part)] = "unchanged"

    def _conflict(self, part: Part) -> None:
        item = f"{part.kind}/{part.key}"
        if self._policy.name == "fail":
            self._policy.refused.append(item)
        elif self._policy.replaces(newer=False):
            self._ways[_name(part)] = "overwritten"
            self._policy.overwritten(item)
        elif self._policy.duplicates and part.kind in _NAMES:
            self._copy(part)
        else:
            self._ways[_name(part)] = "skipped"
            self._policy.kept(item)

    def _new_id(self, part: Part, number: int) -> str:
        salt = digest_of_bytes(part.data).hex() + (f" {number}" if number > 1 else "")
        return derived_id("duplicate", part.kind, part.key, salt)

    def _is_copied(self, part: Part) -> bool:
        """Whether a run before made the same copy of an item: then its name is known from now on."""
        if self._policy.name != "duplicate" or part.kind not in _NAMES:
            return False
        new = self._new_id(part, 1)
        if not self._is_there(part, new):
            return False
        self._take(part, new, "unchanged")
        return True

    def _copy(self, part: Part) -> None:
        """A new id that follows from the old one and the content, for the item and for what is in it."""
        number, new = 1, self._new_id(part, 1)
        while (part.kind, new) in self._there:
            number += 1
            new = self._new_id(part, number)
        self._take(part, new, "duplicated")
        self._session.add(Finding(code="duplicated", item=f"{part.kind}/{part.key}", details=(("became", new),)))

    def _take(self, part: Part, key: str, way: str) -> None:
        """An item is called otherwise in the target, and ends in a way."""
        self._copies.item(_NAMES[part.kind], part.key, key)
        for old, new in self._cards(part, key).items():
            self._copies.item("cards", old, new)
        self._ways[_name(part)] = way
        self._keys[_name(part)] = key

    def decide(self, part: Part) -> tuple[str, Part]:
        """How an item ends, and what it is in the target."""
        name = _name(part)
        way = self._ways.get(name, "created")
        if part.kind == "folders" and part.key in self._loose and way in WRITTEN:
            details = (("what", part.parent),)
            self._session.add(Finding(code=self._loose[part.key], item=f"folders/{part.key}", details=details))
        return way, self._called(part, self._keys.get(name, part.key))


def _name(part: Part) -> tuple[str, str]:
    return _named(part.kind, part.key)


def _named(kind: str, key: str) -> tuple[str, str]:
    """What tells items apart: the case of letters counts but in names of settings."""
    return kind, key.lower() if kind == "settings" else key
