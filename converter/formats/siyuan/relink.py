"""New names in documents of SiYuan (docs/formats/siyuan.md, "Names inside items").

No byte changes but those of the names; what a person reads is none of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from converter.findings.finding import Location
from converter.formats.front import LinkKey, Renaming, Stored
from converter.formats.probes import probed
from converter.formats.siyuan.escape import ATTRIBUTE, QUOTED
from converter.formats.siyuan.relink_files import edit_file
from converter.formats.siyuan.renames import Renames, changes_inside
from converter.formats.siyuan.written import spelled
from converter.text.json_places import Change, Entries, Patch, Place, Spot, decoded, edited
from converter.text.positions import Positions

__all__ = ["locate_links", "own_ids", "relink", "relink_file"]

_TEXT_NAME = "custom-sy-av-s-text-"
_PROSE = frozenset(("title", "name", "alias", "memo", "bookmark", "tags"))


def relink(stored: Stored, renaming: Renaming, links: Mapping[LinkKey, str]) -> bytes:
    """The bytes of a document with new names for itself, its blocks and all that it names.

    `links` counts before the renaming. A document that needs nothing gives back the same object.
    """
    names = Renames(renaming, links)
    return edited(stored.data, spelled, lambda place, patch: _edit(place, patch, names))


def locate_links(stored: Stored, keys: Collection[LinkKey]) -> Iterator[tuple[LinkKey, Location]]:
    """The places of these links: the pointer of the string that holds the target, and where the target begins."""
    text, _ = decoded(stored.data)
    positions = Positions(text)
    for key, found in probed(text, keys, lambda place, patch, links: _edit(place, patch, Renames(Renaming(), links))):
        line, column = positions.of(found.start)
        yield key, Location(file=stored.path, pointer=found.pointer, line=line, column=column)


def relink_file(name: str, data: bytes, renaming: Renaming) -> bytes:
    """The bytes of a file with new names; `name` is its path in the data folder, or the id of a database.

    Databases, flashcards, settings and orders of notebooks, and the state that names documents; others stay.
    """
    return edit_file(name, data, Renames(renaming, {}))


def own_ids(data: bytes) -> tuple[str, ...]:
    """The ids of a document's nodes in reading order, its own first, each once."""
    try:
        stack = [json.loads(data.decode("utf-8", "replace"))]
    except (ValueError, RecursionError):
        return ()
    found: dict[str, None] = {}
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            fields = {name.lower(): value for name, value in node.items()}
            if own := _own(fields):
                found[own] = None
            children = fields.get("children")
            stack += reversed(children) if isinstance(children, list) else []
    return tuple(found)


def _own(fields: Mapping[str, Any]) -> str:
    """The id of a node, as a reader takes it: its field, else the attribute."""
    properties = fields.get("properties")
    said = (fields.get("id"), properties.get("id") if isinstance(properties, dict) else None)
    return next((one for one in said if isinstance(one, str) and one), "")


def _nodes(place: Place | None) -> Iterator[Entries]:
    stack = [place]
    while stack:
        node = stack.pop()
        if isinstance(node, Entries):
            yield node
            for children in node.named("children"):
                stack += reversed(children) if isinstance(children, list) else []


def _edit(place: Place, patch: Patch, names: Renames) -> None:
    for node in _nodes(place):
        kind = next((value.text for value in node.named("type") if isinstance(value, Spot)), "")
        for name, value in node.pairs:
            if isinstance(value, Spot):
                _field(name.text.lower(), kind, value, patch, names)
            elif isinstance(value, Entries) and name.text.lower() == "properties":
                for attribute, stored in value.pairs:
                    _attribute(attribute, stored, patch, names)


def _field(name: str, kind: str, spot: Spot, patch: Patch, names: Renames) -> None:
    match name:
        case "id" | "attributeviewid":
            patch.put(spot, names.item(spot.text))
        case "textmarkblockrefid":
            patch.put(spot, names.reference(spot.text))
        case "textmarkahref":
            _put_escaped(spot, patch, lambda shown: names.address(shown, "link"), QUOTED)
        case "textmarkfileannotationrefid":
            patch.put_in(spot, names.address(spot.text, "link"))
        case "data" if kind in _DATA:
            patch.put_in(spot, _DATA[kind](spot.text, names))


def _put_escaped(
    spot: Spot, patch: Patch, change: Callable[[str], Iterable[Change]], escape: Mapping[int, str]
) -> None:
    """Change a string with entities by what it shows."""
    patch.put_in(spot, changes_inside(spot.text, change, escape))


def _attribute(name: Spot, stored: Place, patch: Patch, names: Renames) -> None:
    key = name.text
    if key.startswith(_TEXT_NAME):
        patch.put(name, _TEXT_NAME + names.item(key.removeprefix(_TEXT_NAME)))
    if not isinstance(stored, Spot) or key in _PROSE:
        return
    if key == "id":
        patch.put(stored, names.item(stored.text))
    elif key == "title-img":
        _put_escaped(stored, patch, names.style, ATTRIBUTE)
    elif key == "scroll":
        patch.put_in(stored, names.anywhere(stored.text))
    elif key.startswith("custom-") and not key.startswith(_TEXT_NAME):
        _put_escaped(stored, patch, lambda shown: _custom(shown, names), ATTRIBUTE)


def _custom(shown: str, names: Renames) -> Iterator[Change]:
    """A value that is nothing but ids, an address of a block, or the path of an asset."""
    found = [*names.address(shown, "link")]
    yield from found or names.id_list(shown)


def _embed(data: str, names: Renames) -> Iterator[Change]:
    return names.literals(data)


def _destination(data: str, names: Renames) -> Iterator[Change]:
    return names.address(data.rstrip(" "), "image", "link")


def _old_reference(data: str, names: Renames) -> Iterator[Change]:
    if names.reference(data) != data:
        yield 0, len(data), names.reference(data)


def _html(data: str, names: Renames) -> Iterator[Change]:
    return names.html(data, QUOTED)


_DATA: dict[str, Callable[[str, Renames], Iterator[Change]]] = {
    "NodeBlockQueryEmbedScript": _embed,
    "NodeLinkDest": _destination,
    "NodeFileAnnotationRefID": _destination,
    "NodeBlockRefID": _old_reference,
    **dict.fromkeys(("NodeHTMLBlock", "NodeInlineHTML", "NodeIFrame", "NodeVideo", "NodeAudio", "NodeWidget"), _html),
}
