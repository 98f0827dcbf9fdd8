"""What the application does with a deck of flashcards (docs/formats/siyuan.md, "What must never be written")."""

from __future__ import annotations

from typing import Any

import msgspec

from converter.formats.siyuan.verdicts.gathered import REFUSES, Verdicts

__all__ = ["judge_deck"]

_ALGORITHM = "fsrs"
_GONE = "the deck is missing everywhere, and new cards of it are not stored"
_NIL = b"\xc0"
_TIMES = (b"\xd6\xff", b"\xd7\xff", b"\xc7\x0c\xff")
"""How timestamps begin: of 4, 8 and 12 bytes."""


def judge_deck(deck: bytes, cards: bytes | None, verdicts: Verdicts) -> frozenset[str] | None:
    """Note what would happen to a deck and its cards; the blocks of its cards, None where it is not read."""
    found = _members(deck)
    if found is None:
        verdicts.refuse(f"it is no MessagePack map: {_GONE}")
        return None
    if _text(found.get("Algo")) != _ALGORITHM:
        verdicts.refuse(f"its Algo is not {_ALGORITHM}: {_GONE}")
        return None
    if cards is None:
        return frozenset()
    listed = _members(cards)
    if listed is None:
        verdicts.refuse(f"its cards are no MessagePack map: {_GONE}")
        return None
    blocks: set[str] = set()
    for card in listed.values():
        members = _members(card) or {}
        state = _members(members.get("C", _NIL))
        if state is None:
            verdicts.add(REFUSES, "a card without its state (C): no list of cards is shown")
            continue
        if not all(_is_time(state.get(name, _NIL)) for name in ("Due", "LastReview")):
            verdicts.refuse(f"a time of a card is no timestamp: {_GONE}")
            return None
        blocks.add(_text(members.get("BID")))
    return frozenset(blocks - {""})


def _members(data: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    """The members of a map with names, each as it is stored."""
    try:
        return msgspec.msgpack.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _is_time(value: Any) -> bool:
    data = bytes(value)
    return data == _NIL or data.startswith(_TIMES)


def _text(value: msgspec.Raw | None) -> str:
    try:
        return msgspec.msgpack.decode(value, type=str) if value is not None else ""
    except (msgspec.DecodeError, ValueError):
        return ""
