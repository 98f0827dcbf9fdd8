"""Ids of decks, folders of decks and maps, and those inside decks (docs/formats/mnemo.md, "Names inside items")."""

from __future__ import annotations

from collections.abc import Iterator

from converter.formats.front import Part, Renaming
from converter.formats.mnemo.relink import relink_file
from converter.text.json_places import Entries, Place, Spot, places
from converter.text.json_text import JsonTextError, Members, dump, parse

__all__ = ["keyed", "part_ids"]

_DEPTH = 10_000


def part_ids(part: Part) -> tuple[str, ...]:
    """The ids of the cards in a deck, each once; other items have none inside."""
    deck = places(part.data.decode("utf-8", "replace").removeprefix("\ufeff")) if part.kind == "decks" else None
    return tuple(dict.fromkeys(spot.text for card in _cards(deck) for spot in _ids(card) if spot.text))


def _cards(deck: Place | None) -> Iterator[Entries]:
    for cards in deck.named("cards") if isinstance(deck, Entries) else ():
        yield from (card for card in (cards if isinstance(cards, list) else ()) if isinstance(card, Entries))


def _ids(card: Entries) -> Iterator[Spot]:
    return (value for value in card.named("id") if isinstance(value, Spot))


def keyed(part: Part, said: str | None) -> Part:
    """The item with its key for its id, where it says another one: the second of one id, or one that has none.

    Cards of a deck follow it, with ids of their own.
    """
    if said == part.key:
        return part
    if said is None:
        return _with_id(part)
    more = part.key.removeprefix(said)
    kind = {"decks": "decks", "folders": "deck-folders"}.get(part.kind, part.kind)
    ids = {kind: {said: part.key}, "cards": {card: card + more for card in part_ids(part)}}
    return _replaced(part, relink_file(part.kind, part.data, Renaming(ids=ids)))


def _with_id(part: Part) -> Part:
    try:
        value = parse(part.data.decode("utf-8", "replace").removeprefix("\ufeff"), _DEPTH).value
    except JsonTextError:
        return part
    if not isinstance(value, Members):
        return part
    others = [pair for pair in value.pairs if pair[0].lower() != "id"]
    return _replaced(part, dump(Members([("id", part.key), *others])).encode())


def _replaced(part: Part, data: bytes) -> Part:
    return Part(group=part.group, kind=part.kind, key=part.key, data=data, title=part.title)
