"""What folders of every format have in common: entries that are neither files nor folders of the user's."""

from __future__ import annotations

from collections.abc import Iterator

from converter.findings.finding import Finding, Location
from converter.model.facts import Fact, JunkFact
from converter.storage.tree import Entry

__all__ = ["odd_facts"]


def odd_facts(entry: Entry, key: str) -> Iterator[Fact | Finding]:
    """Junk is one unit, skipped; links and special files are told and never opened."""
    yield JunkFact(key=key)
    if entry.kind == "junk":
        return
    code = "symlink-skipped" if entry.kind == "symlink" else "file-skipped"
    details = (("what", entry.reason or entry.kind),)
    yield Finding(code=code, item=f"assets/{key}", location=Location(file=key), details=details)
