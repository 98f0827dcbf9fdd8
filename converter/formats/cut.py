"""JSON texts of notes cut at their blocks: one way for all formats that keep blocks in an array."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from converter.formats.front import Segments
from converter.text.json_segments import cut_array

__all__ = ["cut_json"]


def cut_json(data: bytes, count: int, blocks_of: Callable[[bytes], list[msgspec.Raw]]) -> Segments | None:
    """Cut the text of a note of `count` blocks; None where its elements are not its blocks one by one.

    `blocks_of` gives the elements of the array as they stand; it raises `ValueError` where the text is none of ours.
    """
    try:
        text = data.decode("utf-8")
        blocks = blocks_of(data)
    except (ValueError, RecursionError):
        return None
    cut = cut_array(text, blocks) if len(blocks) == count else None
    return None if cut is None else Segments(cut[0], tuple(cut[1]), tuple(cut[2]), cut[3])
