"""A finding: one problem or one loss, as a value."""

from __future__ import annotations

import msgspec

__all__ = ["Finding", "Location"]


class Location(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """Where: a file, a member of a package, a table and row, a JSON pointer, a line and column (both from 1).

    `source` is the one of several that a run looked at.
    """

    file: str = ""
    member: str = ""
    table: str = ""
    row: str = ""
    pointer: str = ""
    line: int = 0
    column: int = 0
    source: str = ""


class Finding(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """What was found in or done to one item.

    `code` is one of the closed table (`converter.findings.codes`); `item` names the item as its kind and key
    (`notes/Projects/Plan.md`); `details` fill the placeholders of the code's message; `count` is how many places
    of the item it stands for, `location` the first of them.
    """

    code: str
    item: str = ""
    location: Location | None = None
    details: tuple[tuple[str, str], ...] = ()
    count: int = 1
