"""Codes for Mnemo's library: what its indexes and rows say of each other."""

from __future__ import annotations

from converter.findings.codes.entry import INFO, NONE, SKIPPED, WARNING, Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "index-entry-missing",
        WARNING,
        NONE,
        "An index of the library names something that is not there[: {what}].",
        "The row was lost, or was never written. Mnemo passes over such an entry, and so does this conversion.",
        "Look in a backup of the library for it, if you miss it.",
    ),
    Code(
        "index-unreadable",
        WARNING,
        NONE,
        "An index of the library cannot be read[: {what}]; all its rows were taken in the order of the table.",
        "Mnemo takes it for empty, and writes a new one that names only what is saved next: all else disappears.",
        "Nothing to do; the target has an index that names everything.",
    ),
    Code(
        "row-key-differs",
        WARNING,
        NONE,
        "A row says another id inside than its key does[: {became} instead of {what}].",
        "Mnemo shows the item under the id inside, and writes a second row when it saves it.",
        "Nothing to do; the target holds the item once, under the id inside.",
    ),
    Code(
        "row-not-text",
        WARNING,
        NONE,
        "A row of the library holds no text[: {what}].",
        "Mnemo reads it as not there. Bytes were read as if they were text.",
        "Look at the item in the target.",
    ),
    Code(
        "row-orphan",
        WARNING,
        NONE,
        "No index of the library names this row; it was taken all the same.",
        "An index was lost or written anew, or the item was not deleted wholly. Mnemo does not show it.",
        "Delete it in the target if you do not want it.",
    ),
    Code(
        "schema-object-skipped",
        WARNING,
        SKIPPED,
        "The database has a part of its schema that is not Mnemo's[: the {type} {what}]; it is left out.",
        "Views, triggers and virtual tables hold no rows of their own; they run what the file says, and nothing of a "
        "source is ever run.",
        "Nothing to do, unless you made it yourself.",
    ),
    Code(
        "secret-left-out",
        INFO,
        SKIPPED,
        "A setting that may lead to a secret is left out[: {what}].",
        "Secrets never leave their database in a conversion.",
        "Set it again in the target, if you need it there.",
    ),
    Code(
        "trash-left-out",
        INFO,
        SKIPPED,
        "The item lies in the library's trash; it is left out.",
        "It was deleted in Mnemo, and can be restored there until the trash is emptied.",
        "Restore it in Mnemo before you convert, if you want to keep it.",
    ),
)
