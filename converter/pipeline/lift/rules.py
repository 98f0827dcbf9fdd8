"""The rules that profiles name in `lifts`, each a function from a note's blocks to blocks."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from converter.model.blocks import Block, Blocks, Code, Embed, Heading, Image, Paragraph, Quote, Sketch, Table, walk
from converter.model.domain import mended
from converter.model.items import Note
from converter.model.profile import Profile
from converter.model.runs import PLAIN, EmbedRun, ImageRun, Run, Runs, TextRun, merge_runs, plain_text
from converter.pipeline.law import Answers
from converter.pipeline.lift.documents import (
    blank_documents,
    callout_defaults,
    document_attributes,
    embed_by_id,
    super_columns,
)
from converter.pipeline.lift.front import front_facts
from converter.pipeline.lift.html import html_as_shown
from converter.pipeline.lift.items import group_items
from converter.pipeline.lift.legacy import column_pairs, content_as_blocks, order_by_number
from converter.pipeline.lift.links import references_from_links
from converter.text.markdown.parse import parse

__all__ = ["LIFTS", "Lift", "lift"]

Lift = Callable[[Note, Profile, Answers], Note]


def lift(note: Note, source: Profile, answers: Answers) -> Note:
    """Apply the source profile's rules in their order."""
    for name in source.lifts:
        note = LIFTS[name](note, source, answers)
    return note


def _each_block(rule: Callable[[Block], Block]) -> Lift:
    """A rule that looks at one block at a time, at every depth."""

    def apply(note: Note, _source: Profile, answers: Answers) -> Note:
        return msgspec.structs.replace(note, blocks=_mapped(note.blocks, rule, answers))

    return apply


def _mapped(blocks: Blocks, rule: Callable[[Block], Block], answers: Answers) -> Blocks:
    made: list[Block] = []
    changed = False
    for block in blocks:
        children = _mapped(block.children, rule, answers) if block.children else block.children
        inner = block if children is block.children else msgspec.structs.replace(block, children=children)
        result = rule(inner)
        changed = changed or result is not block
        answers.became(block, result)
        made.append(result)
    return tuple(made) if changed else blocks


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


def _nbsp_paragraph(block: Block) -> Block:
    """A paragraph of one no-break space is an empty line that someone left on purpose."""
    if isinstance(block, Paragraph) and block.runs == (TextRun(text="\u00a0"),):
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


LIFTS: dict[str, Lift] = {
    "blank-documents": blank_documents,
    "callout-defaults": _each_block(callout_defaults),
    "column-pairs": column_pairs,
    "content-as-blocks": content_as_blocks,
    "document-attributes": document_attributes,
    "embed-paragraphs": _each_block(_embed_paragraph),
    "embeds-by-id": _each_block(embed_by_id),
    "front-facts": front_facts,
    "group-items": group_items,
    "html-as-shown": html_as_shown,
    "image-paragraphs": _each_block(_image_paragraph),
    "in-bounds": _in_bounds,
    "markdown-tables": _each_block(_markdown_table),
    "nbsp-paragraphs": _each_block(_nbsp_paragraph),
    "note-links": references_from_links,
    "order-by-number": order_by_number,
    "quote-paragraphs": _each_block(_quote_paragraphs),
    "sketch-code": _each_block(_sketch_code),
    "super-columns": super_columns,
    "tag-paragraph": _tag_paragraph,
}
