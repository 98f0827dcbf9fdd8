"""Codes for items that a target which exists had already."""

from __future__ import annotations

from converter.findings.codes.entry import INFO, NONE, SKIPPED, WARNING, Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "duplicated",
        INFO,
        NONE,
        "It came in[ as {became}] beside another one.",
        "DST holds something else under its id, or a file of other bytes under its name. Every link to it in SRC leads "
        "to the new one; what was in DST keeps every byte.",
        "Nothing to do; compare the two and remove one, or choose another `--on-conflict`.",
    ),
    Code(
        "kept-existing",
        WARNING,
        SKIPPED,
        "DST holds another version, which stays[: --on-conflict {what}].",
        "Under `skip` what DST has goes first; under `newer` it goes first where SRC's is not newer, or one of the "
        "times is unknown.",
        "If SRC's is wanted: `--on-conflict overwrite` or `duplicate`.",
    ),
    Code(
        "overwritten",
        WARNING,
        NONE,
        "It replaced another version of it in DST.",
        "`--on-conflict overwrite`, or `newer` where SRC's is newer, asks for that. A backup of what was replaced is "
        "kept unless `--no-backup` is given.",
        "If the old one is wanted back: it is in the backup that the report names.",
    ),
)
