"""One entry of the table of codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from converter.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "APPROXIMATED",
    "CARRIED",
    "ERROR",
    "FAILED",
    "INFO",
    "LOST",
    "NONE",
    "OUTCOMES",
    "SEVERITIES",
    "SKIPPED",
    "WARNING",
    "Code",
]

ERROR = "error"
WARNING = "warning"
INFO = "info"
SEVERITIES = (ERROR, WARNING, INFO)
"""Highest first: a failed or lost item; something of the source that was mended or left out; the rest."""

LOST = "lost"
APPROXIMATED = "approximated"
CARRIED = "carried"
FAILED = "failed"
SKIPPED = "skipped"
NONE = "none"
OUTCOMES = (LOST, APPROXIMATED, CARRIED, FAILED, SKIPPED, NONE)
"""What a finding says became of the thing that it speaks of; `none`: it is in the target as it was."""

_OPTIONAL = pattern(r"\[([^\[\]]*)\]")
_PLACEHOLDER = pattern(r"\{(\w+)\}")
_SHOWN = pattern(r"\{(\w+)\}(\.?)")


class Code(msgspec.Struct, frozen=True):
    """What a code means.

    `message` is one sentence. `{name}` stands for a detail of the finding; a part in square brackets is left
    out where the finding does not give the detail that it needs. `why` says why this is reported, `fix` what
    one can do.
    """

    name: str
    severity: str
    outcome: str
    message: str
    why: str
    fix: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the details that the message can show, in its order."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.message)))

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the details that the message cannot do without."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(_OPTIONAL.sub("", self.message))))

    def render(self, details: Iterable[tuple[str, str]] = ()) -> str:
        """Fill in the details; a required one that is missing shows as `…`. No sentence ends with two full stops."""
        given = dict(details)

        def keep(match: re.Match[str]) -> str:
            inner = match[1]
            return inner if all(name in given for name in _PLACEHOLDER.findall(inner)) else ""

        def fill(match: re.Match[str]) -> str:
            detail = given.get(match[1], "…")
            return detail if detail.endswith(".") else detail + match[2]

        return _SHOWN.sub(fill, _OPTIONAL.sub(keep, self.message))

    def template(self, mark: str = "<{}>") -> str:
        """Show the message with the names of its details in place of the details, each in `mark`."""
        return self.render((name, mark.format(name)) for name in self.placeholders)
