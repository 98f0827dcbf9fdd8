"""New targets of links in Markdown files and canvases (docs/formats/markdown.md, "Names inside items").

Only the targets change, spelled as the old ones were; no other byte does.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping

from converter.formats.front import LinkKey, Renaming, Stored
from converter.formats.markdown.encoding import decoded
from converter.formats.markdown.front_links import front_places
from converter.patterns import pattern
from converter.text.frontmatter import Front, split
from converter.text.json_places import Change, Entries, Patch, Place, Spot, edited, patched
from converter.text.markdown.link_places import LinkPlace, link_places

__all__ = ["file_places", "link_keys", "relink", "relink_file"]

_BREAK = pattern("\r\n")
_CANVAS = ".canvas"
_Moved = Callable[[str], str | None]
"""The new path of a file; None where it keeps its own."""
_ENDINGS = (".md", ".markdown")


def relink(stored: Stored, _renaming: Renaming, links: Mapping[LinkKey, str]) -> bytes:
    """The bytes of a file with new targets of its links, those in front matter too.

    A file that needs nothing gives back the same object.
    """
    found = decoded(stored.data)
    changes = [
        (place.start, place.end, place.spelling.of(new))
        for place in file_places(found.text)
        if (new := _new(place, links)) not in (None, place.target)
    ]
    return found.encoded(patched(found.text, changes)) if changes else stored.data


def link_keys(stored: Stored) -> tuple[LinkKey, ...]:
    """The keys of all links of a file that `relink` can change, also of those that no outline tells: front matter's."""
    places = file_places(decoded(stored.data).text)
    return tuple(dict.fromkeys((form, one.target, one.place, "") for one in places for form in one.forms))


def relink_file(name: str, data: bytes, renaming: Renaming) -> bytes:
    """The bytes of a canvas with new paths; `name` is its path. Other files stay as they are."""
    if not name.lower().endswith(_CANVAS):
        return data
    files, notes = renaming.files, renaming.ids.get("notes", {})

    def moved(path: str) -> str | None:
        return files.get(path, notes.get(path))

    return edited(data, _spelled, lambda place, patch: _edit_canvas(place, patch, moved))


def _new(place: LinkPlace, links: Mapping[LinkKey, str]) -> str | None:
    found = (links.get((form, place.target, place.place, "")) for form in place.forms)
    return next((new for new in found if new is not None), None)


def file_places(text: str) -> Iterator[LinkPlace]:
    """The links of a file; their places count characters of its text."""
    pairs = [found.start() for found in _BREAK.finditer(text)]
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    breaks = [at - number for number, at in enumerate(pairs)]
    for place in _clean_places(clean, split(clean)):
        start, end = (at + bisect_left(breaks, at) for at in (place.start, place.end))
        yield LinkPlace(place.forms, place.target, place.place, start, end, place.spelling)


def _clean_places(clean: str, front: Front) -> Iterator[LinkPlace]:
    if front.present:
        yield from front_places(front.entries, clean.index("\n") + 1)
    shift = len(clean) - len(front.body)
    for place in link_places(front.body):
        yield LinkPlace(place.forms, place.target, place.place, place.start + shift, place.end + shift, place.spelling)


def _spelled(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _edit_canvas(canvas: Place, patch: Patch, moved: _Moved) -> None:
    for nodes in canvas.named("nodes") if isinstance(canvas, Entries) else ():
        for node in nodes if isinstance(nodes, list) else ():
            for name, value in node.pairs if isinstance(node, Entries) else ():
                if isinstance(value, Spot) and name.text in ("file", "background"):
                    patch.put(value, value.text if (new := moved(value.text)) is None else new)
                elif isinstance(value, Spot) and name.text == "text":
                    patch.put_in(value, _in_text(value.text, moved))


def _in_text(text: str, moved: _Moved) -> Iterator[Change]:
    """Links of a text node that name a file by its whole path, with its ending or without."""
    if "\r" in text:
        return
    for place in link_places(text):
        new = _respelled(place.target, moved)
        if new != place.target:
            yield place.start, place.end, place.spelling.of(new)


def _respelled(target: str, moved: _Moved) -> str:
    new = moved(target)
    if new is not None:
        return new
    for ending in _ENDINGS:
        new = moved(target + ending)
        if new is not None:
            return new.removesuffix(ending)
    return target
