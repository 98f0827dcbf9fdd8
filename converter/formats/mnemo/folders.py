"""Folders of notes as facts, with the paths that selections match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from converter.errors import ItemError
from converter.findings.finding import Finding
from converter.findings.problems import Problems
from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.notes import folder_from
from converter.formats.mnemo.rows import Keys, Row
from converter.model.facts import FolderFact

__all__ = ["folder_facts"]

_TABLES = {Dialect.PACKAGE: "Folders", Dialect.STORAGE: "Storage"}


def folder_facts(
    rows: Iterable[Row], keys: Keys, max_depth: int, dialect: Dialect = Dialect.PACKAGE
) -> Iterator[FolderFact | Finding]:
    """A fact for each folder, and findings. A row that cannot be read is a folder named after its key.

    All folders are held in memory: their paths need the whole tree.
    """
    facts: dict[str, FolderFact] = {}
    for row in rows:
        problems = Problems(f"folders/{row.key}", _TABLES[dialect], row.key)
        if row.null:
            problems.add("row-null")
        else:
            fact = _fact(row, keys, max_depth, dialect, problems)
            facts[fact.key] = fact
        yield from problems.findings()
    for fact in facts.values():
        yield _with_path(fact, facts)


def _fact(row: Row, keys: Keys, max_depth: int, dialect: Dialect, problems: Problems) -> FolderFact:
    try:
        record = folder_from(row.data, max_depth, problems, dialect)
    except ItemError as error:
        problems.add("item-unreadable", why=error.message)
        key, _ = keys.take(None, row.key)
        return FolderFact(key=key, name=row.key)
    key, repeated = keys.take(record.folder_id, row.key)
    if repeated:
        problems.add("duplicate-id", id=key.rpartition("~")[0])
    attrs = (
        *((("name", "null"),) if record.name is None else ()),
        *((("parentId", '""'),) if record.parent_id == "" else ()),
    )
    return FolderFact(
        key=key,
        name=record.name or "",
        id=record.folder_id,
        parent=record.parent_id or None,
        order=record.order,
        attrs=attrs,
    )


def _with_path(fact: FolderFact, facts: Mapping[str, FolderFact]) -> FolderFact:
    """The fact with its path: names from the top down, joined by `/`; a circle ends where it closes."""
    names: list[str] = []
    seen: set[str] = set()
    at: FolderFact | None = fact
    while at is not None and at.key not in seen:
        seen.add(at.key)
        names.append(at.name)
        at = facts.get(at.parent) if at.parent else None
    return FolderFact(
        key=fact.key,
        name=fact.name,
        id=fact.id,
        parent=fact.parent,
        order=fact.order,
        path="/".join(reversed(names)),
        attrs=fact.attrs,
    )
