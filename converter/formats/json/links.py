"""What a link in an archive names: notes and files by their keys (docs/formats/json.md, "Links")."""

from __future__ import annotations

from converter.formats.front import Found, Lookup
from converter.model.facts import LinkFact
from converter.patterns import pattern

__all__ = ["names", "resolve"]

_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def names(_kind: str, _key: str) -> tuple[str, ...]:
    """Nothing has another name than its key."""
    return ()


def resolve(lookup: Lookup, origin: str, link: LinkFact) -> Found:
    """What the link names: the note or file of that key; of a link also what stands before its last `#`.

    A place without a target is one in the note itself.
    """
    if link.form == "image":
        return _file(lookup, link.target, "") or _elsewhere(link.target)
    if link.form != "link":
        target = link.target or (origin if link.place else "")
        return _item(lookup, target, link.place) or _elsewhere(link.target)
    key, sign, place = link.target.rpartition("#")
    return _item(lookup, link.target, "") or (_item(lookup, key, place) if sign else None) or _elsewhere(link.target)


def _item(lookup: Lookup, key: str, place: str) -> Found | None:
    if lookup.has_note(key):
        return _placed(lookup, key, place)
    return _file(lookup, key, place)


def _file(lookup: Lookup, key: str, place: str) -> Found | None:
    return Found("asset", key, place) if lookup.has_asset(key) else None


def _placed(lookup: Lookup, key: str, place: str) -> Found:
    """The note, and the place in it: a block by its id or its `^name`, a heading by its text."""
    if not place:
        return Found("note", key)
    places = lookup.places(key)
    name = place[1:] if place.startswith("^") else ""
    found = places.first((place, f"#{place}"), name or None) or places.heading(place)
    return Found("note", key, place_missing=True) if found is None else Found("note", key, found.key)


def _elsewhere(target: str) -> Found:
    """An address, or nothing at all, names nothing in an archive; anything else is missing."""
    return Found("outside" if not target or target.startswith("#") or _SCHEME.match(target) else "missing")
