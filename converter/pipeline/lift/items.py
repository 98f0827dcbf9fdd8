"""Items that stand at the top become lists, nested as their indentation says."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Blocks, List, ListItem, same_blocks
from converter.model.items import Note
from converter.model.profile import Profile
from converter.model.runs import TextRun, merge_runs
from converter.pipeline.law import Answers

__all__ = ["group_items"]

_EM_SPACE = "\u2003"
_NUMBERS = ("listStart", "listNumberIndex", "listNumber")


def group_items(note: Note, _source: Profile, answers: Answers) -> Note:
    """Runs of items become lists; EM SPACES at the start of an item's text are its depth."""
    blocks = _grouped(note.blocks, answers)
    return note if same_blocks(blocks, note.blocks) else msgspec.structs.replace(note, blocks=blocks)


def _grouped(blocks: Blocks, answers: Answers) -> Blocks:
    made: list[Block] = []
    items: list[tuple[int, ListItem]] = []
    for block in blocks:
        inner = _with_grouped(block, answers) if block.children else block
        if isinstance(inner, ListItem):
            items.append((_depth_of(inner), inner))
            continue
        if items:
            made += _lists(items, answers)
            items = []
        made.append(inner)
    if items:
        made += _lists(items, answers)
    return tuple(made)


def _with_grouped(block: Block, answers: Answers) -> Block:
    children = _below(block, answers)
    if same_blocks(children, block.children):
        return block
    made = msgspec.structs.replace(block, children=children)
    answers.became(block, made)
    return made


def _below(block: Block, answers: Answers) -> Blocks:
    """The children, grouped; the items of a list are grouped already."""
    if not isinstance(block, List):
        return _grouped(block.children, answers)
    made: list[Block] = []
    for item in block.children:
        children = _grouped(item.children, answers) if item.children else ()
        inner = item if same_blocks(children, item.children) else msgspec.structs.replace(item, children=children)
        answers.became(item, inner)
        made.append(inner)
    return tuple(made)


def _depth_of(item: ListItem) -> int:
    first = item.runs[0] if item.runs else None
    if not isinstance(first, TextRun):
        return 0
    return (len(first.text) - len(first.text.lstrip(_EM_SPACE))) // 2


class _Level:
    """A list that is being filled: its items, each with the lists below it."""

    def __init__(self, depth: int, first: ListItem) -> None:
        self.depth = depth
        self.ordered = first.ordered
        self.start = _number_of(first)
        self.items: list[tuple[ListItem, list[Block]]] = []

    def build(self, answers: Answers) -> List:
        """The finished list."""
        children: list[Block] = []
        for item, below in self.items:
            lighter = _lightened(item, tuple(below))
            answers.became(item, lighter)
            children.append(lighter)
        return List(ordered=self.ordered, start=self.start, children=tuple(children))


def _lists(items: list[tuple[int, ListItem]], answers: Answers) -> list[Block]:
    """The lists of one run of items. An item deeper than its predecessor by more than one level is one level deeper."""
    made: list[Block] = []
    levels: list[_Level] = []

    def close() -> None:
        done = levels.pop()
        built = done.build(answers)
        if levels:
            levels[-1].items[-1][1].append(built)
        else:
            made.append(built)

    for wanted, item in items:
        depth = min(wanted, levels[-1].depth + 1 if levels else 0)
        while levels and (levels[-1].depth > depth or _ends(levels[-1], depth, item)):
            close()
        if not levels or levels[-1].depth < depth:
            levels.append(_Level(depth, item))
        levels[-1].items.append((item, []))
    while levels:
        close()
    return made


def _ends(level: _Level, depth: int, item: ListItem) -> bool:
    return level.depth == depth and level.ordered != item.ordered


def _lightened(item: ListItem, below: Blocks) -> ListItem:
    """The item without indentation and numbers, which the list now says."""
    depth = _depth_of(item)
    runs = item.runs
    first = runs[0] if runs else None
    if depth and isinstance(first, TextRun):
        head = msgspec.structs.replace(first, text=first.text[depth * 2 :])
        runs = merge_runs([head, *runs[1:]])
    attrs = tuple(pair for pair in item.attrs if pair[0] not in _NUMBERS)
    return msgspec.structs.replace(item, runs=runs, attrs=attrs, children=(*item.children, *below))


def _number_of(item: ListItem) -> int:
    """The number that a run starts with: `listStart`, else `listNumberIndex`, else `listNumber`, else 1."""
    attrs = dict(item.attrs)
    for name in _NUMBERS:
        text = attrs.get(name)
        if text is None:
            continue
        if text.isascii() and text.isdigit():
            number = int(text)
            if number <= 999_999_999 and (number or name == "listStart"):
                return number
        return 1
    return 1
