"""The front that every format shows to the pipeline.

A format is a folder with `detect`, `index`, `read`, `write` and `profile`, tied together in one `Format` record.
Functions marked pure get bytes and values and give values, so that they can run in worker processes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import tzinfo
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TypeVar

import msgspec

from converter.findings.finding import Finding, Location
from converter.formats.places import Places
from converter.model.facts import Fact, LinkFact, PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment
from converter.model.profile import Profile
from converter.storage.limits import Limits

if TYPE_CHECKING:
    import sqlite3

__all__ = [
    "DatabaseTarget",
    "Detection",
    "Format",
    "Found",
    "LinkKey",
    "LinkLocator",
    "Lookup",
    "Opener",
    "Part",
    "PartTarget",
    "Renaming",
    "Rendered",
    "Segments",
    "Source",
    "SourceContext",
    "Stored",
    "Target",
    "TargetContext",
    "TreeTarget",
]


Opener = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Opens a member of a payload by its key."""

_T = TypeVar("_T")

LinkKey = tuple[str, str, str, str]
"""A link of a note, as in its `LinkFact`: form, target, place, block."""


class Detection(msgspec.Struct, frozen=True):
    """A format recognised a source: how sure it is (0 to 100) and what it saw."""

    format: str
    why: str
    score: int


class SourceContext(msgspec.Struct, frozen=True, kw_only=True):
    """What reading depends on besides the bytes.

    `salvage`: of a broken source what is left is read. A sound one is read the same with it and without it. Members of
    archives with unsafe names are left out where `skip_unsafe` says so; `zip_encoding` is that of names which do not
    say theirs.
    """

    limits: Limits
    zone: tzinfo
    dialect: str = "obsidian"
    strict_unknown: bool = False
    salvage: bool = False
    skip_unsafe: bool = False
    zip_encoding: str = ""


class TargetContext(msgspec.Struct, frozen=True, kw_only=True):
    """What writing depends on besides the items.

    `clock` is the run's own time, `zone` that of local times. `origin` is the id of the format that the items came
    from. `inline` says that nothing may stand beside a file.
    """

    profile: Profile
    clock: Moment
    zone: tzinfo
    version: str
    origin: str = ""
    inline: bool = False


class Stored(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A note's bytes as they lie in the store: what a worker gets.

    `stamp` is the file's time. What the store says of a note outside its bytes comes with it: the keys of its folder
    and parent, its number among its siblings; and `beside`, the bytes of what it shows, by name. `where` says which
    place it has in a file that holds many notes.
    """

    key: str
    data: bytes
    path: str = ""
    stamp: Moment | None = None
    folder: str | None = None
    parent: str | None = None
    order: int | None = None
    beside: tuple[tuple[str, bytes], ...] = ()
    where: Location | None = None


LinkLocator = Callable[[Stored, Collection[LinkKey]], Iterator[tuple[LinkKey, Location]]]
"""Gives the places of these links of a note, one for each time that one stands there, in reading order."""


class Segments(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The text of a note cut where its blocks at the top begin: one text a block, and what stands behind each.

    `head` is what comes before the first block, `tail` what comes after the last; joined they are the note's bytes.
    """

    head: str
    texts: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    tail: str = ""


class Found(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a link names in its own source.

    `kind` is `note`, `asset`, `missing` (it means something here that is not there) or `outside` (a URL, or nothing
    that this source could hold). `anchor` is the key of the place inside the note, or what a link says of a place in a
    file (`page=3`); `place_missing` says that the note is there and the place is not.
    """

    kind: str
    key: str = ""
    anchor: str = ""
    place_missing: bool = False


class Lookup(Protocol):
    """What a format may ask of the index to resolve a link."""

    def has_note(self, key: str) -> bool:
        """Whether the source has this note."""

    def notes_named(self, name: str) -> Sequence[str]:
        """Keys of notes whose lookup name (as the format's `names` gave it) is this one, in the store's order."""

    def notes_with_block(self, block: str) -> Sequence[str]:
        """Keys of the notes that hold a block with this id, of those ids that links name."""

    def has_asset(self, key: str) -> bool:
        """Whether the source has this asset."""

    def assets_named(self, name: str) -> Sequence[str]:
        """Keys of assets with this lookup name, in the store's order."""

    def places(self, key: str) -> Places:
        """The places in a note that links can name."""

    def once(self, what: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What a format made of this before, or makes now: for what costs much and is asked for often."""


class Source(Protocol):
    """An opened source. Never written to; closed by its context manager."""

    def facts(self) -> Iterator[Fact | Finding]:
        """Everything that the store holds, in its order, with findings about the store itself."""

    def fetch(self, keys: Sequence[str] | None = None) -> Iterator[Stored | Finding]:
        """The bytes of these notes (all: None), in the store's order."""

    def open_asset(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """The bytes of an asset."""

    def open_member(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A member of a payload, by the key of its `MemberFact`."""

    def open_residue(self) -> AbstractContextManager[IO[bytes]] | None:
        """The residue that stands beside the notes; None where there is none. Known after `facts`."""

    def close(self) -> None:
        """Let go of the source."""


class Rendered(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A note as the target stores it: what a worker gives back; `order` is its number among its siblings."""

    key: str
    data: bytes
    path: str = ""
    stamp: Moment | None = None
    order: int | None = None


class Part(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One item of a payload: a deck, a folder of decks, a map, a setting, a record.

    `kind` is that of its unit, `key` its identity there; `group` is the type of the payload that it belongs to. `data`
    is its text in the system's own interchange form, the same for one item in every format of the system. `parent` is
    the key of the folder that a folder says it stands in.
    """

    group: str
    kind: str
    key: str
    data: bytes
    title: str = ""
    parent: str = ""


class Renaming(msgspec.Struct, frozen=True, kw_only=True):
    """Names that items get in a target in which others have theirs, old to new.

    `ids` by kind (`notes`, `folders`, `blocks`, `decks`, `cards`, `maps`, `databases`); `files` as notes of the format
    spell them.
    """

    ids: Mapping[str, Mapping[str, str]] = {}
    files: Mapping[str, str] = {}


class Target(Protocol):
    """A target in the making, beside its final place. `finish` completes it; committing is the pipeline's."""

    def folder(self, folder: Folder, path: str) -> None:
        """Take a folder; `path` is its place in a tree."""

    def note(self, rendered: Rendered) -> None:
        """Take a rendered note."""

    def asset(self, path: str, stream: IO[bytes], stamp: Moment | None = None) -> None:
        """Take a file; the stream is read to its end."""

    def payload(self, fact: PayloadFact, members: Iterable[tuple[str, AbstractContextManager[IO[bytes]]]]) -> None:
        """Take a payload whole: the names and streams of its members."""

    def residue(self, lines: IO[bytes]) -> None:
        """Take the residue of all that was written: lines of JSON, kept where the application leaves them alone."""

    def finish(self) -> None:
        """Complete the target at its staging path."""

    def abandon(self) -> None:
        """Let go of everything without completing it."""


class PartTarget(Target, Protocol):
    """A target that takes payloads item by item: that of a format with `parts`."""

    def part(self, part: Part) -> None:
        """Take one item; one that is there already under its key is replaced."""


class TreeTarget(Target, Protocol):
    """Changes to a folder that exists. `grown` names staged files that only add to what stands in their place."""

    grown: set[str]


class DatabaseTarget(PartTarget, Protocol):
    """Changes to a database that exists: they are gathered, and made in one transaction at the end."""

    def apply(self, connection: sqlite3.Connection) -> None:
        """Make all changes on this connection, inside its transaction."""


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the registry, filled in by the format's own package.

    `read` and `render` are pure. `names` gives the lookup names of a note or asset key for `Lookup`;
    `resolve` says what a link names. `single_file` tells whether a target is a file or a folder. `keeps` tells of what
    was found while a note was read whether its bytes can still be written as they are; None: they never are. `beside`
    names the folders that may stand beside a file of that name, for formats of one file that keep more than it holds.
    `origin` gives the id of the format that the items of a source came from, "" where it does not say; None: its own.
    `body` gives the text of a note's blocks as every format of its system writes them, for notes of usual blocks in
    which nothing is renamed; None where the model has to make it. Targets take it as `Raw` of their system. It is pure.

    For residue: `segments` cuts a note's bytes, with the number of its blocks, where the blocks begin (None: they
    cannot be cut); `pieces` gives the text of each block of a lowered note, `frame` what such a note has before and
    after its blocks, and `gap` is what stands between two blocks.

    For targets that exist: `open_merge` begins changes to the target at the first path, staged at the second; it takes
    what is new and what replaces something under its own key. `merges` says how such changes are committed: `file` (the
    staged file is the whole new target), `tree` (a `TreeTarget`: staged files go to their places), `database` (a
    `DatabaseTarget`, with the staged files beside the database). `in_use` says why a target cannot be written now, ""
    where it can. `parts` gives the items of a payload by a function that opens its members. `relink` gives the bytes of
    a note with other names in it (`links`: the new text of targets of links, by form, target, place and block),
    `relink_file` those of a part or a member, and of assets whose names end as `linking` says; `link_keys` gives all
    links of a note that `relink` can change, where these are more than its outline has. `own_ids` names what must be
    unique inside a note (its blocks), `part_ids` what must be unique inside a part (its cards). `part_said` gives what
    a part says, however it is spelt, as JSON. `join_file` gives what is there with what comes besides, for files of one
    name that can grow, None for others; with a true last argument, where both say the same thing, what comes. Those of
    bytes are pure.

    `locate_links` tells where links of a note stand; a place that cannot be told is left out. It is pure.

    `judge` predicts what the application would say to a source: findings of the codes `app-refuses`, `app-loses` and
    `app-repairs`, each with its place. It raises nothing that reading the source would not raise; the source is that at
    the path, opened. `misfits` holds small objects of a source against the published schemas.
    """

    id: str
    title: str
    system: str
    single_file: bool
    detect: Callable[[Path], Detection | None]
    open_source: Callable[[Path, SourceContext], Source]
    read: Callable[[Stored, SourceContext], tuple[Note, tuple[Finding, ...]]]
    names: Callable[[str, str], tuple[str, ...]]
    resolve: Callable[[Lookup, str, LinkFact], Found]
    profile: Callable[[Mapping[str, str]], Profile]
    render: Callable[[Note, TargetContext], Rendered]
    open_target: Callable[[Path, TargetContext], Target]
    segments: Callable[[bytes, int], Segments | None]
    pieces: Callable[[Note, TargetContext], tuple[str, ...]]
    frame: Callable[[Note, TargetContext], tuple[str, str]]
    gap: str
    keeps: Callable[[tuple[Finding, ...]], bool] | None = None
    beside: Callable[[str], tuple[str, ...]] | None = None
    origin: Callable[[Path], str] | None = None
    body: Callable[[Stored], str | None] | None = None
    open_merge: Callable[[Path, Path, TargetContext], Target] | None = None
    merges: str = ""
    in_use: Callable[[Path], str] | None = None
    parts: Callable[[PayloadFact, Opener], Iterator[Part]] | None = None
    relink: Callable[[Stored, Renaming, Mapping[LinkKey, str]], bytes] | None = None
    relink_file: Callable[[str, bytes, Renaming], bytes] | None = None
    link_keys: Callable[[Stored], tuple[LinkKey, ...]] | None = None
    linking: tuple[str, ...] = ()
    own_ids: Callable[[bytes], tuple[str, ...]] | None = None
    part_ids: Callable[[Part], tuple[str, ...]] | None = None
    part_said: Callable[[Part], bytes] | None = None
    join_file: Callable[[str, bytes, bytes, bool], bytes | None] | None = None
    locate_links: LinkLocator | None = None
    judge: Callable[[Path, SourceContext, Source], Iterator[Finding]] | None = None
    misfits: Callable[[Source], Iterator[Finding]] | None = None
