"""Places in notes that are named by words: the text of a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from converter.model.facts import Anchor
from converter.storage.names import fold

__all__ = ["heading_named"]

_UNSEEN = re.compile(r"[#|^:%\[\]\\\s]+")


def heading_named(anchors: Sequence[Anchor], place: str) -> Anchor | None:
    """The heading that `A#B` names: B below A, each by its text."""
    wanted = [_plain(part) for part in place.split("#") if part.strip()]
    if not wanted:
        return None
    whole = _plain(place)
    at = 0
    for anchor in anchors:
        if not anchor.level:
            continue
        text = _plain(anchor.text)
        if text == whole:
            return anchor
        if text == wanted[at]:
            at += 1
            if at == len(wanted):
                return anchor
    return None


def _plain(text: str) -> str:
    return _UNSEEN.sub(" ", fold(text)).strip()
