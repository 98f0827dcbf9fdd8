"""The way back to an origin, as the orders say it (docs/residue.md, "Validity")."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.formats.front import SourceContext, Stored
from converter.model.order import WorkOrder
from converter.pipeline.pair import Pair

__all__ = ["Back", "Way"]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """The way back: the origin's format, how its notes are read, and the pair by which they once were lowered."""

    origin: str
    reading: SourceContext
    mirror: Pair


class Back(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """The order for a note that may come back.

    `then` is the note in its origin, `kept` where the bench has it (-1: it must be read), `mirrored` the order by which
    it is lowered again. `retitled` gives links, as target and place, that name notes which are called otherwise now.
    `partial` says that not all of it is left.
    """

    then: Stored
    kept: int = -1
    mirrored: WorkOrder
    retitled: Mapping[tuple[str, str], str] = {}
    partial: bool = False
