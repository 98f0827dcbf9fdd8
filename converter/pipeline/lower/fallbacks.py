"""The named fallbacks of profiles, and the table that finds them."""

from __future__ import annotations

import msgspec

from converter.model.blocks import (
    Block,
    Code,
    Column,
    Columns,
    Embed,
    Footnote,
    Html,
    Image,
    Media,
    Page,
    Paragraph,
    Raw,
    Sketch,
)
from converter.model.runs import (
    PLAIN,
    EmbedRun,
    ImageRun,
    Link,
    Reference,
    Run,
    Style,
    TextRun,
    plain_text,
)
from converter.pipeline.lower.documents import COMMENT
from converter.pipeline.lower.engine import Context, Fallback, Lowering, Ways
from converter.pipeline.lower.exacts import EXACTS
from converter.pipeline.lower.lists import dissolve_list, flatten_item
from converter.pipeline.lower.media import PLAYED, media_source, player_of
from converter.pipeline.lower.quotes import callout_quote, callout_text, quote_text, term_and_quote
from converter.pipeline.lower.tables import table_as_code, table_as_html, view_as_table
from converter.text.entities import escape
from converter.text.markdown.domain import html_block_fits, wikilink_fits

__all__ = ["FALLBACKS", "WAYS"]


def _clamp_heading(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    return lowering.exact(msgspec.structs.replace(block, level=4), context)


def _html_code(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    source = media_source(lowering, block) if isinstance(block, Media) else getattr(block, "source", "")
    source = lowering.inline.links.html(source) if isinstance(block, Html) else source
    return [Code(source=source.rstrip("\n"), language="html")]


def _media_html(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    if not isinstance(block, Media):
        return []
    goal = lowering.inline.links.goal("link", block.target)
    if goal is not None and goal.kind == "asset" and block.media in PLAYED and lowering.pair.runs["embed"].exact:
        return [Paragraph(runs=(EmbedRun(target=goal.path, place=goal.place),))]
    source = media_source(lowering, block)
    for form in (source, f"<div>\n{source}\n</div>"):
        if html_block_fits(form):
            return [Html(source=form)]
    lowering.loss("html-as-code")
    return [Code(source=source, language="html")]


def _flatten(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A container's children in order; its columns are dissolved with it."""
    made: list[Block] = []
    for child in block.children:
        if isinstance(child, Column):
            made += _flatten(lowering, child, context)
            lowering.answers.written(child)
            lowering.answers.approximated(child)
        else:
            made += lowering.block(child, context)
    if block.runs:
        made = lowering.exact(Paragraph(runs=block.runs), context) + made
    return made


def _nest_columns(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """N columns as N-1 pairs nested to the right, each taking its share of the remaining width."""
    columns = [child for child in block.children if isinstance(child, Column)]
    if len(columns) < 2 or len(columns) != len(block.children):
        lowering.loss("columns-flattened")
        return _flatten(lowering, block, context)
    made = [lowering.block(column, context)[0] for column in columns]
    nested = made[-1]
    for position in range(len(made) - 2, -1, -1):
        rest = nested if position == len(made) - 2 else Column(children=(nested,))
        ratio = min(max(round(1 / (len(made) - position), 4), 0.1), 0.9)
        nested = Columns(ratio=ratio, children=(made[position], rest))
    return [nested]


def _page(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """An embedded note as a sub-note card; what is no note becomes a link."""
    if not isinstance(block, Embed):
        return lowering.exact(block, context)
    goal = lowering.inline.links.page(block.target)
    if goal is not None and goal.kind == "note" and not goal.place:
        return [Page(target=goal.key)]
    return _link_paragraph(lowering, block, context)


def _link_paragraph(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    if not isinstance(block, Embed):
        return []
    run = EmbedRun(target=block.target, place=block.place, text=block.text)
    text, link = lowering.inline.links.embed_as_link(run)
    return [Paragraph(runs=(TextRun(text=text, style=Style(link=link)),))]


def _reference_paragraph(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    """A sub-note card as a reference alone in a paragraph."""
    if not isinstance(block, Page):
        return []
    goal = lowering.inline.links.page(block.target)
    if goal is None or goal.kind != "note":
        target = block.target or "(no note)"
        made: Run = TextRun(text=target)
        if block.target and wikilink_fits(target, "") and not lowering.pair.documents:
            made = TextRun(text=target, style=Style(reference=Reference(target, "", "title")))
        return [Paragraph(runs=(made,))]
    if wikilink_fits(goal.name, ""):
        reference = Reference(goal.name, "", "title")
        shown = goal.title if lowering.pair.documents else goal.name
        return [Paragraph(runs=(TextRun(text=shown, style=Style(reference=reference)),))]
    link = Link(lowering.inline.links.url(goal))
    return [Paragraph(runs=(TextRun(text=goal.title or goal.name, style=Style(link=link)),))]


def _embed_paragraph(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    if not isinstance(block, Embed):
        return []
    target, place = lowering.inline.links.embed(block.target, block.place)
    run = EmbedRun(target=target, place=place, text=block.text)
    return [_anchored_copy(block, Paragraph(runs=(run,)))]


def _image_paragraph(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A picture alone in a paragraph; its caption is the alternative text."""
    if not isinstance(block, Image):
        return lowering.exact(block, context)
    target = lowering.inline.links.image(block.target, block.id or "")
    caption = plain_text(block.runs)
    alt = " ".join((caption or block.alt).split())
    if any(run.style != PLAIN or not isinstance(run, TextRun) for run in block.runs):
        lowering.loss("detail-lost", what="formats in a caption")
    if block.align not in ("", "left") or block.crop:
        lowering.loss("detail-lost", what="the place or crop of a picture")
    if not target:
        lowering.loss("image-without-file")
        return [Paragraph(runs=(TextRun(text=alt or "(picture)"),))]
    width, height = round(block.width), round(block.height)
    run = ImageRun(target=target, alt=alt, title=block.title, width=width, height=height)
    runs = lowering.inline.fit((run,), single_line=False, cell=False)
    return [_anchored_copy(block, Paragraph(runs=runs))]


def _anchored_copy(block: Block, made: Block) -> Block:
    return msgspec.structs.replace(made, anchor=block.anchor) if block.anchor else made


def _nbsp(_lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    """An empty paragraph as a no-break space, which is a line that shows nothing."""
    return [_anchored_copy(block, Paragraph(runs=(TextRun(text="\u00a0"),)))]


def _code_of(language: str) -> Fallback:
    def fallback(_lowering: Lowering, block: Block, _context: Context) -> list[Block]:
        source = getattr(block, "source", "") or getattr(block, "tex", "") or getattr(block, "query", "")
        if isinstance(block, Raw):
            return [Code(source=source.rstrip("\n"), language=block.format.rpartition(":")[2])]
        return [Code(source=source or plain_text(block.runs), language=language)]

    return fallback


def _sketch_code(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    if isinstance(block, Sketch) and (block.width or block.align not in ("", "left")):
        lowering.loss("detail-lost", what="the size of a sketch")
    if block.runs:
        lowering.loss("detail-lost", what="formats inside a sketch")
    source = block.source if isinstance(block, Sketch) else ""
    return [Code(source=source, language="sketch")]


def _caption_paragraph(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    caption = block.caption if isinstance(block, Code) else ""
    code = lowering.exact(msgspec.structs.replace(block, caption=""), context)
    return [*code, *lowering.exact(Paragraph(runs=(TextRun(text=caption),)), context)]


def _embed_by_id(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """An embed as a query for what it shows; a file becomes a link to it."""
    if not isinstance(block, Embed):
        return []
    goal = lowering.inline.links.goal("embed", block.target, block.place)
    if goal is not None and goal.kind == "asset" and (player := player_of(goal.path)):
        source = f'<{player} controls="controls" src="{escape(goal.path)}" data-src="{escape(goal.path)}"></{player}>'
        return [Media(media=player, target=goal.path, source=source)]
    if goal is None or goal.kind != "note":
        return _link_paragraph(lowering, block, context)
    return [Embed(query=f"select * from blocks where id='{goal.place or goal.name}'")]


def _super_column(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A column is its only block, or a stack of its blocks."""
    children = lowering.blocks(block.children, Context("column", context.depth))
    if len(children) == 1 and not block.runs:
        return children
    head = lowering.exact(Paragraph(runs=block.runs), context) if block.runs else []
    return [Columns(layout="row", children=(*head, *children))]


def _comment_memo(_lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    """A comment as a memo; `as_document` gives it to the block before it."""
    source = block.source if isinstance(block, Raw) else ""
    return [Paragraph(attrs=((COMMENT, source.strip()),) if source.strip() else ())]


def _drop(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    lowering.answers.tree_lost(block)
    return []


def _collect_footnote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """Footnotes come together at the end of the note."""
    if isinstance(block, Footnote):
        lowering.homes.setdefault(block.label, lowering.losses.position)
        lowering.footnotes[block.label] = Footnote(
            label=block.label,
            children=tuple(lowering.blocks(block.children, Context("quote", context.depth))),
        )
    return []


FALLBACKS: dict[str, Fallback] = {
    "callout-quote": callout_quote,
    "callout-text": callout_text,
    "caption-paragraph": _caption_paragraph,
    "clamp-heading": _clamp_heading,
    "collect-footnote": _collect_footnote,
    "dissolve": _flatten,
    "comment-memo": _comment_memo,
    "drop": _drop,
    "drop-caption": _caption_paragraph,
    "embed-by-id": _embed_by_id,
    "embed-paragraph": _embed_paragraph,
    "flatten": _flatten,
    "flatten-item": flatten_item,
    "formula-code": _code_of("latex"),
    "html-code": _html_code,
    "image-paragraph": _image_paragraph,
    "items": dissolve_list,
    "link-paragraph": _link_paragraph,
    "media-html": _media_html,
    "nbsp": _nbsp,
    "nest-columns": _nest_columns,
    "page": _page,
    "query-code": _code_of("sql"),
    "quote-text": quote_text,
    "raw-code": _code_of("text"),
    "reference-paragraph": _reference_paragraph,
    "sketch-code": _sketch_code,
    "super-column": _super_column,
    "table-code": table_as_code,
    "table-html": table_as_html,
    "term-and-quote": term_and_quote,
    "view-table": view_as_table,
}

WAYS = Ways(FALLBACKS, EXACTS)
