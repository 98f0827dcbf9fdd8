"""Codes for what two archives do not have in common. Each is an error, so that scripts can ask `diff` for equality."""

from __future__ import annotations

from converter.findings.codes.entry import ERROR, NONE, Code

__all__ = ["CODES", "COMPARISONS"]

CODES: tuple[Code, ...] = (
    Code(
        "item-differs",
        ERROR,
        NONE,
        "The two archives differ here[: {what}].",
        "The item is in both archives, and they do not say the same of it. Each place is named by the fact or the "
        "number of the block, with what the first archive says and what the second one says.",
        "Nothing to do, if you expected it; `--fail-on never` makes differences no failure.",
    ),
    Code(
        "only-in-a",
        ERROR,
        NONE,
        "Only the first archive holds this.",
        "Nothing in the second archive has its id, its place or its title, nor the bytes of a file.",
        "Nothing to do, if you expected it; `--fail-on never` makes differences no failure.",
    ),
    Code(
        "only-in-b",
        ERROR,
        NONE,
        "Only the second archive holds this.",
        "Nothing in the first archive has its id, its place or its title, nor the bytes of a file.",
        "Nothing to do, if you expected it; `--fail-on never` makes differences no failure.",
    ),
)

COMPARISONS = frozenset(code.name for code in CODES)
"""The names of these codes."""
