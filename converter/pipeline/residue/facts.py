"""What a note says besides its text, merged from what it said and what was changed since (docs/residue.md, "Facts")."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.model.items import Note, Property
from converter.model.profile import Profile
from converter.text.frontmatter import entry

__all__ = ["Names", "facts_differ", "merged_facts"]

_SIMPLE = ("tags", "aliases", "icon", "cover", "favorite", "created")


class Names:
    """The names of front matter entries that mean the same fact."""

    def __init__(self, profile: Profile) -> None:
        self._fact: dict[str, str] = {}
        for group in profile.parameters.get("front_keys", "").split():
            fact, *names = group.split(",")
            self._fact |= dict.fromkeys(names, fact)

    def of(self, name: str) -> str:
        """The fact that an entry of this name gives, else the name itself."""
        return self._fact.get(name.lower(), name)


def facts_differ(then: Note, now: Note, names: Names) -> bool:
    """Whether anything but the time of the last change was changed."""
    if then.title != now.title or any(getattr(then, one) != getattr(now, one) for one in _SIMPLE):
        return True
    return _entries(then, names) != _entries(now, names) or then.attrs != now.attrs


def _entries(note: Note, names: Names) -> dict[str, str]:
    return {names.of(one.name): one.text for one in note.properties if names.of(one.name) != "updated"}


def merged_facts(own: Note, then: Note, now: Note, names: Names, title: str | None) -> Note:
    """The note of the origin with what was changed: `then` and `now` are what it would say before and after.

    `title` is the new title; None where it was not changed. The text of the note is not looked at.
    """
    changes: dict[str, object] = {
        name: getattr(now, name) for name in _SIMPLE if getattr(then, name) != getattr(now, name)
    }
    if own.updated is not None and then.updated != now.updated:
        changes["updated"] = now.updated
    properties = _merged(own.properties, _without_title(then, names), _without_title(now, names), names)
    if title is not None:
        changes["title"] = title
        properties = _with_title(properties, title, now, names)
    changes["properties"] = properties
    changes["attrs"] = _merged_pairs(own.attrs, then.attrs, now.attrs)
    changes["front"] = own.front or bool(properties)
    return msgspec.structs.replace(own, **changes)


def _without_title(note: Note, names: Names) -> tuple[Property, ...]:
    return tuple(one for one in note.properties if names.of(one.name) != "title")


def _merged(
    own: Sequence[Property], then: Sequence[Property], now: Sequence[Property], names: Names
) -> tuple[Property, ...]:
    before = {names.of(one.name): one for one in then}
    after = {names.of(one.name): one for one in now}
    changed = {fact: one for fact, one in after.items() if fact not in before or before[fact].text != one.text}
    gone = before.keys() - after.keys()
    made: list[Property] = []
    for one in own:
        fact = names.of(one.name)
        if fact in changed:
            made.append(changed.pop(fact))
        elif fact not in gone:
            made.append(one)
    said = {names.of(one.name) for one in own}
    made += [one for fact, one in changed.items() if fact != "updated" or fact in said]
    return tuple(made)


def _with_title(properties: tuple[Property, ...], title: str, now: Note, names: Names) -> tuple[Property, ...]:
    """The title where the note said one, or must say it now."""
    said = any(names.of(one.name) == "title" for one in properties)
    needed = any(names.of(one.name) == "title" for one in now.properties)
    if not said and not needed:
        return properties
    new = entry("title", title)
    kept = tuple(new if names.of(one.name) == "title" else one for one in properties)
    return kept if said else (new, *kept)


_Pairs = tuple[tuple[str, str], ...]


def _merged_pairs(own: _Pairs, then: _Pairs, now: _Pairs) -> _Pairs:
    before, after = dict(then), dict(now)
    if before == after:
        return own
    made = dict(own)
    for name in before.keys() - after.keys():
        made.pop(name, None)
    made |= {name: value for name, value in after.items() if before.get(name) != value}
    return tuple(made.items())
