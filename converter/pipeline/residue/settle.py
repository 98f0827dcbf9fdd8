"""What of a block counts when it is compared: without what applications change by themselves (docs/residue.md)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from converter.model.blocks import Block, Blocks, Cell, Code, Heading, Row, Table
from converter.model.runs import BOLD, Runs, Style, TextRun, merge_runs

__all__ = ["digests_of", "known_again", "mark_of", "marks_of", "settled", "split_marks"]

_encode = msgspec.msgpack.Encoder().encode
_MARK = 5
"""Bytes of a block's digest that tell whether it is still there."""


def settled(block: Block, ignored: frozenset[str] = frozenset()) -> Block:
    """The block without ids and times, without the `ignored` attributes, and as an application leaves it.

    Applications make headings bold, make links of what looks like one, number lists and spell the names of languages.
    """
    runs = _runs(block.runs, heading=isinstance(block, Heading))
    changes: dict[str, object] = {} if runs == block.runs else {"runs": runs}
    if block.id is not None:
        changes["id"] = None
    if block.created is not None or block.updated is not None:
        changes |= {"created": None, "updated": None}
    if block.attrs:
        changes["attrs"] = tuple(pair for pair in block.attrs if pair[0] not in ignored)
    if block.children:
        changes["children"] = tuple(settled(child, ignored) for child in block.children)
    if isinstance(block, Table):
        changes["rows"] = tuple(_row(row, ignored) for row in block.rows)
    elif isinstance(block, Code):
        changes["language"] = block.language.lower()
    return msgspec.structs.replace(block, **changes) if changes else block


def _row(row: Row, ignored: frozenset[str]) -> Row:
    return msgspec.structs.replace(row, id=None, cells=tuple(_cell(cell, ignored) for cell in row.cells))


def _cell(cell: Cell, ignored: frozenset[str]) -> Cell:
    children = tuple(settled(child, ignored) for child in cell.children)
    return msgspec.structs.replace(cell, id=None, runs=_runs(cell.runs, heading=False), children=children)


def _runs(runs: Runs, *, heading: bool) -> Runs:
    if not any(run.style.link is not None or (heading and run.style.flags & BOLD) for run in runs):
        return runs
    return merge_runs(
        [
            msgspec.structs.replace(run, style=_style(run.style, run.text, heading=heading))
            if isinstance(run, TextRun)
            else run
            for run in runs
        ]
    )


@lru_cache(maxsize=1024)
def _style(style: Style, text: str, *, heading: bool) -> Style:
    link = style.link
    if link is not None and link.target in (text, f"https://{text}") and not link.title:
        style = msgspec.structs.replace(style, link=None)
    return msgspec.structs.replace(style, flags=style.flags & ~BOLD) if heading else style


def digests_of(blocks: Blocks, ignored: frozenset[str] = frozenset()) -> list[bytes]:
    """A digest of what counts of each block."""
    return [blake2b(_encode(settled(block, ignored)), digest_size=16).digest() for block in blocks]


def marks_of(blocks: Blocks) -> str:
    """Short digests of the blocks, one behind the other, in hex."""
    return "".join(map(mark_of, digests_of(blocks)))


def mark_of(digest: bytes) -> str:
    """The short form of a digest, in hex."""
    return digest[:_MARK].hex()


def split_marks(marks: str) -> list[str]:
    """The short digests one by one."""
    width = 2 * _MARK
    return [marks[at : at + width] for at in range(0, len(marks), width)]


def known_again(marks: str, digests: Iterable[bytes]) -> int:
    """How many of these blocks are among the marked ones."""
    known = set(split_marks(marks))
    return sum(mark_of(digest) in known for digest in digests)
