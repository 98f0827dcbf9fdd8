"""The own line of a list item: text of the item in some systems, a paragraph inside it in others."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Embed, ListItem, Paragraph
from converter.model.runs import PLAIN, EmbedRun, Runs
from converter.pipeline.lower.engine import Context, Lowering

__all__ = ["exact_item", "with_own_line"]


def exact_item(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """An item whose first line stands where the target has it."""
    item, line = with_own_line(lowering, block)
    made = lowering.exact(item, context)
    return lowering.anchored(made, line) if line is not None else made


def with_own_line(lowering: Lowering, block: Block) -> tuple[Block, Block | None]:
    """The item with its line as the target has it, and the paragraph that became the item's own text, if one did.

    Links to that paragraph lead to the item.
    """
    if not isinstance(block, ListItem) or lowering.pair.same_system:
        return block, None
    if lowering.pair.parameter("item_line") == "paragraph":
        line = (_line(block.runs),) if block.runs else ()
        return msgspec.structs.replace(block, runs=(), children=(*line, *block.children)), None
    first = block.children[0] if block.children else None
    if block.runs or not isinstance(first, Paragraph) or first.children:
        return block, None
    with lowering.speaking_of(first):
        lowering.rebuilt(first, runs=first.runs, children=())
    return msgspec.structs.replace(block, runs=first.runs, children=block.children[1:]), first


def _line(runs: Runs) -> Block:
    """The line as a block: an embed where it is that and nothing else."""
    only = runs[0] if len(runs) == 1 else None
    if isinstance(only, EmbedRun) and only.style == PLAIN:
        return Embed(target=only.target, place=only.place, text=only.text)
    return Paragraph(runs=runs)
