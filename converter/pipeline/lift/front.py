"""Front matter that says facts: what gave one is said by the note, the rest stays a property."""

from __future__ import annotations

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
    said: set[int] = set()
    for group in source.parameters.get("front_keys", "").split():
        fact, *names = group.split(",")
        read = next((one for name in names for one in note.properties if one.name.lower() == name), None)
        if read is not None and _gives(read, fact):
            said.add(id(read))
    if not said:
        return note
    return msgspec.structs.replace(note, properties=tuple(one for one in note.properties if id(one) not in said))


def _gives(item: Property, fact: str) -> bool:
    """Whether an entry says this fact, or nothing at all."""
    if value(item) is None:
        return True
    if fact in _TIMES:
        return parse_moment(scalar_text(item)) is not None
    if fact in _LISTS:
        return bool(string_list(item))
    return bool(scalar_text(item))
