"""The words of the corpus and the sentences made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

AREAS: Final = ("Archive", "Field work", "Küche", "Projects", "Reading", "資料")
TOPICS: Final = ("Boats", "Clocks", "Drainage", "Forests", "Gärten", "Maps", "Music", "Stone", "Weather")
# Running text is easier to read and to change than a list of a hundred literals.
NOUNS: Final = (  # noqa: SIM905
    "anchor basin beacon bridge canal cedar chart cliff compass copper current delta draft estuary fern ferry flint "
    "garden gauge glacier granite harbour hinge island kettle lantern ledger lichen margin meadow mill moss orchard "
    "paddle pebble pier quarry reed ridge river rope rudder sail sluice spindle summit timber tide valve vault weir"
).split()
OTHERS: Final = (  # noqa: SIM905
    "about above across after along already before below between beyond clear cold deep drifts early every falls "
    "follows grey holds keeps later leads leans long moves narrow near never often old open over quiet rises rough "
    "runs seldom shallow slow small still then through towards turns under until warm wide with without "
    "façade naïve Übung señal ключ 水路 雪"
).split()


def phrase(chance: random.Random) -> str:
    """Two words, for titles and headings."""
    return f"{chance.choice(OTHERS)} {chance.choice(NOUNS)}"


def words(chance: random.Random, least: int, most: int) -> list[str]:
    """Plain words, nouns and others in turn."""
    count = chance.randrange(least, most + 1)
    found = chance.choices(OTHERS, k=count)
    found[1::3] = chance.choices(NOUNS, k=len(found[1::3]))
    return found
