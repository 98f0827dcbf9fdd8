"""Codes for what an earlier conversion left beside notes or in their blocks, and what became of it."""

from __future__ import annotations

from converter.findings.codes.entry import INFO, NONE, WARNING, Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "residue-edited",
        INFO,
        NONE,
        "The note was changed since it came from DST's system; what was not changed came back as it was.",
        "Residue keeps the note as it was. What SRC shows goes before it: changed parts are written anew.",
        "Nothing to do.",
    ),
    Code(
        "residue-hidden",
        INFO,
        NONE,
        "Text that SRC does not show came back.",
        "Comments and other text that shows nothing travel as residue only. Nobody who looks at SRC can see whether "
        "they were changed.",
        "Nothing to do, unless SRC comes from somebody whom you do not trust: then use `--ignore-residue`.",
    ),
    Code(
        "residue-unused",
        WARNING,
        NONE,
        "Residue was not used[: {why}].",
        "It is damaged, it belongs to something else, or it does not say what SRC shows. What SRC shows was converted "
        "as if there were no residue.",
        "Nothing to do; what other systems cannot hold is missing in what was converted this way.",
    ),
)
