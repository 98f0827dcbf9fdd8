"""The own line of a list item: text of the item in some systems, a paragraph inside it in others."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Embed, List, ListItem, Paragraph
from converter.model.runs import PLAIN, EmbedRun, Runs, TextRun
from converter.pipeline.lower.engine import Context, Lowering

__all__ = ["exact_item", "with_own_line"]

_BYTE = 255


def exact_item(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """An item whose first line stands where the target has it."""
    item, line = with_own_line(lowering, block)
    made = lowering.exact(item, context)
    return lowering.anchored(made, line) if line is not None else made


def with_own_line(lowering: Lowering, block: Block) -> tuple[Block, Block | None]:
    """The item with its line as the target has it, and the paragraph that became the item's own text, if one did.

    Links to that paragraph lead to the item.
    """
    if not isinstance(block, ListItem) or lowering.pair.same_system or lowering.pair.holds_all:
        return block, None
    if lowering.pair.lines_are_blocks:
        line = (_line(block.runs),) if block.runs else ()
        item = msgspec.structs.replace(block, runs=(), children=(*line, *block.children))
        return _with_plain_sign(lowering, item), None
    first = block.children[0] if block.children else None
    if block.runs or not isinstance(first, Paragraph) or first.children:
        return _with_some_text(lowering, _with_plain_sign(lowering, block)), None
    with lowering.speaking_of(first):
        lowering.rebuilt(first, runs=first.runs, children=())
    item = msgspec.structs.replace(block, runs=first.runs, children=block.children[1:])
    return _with_some_text(lowering, _with_plain_sign(lowering, item)), first


def _with_plain_sign(lowering: Lowering, item: ListItem) -> ListItem:
    """A task whose sign the target can say: SiYuan one of a byte, Markdown none on a task without text."""
    if not item.mark:
        return item
    odd = lowering.pair.document_text and any(ord(sign) > _BYTE for sign in item.mark)
    bare = lowering.pair.markdown_text and not item.runs
    if not (odd or bare):
        return item
    lowering.loss("detail-lost", what="the sign of a task")
    return msgspec.structs.replace(item, mark="", checked=True)


def _with_some_text(lowering: Lowering, item: ListItem) -> ListItem:
    """In Markdown a task without text holds nothing but lists: a blank that shows nothing makes room for more."""
    bare = lowering.pair.markdown_text and item.checked is not None and not item.runs
    if not bare or all(isinstance(child, List) for child in item.children):
        return item
    lowering.loss("empty-block")
    return msgspec.structs.replace(item, runs=(TextRun(text="\u00a0"),))


def _line(runs: Runs) -> Block:
    """The line as a block: an embed where it is that and nothing else."""
    only = runs[0] if len(runs) == 1 else None
    if isinstance(only, EmbedRun) and only.style == PLAIN:
        return Embed(target=only.target, place=only.place, text=only.text)
    return Paragraph(runs=runs)
