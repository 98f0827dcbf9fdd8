"""A JSON object cut at the elements of one of its arrays, without touching a byte of it."""

from __future__ import annotations

import msgspec

__all__ = ["cut_array"]


def cut_array(text: str, elements: list[msgspec.Raw]) -> tuple[str, list[str], list[str], str] | None:
    """What comes before the elements, their texts, what stands behind each, and what comes after the last.

    `elements` are those of the array, as they stand in the text, in order.
    """
    at = 0
    starts: list[int] = []
    parts = [bytes(element).decode("utf-8") for element in elements]
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return None
        starts.append(at)
        at += len(part)
    if not starts:
        return text, [], [], ""
    ends = [start + len(part) for start, part in zip(starts, parts, strict=True)]
    gaps = [text[end:start] for end, start in zip(ends, [*starts[1:], ends[-1]], strict=True)]
    return text[: starts[0]], parts, gaps, text[ends[-1] :]
