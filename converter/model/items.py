"""What an archive holds besides blocks: notes, folders, decks, maps, databases, settings, assets, users, records.

Items name each other by `key`: the source's own identity of an item (a Mnemo id, a path in a vault).
"""

from __future__ import annotations

import msgspec

from converter.model.blocks import Blocks
from converter.model.moment import Moment

__all__ = [
    "INNER_KINDS",
    "OUTER_KINDS",
    "Asset",
    "Card",
    "Database",
    "DatabaseCell",
    "DatabaseColumn",
    "DatabaseLayout",
    "DatabaseRow",
    "Deck",
    "Folder",
    "MapEdge",
    "MapNode",
    "MindMap",
    "Note",
    "Payload",
    "Property",
    "Record",
    "Review",
    "ReviewState",
    "Setting",
    "User",
]

OUTER_KINDS = (
    "folders",
    "notes",
    "decks",
    "maps",
    "databases",
    "settings",
    "records",
    "users",
    "assets",
    "payloads",
)
"""The kinds of units that are counted from the store itself; `payloads` are opaque parts of a package."""

INNER_KINDS = ("blocks", "cards", "reviews", "rows")
"""The kinds of units inside an item; an item that is not parsed counts none."""


class Property(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry of a note's properties, in the source's order.

    `text` is the entry exactly as it stands in YAML front matter (key, value, comments, final line break), or the
    JSON text of the value where the source keeps JSON.
    """

    name: str
    text: str


class Folder(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A folder: `parent` is another folder's key, None at the top."""

    key: str
    name: str
    id: str | None = None
    parent: str | None = None
    order: int | None = None
    icon: str = ""
    attrs: tuple[tuple[str, str], ...] = ()


class Note(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A note.

    `folder` and `parent` are keys; `parent` is the note that this one is a page of. `created` and `updated` are
    what the source says; `stamp` is the time that its store keeps anyway (a file's modification time).
    `front` is True where the source had front matter, be it empty. `preamble` is text that belongs to the file
    and not to the note (a byte-order mark).
    """

    key: str
    title: str
    id: str | None = None
    folder: str | None = None
    parent: str | None = None
    order: int | None = None
    created: Moment | None = None
    updated: Moment | None = None
    stamp: Moment | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    icon: str = ""
    cover: str = ""
    favorite: bool = False
    front: bool = False
    preamble: str = ""
    properties: tuple[Property, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    blocks: Blocks = ()


class Asset(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A file that notes show or link to, or that nothing names; bytes are opened by key."""

    key: str
    name: str
    size: int = 0
    digest: str = ""


class ReviewState(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """Where a card stands in its schedule. Numbers mean what `algorithm` says (`fsrs`, `sm2`, `leitner`, `baseline`).

    `state` is `new`, `learning`, `review` or `relearning`; stability and intervals are days.
    """

    algorithm: str = "fsrs"
    due: Moment | None = None
    stability: float | None = None
    difficulty: float | None = None
    retrievability: float | None = None
    ease: float | None = None
    interval: float | None = None
    box: int | None = None
    reps: int | None = None
    lapses: int | None = None
    state: str = ""
    last_review: Moment | None = None
    suspended: bool = False
    buried_until: Moment | None = None


class Review(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One answer in the review log: `grade` 1 again, 2 hard, 3 good, 4 easy."""

    card: str
    grade: int
    at: Moment
    elapsed_days: float | None = None
    scheduled_days: float | None = None
    state_before: str = ""
    state_after: str = ""
    session: str = ""


class Card(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A card: sides of its own (`front`, `back`), or the block that it is (`block`, SiYuan).

    `type` is `classic`, `cloze` or `occlusion`; texts are what stands there when a side has no blocks.
    """

    key: str
    type: str = "classic"
    front: str = ""
    back: str = ""
    front_blocks: Blocks = ()
    back_blocks: Blocks = ()
    block: str = ""
    tags: tuple[str, ...] = ()
    schedule: ReviewState | None = None
    flagged: bool = False
    created: Moment | None = None
    updated: Moment | None = None
    attrs: tuple[tuple[str, str], ...] = ()


class Deck(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A deck of cards; `text` is its source text where the cards were not parsed."""

    key: str
    name: str
    folder: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    reviews: tuple[Review, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    text: str = ""


class MapNode(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One node of a mind map, with its place where the map has a layout."""

    key: str
    blocks: Blocks = ()
    text: str = ""
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    style: tuple[tuple[str, str], ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()


class MapEdge(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One edge of a mind map: `kind` is `hierarchy` or `link`."""

    key: str
    origin: str
    target: str
    kind: str = "hierarchy"
    label: str = ""
    style: str = "solid"


class MindMap(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A mind map; `text` is its source text where it was not parsed."""

    key: str
    title: str
    root: str | None = None
    nodes: tuple[MapNode, ...] = ()
    edges: tuple[MapEdge, ...] = ()
    layout: str = ""
    text: str = ""


class DatabaseColumn(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A typed column; `settings` is the system's own JSON (options, number format, relation, template)."""

    key: str
    name: str
    type: str
    settings: str = ""


class DatabaseCell(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A cell: its text as a person sees it, and the system's own JSON of the value."""

    column: str
    text: str = ""
    value: str = ""


class DatabaseRow(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A row; `block` is the block or document that it is bound to."""

    key: str
    block: str = ""
    cells: tuple[DatabaseCell, ...] = ()


class DatabaseLayout(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A view: its kind (`table`, `gallery`, `kanban`), shown columns, row order, and the system's own JSON."""

    key: str
    name: str
    type: str = "table"
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    settings: str = ""


class Database(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A table of typed columns with views, mirrored in several notes."""

    key: str
    name: str
    columns: tuple[DatabaseColumn, ...] = ()
    rows: tuple[DatabaseRow, ...] = ()
    views: tuple[DatabaseLayout, ...] = ()


class Setting(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One setting; `value` is JSON text. Secrets are named in reports, their values never."""

    key: str
    value: str
    secret: bool = False


class User(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A user of a system that has several."""

    key: str
    name: str
    attrs: tuple[tuple[str, str], ...] = ()


class Record(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """Anything that the model only carries: `kind` names it (learning path, chat, claim), `value` is JSON text."""

    kind: str
    key: str
    value: str


class Payload(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """A part of a package that is passed on whole: its type and the names of its members."""

    type: str
    members: tuple[str, ...] = ()
