"""The plan as data: for each item an action, and what it becomes in the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from converter.findings.report import Place
    from converter.findings.tally import Tally

__all__ = ["ACTIONS", "Plan", "PlanItem", "PlanOutput"]

ACTIONS = ("create", "duplicate", "overwrite", "keep", "skip", "carry", "lose", "fail")
"""What a run would do with an item; each leads to one disposition of the report."""


class PlanOutput(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One thing that an item becomes: key, id, path, title and folder in the target; "" where it has none."""

    key: str
    id: str = ""
    path: str = ""
    title: str = ""
    folder: str = ""


class PlanItem(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """One item of the source (`kind` as in the counts, `key` its identity there) and one of `ACTIONS`."""

    kind: str
    key: str
    action: str
    title: str = ""
    outputs: tuple[PlanOutput, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan: where from and to, under which options, what the result depends on besides, and the items.

    `items` is read once, when the plan is shown or saved: the items need not fit in memory.
    """

    source: Place
    target: Place
    options: dict[str, object]
    resolved: dict[str, object]
    counts: Tally
    items: Iterable[PlanItem]
