"""Rows of a damaged table, by their numbers: what cannot be read is stepped over."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

from converter.storage.sqlite import is_broken_text, is_system_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["RowsLeft"]

_CHUNK: Final = 64
_SAMPLES: Final = 64
_LAST: Final = 2**63 - 1
_NUMBERS: Final = ("rowid", "_rowid_", "oid")
_GROWTH: Final = 2
"""Text in UTF-16 grows by half when it becomes UTF-8."""
_SMALLEST_PAGE: Final = 512
_FEW_GAPS: Final = 64


class RowsLeft:
    """What is left of one table. The names are quoted ones; `key` is the column that is its key, `size` the file's.

    After `rows` was read to its end, `lost_keys` are the keys of rows that have nothing else left, and `gap` says that
    there were others, of which not even that much is known.
    """

    def __init__(
        self, connection: sqlite3.Connection, table: str, columns: Sequence[str], key: str | None, size: int
    ) -> None:
        self.lost_keys: list[Any] = []
        self.gap = False
        self._connection = connection
        self._table = table
        self._columns = ", ".join(columns)
        self._key = key
        self._number = self._numbered(columns)
        self._size = size
        self._bytes = size * _GROWTH
        self._gaps = size // _SMALLEST_PAGE + _FEW_GAPS

    def _numbered(self, columns: Sequence[str]) -> str | None:
        """The name under which rows have their numbers; None in a table without them."""
        taken = {name.strip('"').lower() for name in columns}
        free = next((name for name in _NUMBERS if name not in taken), None)
        return free if free and self._read(f"SELECT {free} FROM {self._table} LIMIT 0") is not None else None

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every row that can be read, in the order of the table.

        A file cannot hold more than it is long: rows that say so share their pages, and end the search.
        """
        for row in self._ordered() if self._number is None else self._found():
            self._bytes -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
            if self._bytes < 0:
                self.gap = True
                return
            yield row

    def _ordered(self) -> Iterator[tuple[Any, ...]]:
        """A table without numbers, as far as it can be read."""
        try:
            with closing(self._connection.execute(f"SELECT {self._columns} FROM {self._table}")) as cursor:
                for row in cursor:
                    if any(map(_is_garbage, row)):
                        self.gap = True
                    else:
                        yield row
        except sqlite3.DatabaseError as error:
            self._damaged(error)
            self.gap = True

    def _found(self) -> Iterator[tuple[Any, ...]]:
        at: int | None = -_LAST - 1
        while at is not None:
            numbers = self._next(at, _CHUNK) or self._next(at, 1)
            if numbers is None:
                self.gap = True
                self._gaps -= 1
                at = self._beyond(at) if self._gaps > 0 else None
                continue
            for number in numbers:
                yield from self._row(number)
            at = numbers[-1] if numbers else None

    def _row(self, number: int) -> Iterator[tuple[Any, ...]]:
        where = f"FROM {self._table} WHERE {self._number} = ?"
        found = self._read(f"SELECT {self._columns} {where}", number)
        if found and not any(map(_is_garbage, found[0])):
            yield found[0]
            return
        bare = self._read(f"SELECT {self._key} {where}", number) if self._key else None
        if bare and not _is_garbage(bare[0][0]):
            self.lost_keys.append(bare[0][0])
        else:
            self.gap = True

    def _next(self, at: int, most: int) -> list[int] | None:
        """The numbers that follow this one; None where they cannot be read, or nobody can say which they are.

        A page that stands in another's place shows itself: from the other end other numbers follow.
        """
        query = f"SELECT {self._number} FROM {self._table} WHERE {self._number} > ?"
        ahead = self._read(f"{query} ORDER BY {self._number} LIMIT ?", at, most)
        if ahead is None:
            return None
        numbers = [number for (number,) in ahead]
        if not all(before < after for before, after in pairwise([at, *numbers])):
            return None
        last = numbers[-1] if numbers else _LAST
        back = self._read(
            f"{query} AND {self._number} <= ? ORDER BY {self._number} DESC LIMIT ?", at, last, len(numbers) + 1
        )
        if back is None:
            return numbers if most == 1 else None
        return numbers if _falling([number for (number,) in back]) == numbers[::-1] else None

    def _beyond(self, at: int) -> int | None:
        """The greatest number that is known to lie before the next row that can be read; None where there is none.

        Numbers in one damaged page follow each other: the page's end is found by steps that double, then by smaller
        ones, for what can be read between two damaged pages, and last by halving.
        """
        found = self._first(at, _further(at))
        if found is None:
            return None
        begin = 0 if at < 0 <= found[1] else at
        found = self._first(begin, range(begin, found[1], max((found[1] - begin) // _SAMPLES, 1))) or found
        low, high = found
        while low + 1 < high:
            middle = (low + high) // 2
            if self._next(middle, 1):
                high = middle
            else:
                low = middle
        return high

    def _first(self, at: int, numbers: Iterable[int]) -> tuple[int, int] | None:
        """The first of these numbers behind which something can be read, and the one before it."""
        for number in numbers:
            if self._next(number, 1):
                return at, number
            at = number
        return None

    def indexed_keys(self, has: Callable[[Any], bool]) -> Iterator[Any]:
        """Keys that an index on the key column tells of, and that are not among the rows that were read.

        Where it can be read to its end, there is no gap: every row has its key in it.
        """
        if self._key is None:
            return
        known = set(self.lost_keys)
        query = f"SELECT {self._key} FROM {self._table} ORDER BY {self._key}"
        try:
            with closing(self._connection.execute(query)) as keys:
                for (key,) in islice(keys, self._size):
                    if key not in known and (_is_garbage(key) or not has(key)):
                        yield key
                self.gap = self.gap and keys.fetchone() is not None
        except sqlite3.DatabaseError as error:
            self._damaged(error)

    def _read(self, query: str, *values: int) -> list[Any] | None:
        try:
            with closing(self._connection.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.DatabaseError as error:
            self._damaged(error)
            return None

    def _damaged(self, error: sqlite3.DatabaseError) -> None:
        """Raise what the system refuses; all else is damage."""
        if is_system_fault(error):
            raise error


def _further(at: int) -> Iterator[int]:
    """Numbers beyond this one, ever further away: to 0 from where it is, and from 0 on as from anywhere."""
    if at < 0:
        yield from _doubling(at, 0)
        yield 0
    yield from _doubling(max(at, 0), _LAST)


def _doubling(begin: int, end: int) -> Iterator[int]:
    step = 1
    while begin + step < end:
        yield begin + step
        step *= 2


def _is_garbage(value: object) -> bool:
    """Whether a text holds what no text holds: a page of it was overwritten."""
    return isinstance(value, str) and ("\0" in value or is_broken_text(value))


def _falling(numbers: list[int]) -> list[int]:
    """The numbers as long as each is smaller than the one before."""
    found = numbers[:1]
    for before, after in pairwise(numbers):
        if after >= before:
            break
        found.append(after)
    return found
