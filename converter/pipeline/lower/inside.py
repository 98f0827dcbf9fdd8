"""`inside`: one note as the target can hold it, with an answer for every block and a finding for every loss."""

from __future__ import annotations

from itertools import repeat

import msgspec

from converter.findings.finding import Finding
from converter.model.blocks import Block, Blocks, Paragraph, walk
from converter.model.items import Note
from converter.model.order import WorkOrder
from converter.model.runs import TextRun
from converter.pipeline.law import Answers
from converter.pipeline.lower.documents import as_document
from converter.pipeline.lower.engine import Lowering
from converter.pipeline.lower.facts import lowered_facts, same_facts
from converter.pipeline.lower.fallbacks import WAYS
from converter.pipeline.lower.finish import NOBODY, with_footnotes, with_markdown_lists
from converter.pipeline.lower.ids import with_ids, with_timed_ids, without_ids
from converter.pipeline.lower.losses import Losses
from converter.pipeline.pair import Pair

__all__ = ["Lowered", "inside"]


class Lowered(msgspec.Struct, frozen=True, gc=False):
    """A note that the target holds exactly, and what it took.

    `origins` says of each block which of the lifted note's it came from (`NOBODY`: from none), where that was asked;
    `joined` names blocks of the lifted note that became one together.
    """

    note: Note
    findings: tuple[Finding, ...]
    origins: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()


def inside(
    note: Note, order: WorkOrder, pair: Pair, answers: Answers, file: str = "", *, traced: bool = False
) -> Lowered:
    """Lower a note (already lifted where the systems differ) by its work order."""
    losses = Losses(f"notes/{note.key}", file)
    lowering = Lowering(pair, order, losses, answers, WAYS)
    blocks = with_footnotes(lowering, lowering.note(note.blocks))
    facts = (
        same_facts(note, order, named=pair.parameter("note_ids") == "guid")
        if pair.same_system
        else lowered_facts(note, order, lowering)
    )
    blocks += _tag_paragraph(note, pair, losses)
    body = tuple(blocks)
    known = (*lowering.origins, *repeat(NOBODY, len(body) - len(lowering.origins)))
    reshaped = traced and (pair.markdown_text or pair.documents)
    if reshaped:
        body = _marked(body, known)
    if pair.markdown_text:
        body = with_markdown_lists(body)
    if pair.documents:
        body = as_document(body, own=pair.same_system)
    if pair.timed_ids:
        body = body if pair.same_system and _have_ids(body) else with_timed_ids(body, order, lowering.numbers)
    elif pair.has_ids:
        if order.copy and not pair.same_system:
            body = without_ids(body, frozenset(order.anchors.values()))
        body = with_ids(body, order.identity)
    lowering.done()
    origins = known if traced else ()
    if reshaped:
        body, origins = _unmarked(body)
    return Lowered(msgspec.structs.replace(facts, blocks=body), losses.findings(), origins, lowering.joined)


_ORIGIN = "@origin"


def _marked(blocks: Blocks, origins: tuple[int, ...]) -> Blocks:
    """The blocks, each with its origin among its attributes, so that it stays known whatever becomes of the list."""
    return tuple(
        msgspec.structs.replace(block, attrs=((_ORIGIN, str(origin)), *block.attrs))
        for block, origin in zip(blocks, origins, strict=True)
    )


def _unmarked(blocks: Blocks) -> tuple[Blocks, tuple[int, ...]]:
    """The blocks without these attributes, and the origins; what lost it comes from where the one before does."""
    made: list[Block] = []
    origins: list[int] = []
    for block in blocks:
        origin = next((int(value) for name, value in block.attrs if name == _ORIGIN), None)
        origins.append(origin if origin is not None else origins[-1] if origins else NOBODY)
        bare = tuple(pair for pair in block.attrs if pair[0] != _ORIGIN)
        made.append(block if origin is None else msgspec.structs.replace(block, attrs=bare))
    return tuple(made), tuple(origins)


def _tag_paragraph(note: Note, pair: Pair, losses: Losses) -> list[Block]:
    """Tags as a last paragraph, for a target that shows none."""
    rule = pair.fact("tags")
    if rule.exact or not note.tags or pair.same_system:
        return []
    losses.add(rule.code)
    text = " ".join(f"#{tag}" for tag in note.tags)
    return [Paragraph(runs=(TextRun(text=text),))]


def _have_ids(blocks: Blocks) -> bool:
    return all(block.id for block in walk(blocks))
