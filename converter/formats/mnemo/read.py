"""A note from the bytes of its row: pure."""

from __future__ import annotations

from converter.findings.finding import Finding
from converter.findings.problems import Problems
from converter.formats.entries import check_note_size
from converter.formats.front import SourceContext, Stored
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.notes import note_from
from converter.model.items import Note

__all__ = ["read", "read_stored"]


def read(stored: Stored, context: SourceContext) -> tuple[Note, tuple[Finding, ...]]:
    """The note of a package, and what was wrong in it.

    Raises ItemError where the row holds no JSON object or is too large.
    """
    return _read(stored, context, Dialect.PACKAGE, "Notes", stored.key)


def read_stored(stored: Stored, context: SourceContext) -> tuple[Note, tuple[Finding, ...]]:
    """The note of a database, likewise."""
    return _read(stored, context, Dialect.STORAGE, "Storage", f"note_{stored.key}")


def _read(
    stored: Stored, context: SourceContext, dialect: Dialect, table: str, row: str
) -> tuple[Note, tuple[Finding, ...]]:
    problems = Problems(f"notes/{stored.key}", table, row)
    check_note_size(problems.item, len(stored.data), context.limits)
    note = note_from(stored.data, stored.key, context.zone, context.limits.json_depth, problems, dialect)
    return note, problems.findings()
