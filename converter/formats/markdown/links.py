"""What a link in a folder of Markdown names (docs/formats/markdown.md, "Links").

Wikilinks are looked up as Obsidian does: by path from the vault's root, then by file name, a note in the same folder
first, then the one that lies least deep. Case and Unicode form do not count.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import partial
from urllib.parse import unquote

from converter.formats.front import Found, Lookup
from converter.model.facts import LinkFact
from converter.patterns import pattern
from converter.storage.names import fold

__all__ = ["depth", "names", "resolve"]

_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
_WINDOWS_PATH = pattern(r"[A-Za-z]:[\\/]")
_ENDINGS = (".md", ".markdown")


def names(kind: str, key: str) -> tuple[str, ...]:
    """Lookup names: `n:` the file name, `p:` the path; of notes without their ending."""
    path = _bare(fold(key)) if kind == "note" else fold(key)
    return f"n:{posixpath.basename(path)}", f"p:{path}"


def _bare(path: str) -> str:
    for ending in _ENDINGS:
        if path.endswith(ending):
            return path.removesuffix(ending)
    return path


def resolve(lookup: Lookup, origin: str, link: LinkFact) -> Found:
    """What the link names, seen from the note `origin`."""
    if link.form in ("reference", "embed", "page"):
        return _reference(lookup, origin, link.target, link.place)
    return _destination(lookup, origin, link.target)


def _reference(lookup: Lookup, origin: str, target: str, place: str) -> Found:
    if not target.strip():
        return _placed(lookup, origin, place) if place else Found("missing")
    if _SCHEME.match(target) or _WINDOWS_PATH.match(target):
        return Found("outside")
    found = _named(lookup, origin, target.strip(), place)
    if found.kind == "missing" and place:
        return _named(lookup, origin, f"{target.strip()}#{place}", "")
    return found


def _destination(lookup: Lookup, origin: str, target: str) -> Found:
    if not target or _SCHEME.match(target) or _WINDOWS_PATH.match(target):
        return Found("outside")
    path, _, place = target.partition("#")
    place = unquote(place)
    if not path:
        return _placed(lookup, origin, place) if place else Found("outside")
    for spelled in dict.fromkeys((unquote(path), unquote(path.partition("?")[0]))):
        found = _by_path(lookup, origin, spelled, place)
        if found is not None:
            return found
    return (_by_path(lookup, origin, unquote(target), "") if place else None) or Found("missing")


def _by_path(lookup: Lookup, origin: str, path: str, place: str) -> Found | None:
    """A path from the note's folder, else from the vault's root, else by its file name alone."""
    candidates = [path.lstrip("/")]
    if not path.startswith("/"):
        candidates.insert(0, posixpath.join(posixpath.dirname(origin), path))
    for candidate in candidates:
        normal = posixpath.normpath(candidate)
        if normal.startswith(".."):
            continue
        found = _at(lookup, normal, place)
        if found is not None:
            return found
    if "/" in path.strip("/"):
        return None
    found = _named(lookup, origin, path.strip("/"), place)
    return found if found.kind != "missing" else None


def _at(lookup: Lookup, path: str, place: str) -> Found | None:
    """The note or file at exactly this path, case and Unicode form aside."""
    folded = fold(path)
    bare = _bare(folded)
    if bare is not folded or "." not in folded.rpartition("/")[2]:
        notes = lookup.notes_named(f"p:{bare}")
        if notes:
            return _placed(lookup, _same_ending(notes, path), place)
    assets = lookup.assets_named(f"p:{folded}")
    if assets:
        return Found("asset", path if path in assets else assets[0], place)
    notes = lookup.notes_named(f"p:{folded}")
    return _placed(lookup, notes[0], place) if notes else None


def _same_ending(notes: Sequence[str], path: str) -> str:
    return path if path in notes else notes[0]


def _named(lookup: Lookup, origin: str, target: str, place: str) -> Found:
    """A wikilink's target: a path from the root or relative, a trailing part of a path, or a file name."""
    path = target.strip("/")
    found = _at(lookup, path, place)
    if "/" in path:
        found = found or _at(lookup, posixpath.normpath(posixpath.join(posixpath.dirname(origin), path)), place)
    elif found is not None and _in_other_folder(lookup, origin, path):
        found = None
    if found is not None:
        return found
    folded = fold(path)
    bare = _bare(folded)
    notes = lookup.notes_named(f"n:{bare.rpartition('/')[2]}")
    if "/" in bare:
        notes = [key for key in notes if _ends_with(_bare(fold(key)), bare)]
    if notes:
        return _placed(lookup, _nearest(lookup, ("note", bare), notes, origin), place)
    assets = lookup.assets_named(f"n:{folded.rpartition('/')[2]}")
    if "/" in folded:
        assets = [key for key in assets if _ends_with(fold(key), folded)]
    return Found("asset", _nearest(lookup, ("asset", folded), assets, origin), place) if assets else Found("missing")


def _in_other_folder(lookup: Lookup, origin: str, name: str) -> bool:
    """Whether a note of this name stands in the origin's own folder, which comes before the root's."""
    folder = posixpath.dirname(origin)
    return bool(folder) and bool(lookup.notes_named(f"p:{_bare(fold(posixpath.join(folder, name)))}"))


def _ends_with(path: str, tail: str) -> bool:
    return path == tail or path.endswith("/" + tail)


def depth(key: str) -> tuple[int, str]:
    """Of several of one name the first by this is taken, where none is near."""
    return key.count("/"), key


def _nearest(lookup: Lookup, what: tuple[str, str], keys: Sequence[str], origin: str) -> str:
    """The one in the origin's folder, else that which lies least deep; `what` says how these were asked for."""
    if len(keys) == 1:
        return keys[0]
    least, by_folder = lookup.once(what, partial(_by_folder, keys))
    return by_folder.get(posixpath.dirname(origin), least)


def _by_folder(keys: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The one that lies least deep, and the first of each folder."""
    ordered = sorted(keys, key=depth)
    return ordered[0], {posixpath.dirname(key): key for key in reversed(ordered)}


def _placed(lookup: Lookup, key: str, place: str) -> Found:
    """The note, and the place in it where that exists."""
    if not place:
        return Found("note", key)
    places = lookup.places(key)
    found = places.first((place, place[1:]), place[1:]) if place.startswith("^") else places.heading(place)
    return Found("note", key, place_missing=True) if found is None else Found("note", key, found.key)
