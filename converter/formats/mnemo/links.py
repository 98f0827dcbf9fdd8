"""What a link of a note names: notes by id, files by name (docs/formats/mnemo.md, "Links and pictures")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from converter.formats.front import Found, Lookup
from converter.formats.mnemo.addresses import FILE_LINK, NOTE_LINK
from converter.model.facts import LinkFact
from converter.patterns import pattern

__all__ = ["names", "resolve"]

_STEM: Final = "stem:"
_ATTACHMENT: Final = "attachment:"
_ASSET: Final = "asset:"
_SCHEME: Final = pattern(r"[A-Za-z][A-Za-z0-9+.-]+:")
_OUTSIDE: Final = Found("outside")
_MISSING: Final = Found("missing")


def names(kind: str, key: str) -> tuple[str, ...]:
    """The names under which `resolve` looks an item up: a note by its key, a file by its name and its stem."""
    if not kind.startswith("asset"):
        return (key,)
    name = _file_name(key).lower()
    return (name, _STEM + _stem(name))


def resolve(lookup: Lookup, _origin: str, link: LinkFact) -> Found:
    """What a link names: a note, a file, something that is missing here, or something outside of any library."""
    if link.form in ("page", "reference"):
        return _note(lookup, link.target, link.place)
    if link.form == "image":
        return _picture(lookup, link)
    target = link.target
    if target.startswith(NOTE_LINK):
        note, _, place = target.removeprefix(NOTE_LINK).partition("#")
        return _note(lookup, note, place)
    if target.startswith(FILE_LINK):
        name, _, place = target.removeprefix(FILE_LINK).partition("#")
        found = _file(lookup, [name])
        return Found("asset", found.key, unquote(place)) if found.kind == "asset" else found
    return _MISSING if target.startswith("[[") else _OUTSIDE


def _note(lookup: Lookup, target: str, place: str) -> Found:
    for key in dict.fromkeys((target, unquote(target))):
        if not lookup.has_note(key):
            continue
        if not place:
            return Found("note", key)
        places = lookup.places(key)
        found = places.with_key(place) or places.with_key(unquote(place))
        return Found("note", key, place_missing=True) if found is None else Found("note", key, found.key)
    return _MISSING


def _picture(lookup: Lookup, link: LinkFact) -> Found:
    """A picture by the name in its path, else by the id of its block, which was the stem of its file."""
    target = link.target
    if not target:
        return _OUTSIDE
    if target.startswith((_ATTACHMENT, _ASSET)):
        candidates = list(_managed(target))
    elif _SCHEME.match(target):
        return _OUTSIDE
    else:
        candidates = [_file_name(target)]
    if link.block:
        candidates.append(_STEM + link.block)
    return _file(lookup, candidates)


def _managed(target: str) -> Iterator[str]:
    """The names of `attachment:<id>:<name>` and `asset:<id>`."""
    if target.startswith(_ASSET):
        yield target.removeprefix(_ASSET)
        return
    identity, _, name = target.removeprefix(_ATTACHMENT).partition(":")
    name = name or identity
    yield from (name, _STEM + _stem(name), _STEM + identity)


def _file(lookup: Lookup, candidates: list[str]) -> Found:
    """The first file of one of these names: one that is spelt so, then note-assets, then the rest."""
    for name in candidates:
        for spelling in dict.fromkeys((name, unquote(name))):
            keys = lookup.assets_named(spelling.lower())
            if keys:
                return Found("asset", min(keys, key=lambda key: _rank(key, spelling)))
    return _MISSING


def _rank(key: str, spelling: str) -> tuple[bool, bool]:
    return (
        not spelling.startswith(_STEM) and _file_name(key) != spelling,
        "note-assets/" not in key.lower(),
    )


def _file_name(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def _stem(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name
