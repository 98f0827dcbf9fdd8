"""Lists where the target has items but no lists: items in reading order, depth shown by blanks."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Attrs, Block, List, ListItem, Paragraph
from converter.model.runs import PLAIN, TextRun, merge_runs
from converter.pipeline.lower.engine import Context, Lowering
from converter.pipeline.lower.items import with_own_line

__all__ = ["INDENT", "dissolve_list", "flatten_item", "indented"]

INDENT = "\u2003\u2003"
"""One level of depth: two EM SPACES at the start of the text."""


def dissolve_list(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """`items`: a list becomes its items; those of a nested one are indented unless the target nests items."""
    if not isinstance(block, List):
        return lowering.exact(block, context)
    nested = context.name == "item"
    nests = lowering.pair.block("item-children", "item", "top").exact
    depth = context.depth + 1 if nested and not nests else context.depth
    inside = Context("item", depth)
    made: list[Block] = []
    for position, child in enumerate(block.children):
        with lowering.speaking_of(child):
            if depth:
                lowering.loss("list-flattened")
            item, line = with_own_line(lowering, child)
            if item.children and not nests and any(not isinstance(b, List) for b in item.children):
                lowering.loss("item-split")
            items = _item(lowering, item, inside, nests=nests)
            items[0] = _numbered(lowering, block, position, items[0])
        items = lowering.anchored(items, child)
        made += items if line is None else lowering.anchored(items, line)
    return made


def flatten_item(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """`flatten-item`: an item inside an item follows it, indented."""
    item, line = with_own_line(lowering, block)
    made = _item(lowering, item, Context("item", context.depth + 1), nests=False)
    return lowering.anchored(made, line) if line is not None else made


def _item(lowering: Lowering, item: Block, context: Context, *, nests: bool) -> list[Block]:
    bare = msgspec.structs.replace(item, children=()) if item.children else item
    head, *rest = lowering.exact(bare, context)
    if not (item.children or rest):
        return [head if nests else indented(head, context.depth)]
    if nests:
        kept = (*rest, *lowering.blocks(item.children, context))
        return [msgspec.structs.replace(head, children=kept) if kept else head]
    below: list[Block] = []
    for child in item.children:
        lowered = lowering.block(child, context)
        below += lowered if isinstance(child, List) else [_below(one, context.depth) for one in lowered]
    own = [indented(head, context.depth), *(_below(one, context.depth) for one in rest)]
    return own + lowering.renumbered(item.children, below)


def _below(block: Block, depth: int) -> Block:
    """Further text of an item stands at the item's own depth."""
    return indented(block, depth) if isinstance(block, Paragraph) else block


def indented(block: Block, depth: int) -> Block:
    """The block with its text moved `depth` levels to the right."""
    if not depth:
        return block
    runs = merge_runs([TextRun(text=INDENT * depth, style=PLAIN), *block.runs])
    return msgspec.structs.replace(block, runs=runs)


def _numbered(lowering: Lowering, block: List, position: int, child: Block) -> Block:
    """The lowered item with the numbers that the target wants to see in its attributes."""
    if not block.ordered:
        return child
    names = lowering.pair.parameter("number_attrs").split()
    if names and isinstance(child, ListItem) and child.checked is not None:
        lowering.loss("detail-lost", what="the number of a task")
        return msgspec.structs.replace(child, ordered=False)
    if not (isinstance(child, ListItem) and names):
        return child
    number = str(block.start + position)
    attrs: Attrs = tuple((name, number) for name in names)
    start = lowering.pair.parameter("start_attr")
    if start and position == 0 and block.start != 1:
        attrs = (*attrs, (start, number))
    return msgspec.structs.replace(child, ordered=True, attrs=attrs)
