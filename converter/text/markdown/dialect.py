"""Dialects: which extensions of CommonMark a vault's application understands."""

from __future__ import annotations

import msgspec

__all__ = ["OBSIDIAN", "PLAIN", "Dialect"]


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """The extensions in force, as data.

    Tables, footnotes, strikethrough, tasks, mathematics and definition lists belong to every dialect. `wiki` stands
    for `[[…]]` and `![[…]]`, `anchors` for `^name`, `task_states` for tasks with a character of their own.
    """

    name: str
    wiki: bool
    callouts: bool
    highlight: bool
    comments: bool
    tags: bool
    anchors: bool
    task_states: bool


OBSIDIAN = Dialect(
    name="obsidian",
    wiki=True,
    callouts=True,
    highlight=True,
    comments=True,
    tags=True,
    anchors=True,
    task_states=True,
)

PLAIN = Dialect(
    name="plain",
    wiki=False,
    callouts=False,
    highlight=False,
    comments=False,
    tags=False,
    anchors=False,
    task_states=False,
)
