"""Work orders: all that a pure function needs to know to convert one item.

Made from the plan; small, and complete, so that a worker never sees the plan itself.
"""

from __future__ import annotations

import msgspec

from converter.model.moment import Moment

__all__ = ["Goal", "Output", "WorkOrder", "plain_order"]


class Output(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One thing that an item becomes in the target, in the target's own terms.

    `key` is what the target's reader will use as the item's key; `path` its place in a folder tree, "" elsewhere;
    `name` how links spell it (the shortest unambiguous form); `folder` and `parent` are keys of the target. `form`
    is `folder` for a place that holds others and says nothing itself, "" for a note, whatever the item was. `created`
    is the time that an id of the target says, `prefixes` are what its further ids begin with.
    """

    key: str
    id: str | None = None
    title: str = ""
    path: str = ""
    name: str = ""
    folder: str | None = None
    parent: str | None = None
    order: int | None = None
    folder_path: str = ""
    form: str = ""
    created: Moment | None = None
    prefixes: tuple[str, ...] = ()

    @property
    def name_in_path(self) -> str:
        """The file name of `path` without its last extension: the title that a file has by its name alone."""
        stem = self.path.rsplit("/", 1)[-1]
        return stem.rsplit(".", 1)[0] if "." in stem else stem


class Goal(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """Where a link of the source leads in the target.

    `kind` is `note`, `asset`, `missing` (nothing there in the source) or `left` (not in the selection, or failed). For
    a note: the target's `key`, `path`, `name` and `title`; `place` is the anchor in the target's terms. For an asset:
    its `path` and `name` in the target.
    """

    kind: str
    key: str = ""
    path: str = ""
    name: str = ""
    title: str = ""
    place: str = ""


class WorkOrder(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """The order for one note.

    `goals` maps (form, target, place, block) of each link, as in `LinkFact`, to its goal. `anchors` maps the key of an
    anchor of this note to the name that the target shall give it (`^name` in Markdown, a block id in Mnemo).
    `identity` is what ids derive from: the first origin of the note. Where ids tell their time, new ones are numbered
    under the output's prefixes, those of blocks that only lowering makes behind the `blocks` of the source; `dropped`
    are ids that others have. `copy` says that the target has the note itself already, in another version.
    """

    key: str
    output: Output
    identity: str
    goals: dict[tuple[str, str, str, str], Goal]
    anchors: dict[str, str]
    blocks: int = 0
    dropped: frozenset[str] = frozenset()
    copy: bool = False


def plain_order(output: Output) -> WorkOrder:
    """The order for a note that leads nowhere and is itself in no other one: its key is that of what it becomes."""
    return WorkOrder(key=output.key, output=output, identity=output.key, goals={}, anchors={})
