"""Links that name a note become references."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter, is_

import msgspec

from converter.model.blocks import Block, Blocks, Row, Table
from converter.model.items import Note
from converter.model.profile import Profile
from converter.model.runs import Link, Reference, Run, Runs, Style
from converter.pipeline.law import Answers

__all__ = ["references_from_links"]


def references_from_links(note: Note, source: Profile, answers: Answers) -> Note:
    """`mnemo://note/<id>#<block>` is a reference; `[[…]]` kept as a link's target is one that leads nowhere."""
    blocks = _blocks(note.blocks, source.parameters.get("note_link", ""), answers)
    return note if blocks is note.blocks else msgspec.structs.replace(note, blocks=blocks)


def _blocks(blocks: Blocks, prefix: str, answers: Answers) -> Blocks:
    made = [_block(block, prefix, answers) for block in blocks]
    return blocks if all(map(is_, made, blocks)) else tuple(made)


def _block(block: Block, prefix: str, answers: Answers) -> Block:
    runs = _runs(block.runs, prefix)
    children = _blocks(block.children, prefix, answers) if block.children else block.children
    made = block
    if runs is not block.runs or children is not block.children:
        made = msgspec.structs.replace(block, runs=runs, children=children)
    if isinstance(made, Table):
        rows = _rows(made.rows, prefix)
        made = made if rows is made.rows else msgspec.structs.replace(made, rows=rows)
    answers.became(block, made)
    return made


def _rows(rows: tuple[Row, ...], prefix: str) -> tuple[Row, ...]:
    if not any(_has_link(cell.runs) for row in rows for cell in row.cells):
        return rows
    return tuple(
        msgspec.structs.replace(
            row, cells=tuple(msgspec.structs.replace(cell, runs=_runs(cell.runs, prefix)) for cell in row.cells)
        )
        for row in rows
    )


_link_of = attrgetter("style.link")


def _has_link(runs: Runs) -> bool:
    return any(map(_link_of, runs))


def _runs(runs: Runs, prefix: str) -> Runs:
    if not _has_link(runs):
        return runs
    made = [_run(run, prefix) for run in runs]
    return runs if all(map(is_, made, runs)) else tuple(made)


def _run(run: Run, prefix: str) -> Run:
    if run.style.link is None:
        return run
    style = _style(run.style, prefix)
    return run if style is run.style else msgspec.structs.replace(run, style=style)


@lru_cache(maxsize=1024)
def _style(style: Style, prefix: str) -> Style:
    link = style.link
    reference = None if link is None else _reference(link, prefix)
    return style if reference is None else msgspec.structs.replace(style, link=None, reference=reference)


def _reference(link: Link, prefix: str) -> Reference | None:
    target = link.target
    if prefix and target.startswith(prefix):
        note, _, block = target.removeprefix(prefix).partition("#")
        return Reference(note, block, "text", link.key)
    if target.startswith("[[") and target.endswith("]]"):
        name, _, place = target[2:-2].partition("#")
        return Reference(name, place, "text", link.key)
    return None
