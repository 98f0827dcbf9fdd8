"""The rules that profiles name in `lifts`, each a function from a note's blocks to blocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from converter.formats.later import later
from converter.model.blocks import (
    Block,
    Blocks,
    Callout,
    Code,
    Embed,
    Heading,
    Image,
    Paragraph,
    Quote,
    Sketch,
    Table,
    walk,
)
from converter.model.domain import mended
from converter.model.items import Note
from converter.model.profile import Profile
from converter.model.runs import PLAIN, EmbedRun, ImageRun, Run, Runs, TextRun, merge_runs, plain_text
from converter.pipeline.law import Answers
from converter.text.markdown.parse import parse

__all__ = ["LIFTS", "BlockRule", "Lift", "lift"]

Lift = Callable[[Note, Profile, Answers], Note]


class BlockRule(msgspec.Struct, frozen=True):
    """A rule that looks at one block at a time, at every depth, and does something to these kinds alone.

    One that is `deep` makes blocks below the block; rules behind it are to see them.
    """

    rule: Callable[[Block], Block]
    kinds: tuple[type[Block], ...]
    deep: bool = False


def lift(note: Note, source: Profile, answers: Answers) -> Note:
    """Apply the source profile's rules in their order."""
    for step in _steps(source.lifts):
        note = step(note, source, answers)
    return note


@lru_cache(maxsize=32)
def _steps(names: tuple[str, ...]) -> tuple[Lift, ...]:
    """The rules of these names; neighbours that look at single blocks share one walk."""
    steps: list[Lift] = []
    together: list[BlockRule] = []
    for name in names:
        rule = _loaded(LIFTS[name])
        if isinstance(rule, BlockRule):
            together.append(rule)
        if together and (not isinstance(rule, BlockRule) or rule.deep):
            steps.append(_each_block(together))
            together = []
        if not isinstance(rule, BlockRule):
            steps.append(rule)
    return tuple(steps) if not together else (*steps, _each_block(together))


def _loaded(rule: Lift | BlockRule) -> Lift | BlockRule:
    """A rule whose module is there: where it is applied, there is no time to look for it."""
    if isinstance(rule, BlockRule):
        return msgspec.structs.replace(rule, rule=rule.rule.function) if isinstance(rule.rule, later) else rule
    return rule.function if isinstance(rule, later) else rule


_Rules = dict[type[Block], tuple[tuple[int, Callable[[Block], Block]], ...]]
"""For each kind the rules that do something to it, each with its place."""


def _each_block(together: list[BlockRule]) -> Lift:
    rules: _Rules = {
        kind: tuple((place, one.rule) for place, one in enumerate(together) if kind in one.kinds)
        for kind in Block.__subclasses__()
    }

    def apply(note: Note, _source: Profile, answers: Answers) -> Note:
        blocks = _mapped(note.blocks, rules, answers)
        return note if blocks is note.blocks else msgspec.structs.replace(note, blocks=blocks)

    return apply


def _mapped(blocks: Blocks, rules: _Rules, answers: Answers) -> Blocks:
    made: list[Block] = []
    changed = False
    for block in blocks:
        result = block
        if block.children:
            children = _mapped(block.children, rules, answers)
            if children is not block.children:
                result = msgspec.structs.replace(block, children=children)
        kind = type(block)
        for place, rule in rules[kind]:
            result = rule(result)
            if type(result) is not kind:
                result = _ruled_further(result, rules, place)
                break
        if result is not block:
            changed = True
            answers.became(block, result)
        made.append(result)
    return tuple(made) if changed else blocks


def _ruled_further(block: Block, rules: _Rules, after: int) -> Block:
    """A block that became another kind at this place, by the rules behind it for what it is now."""
    kind = type(block)
    for place, rule in rules[kind]:
        if place > after:
            block = rule(block)
            if type(block) is not kind:
                return _ruled_further(block, rules, place)
    return block


def _image_paragraph(block: Block) -> Block:
    """A paragraph that is one picture is a picture."""
    if isinstance(block, Paragraph) and len(block.runs) == 1 and not block.children:
        run = block.runs[0]
        if isinstance(run, ImageRun) and run.style == PLAIN and not run.attrs:
            return Image(
                target=run.target,
                alt=run.alt,
                title=run.title,
                width=float(run.width),
                height=float(run.height),
                align="left",
                id=block.id,
                anchor=block.anchor,
                attrs=block.attrs,
            )
    return block


def _embed_paragraph(block: Block) -> Block:
    """A paragraph that is one embed is an embed."""
    if isinstance(block, Paragraph) and len(block.runs) == 1 and not block.children:
        run = block.runs[0]
        if isinstance(run, EmbedRun) and run.style == PLAIN:
            return Embed(target=run.target, place=run.place, text=run.text, anchor=block.anchor)
    return block


_NBSP = TextRun(text="\u00a0")


def _nbsp_paragraph(block: Block) -> Block:
    """A paragraph of one no-break space is an empty line that someone left on purpose."""
    if isinstance(block, Paragraph) and len(block.runs) == 1 and block.runs[0] == _NBSP:
        return msgspec.structs.replace(block, runs=())
    return block


def _sketch_code(block: Block) -> Block:
    """Code in the language `sketch` is a sketch."""
    if isinstance(block, Code) and block.fenced and block.language.lower() == "sketch":
        return Sketch(source=block.source, align="left", anchor=block.anchor)
    return block


def _quote_paragraphs(block: Block) -> Block:
    """A quote's own text, its paragraphs told apart by empty lines, becomes paragraphs."""
    if not isinstance(block, Quote) or not block.runs:
        return block
    paragraphs = [Paragraph(runs=runs) for runs in _paragraphs(block.runs)]
    return msgspec.structs.replace(block, runs=(), children=(*paragraphs, *block.children))


def _paragraphs(runs: Runs) -> list[Runs]:
    made: list[list[Run]] = [[]]
    for run in runs:
        if not isinstance(run, TextRun) or "\n\n" not in run.text:
            made[-1].append(run)
            continue
        first, *rest = run.text.split("\n\n")
        made[-1].append(msgspec.structs.replace(run, text=first))
        made += [[msgspec.structs.replace(run, text=text)] for text in rest]
    merged = [merge_runs(part) for part in made]
    return [part for part in merged if part]


def _markdown_table(block: Block) -> Block:
    """A code block in Markdown that is one table and nothing else is a table."""
    if not isinstance(block, Code) or block.language != "markdown" or not block.source.startswith("|"):
        return block
    blocks = parse(block.source).blocks
    if len(blocks) == 1 and isinstance(blocks[0], Table):
        return msgspec.structs.replace(blocks[0], id=block.id, anchor=block.anchor, attrs=block.attrs)
    return block


def _tag_paragraph(note: Note, _source: Profile, answers: Answers) -> Note:
    """A last paragraph of tags only gives the note's tags, where the note has none of its own."""
    last = note.blocks[-1] if note.blocks else None
    if note.tags or not isinstance(last, Paragraph) or isinstance(last, Heading):
        return note
    words = plain_text(last.runs).split()
    if not words or not all(len(word) > 1 and word.startswith("#") and "#" not in word[1:] for word in words):
        return note
    answers.written(last)
    tags = tuple(word[1:] for word in words)
    return msgspec.structs.replace(note, tags=tags, blocks=note.blocks[:-1])


def _in_bounds(note: Note, _source: Profile, answers: Answers) -> Note:
    """Values that mean nothing become what is usual."""
    made, _ = mended(note)
    if made is not note:
        for block, result in zip(walk(note.blocks), walk(made.blocks), strict=True):
            answers.became(block, result)
    return made


_ROOM = "converter.pipeline.lift"
LIFTS: dict[str, Lift | BlockRule] = {
    "blank-documents": later(f"{_ROOM}.documents", "blank_documents"),
    "callout-defaults": BlockRule(later(f"{_ROOM}.documents", "callout_defaults"), (Callout,)),
    "column-pairs": later(f"{_ROOM}.legacy", "column_pairs"),
    "content-as-blocks": later(f"{_ROOM}.legacy", "content_as_blocks"),
    "document-attributes": later(f"{_ROOM}.documents", "document_attributes"),
    "embed-paragraphs": BlockRule(_embed_paragraph, (Paragraph,)),
    "embeds-by-id": BlockRule(later(f"{_ROOM}.documents", "embed_by_id"), (Embed,)),
    "front-facts": later(f"{_ROOM}.front", "front_facts"),
    "group-items": later(f"{_ROOM}.items", "group_items"),
    "html-as-shown": BlockRule(later(f"{_ROOM}.html", "html_as_shown"), tuple(Block.__subclasses__())),
    "image-paragraphs": BlockRule(_image_paragraph, (Paragraph,)),
    "in-bounds": _in_bounds,
    "markdown-tables": BlockRule(_markdown_table, (Code,)),
    "nbsp-paragraphs": BlockRule(_nbsp_paragraph, (Paragraph,)),
    "note-links": later(f"{_ROOM}.links", "references_from_links"),
    "order-by-number": later(f"{_ROOM}.legacy", "order_by_number"),
    "quote-paragraphs": BlockRule(_quote_paragraphs, (Quote,), deep=True),
    "sketch-code": BlockRule(_sketch_code, (Code,)),
    "super-columns": later(f"{_ROOM}.documents", "super_columns"),
    "tag-paragraph": _tag_paragraph,
}
