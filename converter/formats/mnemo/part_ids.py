"""What items of payloads say: their ids and those inside them, where they stand, and all of it in one spelling.

See docs/formats/mnemo.md, "Items of payloads".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.errors import ItemError
from converter.findings.problems import Problems
from converter.formats.front import Part, Renaming
from converter.formats.mnemo.relink import relink_file
from converter.formats.mnemo.spelling import packed, stored
from converter.formats.mnemo.view import OuterView
from converter.text.json_places import Entries, Place, Spot, places
from converter.text.json_text import JsonTextError, JsonValue, Members, Number, dump, is_text, parse

__all__ = ["keyed", "parent_of", "part_ids", "part_said", "rooted", "unquoted"]

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
    return msgspec.structs.replace(part, data=relink_file(part.kind, part.data, Renaming(ids=ids)))


def _with_id(part: Part) -> Part:
    value = _object(part.data)
    if value is None:
        return part
    others = [pair for pair in value.pairs if pair[0].lower() != "id"]
    return msgspec.structs.replace(part, data=dump(Members([("id", part.key), *others])).encode())


def _object(data: bytes) -> Members | None:
    try:
        value = parse(data.decode("utf-8", "replace").removeprefix("\ufeff"), _DEPTH).value
    except JsonTextError:
        return None
    return value if isinstance(value, Members) else None


def parent_of(data: bytes) -> str:
    """The folder that a folder of decks says it stands in; "" for none."""
    value = _object(data)
    return "" if value is None else OuterView(value, "", Problems("")).only_text("parentId") or ""


def rooted(data: bytes) -> bytes:
    """A folder of decks that stands nowhere says so by null: one that names an empty folder is not shown."""
    value = _object(data)
    if value is None or ("parentid", "") not in [(name.lower(), inner) for name, inner in value.pairs]:
        return data
    pairs = [(name, None if name.lower() == "parentid" and inner == "" else inner) for name, inner in value.pairs]
    return dump(Members(pairs)).encode()


def unquoted(value: JsonValue) -> JsonValue:
    """The switch or number that a text spells; any other value as it is."""
    if not is_text(value):
        return value
    try:
        inner = parse(value, _DEPTH).value
    except JsonTextError:
        return value
    return inner if isinstance(inner, bool | Number) else value


def part_said(part: Part) -> bytes:
    """An item as the library would give it back; one that no library could hold, as it is.

    A setting that packages pass on as a text says what it says in the library, where it may be a number or a switch.
    """
    try:
        if part.kind == "settings":
            return dump(unquoted(parse(part.data.decode("utf-8", "replace"), _DEPTH).value)).encode()
        return packed(part.kind, stored(part.kind, part.data, _DEPTH)).encode()
    except (ItemError, JsonTextError):
        return part.data
