"""What a note says, fact by fact, as values that can be compared and digested."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import msgspec

from converter.digests import digest_of_bytes
from converter.model.blocks import Blocks
from converter.model.facts import LinkFact
from converter.model.items import Note, Property
from converter.model.moment import TICKS_PER_SECOND, Moment
from converter.pipeline.diff.normal import normal_blocks
from converter.pipeline.diff.residue import is_own_name
from converter.pipeline.diff.side import Side
from converter.pipeline.diff.spots import Spot
from converter.text.frontmatter import value
from converter.text.markdown.domain import is_picture

__all__ = ["Sayings", "Times", "named_facts", "same_time", "sayings", "times_of"]

_encode = msgspec.msgpack.Encoder().encode
_UNTITLED = "Untitled"
"""What systems call a note that must have a title and has none."""

_DAY = 86_400 * TICKS_PER_SECOND

Times = tuple[Moment | None, Moment | None]
"""When a note was created and updated."""


class Sayings(msgspec.Struct, frozen=True):
    """The facts of a note by their names, and its blocks. Times are compared generously and are not among them."""

    facts: dict[str, Any]
    blocks: Blocks

    def digest(self) -> bytes:
        """A digest of all of it."""
        return digest_of_bytes(_encode((sorted(self.facts.items()), self.blocks)))


class _Terms:
    """How the links of one note, and the attributes of its blocks, are compared."""

    def __init__(self, note: Note, side: Side) -> None:
        self._note = note
        self._side = side

    def __call__(self, link: LinkFact) -> tuple[str, str] | None:
        """What a link names."""
        return self._side(self._note.key, link)

    def kept(self, attrs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """What of these attributes is content."""
        return self._side.kept(attrs)

    def color(self, name: str) -> str:
        """A token of the system as CSS."""
        return self._side.palette.get(name, name)

    @property
    def across(self) -> bool:
        """Whether the archives are of different systems."""
        return not self._side.same_system


def sayings(note: Note, side: Side) -> Sayings:
    """What a note says, in the form that means the same in every system."""
    spot = side.spots.by_note.get(note.key)
    above = spot.above if spot is not None else None
    facts = {
        "title": _composed(note.title) or _UNTITLED,
        "folder": above.label if above is not None else "",
        "tags": _set(note.tags),
        "aliases": _set(note.aliases),
        "icon": note.icon,
        "cover": _cover(note, side),
        "favorite": note.favorite,
        **{f"property {one.name.lower()}": _content(one) for one in note.properties if not is_own_name(one.name)},
        **_attributes(note, side),
    }
    return Sayings({name: said for name, said in facts.items() if said}, normal_blocks(note.blocks, _Terms(note, side)))


def named_facts(spot: Spot) -> dict[str, str]:
    """What a folder says: its name, and the folder that it stands in."""
    above = spot.above.label if spot.above is not None else ""
    facts = {"name": _composed(spot.name), "folder": above}
    return {name: said for name, said in facts.items() if said}


def times_of(note: Note) -> Times:
    """The times of a note."""
    return note.created, note.updated


def same_time(a: Moment | None, b: Moment | None) -> bool:
    """Whether two times are one: to the second, or to the day where one says no more. Many systems keep none."""
    if a is None or b is None:
        return True
    if a.day or b.day:
        return abs(a.ticks - b.ticks) < _DAY
    return a.ticks // TICKS_PER_SECOND == b.ticks // TICKS_PER_SECOND


def _attributes(note: Note, side: Side) -> dict[str, str]:
    """What a system says in its own words, where both archives are of it."""
    if not side.same_system:
        return {}
    ignored = side.session.pair.source.parameters.get("ignorable_attrs", "").split()
    return {f"attribute {name}": text for name, text in note.attrs if name not in ignored and not is_own_name(name)}


def _set(words: tuple[str, ...]) -> list[str]:
    return sorted({_composed(word.strip().removeprefix("#")) for word in words})


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _content(one: Property) -> str:
    """The value of a property as one text, whatever it is written like."""
    found = value(one) if one.name else one.text.strip()
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, sort_keys=True, default=str)


def _cover(note: Note, side: Side) -> str:
    goal = side(note.key, LinkFact("image", note.cover)) if is_picture(note.cover) else None
    return note.cover if goal is None else "".join(goal)
