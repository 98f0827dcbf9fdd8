"""What a note in a target looks like, in short: enough to say whether another one is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from converter.digests import digest_of_bytes
from converter.model.blocks import Block, Blocks, Embed, Image, Media, Page
from converter.model.items import Note, Property
from converter.model.moment import Moment
from converter.model.runs import EmbedRun, ImageRun, Link, Reference, TextRun
from converter.patterns import pattern
from converter.pipeline.residue.blocks import bare
from converter.pipeline.residue.settle import digests_of

__all__ = ["Look", "look_of"]

_NAMED: dict[type, tuple[str, ...]] = {
    Link: ("target",),
    Reference: ("target", "place"),
    ImageRun: ("target",),
    EmbedRun: ("target", "place"),
    Page: ("target",),
    Image: ("target",),
    Media: ("target",),
    Embed: ("target", "place", "query"),
}
"""Members that name other items."""

_WIKILINK = pattern(r"\[\[[^\[\]]*\]\]")
"""What properties name."""

_encode = msgspec.msgpack.Encoder().encode


class Look(msgspec.Struct, frozen=True, gc=False):
    """Digests of a note: of its bytes, of what it says, and of that without the names of other items.

    What it says leaves out where it stands, ids of blocks, times of the last change, residue, and what applications
    change by themselves. `folder` and `parent` are keys, where the note itself says where it stands.
    """

    raw: bytes
    said: bytes
    bare: bytes
    title: str = ""
    folder: str | None = None
    parent: str | None = None
    updated: Moment | None = None
    order: int | None = None


Pictures = Callable[[Image], str]
"""What a picture block shows, however its path spells it."""


def look_of(data: bytes, note: Note, *, placed: bool, pictures: Pictures | None = None) -> Look:
    """The look of a note as the target's reader gives it.

    `placed`: it says itself where it stands. `pictures` gives the names of pictures where paths are those of one
    machine.
    """
    note = bare(note)
    if pictures is not None:
        note = msgspec.structs.replace(note, blocks=_named(note.blocks, pictures))
    outer = msgspec.structs.replace(
        note, key="", id=None, blocks=(), updated=None, stamp=None, order=None, folder=None, parent=None
    )
    return Look(
        raw=digest_of_bytes(data),
        said=_joined(outer, note.blocks),
        bare=_joined(_without_names(outer), _without_names(note.blocks)),
        title=note.title,
        folder=note.folder if placed else None,
        parent=note.parent if placed else None,
        updated=note.updated or note.stamp,
        order=note.order,
    )


def _named(blocks: Blocks, pictures: Pictures) -> Blocks:
    made: list[Block] = []
    for block in blocks:
        if isinstance(block, Image):
            block = msgspec.structs.replace(block, target=pictures(block))
        elif block.children:
            block = msgspec.structs.replace(block, children=_named(block.children, pictures))
        made.append(block)
    return tuple(made)


def _joined(outer: Note, blocks: Any) -> bytes:
    return digest_of_bytes(_encode((outer, digests_of(blocks))))


def _without_names(value: Any) -> Any:
    """A part of a note with nothing where it names other items, nor a text that only repeats such a name."""
    if isinstance(value, tuple):
        return tuple(map(_without_names, value))
    if not isinstance(value, msgspec.Struct):
        return value
    if isinstance(value, Property):
        return msgspec.structs.replace(value, text=_WIKILINK.sub("[[]]", value.text))
    hidden = _NAMED.get(type(value), ())
    if isinstance(value, TextRun) and value.style.reference is not None and value.style.reference.shows == "title":
        hidden = ("text",)
    made = {name: "" if name in hidden else _without_names(getattr(value, name)) for name in value.__struct_fields__}
    return msgspec.structs.replace(value, **made)
