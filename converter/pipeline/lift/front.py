"""Front matter that says facts: what gave one is said by the note, the rest stays a property."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from converter.model.items import Note, Property
from converter.model.moment import parse_moment
from converter.model.profile import Profile
from converter.pipeline.law import Answers
from converter.text.frontmatter import scalar_text, string_list, value

__all__ = ["front_facts"]

_TIMES = ("created", "updated")
_LISTS = ("tags", "aliases")


def front_facts(note: Note, source: Profile, _answers: Answers) -> Note:
    """Take away the entries that gave the note its facts; of synonyms only the one that was read."""
    if not note.properties:
        return note
    by_name = {one.name.lower(): one for one in reversed(note.properties)}
    said: set[int] = set()
    for fact, names in _groups(source.parameters.get("front_keys", "")):
        read = next((by_name[name] for name in names if name in by_name), None)
        if read is not None and _gives(read, fact):
            said.add(id(read))
    if not said:
        return note
    return msgspec.structs.replace(note, properties=tuple(one for one in note.properties if id(one) not in said))


@lru_cache(maxsize=16)
def _groups(keys: str) -> tuple[tuple[str, list[str]], ...]:
    """Each fact with the names of its entries."""
    groups = (group.split(",") for group in keys.split())
    return tuple((fact, names) for fact, *names in groups)


def _gives(item: Property, fact: str) -> bool:
    """Whether an entry says this fact, or nothing at all."""
    if value(item) is None:
        return True
    if fact in _TIMES:
        return parse_moment(scalar_text(item)) is not None
    if fact in _LISTS:
        return bool(string_list(item))
    return bool(scalar_text(item))
