"""Names and ids that `place` hands out, and the findings where they are not what the source had."""

from __future__ import annotations

import re
from collections.abc import Callable

from converter.findings.finding import Finding
from converter.patterns import pattern
from converter.pipeline.lower.ids import derived_id

__all__ = ["LINK_SIGNS", "OwnIds", "Report", "changed_id"]

Report = Callable[[Finding], None]

LINK_SIGNS = "#^[]"
"""Characters that a wikilink cannot name."""

_SPOILED_IDS = pattern(r"folder_.*|folders_index|folders_trash", re.DOTALL)


class OwnIds:
    """Ids of one kind of items, each handed out once."""

    def __init__(self, kind: str, report: Report) -> None:
        self._kind = kind
        self._report = report
        self._taken: set[str] = set()

    def take(self, wanted: str, key: str) -> str:
        """The id itself where it is free and harmless, else one that follows from the item's key."""
        own = wanted
        if own in self._taken or _SPOILED_IDS.fullmatch(own) or not own.strip():
            code = "duplicate-id" if own in self._taken else "id-changed"
            own = derived_id(self._kind, key, wanted)
            self._report(changed_id(code, f"{self._kind}/{key}", wanted, own))
        self._taken.add(own)
        return own


def changed_id(code: str, item: str, wanted: str, became: str) -> Finding:
    """The finding for an id that could not be kept."""
    return Finding(code=code, item=item, details=(("what", wanted), ("became", became)))
