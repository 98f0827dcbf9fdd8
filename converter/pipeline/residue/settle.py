"""What of a block counts when it is compared: without what applications change by themselves (docs/residue.md)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from converter.digests import digest_of_bytes
from converter.model.blocks import Block, Blocks, Cell, Code, Heading, Row, Table
from converter.model.runs import BOLD, Run, Runs, TextRun, merge_runs

__all__ = ["digests_of", "known_again", "mark_of", "marks_of", "settled", "split_marks"]

_encode = msgspec.msgpack.Encoder().encode
_MARK = 5
"""Bytes of a block's digest that tell whether it is still there."""


def settled(block: Block, ignored: frozenset[str] = frozenset()) -> Block:
    """The block without ids and times, without the `ignored` attributes, and as an application leaves it.

    Applications make headings bold, make links of what looks like one, number lists and spell the names of languages.
    """
    if isinstance(block, Table):
        block = msgspec.structs.replace(block, rows=tuple([_row(row, ignored) for row in block.rows]))
    elif isinstance(block, Code):
        block = msgspec.structs.replace(block, language=block.language.lower())
    return msgspec.structs.replace(
        block,
        runs=_runs(block.runs, heading=isinstance(block, Heading)) if block.runs else (),
        children=tuple([settled(child, ignored) for child in block.children]) if block.children else (),
        id=None,
        attrs=tuple([pair for pair in block.attrs if pair[0] not in ignored]) if block.attrs else (),
        created=None,
        updated=None,
    )


def _row(row: Row, ignored: frozenset[str]) -> Row:
    return msgspec.structs.replace(row, id=None, cells=tuple([_cell(cell, ignored) for cell in row.cells]))


def _cell(cell: Cell, ignored: frozenset[str]) -> Cell:
    children = tuple([settled(child, ignored) for child in cell.children])
    return msgspec.structs.replace(cell, id=None, runs=_runs(cell.runs, heading=False), children=children)


_link_of = attrgetter("style.link")


def _runs(runs: Runs, *, heading: bool) -> Runs:
    if not any(map(_link_of, runs)) and not (heading and any(run.style.flags & BOLD for run in runs)):
        return runs
    return merge_runs([_run(run, heading=heading) for run in runs])


def _run(run: Run, *, heading: bool) -> Run:
    if not isinstance(run, TextRun):
        return run
    style, link = run.style, run.style.link
    if link is not None and link.target in (run.text, f"https://{run.text}") and not link.title:
        style = msgspec.structs.replace(style, link=None)
    if heading and style.flags & BOLD:
        style = msgspec.structs.replace(style, flags=style.flags & ~BOLD)
    return run if style is run.style else TextRun(text=run.text, style=style)


def digests_of(blocks: Blocks, ignored: frozenset[str] = frozenset()) -> list[bytes]:
    """A digest of what counts of each block."""
    return [digest_of_bytes(_encode(settled(block, ignored))) for block in blocks]


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
