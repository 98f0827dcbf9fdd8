"""What the index pass says of a source, before any note is converted.

A format's `facts()` yields these in the store's order. They are counted from the store itself (rows, files);
what stands inside a note is learnt by reading it.
"""

from __future__ import annotations

import msgspec

from converter.model.moment import Moment

__all__ = [
    "Anchor",
    "AssetFact",
    "Fact",
    "FolderFact",
    "JunkFact",
    "LinkFact",
    "MemberFact",
    "NoteFact",
    "Outline",
    "PayloadFact",
    "UnitFact",
]


class FolderFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True, tag="folder"):
    """A folder, counted from the store; `path` is what `--include` and `--exclude` match."""

    key: str
    name: str
    id: str | None = None
    parent: str | None = None
    order: int | None = None
    path: str = ""
    attrs: tuple[tuple[str, str], ...] = ()


class NoteFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True, tag="note"):
    """A note's place in the store; `path` is its file path, or "" where the store has none."""

    key: str
    size: int = 0
    path: str = ""


class AssetFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True, tag="asset"):
    """A file of the source; `digest` is the SHA-256 of its bytes where the store knows it already, `stamp` its time."""

    key: str
    name: str
    size: int = 0
    digest: str = ""
    stamp: Moment | None = None


class MemberFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One file of a payload; `key` opens it in the source, `name` is its name inside the payload.

    `stamp` is when it was changed, where files know that.
    """

    key: str
    name: str
    size: int = 0
    stamp: Moment | None = None


class UnitFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One counted unit of a payload: its kind (`decks`, `folders`, `maps`, `settings`, `payloads`), key and title.

    `lost` is the code that says that another system has no place for it, where its kind has not the right one; `broken`
    that it cannot be read, which the source has told already.
    """

    kind: str
    key: str
    title: str = ""
    lost: str = ""
    broken: bool = False


class PayloadFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True, tag="payload", tag_field="tag"):
    """A part of a package that passes whole between packages of one system.

    `type` is the payload's type, "" for files that no manifest entry covers. `known` is False for types that
    nobody here can interpret. `entry` is the system's own description (JSON).
    """

    key: str
    type: str
    members: tuple[MemberFact, ...] = ()
    units: tuple[UnitFact, ...] = ()
    known: bool = True
    entry: str = ""


class JunkFact(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True, tag="junk"):
    """A file, or a whole folder, that a format lists as junk: one unit of `kind`, skipped.

    `told` marks what is left out for another reason, which a finding of its own says.
    """

    key: str
    kind: str = "assets"
    told: bool = False


Fact = FolderFact | NoteFact | AssetFact | PayloadFact | JunkFact


class Anchor(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A place in a note that links can name.

    `key` is unique in the note: a block's own id or `^name`, or for headings without either their text with
    `#2`, `#3` … for repetitions. `level` is 1 to 6 for headings, 0 for other blocks. `number` counts the note's blocks
    in reading order, from 1. `host` is the key of the list item whose own line the block is.
    """

    key: str
    text: str = ""
    level: int = 0
    name: str = ""
    number: int = 0
    host: str = ""


class LinkFact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One way in which a note names something else, as written there.

    `form` is `link` (a URL or path), `reference` (`[[…]]`, an id), `embed`, `page` or `image`; `block` is the id of the
    block that holds it, for systems that find pictures by it.
    """

    form: str
    target: str
    place: str = ""
    block: str = ""


class Outline(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What of a note's body matters to other notes: its anchors and its links; and how many blocks it has."""

    anchors: tuple[Anchor, ...] = ()
    links: tuple[LinkFact, ...] = ()
    blocks: int = 0
