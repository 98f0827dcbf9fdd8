"""What can only be done when a note's blocks are all there: footnotes, lists side by side."""

from __future__ import annotations

from operator import is_

import msgspec

from converter.model.blocks import Block, Blocks, Code, Footnote, List, ListItem, Paragraph, Rule, same_blocks
from converter.model.runs import TextRun, merge_runs
from converter.pipeline.lower.engine import Context, Lowering

__all__ = ["NOBODY", "with_footnotes", "with_markdown_lists"]

NOBODY = -1
"""The origin of a block that lowering made by itself."""


def with_footnotes(lowering: Lowering, blocks: list[Block]) -> list[Block]:
    """The blocks with what was collected: memos as footnotes, and footnotes as a numbered list under a rule."""
    for memo in lowering.inline.memos:
        blocks += lowering.block(memo, Context())
    if not lowering.footnotes:
        return blocks
    lowering.origins += [NOBODY] * (len(blocks) + 1 - len(lowering.origins))
    numbers = lowering.inline.footnotes
    for label in lowering.footnotes:
        numbers.setdefault(label, len(numbers) + 1)
    made: list[Block] = [*blocks, Rule()]
    if lowering.pair.documents:
        lowering.joined = tuple(lowering.homes.values())
        lowering.origins.append(lowering.joined[0])
        return [*made, _footnote_list(lowering, numbers)]
    names = lowering.pair.parameter("number_attrs").split()
    for label, number in sorted(numbers.items(), key=lambda entry: entry[1]):
        note = lowering.footnotes.get(label)
        if note is None:
            continue
        attrs = tuple((name, str(number)) for name in names)
        first, *rest = note.children or (Paragraph(),)
        if isinstance(first, Paragraph):
            made.append(ListItem(ordered=True, runs=merge_runs(list(first.runs)), attrs=attrs))
        else:
            made += [ListItem(ordered=True, attrs=attrs), first]
        made += rest
        lowering.origins += [lowering.homes[label]] * (len(made) - len(lowering.origins))
    return made


def _footnote_list(lowering: Lowering, numbers: dict[str, int]) -> List:
    """Footnotes as an ordered list, each item under the id that its marks name."""
    items: list[Block] = []
    for label in sorted(numbers, key=lambda label: numbers[label]):
        note = lowering.footnotes.get(label)
        children = note.children if note is not None and note.children else (Paragraph(),)
        items.append(ListItem(id=lowering.inline.footnote_id(label), children=children))
    return List(ordered=True, marker=".", children=tuple(items))


def with_markdown_lists(blocks: Blocks, *, top: bool = True) -> Blocks:
    """Lists as Markdown can tell them apart: neighbours of one type get different markers, loose ones are loose."""
    made: list[Block] = []
    for block in blocks:
        children = with_markdown_lists(block.children, top=False) if block.children else ()
        if not same_blocks(children, block.children):
            block = msgspec.structs.replace(block, children=children)
        previous = made[-1] if made else None
        if isinstance(block, List):
            if not children:
                continue
            block = _as_list(block, previous)
        elif isinstance(block, ListItem):
            block = _with_own_text(block)
        elif isinstance(block, Code) and not block.fenced and (previous is not None or not top):
            block = _after(block, previous, top=top)
        made.append(block)
    return blocks if len(made) == len(blocks) and all(map(is_, made, blocks)) else tuple(made)


def _after(code: Code, previous: Block | None, *, top: bool) -> Block:
    """Indented code keeps its form only where nothing before it can swallow it."""
    alone = previous is None or isinstance(previous, List | Footnote | Paragraph) or previous.children
    return msgspec.structs.replace(code, fenced=True) if alone or not top else code


def _as_list(block: List, previous: Block | None) -> List:
    plain, other = (".", ")") if block.ordered else ("-", "*")
    marker = block.marker or plain
    if isinstance(previous, List) and previous.ordered == block.ordered and previous.marker == marker:
        marker = other if marker == plain else plain
    roomy = any(_needs_room(item) for item in block.children)
    loose = roomy or (not block.tight and len(block.children) > 1)
    tight = not (loose and any(_has_paragraph(item) for item in block.children))
    items = tuple(_item_of(block, item, tight=tight) for item in block.children)
    if (marker, tight) == (block.marker, block.tight) and same_blocks(items, block.children):
        return block
    return msgspec.structs.replace(block, marker=marker, tight=tight, children=items)


def _has_paragraph(item: Block) -> bool:
    """Whether an item has a line of text: it alone shows whether items stand apart."""
    return bool(item.runs) or any(isinstance(child, Paragraph) for child in item.children)


def _item_of(block: List, item: Block, *, tight: bool) -> Block:
    """An item says itself what kind of list it stands in; a task without text gets a blank that holds its place.

    Behind an empty task a parser takes what follows an empty line for what follows the list.
    """
    if not isinstance(item, ListItem):
        return item
    if not tight and item.checked is not None and not item.runs and item.children:
        item = msgspec.structs.replace(item, runs=(TextRun(text="\u00a0"),))
    return item if item.ordered == block.ordered else msgspec.structs.replace(item, ordered=block.ordered)


def _with_own_text(item: ListItem) -> ListItem:
    """The first paragraph of an item is its text: Markdown cannot say it otherwise."""
    first = item.children[0] if item.children else None
    if item.runs or not isinstance(first, Paragraph) or first.children:
        return item
    anchor = item.anchor or first.anchor
    return msgspec.structs.replace(item, runs=first.runs, anchor=anchor, children=item.children[1:])


def _needs_room(item: Block) -> bool:
    """An item stands apart when it holds more than sub-lists, or one that could not follow its text directly.

    A list that counts from another number than 1, or begins with an empty item, would be read as more text.
    """
    if any(not isinstance(child, List) for child in item.children):
        return True
    first = item.children[0] if item.children else None
    if not item.runs or not isinstance(first, List):
        return False
    begins = first.children[0] if first.children else None
    return (first.ordered and first.start != 1) or (begins is not None and not begins.runs)
