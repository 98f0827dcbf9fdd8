"""Ways to damage an SQLite database, by its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

PAGE: Final = 4096
TABLE_LEAF, TABLE_INSIDE, INDEX_LEAF = 0x0D, 0x05, 0x0A


def pages(data: bytes, kind: int) -> list[int]:
    """Where the pages of a kind begin, but for the first."""
    return [at for at in range(PAGE, len(data), PAGE) if data[at] == kind]


def cut(data: bytes) -> bytes:
    """The first three quarters, and half a page."""
    return data[: len(data) * 3 // 4 // PAGE * PAGE + PAGE // 2]


def overwritten(data: bytes) -> bytes:
    """Two pages of rows that hold nothing any more."""
    at = pages(data, TABLE_LEAF)[10]
    return data[:at] + b"\xff" * 2 * PAGE + data[at + 2 * PAGE :]


def headless(data: bytes) -> bytes:
    """The first page of rows holds nothing any more."""
    at = pages(data, TABLE_LEAF)[0]
    return data[:at] + b"\xff" * PAGE + data[at + PAGE :]


def pierced(data: bytes) -> bytes:
    """Every fourth page of rows holds nothing any more."""
    changed = bytearray(data)
    for at in pages(data, TABLE_LEAF)[::4]:
        changed[at : at + PAGE] = b"\xff" * PAGE
    return bytes(changed)


def misplaced(data: bytes) -> bytes:
    """One page of rows that stands in the place of another."""
    first, other = pages(data, TABLE_LEAF)[5], pages(data, TABLE_LEAF)[20]
    return data[:first] + data[other : other + PAGE] + data[first + PAGE :]


def looped(data: bytes) -> bytes:
    """The list of free pages leads back to its beginning."""
    trunk = (int.from_bytes(data[32:36], "big") - 1) * PAGE
    assert trunk > 0, "there are no free pages"
    return data[:trunk] + data[32:36] + data[trunk + 4 :]


def unlike(data: bytes, key: bytes, other: bytes) -> bytes:
    """An index that tells of another key than its table."""
    at = next(at for page in pages(data, INDEX_LEAF) for at in _found(data, key, page))
    return data[:at] + other + data[at + len(other) :]


def shared(data: bytes) -> bytes:
    """Every row of pages of a table is said to lie on one and the same page."""
    changed = bytearray(data)
    for page in pages(data, TABLE_INSIDE):
        count = int.from_bytes(data[page + 3 : page + 5], "big")
        cells = [page + int.from_bytes(data[at : at + 2], "big") for at in range(page + 12, page + 12 + 2 * count, 2)]
        for _, cell in pairwise(cells):
            changed[cell : cell + 4] = data[cells[0] : cells[0] + 4]
    return bytes(changed)


def circular(data: bytes) -> bytes:
    """Pages of a table that lead to themselves."""
    changed = bytearray(data)
    for page in pages(data, TABLE_INSIDE):
        changed[page + 8 : page + 12] = (page // PAGE + 1).to_bytes(4, "big")
        first = page + int.from_bytes(data[page + 12 : page + 14], "big")
        changed[first : first + 4] = (page // PAGE + 1).to_bytes(4, "big")
    return bytes(changed)


def _found(data: bytes, key: bytes, page: int) -> Iterator[int]:
    at = data.find(key, page, page + PAGE)
    if at >= 0:
        yield at
