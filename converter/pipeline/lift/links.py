"""Links that name a note become references."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from converter.model.blocks import Block, Blocks, Table, same_blocks
from converter.model.items import Note
from converter.model.profile import Profile
from converter.model.runs import Link, Reference, Run, Runs, Style
from converter.pipeline.law import Answers

__all__ = ["references_from_links"]


def references_from_links(note: Note, source: Profile, answers: Answers) -> Note:
    """`mnemo://note/<id>#<block>` is a reference; `[[…]]` kept as a link's target is one that leads nowhere."""
    prefix = source.parameters.get("note_link", "")
    return msgspec.structs.replace(note, blocks=_blocks(note.blocks, prefix, answers))


def _blocks(blocks: Blocks, prefix: str, answers: Answers) -> Blocks:
    made = tuple(_block(block, prefix, answers) for block in blocks)
    return blocks if same_blocks(made, blocks) else made


def _block(block: Block, prefix: str, answers: Answers) -> Block:
    changes: dict[str, object] = {}
    runs = _runs(block.runs, prefix)
    if runs is not block.runs:
        changes["runs"] = runs
    children = _blocks(block.children, prefix, answers) if block.children else block.children
    if children is not block.children:
        changes["children"] = children
    if isinstance(block, Table):
        rows = tuple(
            msgspec.structs.replace(
                row,
                cells=tuple(msgspec.structs.replace(c, runs=_runs(c.runs, prefix)) for c in row.cells),
            )
            for row in block.rows
        )
        changes |= {"rows": rows} if rows != block.rows else {}
    if not changes:
        return block
    made = msgspec.structs.replace(block, **changes)
    answers.became(block, made)
    return made


def _runs(runs: Runs, prefix: str) -> Runs:
    if not any(run.style.link is not None for run in runs):
        return runs
    return tuple(_run(run, prefix) for run in runs)


def _run(run: Run, prefix: str) -> Run:
    if run.style.link is None:
        return run
    style = _style(run.style, prefix)
    return run if style is run.style else msgspec.structs.replace(run, style=style)


@lru_cache(maxsize=4096)
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
