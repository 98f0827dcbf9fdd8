"""New names in decks, maps, settings and records (docs/formats/mnemo.md, "Names inside items")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from converter.formats.mnemo.relink_blocks import BlockEditor
from converter.formats.mnemo.renames import Renames
from converter.text.json_places import Entries, Patch, Place, Spot, strings

__all__ = ["edit_part"]

_KINDS: Final = {
    "deckid": "decks",
    "deck_id": "decks",
    "last_deck_id": "decks",
    "cardid": "cards",
    "factid": "facts",
    "noteid": "notes",
    "blockid": "blocks",
    "mapid": "maps",
    "path_id": "paths",
}
"""What members of maps and records name, by their names in lower case."""


def edit_part(name: str, place: Place, patch: Patch, names: Renames) -> None:
    """Gather the changes of a part; `name` says what it is (docs, "Names inside items")."""
    kind, key = _kind_and_key(name)
    edit = _SETTINGS.get(key.lower()) if kind == "settings" else _EDITS.get(kind)
    if edit is not None:
        edit(place, patch, names)


def _kind_and_key(name: str) -> tuple[str, str]:
    first, _, rest = name.partition("/")
    second, _, last = rest.partition("/")
    if second in _GROUPED.get(first, ()):
        return _GROUPED[first][second], last
    grouped = first != "settings" and first not in _EDITS and second in _EDITS
    return (second, last) if grouped else (first, rest)


def _ids(place: Place, patch: Patch, names: Renames, *kinds: tuple[str, str]) -> None:
    if not isinstance(place, Entries):
        return
    for member, kind in kinds:
        for value in place.named(member):
            if isinstance(value, Spot):
                patch.put(value, names.item(kind, value.text))


def _objects(place: Place, name: str) -> Iterator[Entries]:
    """The objects in an array, or the object, under a name."""
    for value in place.named(name) if isinstance(place, Entries) else ():
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, Entries):
                yield element


def _deck(place: Place, patch: Patch, names: Renames) -> None:
    _ids(place, patch, names, ("id", "decks"), ("folderid", "deck-folders"), ("presetid", "presets"))
    for card in _objects(place, "cards"):
        _ids(card, patch, names, ("id", "cards"), ("deckid", "decks"), ("factid", "facts"))
        _source(card, patch, names)
        for side in card.named("front", "back"):
            if isinstance(side, Spot):
                patch.put_in(side, names.pictures(side.text))
        for blocks in card.named("frontblocks", "backblocks"):
            BlockEditor(patch, names, card=True).edit(blocks)
        for attachment in _objects(card, "attachments"):
            _files(attachment, patch, names)


def _fact(place: Place, patch: Patch, names: Renames) -> None:
    _ids(place, patch, names, ("id", "facts"), ("deckid", "decks"), ("typeid", "types"))
    _source(place, patch, names)
    for values in _objects(place, "values"):
        for _, text in values.pairs:
            if isinstance(text, Spot):
                patch.put_in(text, names.pictures(text.text))
    for media in _objects(place, "media"):
        _files(media, patch, names)


def _source(place: Place, patch: Patch, names: Renames) -> None:
    """The note that a card was made from."""
    for source in _objects(place, "sourceinfo"):
        _ids(source, patch, names, ("sourceid", "notes"))


def _files(place: Place, patch: Patch, names: Renames) -> None:
    for _, member, spot in strings(place):
        if member.lower() == "filename":
            patch.put(spot, names.picture(spot.text))


def _folder(kind: str) -> Callable[[Place, Patch, Renames], None]:
    def edit(place: Place, patch: Patch, names: Renames) -> None:
        _ids(place, patch, names, ("id", kind), ("parentid", kind))

    return edit


def _map(place: Place, patch: Patch, names: Renames) -> None:
    _ids(place, patch, names, ("id", "maps"), ("folderid", "map-folders"))
    for _, member, spot in strings(place):
        name = member.lower()
        if name in ("url", "linkurl"):
            patch.put(spot, names.address(spot.text))
        elif name == "assetid":
            patch.put(spot, names.picture(spot.text))
        elif name in _KINDS:
            patch.put(spot, names.item(_KINDS[name], spot.text))


def _record(place: Place, patch: Patch, names: Renames) -> None:
    """Rows of statistics, sessions and reviews; a value with a tag is `{"t":"str","v":…}`."""
    for key, _ in place.pairs if isinstance(place, Entries) else ():
        patch.put(key, names.statistic(key.text))
    for outer, member, spot in strings(place):
        name = outer.lower() if member == "v" else member.lower()
        if name in _KINDS:
            patch.put(spot, names.item(_KINDS[name], spot.text))
        elif name == "key":
            patch.put(spot, names.statistic(spot.text))
        elif name.endswith("json"):
            patch.put_below(spot, lambda below, inner: _record(below, inner, names))


def _keys(kind: str) -> Callable[[Place, Patch, Renames], None]:
    """An edit of an object whose members are named by ids."""

    def edit(place: Place, patch: Patch, names: Renames) -> None:
        for name, _ in place.pairs if isinstance(place, Entries) else ():
            patch.put(name, names.item(kind, name.text))

    return edit


def _minimaps(place: Place, patch: Patch, names: Renames) -> None:
    _in_text(place, patch, lambda below, inner: _keys("maps")(below, inner, names))


def _open_note(place: Place, patch: Patch, names: Renames) -> None:
    if isinstance(place, Spot):
        patch.put(place, names.item("notes", place.text))


def _expanded(place: Place, patch: Patch, names: Renames) -> None:
    def edit(below: Place, inner: Patch) -> None:
        for element in below if isinstance(below, list) else ():
            if isinstance(element, Spot):
                inner.put(element, names.item("folders", element.text))

    _in_text(place, patch, edit)


def _in_text(place: Place, patch: Patch, edit: Callable[[Place, Patch], None]) -> None:
    """Edit a setting that is a JSON value, or the text of one in a string, as packages pass settings on."""
    if isinstance(place, Spot):
        patch.put_below(place, edit)
    else:
        edit(place, patch)


def _proofing(place: Place, patch: Patch, names: Renames) -> None:
    for member in ("notelanguages", "noteignores"):
        for value in _objects(place, member):
            _keys("notes")(value, patch, names)


def _note_folder(place: Place, patch: Patch, names: Renames) -> None:
    _ids(place, patch, names, ("folderid", "folders"), ("parentid", "folders"))


_EDITS: Final[dict[str, Callable[[Place, Patch, Renames], None]]] = {
    "note-folders": _note_folder,
    "decks": _deck,
    "facts": _fact,
    "folders": _folder("deck-folders"),
    "map-folders": _folder("map-folders"),
    "maps": _map,
    "records": _record,
    "proofing": _proofing,
}
_GROUPED: Final = {
    "notes": {"folders": "note-folders"},
    "mindmaps": {"folders": "map-folders"},
    "settings": {"settings": "settings"},
    "proofing": {"payloads": "proofing"},
}
"""Kinds that mean something else in each group."""

_SETTINGS: Final[dict[str, Callable[[Place, Patch, Renames], None]]] = {
    "mindmap.minimapvisibilityoverrides": _minimaps,
    "notes.lastopennoteid": _open_note,
    "notes.expandedfolderids": _expanded,
}
