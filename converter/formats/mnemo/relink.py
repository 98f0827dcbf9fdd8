"""New names in notes of Mnemo, and in what stands beside them (docs/formats/mnemo.md, "Names inside items").

Names of members are found in any case, so both dialects and all eras of blocks are covered; where a member stands
twice, both get the new name. No byte changes but those of the names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import msgspec

from converter.findings.finding import Location
from converter.formats.front import LinkKey, Renaming, Stored
from converter.formats.mnemo.relink_blocks import BlockEditor, block_ids
from converter.formats.mnemo.relink_parts import edit_part
from converter.formats.mnemo.renames import Renames
from converter.formats.probes import probed
from converter.text.json_places import Entries, Patch, Place, Spot, decoded, edited, places
from converter.text.json_text import quote

__all__ = ["locate_links", "own_ids", "relink", "relink_file"]

_NOTE: Final = (("noteid", "notes"), ("folderid", "folders"), ("parentnoteid", "notes"))


def relink(stored: Stored, renaming: Renaming, links: Mapping[LinkKey, str]) -> bytes:
    """The bytes of a note with new names for itself, its folder, its parent, its blocks and all that it links.

    `links` counts before the renaming. A note that needs nothing gives back the same object.
    """
    names = Renames(renaming, links)
    return edited(stored.data, _spelled, lambda place, patch: _edit_note(place, patch, names))


def locate_links(stored: Stored, keys: Collection[LinkKey]) -> Iterator[tuple[LinkKey, Location]]:
    """The places of these links: the row of the note, and the pointer of the string that holds the target.

    Of a link whose string is not found the row alone.
    """
    row, lost = stored.where or Location(), set(keys)
    text, _ = decoded(stored.data)
    for key, found in probed(
        text, keys, lambda place, patch, links: _edit_note(place, patch, Renames(Renaming(), links))
    ):
        lost.discard(key)
        yield key, msgspec.structs.replace(row, pointer=found.pointer)
    yield from ((key, row) for key in keys if key in lost)


def relink_file(name: str, data: bytes, renaming: Renaming) -> bytes:
    """The bytes of a part with new names; `name` says what it is, and may say its group before and its key behind it.

    `note-folders`, `decks`, `facts`, `folders` (of decks), `maps`, `map-folders`, `settings/<key>`, `records/<kind>`
    (statistics, sessions, reviews), `proofing`. What goes by another name comes back as it is.
    """
    names = Renames(renaming, {})
    return edited(data, _spelled, lambda place, patch: edit_part(name, place, patch, names))


def own_ids(data: bytes) -> tuple[str, ...]:
    """The ids of all blocks of a note in reading order, each once; empty ones are none."""
    note = places(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    return tuple(dict.fromkeys(spot.text for spot in _ids(note) if spot.text))


def _spelled(text: str) -> str:
    """A text as the application writes it between quotation marks."""
    return quote(text)[1:-1]


def _ids(note: Place | None) -> Iterator[Spot]:
    if isinstance(note, Entries):
        for value in note.named("blocks"):
            yield from block_ids(value)


def _edit_note(note: Place, patch: Patch, names: Renames) -> None:
    if not isinstance(note, Entries):
        return
    for member, kind in _NOTE:
        for value in note.named(member):
            if isinstance(value, Spot):
                patch.put(value, names.item(kind, value.text))
    for value in note.named("cover"):
        if isinstance(value, Spot):
            patch.put(value, names.picture(value.text))
    for value in note.named("content"):
        if isinstance(value, Spot):
            patch.put_in(value, names.page_lines(value.text))
    for value in note.named("blocks"):
        BlockEditor(patch, names).edit(value)
