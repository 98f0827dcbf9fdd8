"""The name that someone probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Suggest the nearest of the names in a sentence of its own, "" where none is near."""
    from difflib import get_close_matches

    by_fold = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), list(by_fold), 1)
    return f"Did you mean {by_fold[near[0]]!r}?" if near else ""
