"""From the bytes of a document to a note in its place."""

from __future__ import annotations

import posixpath

import msgspec

from converter.findings.finding import Finding
from converter.findings.problems import Problems
from converter.formats.front import SourceContext, Stored
from converter.formats.siyuan.document import read_document
from converter.model.items import Note

__all__ = ["keeps", "read"]

_HARMLESS = frozenset(("database-missing", "link-missing"))


def read(stored: Stored, context: SourceContext) -> tuple[Note, tuple[Finding, ...]]:
    """A note as it stands in its file; raises `ItemError` for what the kernel refuses."""
    problems = Problems(f"notes/{stored.key}", file=stored.path)
    name = posixpath.basename(stored.key).removesuffix(".sy")
    note = read_document(stored.data, name, problems, dict(stored.beside), context.zone, strict=context.strict_unknown)
    placed = msgspec.structs.replace(
        note,
        key=stored.key,
        folder=stored.folder,
        parent=stored.parent,
        order=stored.order,
        stamp=stored.stamp,
    )
    return placed, problems.findings()


def keeps(findings: tuple[Finding, ...]) -> bool:
    """Whether the document may be written as it is: nothing in it that the kernel would repair."""
    return all(finding.code in _HARMLESS for finding in findings)
