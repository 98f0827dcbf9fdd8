"""Kinds that the target has, and whose exact way needs more than lowered runs and children."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Callout, Code, Embed, Heading, Html, Image, Media, Page, Paragraph, kind_of
from converter.model.callouts import CALLOUTS
from converter.model.runs import BOLD, PLAIN, Run, TextRun, merge_runs, plain_text
from converter.pipeline.lower.engine import Context, Fallback, Lowering
from converter.pipeline.lower.items import exact_item
from converter.pipeline.lower.media import media_source
from converter.pipeline.lower.quotes import callout_icon
from converter.pipeline.lower.tables import exact_table, view_as_table
from converter.text.markdown.domain import html_block_fits

__all__ = ["EXACTS"]


def _exact_html(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """HTML where the target has it; HTML that would not be read back as one block becomes code."""
    if isinstance(block, Html) and not lowering.pair.same_system:
        block = msgspec.structs.replace(block, source=lowering.inline.links.html(block.source))
    if isinstance(block, Html) and lowering.pair.markdown_text and not html_block_fits(block.source):
        lowering.loss("html-as-code")
        return [Code(source=block.source, language="html")]
    return lowering.exact(block, context)


def _exact_page(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    if not isinstance(block, Page):
        return lowering.exact(block, context)
    goal = lowering.inline.links.page(block.target)
    target = goal.key if goal is not None and goal.kind == "note" else block.target
    return lowering.exact(msgspec.structs.replace(block, target=target), context)


def _exact_image(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A picture where the target has pictures: its target in the target's spelling."""
    if not isinstance(block, Image):
        return lowering.exact(block, context)
    target = lowering.inline.links.image(block.target, block.id or "")
    runs = lowering.inline.runs(block.runs)
    if not runs and block.alt and not (lowering.pair.same_system or lowering.pair.holds_all):
        runs = (TextRun(text=block.alt),)
    made = block if target == block.target else msgspec.structs.replace(block, target=target)
    return [lowering.rebuilt(made, runs=runs, children=())]


def _exact_code(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """Code where an editor's text differs from the stored source: the text that a person sees counts."""
    if isinstance(block, Code) and block.runs and not (lowering.pair.same_system or lowering.pair.holds_all):
        lowering.loss("detail-lost", what="formats inside code, or its second text")
        shown = plain_text(block.runs)
        block = msgspec.structs.replace(block, source=shown or block.source, runs=())
    return lowering.exact(block, context)


def _without_text(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A kind that holds no text of its own; text that a damaged one carries follows it as a paragraph."""
    if not block.runs or not (lowering.pair.markdown_text or lowering.pair.document_text):
        return lowering.exact(block, context)
    lowering.loss("detail-lost", what=f"text inside a {kind_of(block)}, now below it")
    text = lowering.exact(Paragraph(runs=block.runs), context)
    return [*lowering.exact(msgspec.structs.replace(block, runs=()), context), *text]


def _exact_quote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A quote or callout that holds blocks: text of its own becomes its first paragraph."""
    if block.runs and (lowering.pair.markdown_text or lowering.pair.document_text):
        first = Paragraph(runs=block.runs)
        block = msgspec.structs.replace(block, runs=(), children=(first, *block.children))
    if isinstance(block, Callout) and lowering.pair.document_text and not lowering.pair.same_system:
        block = _document_callout(lowering, block)
    if isinstance(block, Callout) and lowering.pair.markdown_text:
        title = lowering.inline.runs(block.title, single_line=True)
        if block.icon:
            title = merge_runs([TextRun(text=block.icon + (" " if title else "")), *title])
        block = msgspec.structs.replace(block, title=title, icon="")
    elif isinstance(block, Callout) and lowering.pair.holds_all:
        block = msgspec.structs.replace(block, title=lowering.inline.runs(block.title))
    return lowering.exact(block, context)


def _document_callout(lowering: Lowering, block: Callout) -> Callout:
    """A callout that says its title and icon, as documents do; the title is plain text."""
    name = block.type.strip() or "NOTE"
    known = name.upper() in CALLOUTS
    title, icon = CALLOUTS.get(name.upper(), (name.capitalize(), callout_icon(name)))
    shown = plain_text(lowering.inline.runs(block.title))
    if any(not isinstance(run, TextRun) or run.style != PLAIN for run in block.title):
        lowering.loss("detail-lost", what="formats in the title of a callout")
    return msgspec.structs.replace(
        block,
        type=name.upper() if known else name,
        title=(TextRun(text=" ".join((shown or title).split())),) if shown or title else (),
        icon=block.icon or icon,
    )


def _exact_embed(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """What is shown in place, in the target's spelling."""
    if isinstance(block, Embed) and (block.target or block.place):
        target, place = lowering.inline.links.embed(block.target, block.place)
        block = msgspec.structs.replace(block, target=target, place=place)
    return lowering.exact(block, context)


def _exact_media(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """Audio, video and the like with the HTML that shows them, and their file where the target has it."""
    if isinstance(block, Media) and not lowering.pair.same_system:
        target = lowering.inline.links.media(block.target)
        source = media_source(lowering, block) if block.source or not lowering.pair.holds_all else ""
        block = msgspec.structs.replace(block, target=target, source=source)
    return lowering.exact(block, context)


def _exact_column(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A column holds one empty paragraph at least, where an application would stumble over none."""
    made = lowering.exact(block, context)
    if made[0].children or lowering.pair.same_system or lowering.pair.holds_all:
        return made
    return [msgspec.structs.replace(made[0], children=(Paragraph(),)), *made[1:]]


def _exact_heading(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A heading; where headings are bold by nature, a bold that covers all of it is not said again."""
    pair = lowering.pair
    if isinstance(block, Heading) and not pair.same_system and (pair.markdown_text or pair.document_text):
        runs = block.runs
        texts = [run for run in runs if isinstance(run, TextRun)]
        if texts and all(run.style.flags & BOLD for run in texts):
            lighter = [_without_bold(run) for run in runs]
            block = msgspec.structs.replace(block, runs=merge_runs(lighter))
    return lowering.exact(block, context)


def _without_bold(run: Run) -> Run:
    return msgspec.structs.replace(run, style=msgspec.structs.replace(run.style, flags=run.style.flags & ~BOLD))


def _exact_view(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A view of a database within its own system, where the database comes with it; elsewhere what it showed."""
    if lowering.pair.same_system or lowering.pair.holds_all:
        return lowering.exact(block, context)
    lowering.loss("view-as-table")
    return view_as_table(lowering, block, context)


EXACTS: dict[str, Fallback] = {
    "callout": _exact_quote,
    "code": _exact_code,
    "column": _exact_column,
    "embed": _exact_embed,
    "heading": _exact_heading,
    "html": _exact_html,
    "image": _exact_image,
    "item": exact_item,
    "media": _exact_media,
    "page": _exact_page,
    "quote": _exact_quote,
    "rule": _without_text,
    "table": exact_table,
    "view": _exact_view,
}
