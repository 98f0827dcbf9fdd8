"""The spool: all findings of a run, on disk; read as one per source, code and item, or place by place."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import msgspec

from converter.findings.codes import CODES, SEVERITIES, code_of
from converter.findings.finding import Finding, Location

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

__all__ = ["CodeCount", "Spool"]

_Key = tuple[int, str, str, str, Location | None, tuple[tuple[str, str], ...]]

_PENDING = 512
_RANK = {name: SEVERITIES.index(code.severity) for name, code in CODES.items()}
_TABLES = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA cache_size=-500;
CREATE TABLE findings (rank INTEGER, code TEXT, source BLOB, item BLOB, count INTEGER, location TEXT, details TEXT);
CREATE TABLE ids (kind TEXT, old BLOB, new BLOB, PRIMARY KEY (kind, old)) WITHOUT ROWID;
"""
_INDEX = "CREATE INDEX IF NOT EXISTS merged ON findings (rank, code, source, item)"
_ADD = "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)"
# With min(), SQLite takes the other columns from the row that holds the minimum: the first that came.
_SELECT = "SELECT code, item, sum(count), location, details, min(rowid) AS first FROM findings"
_MERGED = "GROUP BY rank, code, source, item"


class CodeCount(msgspec.Struct, frozen=True):
    """How many items one code was found in, and how many places it stands for."""

    items: int
    places: int


class Spool:
    """Findings as they come, on disk; memory stays flat however many there are.

    `folder` holds the spool's file, `findings.db`; without it SQLite keeps a file of its own that vanishes by
    itself. Findings of one code and item (and source, where a run looks at several) are read as one: counts add up, the
    first location and details stay. `places` and `places_of` give them apart.
    Nothing is added while an iteration is under way. Closed by its context manager or `close`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = None if folder is None else folder / "findings.db"
        self._database = sqlite3.connect("" if self._file is None else self._file)
        self._database.executescript(_TABLES)
        self._pending: dict[_Key, int] = {}
        self._seen: set[str] = set()

    def add(self, finding: Finding) -> None:
        """Take one finding; raises `InternalFaultError` where its code is not in the table."""
        code = finding.code
        rank = _RANK.get(code)
        if rank is None:
            rank = SEVERITIES.index(code_of(code).severity)
        source = finding.location.source if finding.location is not None else ""
        key = (rank, code, source, finding.item, finding.location, finding.details)
        self._pending[key] = self._pending.get(key, 0) + finding.count
        self._seen.add(code)
        if len(self._pending) >= _PENDING:
            self._flush()

    def add_id(self, kind: str, old: str, new: str) -> None:
        """Remember that an item of this kind is known by another id in the target; the first answer stays."""
        self._database.execute("INSERT OR IGNORE INTO ids VALUES (?, ?, ?)", (kind, _packed(old), _packed(new)))

    def __iter__(self) -> Iterator[Finding]:
        """Each finding once, by severity (highest first), code, source and item."""
        return self._read(f"{_SELECT} {_MERGED} ORDER BY rank, code, source, item")

    def of_code(self, code: str, limit: int = -1) -> Iterator[Finding]:
        """Give the findings of one code by source and item, at most `limit` (all: -1)."""
        return self._read(
            f"{_SELECT} WHERE rank = ? AND code = ? {_MERGED} ORDER BY source, item LIMIT ?",
            (_RANK.get(code, -1), code, limit),
        )

    def places(self) -> Iterator[Finding]:
        """Each place of each finding, as it came; only those that are told with the same words are one."""
        return self._read(f"{_SELECT} {_MERGED}, location, details ORDER BY rank, code, source, item, first")

    def places_of(self, code: str) -> Iterator[Finding]:
        """Each place of the findings of one code, by source and item."""
        return self._read(
            f"{_SELECT} WHERE rank = ? AND code = ? {_MERGED}, location, details ORDER BY source, item, first",
            (_RANK.get(code, -1), code),
        )

    def of_source(self, source: str) -> Iterator[Finding]:
        """Give the findings of one source ("": those that name none) by item; of an item by severity and code."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_source ON findings (source, item, rank, code)")
        return self._read(
            f"{_SELECT} WHERE source = ? GROUP BY item, rank, code ORDER BY item, rank, code", (_packed(source),)
        )

    def ids(self) -> Iterator[tuple[str, str, str]]:
        """Each changed id: kind, old, new; by kind and old id."""
        rows = self._database.execute("SELECT kind, old, new FROM ids ORDER BY kind, old")
        return ((kind, _unpacked(old), _unpacked(new)) for kind, old, new in rows)

    def counts_by_code(self) -> dict[str, CodeCount]:
        """How often each code was found, in the order of the findings."""
        self._sort()
        rows = self._database.execute(
            "SELECT code, count(*), sum(number) "
            f"FROM (SELECT rank, code, sum(count) AS number FROM findings {_MERGED}) "
            "GROUP BY rank, code ORDER BY rank, code"
        )
        return {code: CodeCount(items, places) for code, items, places in rows}

    def counts_by_severity(self) -> dict[str, int]:
        """How many findings are of each severity."""
        number = dict.fromkeys(SEVERITIES, 0)
        for code, count in self.counts_by_code().items():
            number[code_of(code).severity] += count.items
        return number

    @property
    def codes(self) -> frozenset[str]:
        """The codes that were found."""
        return frozenset(self._seen)

    def worst(self) -> str:
        """Give the highest severity that was found, "" where nothing was."""
        return SEVERITIES[min(_RANK[code] for code in self._seen)] if self._seen else ""

    def close(self) -> None:
        """Let go of the findings and of their file."""
        self._database.close()
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, query: str, values: tuple[object, ...] = ()) -> Iterator[Finding]:
        self._sort()
        return (_finding(*row[:5]) for row in self._database.execute(query, values))

    def _sort(self) -> None:
        """Make all that came ready to be read: an index is made once, and not while findings come."""
        self._flush()
        self._database.execute(_INDEX)

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        self._database.executemany(_ADD, (_row(key, count) for key, count in pending.items()))


def _row(key: _Key, count: int) -> tuple[object, ...]:
    rank, code, source, item, location, details = key
    place = None if location is None else json.dumps(msgspec.structs.astuple(location))
    return rank, code, _packed(source), _packed(item), count, place, json.dumps(details)


def _finding(code: str, item: bytes, count: int, location: str | None, details: str) -> Finding:
    return Finding(
        code=code,
        item=_unpacked(item),
        count=count,
        location=None if location is None else Location(**dict(zip(_PLACES, json.loads(location), strict=True))),
        details=tuple((name, value) for name, value in json.loads(details)),
    )


_PLACES = Location.__struct_fields__


def _packed(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unpacked(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
