"""A body as a document holds it: lists of one kind, and the least that each block needs.

What stays below that least, the application deletes.
"""

from __future__ import annotations

from itertools import groupby
from operator import is_

import msgspec

from converter.model.blocks import Block, Blocks, Callout, Columns, Embed, List, ListItem, Paragraph, Quote, same_blocks
from converter.pipeline.lower.lines import as_stored

__all__ = ["COMMENT", "as_document"]

COMMENT = "@comment"
"""The attribute of a paragraph that is a comment, until it is the memo of the block before it."""

_STORED = ("source", "tex", "query", "target", "language")
_FILLED = frozenset((Quote, Columns, ListItem))
_TEXTS: dict[type[Block], tuple[str, ...]] = {
    kind: found
    for kind in Block.__subclasses__()
    if (found := tuple(name for name in kind.__struct_fields__ if name in _STORED))
}
"""The members of blocks that are text a document stores, by kind."""

_SHAPED = frozenset((List, Callout, *_FILLED, *_TEXTS))
"""Kinds that may need something even where they hold no blocks."""


def as_document(blocks: Blocks, *, own: bool) -> Blocks:
    """The body with an empty paragraph wherever a container, or the document, would hold no block.

    A list without items goes. What comes from another system (`own` is False) is also put into the shapes that people
    make: a list of tasks and other items becomes several, an item begins with a paragraph.
    """
    return _completed(blocks, own=own) or (Paragraph(),)


def _completed(blocks: Blocks, *, own: bool) -> Blocks:
    made: list[Block] = []
    for block in blocks:
        kind = type(block)
        if not (block.children or block.attrs or kind in _SHAPED):
            made.append(block)
            continue
        children = _completed(block.children, own=own) if block.children else ()
        if not children and (kind in _FILLED or (kind is Callout and not own)):
            children = (Paragraph(),)
        if kind is ListItem and isinstance(children[0], List) and not own:
            children = (Paragraph(), *children)
        if not same_blocks(children, block.children):
            block = msgspec.structs.replace(block, children=children)
        if block.attrs and (comment := dict(block.attrs).get(COMMENT, "")):
            holder = made.pop() if made and "memo" not in dict(made[-1].attrs) else Paragraph(id=block.id)
            made.append(_with_memo(holder, as_stored(comment)))
        elif isinstance(block, List):
            made += _lists(block) if not own else [block] if block.children else []
        else:
            made.append(_storable(block) if kind in _TEXTS and not own else block)
    return blocks if all(map(is_, made, blocks)) and len(made) == len(blocks) else tuple(made)


def _lists(block: List) -> list[Block]:
    """The list in the target's terms; several where tasks and other items are mixed, none where it has no items."""
    if _is_usual(block):
        return [block]
    made: list[Block] = []
    number = block.start if block.ordered else 1
    for _, group in groupby(block.children, key=_is_task):
        items = tuple(map(_item, group))
        marker = block.marker or ("." if block.ordered else "*")
        one = msgspec.structs.replace(block, children=items, start=number, marker=marker)
        if made:
            one = msgspec.structs.replace(one, id=None, attrs=())
        same = one.start == block.start and one.marker == block.marker and same_blocks(items, block.children)
        made.append(block if same else one)
        number += len(items) if block.ordered else 0
    return made


def _is_usual(block: List) -> bool:
    """Whether a list is at first sight in the target's terms."""
    if not block.marker or not block.children or not (block.ordered or block.start == 1):
        return False
    tasks = _is_task(block.children[0])
    for item in block.children:
        if not isinstance(item, ListItem) or item.ordered or item.mark or (item.checked is not None) is not tasks:
            return False
    return True


def _is_task(item: Block) -> bool:
    return isinstance(item, ListItem) and item.checked is not None


def _item(item: Block) -> Block:
    """An item as it stands in a list: the list says whether it is ordered; a task with a sign is one begun."""
    if not isinstance(item, ListItem):
        return item
    checked = True if item.mark else item.checked
    if not item.ordered and checked == item.checked:
        return item
    return msgspec.structs.replace(item, ordered=False, checked=checked)


def _with_memo(block: Block, memo: str) -> Block:
    return msgspec.structs.replace(block, attrs=tuple(sorted((*block.attrs, ("memo", memo)))))


def _storable(block: Block) -> Block:
    """The block with its texts as a document can hold them."""
    changes: dict[str, object] = {}
    for name in _TEXTS[type(block)]:
        value = getattr(block, name)
        if "\x00" in value:
            changes[name] = value.replace("\x00", "")
    if isinstance(block, Embed) and block.query != as_stored(block.query):
        changes["query"] = as_stored(block.query)
    return msgspec.structs.replace(block, **changes) if changes else block
