"""What the schemas of Mnemo's objects cannot say, and where they say more than the application's reader."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from converter.text.json_text import is_dotnet_date

KINDS = {"empty", "equation", "image", "code", "checklist", "twocolumn", "page", "sketch"}
"""Kinds of payloads that application 0.6 knows, as it compares them."""

MOST = 2**31


def read(text: str) -> Any:
    """The value of a JSON text; raises ValueError where it is none."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    return json.loads(text, parse_constant=refuse)


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Each member of each object inside, and each element of an array under its number."""
    left = [value]
    while left:
        part = left.pop()
        pairs: list[tuple[str, Any]] = []
        if isinstance(part, dict):
            pairs = list(part.items())
        elif isinstance(part, list):
            pairs = [(str(place), inner) for place, inner in enumerate(part)]
        yield from pairs
        left += [inner for _, inner in pairs]


def depth(value: Any) -> int:
    found, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        found += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return found


def _any(holds: Callable[[str, Any], bool]) -> Callable[[Any], bool]:
    return lambda value: any(holds(name, inner) for name, inner in members(value))


def _is_surrogate(name: str, value: Any) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in name + (value if isinstance(value, str) else ""))


def _is_unknown_kind(name: str, value: Any) -> bool:
    if name.lower() != "payload" or not isinstance(value, dict):
        return False
    kinds = [str(inner or "empty").lower() for own, inner in value.items() if own.lower() == "kind"]
    return bool(kinds) and kinds[-1] not in KINDS


def _is_late_type(_name: str, value: Any) -> bool:
    return isinstance(value, dict) and "$type" in value and next(iter(value)) != "$type"


UNSAID: dict[str, Callable[[Any], bool]] = {
    "a lone surrogate is a text like any other": _any(_is_surrogate),
    "1.0 and 1e2 are whole numbers": _any(lambda _, value: isinstance(value, float) and value.is_integer()),
    "nothing counts levels, of which the application takes 64": lambda value: depth(value) > 64,
    "a kind of payload that 0.6 refuses is kept by 0.8": _any(_is_unknown_kind),
    "whether a day exists, and lies in the years 1 to 9999 at its distance from UTC": _any(
        lambda _, value: bool(isinstance(value, str) and re.match(r"\d{4}-\d", value) and not _is_day(value))
    ),
    "the range of a number in quotes": _any(
        lambda _, value: isinstance(value, str) and bool(re.fullmatch(r"\d{10}", value)) and int(value) >= MOST
    ),
    "the order of members, of which $type must be the first": _any(_is_late_type),
}
"""What the application refuses and a schema takes, with what shows it."""


def _is_day(text: str) -> bool:
    return is_dotnet_date(text) and not re.match(r"0001-01-01T00:00:00\+|9999-12-31T23:59:59.*-", text)


def why_unsaid(value: Any) -> str:
    """Why a schema takes what the application refuses; "" where there is no reason."""
    return next((why for why, holds in UNSAID.items() if holds(value)), "")


def _is_infinite(_name: str, value: Any) -> bool:
    return (isinstance(value, float) and math.isinf(value)) or value in ("NaN", "Infinity", "-Infinity")


def _has_no_id(value: dict[str, Any]) -> bool:
    """Whether the own id of a note or a folder is null."""
    names = {name.lower(): inner for name, inner in value.items()}
    own = next(name for name in ("noteid", "cards", "folderid", "id", "") if name in names or not name)
    return own != "" and names[own] is None


def _lacks_lists(value: dict[str, Any]) -> bool:
    """Whether a deck has no cards, or itself or a card no tags."""
    names = {name.lower(): inner for name, inner in value.items()}
    cards = names.get("cards", [] if "front" in names else None)
    if cards is None or names.get("tags") is None:
        return True
    return any(isinstance(card, dict) and card.get("tags") is None for card in cards)


NEVER_SAVED = "read with a number that can never be saved, so that all flashcards are lost"
STRICTER: dict[str, Callable[[Any], bool]] = {
    "read with an id of null, which ends the import of a package": _has_no_id,
    "read without tags or cards, which ends the import of a package": _lacks_lists,
    NEVER_SAVED: _any(_is_infinite),
}
"""What the application reads and a schema refuses, and why."""


def why_stricter(value: Any) -> str:
    """Why a schema refuses what the application reads; "" where there is no reason."""
    return next((why for why, holds in STRICTER.items() if isinstance(value, dict) and holds(value)), "")
