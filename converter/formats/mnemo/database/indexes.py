"""What the indexes of a library name, against the rows that there are (docs/formats/mnemo.md, "Indexes")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from converter.findings.finding import Finding, Location
from converter.formats.mnemo.database.store import Store, StoredRow
from converter.text.json_text import JsonTextError, Members, decode, is_text, parse

__all__ = ["Listed", "Listing", "trashed"]


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A row that holds an item: its id as the key of the row says it."""

    id: str
    row: StoredRow


class Listing:
    """The items of one kind: those that the index names in its order, then those that it does not name."""

    def __init__(self, store: Store, rows: dict[str, StoredRow], index: str, prefix: str, kind: str) -> None:
        self._store = store
        self._rows = rows
        self._index = index
        self._prefix = prefix
        self._kind = kind
        self.items: list[Listed] = []
        """Known once `findings` has been read to its end."""

    def findings(self, holds: Callable[[str], bool], max_depth: int) -> Iterator[Finding]:
        """Gather the items; `holds` says of a row's key whether it holds one. What does not fit is told."""
        named: set[str] = set()
        for identity in self.named(max_depth) or ():
            key = self._prefix + (identity or "")
            if key in named:
                yield self._finding("duplicate-id", identity or "", id=identity or "")
                continue
            named.add(key)
            row = self._rows.get(key)
            if row is None or not holds(key):
                yield self._finding("index-entry-missing", identity or "", what=identity or "null")
            else:
                self.items.append(Listed(identity or "", row))
        if self._index in self._rows and self.named(max_depth) is None:
            yield Finding(
                code="index-unreadable",
                item="archive",
                location=Location(table="Storage", row=self._index),
                details=(("what", self._index),),
            )
        for key, row in self._rows.items():
            if holds(key) and key not in named:
                identity = key.removeprefix(self._prefix)
                self.items.append(Listed(identity, row))
                yield self._finding("row-orphan", identity)

    def named(self, max_depth: int) -> list[str | None] | None:
        """The ids that the index names; None where it is none: the application takes it for an empty one."""
        row = self._rows.get(self._index)
        data = self._store.value(self._index) if row is not None and row.is_text else None
        if data is None:
            return None
        try:
            value = parse(decode(data)[0], max_depth).value
        except JsonTextError:
            return None
        if not isinstance(value, list):
            return None
        named = [one for one in value if one is None or is_text(one)]
        return named if len(named) == len(value) else None

    def _finding(self, code: str, identity: str, **details: str) -> Finding:
        where = Location(table="Storage", row=self._prefix + identity)
        return Finding(code=code, item=f"{self._kind}/{identity}", location=where, details=tuple(details.items()))


def trashed(store: Store, rows: dict[str, StoredRow], keys: Sequence[str], max_depth: int) -> dict[str, set[str]]:
    """The ids that each of these rows, maps of what lies in the trash, names."""
    found: dict[str, set[str]] = {key: set() for key in keys}
    for key in keys:
        row = rows.get(key)
        data = store.value(key) if row is not None and row.is_text else None
        if data is None:
            continue
        try:
            value = parse(decode(data)[0], max_depth).value
        except JsonTextError:
            continue
        if isinstance(value, Members):
            found[key] = {name for name, _ in value.pairs}
    return found
