"""New names in databases, flashcards and settings of SiYuan (docs/formats/siyuan.md, "Names inside items")."""

from __future__ import annotations

from collections.abc import Iterator

from converter.formats.siyuan.msgpack_strings import renamed_strings
from converter.formats.siyuan.renames import Renames
from converter.formats.siyuan.written import spelled
from converter.patterns import pattern
from converter.text.json_places import Entries, Patch, Place, Spot, edited, strings

__all__ = ["edit_file"]

_JSON = pattern(r"(?:.*/)?(?:\.siyuan|storage|storage/av)/[^/]+\.json|[0-9]{14}-[0-9a-z]{7}")
_PACKED = pattern(r"(?:.*/)?storage/(?:av/[^/]+\.msgpack|riff/[^/]+\.(?:deck|cards)|riff/logs/[^/]+\.msgpack)")
_PROSE = frozenset(("content", "formattedContent", "name", "desc", "title", "icon", "hPath", "k", "r"))


def edit_file(name: str, data: bytes, names: Renames) -> bytes:
    """The bytes of a file with new names; `name` is its path in the data folder, or the id of a database."""
    if _JSON.fullmatch(name):
        return edited(data, spelled, lambda place, patch: _edit(place, patch, names))
    return renamed_strings(data, names.item) if _PACKED.fullmatch(name) else data


def _edit(place: Place, patch: Patch, names: Renames) -> None:
    """Ids wherever a string, or the name of a member, is one; addresses and paths in cells that hold them."""
    for key in _keys(place):
        patch.put(key, names.item(key.text))
    for outer, name, spot in strings(place):
        if name == "content" and outer in ("mAsset", "url"):
            patch.put_in(spot, names.address(spot.text, "link"))
        elif name == "template":
            patch.put_in(spot, names.literals(spot.text))
        elif name not in _PROSE:
            patch.put_in(spot, names.id_path(spot.text))


def _keys(place: Place) -> Iterator[Spot]:
    stack = [place]
    while stack:
        value = stack.pop()
        if isinstance(value, Entries):
            yield from (name for name, _ in value.pairs)
            stack += [inner for _, inner in value.pairs]
        elif isinstance(value, list):
            stack += value
