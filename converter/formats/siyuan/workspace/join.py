"""Two files of one name that are both collections, as one (docs/formats/siyuan.md, "Files that grow")."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from converter.model.timed_id import Prefixes, is_timed_id, numbered_id
from converter.patterns import pattern

__all__ = ["join_file"]


class _Card(msgspec.Struct, rename="upper"):
    """What of a card matters here: the block that it is."""

    bid: str = ""


class _Deck(msgspec.Struct, rename="pascal"):
    """What a person says of a deck; its times change with every card."""

    name: str = ""
    desc: str = ""


class _Entry(msgspec.Struct, rename="upper"):
    """What of an entry of the review log matters here."""

    id: str = ""


_Raws = dict[str, msgspec.Raw]
_encode = msgspec.msgpack.Encoder().encode
_cards = msgspec.msgpack.Decoder(_Raws).decode
_card = msgspec.msgpack.Decoder(_Card).decode
_deck = msgspec.msgpack.Decoder(_Deck).decode
_value = msgspec.msgpack.Decoder(ext_hook=lambda code, data: (code, bytes(data))).decode
_entries = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_entry = msgspec.msgpack.Decoder(_Entry).decode
_lists = msgspec.msgpack.Decoder(dict[str, list[str]]).decode


def join_file(name: str, there: bytes, coming: bytes, replace: bool = False) -> bytes | None:
    """What is there with what comes besides; the same bytes where that is nothing, None for files that cannot grow.

    `name` is the path below `data`. What is there goes first: a card of a block that has one in the deck already, a
    deck's own settings and the numbers of documents stay as they are; with `replace` cards and settings are those that
    come.
    """
    for names, join in _JOINS:
        if names.fullmatch(name):
            try:
                return join(there, coming, replace)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return None
    return None


def _joined_cards(there: bytes, coming: bytes, replace: bool) -> bytes:
    cards = _cards(there)
    blocks = {_card(card).bid: key for key, card in cards.items()}
    made: _Raws = {}
    for key, card in _cards(coming).items():
        block = _card(card).bid
        if block not in blocks:
            if key in cards:
                key, card = _renewed(key, block, bytes(card))
            blocks[block] = key
            made[key] = card
        elif replace and blocks[block] == key and _value(card) != _value(cards.get(key, card)):
            made[key] = card
    return _encode({**cards, **made}) if made else there


def _renewed(key: str, block: str, card: bytes) -> tuple[str, msgspec.Raw]:
    """A card under an id of its own, for a block that came in beside its original."""
    if not is_timed_id(key):
        return f"{key}-{block}", msgspec.Raw(card)
    new = numbered_id(Prefixes().take(f"card {key} {block}", key[:14], 1), 0)
    return new, msgspec.Raw(card.replace(key.encode(), new.encode()))


def _joined_log(there: bytes, coming: bytes, _replace: bool) -> bytes:
    entries = _entries(there)
    known = {_entry(one).id for one in entries}
    fresh = [one for one in _entries(coming) if _entry(one).id not in known]
    return _encode([*entries, *fresh]) if fresh else there


def _joined_lists(there: bytes, coming: bytes, _replace: bool) -> bytes:
    lists: dict[str, Any] = _lists(there)
    before = {name: len(values) for name, values in lists.items()}
    for name, values in _lists(coming).items():
        lists[name] = list(dict.fromkeys((*lists.get(name, ()), *values)))
    return there if before == {name: len(values) for name, values in lists.items()} else _encode(lists)


def _joined_deck(there: bytes, coming: bytes, replace: bool) -> bytes:
    return coming if replace and _deck(coming) != _deck(there) else there


def _as_it_is(there: bytes, _coming: bytes, _replace: bool) -> bytes:
    return there


_JOINS: tuple[tuple[re.Pattern[str], Callable[[bytes, bytes, bool], bytes]], ...] = (
    (pattern(r"(?:[^/]+/)?storage/riff/[^/]+\.cards"), _joined_cards),
    (pattern(r"(?:[^/]+/)?storage/riff/logs/[^/]+\.msgpack"), _joined_log),
    (pattern(r"(?:[^/]+/)?storage/av/[^/]+\.msgpack"), _joined_lists),
    (pattern(r"(?:[^/]+/)?storage/riff/[^/]+\.deck"), _joined_deck),
    (pattern(r"[^/]+/\.siyuan/sort\.json"), _as_it_is),
)
