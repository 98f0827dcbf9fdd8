"""The named fallbacks of profiles, and the table that finds them."""

from __future__ import annotations

from functools import partial

import msgspec

from converter.model.blocks import (
    Block,
    Callout,
    Code,
    Column,
    Columns,
    Definition,
    Embed,
    Footnote,
    Formula,
    Heading,
    Html,
    Image,
    Media,
    Page,
    Paragraph,
    Quote,
    Raw,
    Sketch,
)
from converter.model.runs import (
    BOLD,
    PLAIN,
    EmbedRun,
    ImageRun,
    Link,
    Reference,
    Run,
    Runs,
    Style,
    TextRun,
    merge_runs,
    plain_text,
)
from converter.pipeline.lower.engine import Context, Fallback, Lowering, Ways
from converter.pipeline.lower.inline import Piece
from converter.pipeline.lower.lists import dissolve_list, flatten_item
from converter.pipeline.lower.tables import exact_table, table_as_code, table_as_html, view_as_table
from converter.text.markdown.domain import html_block_fits, wikilink_fits

__all__ = ["EXACTS", "FALLBACKS", "WAYS"]

_CALLOUT_ICONS = {
    "note": "📝",
    "tip": "💡",
    "important": "❗",
    "warning": "⚠️",
    "caution": "🚨",
    "info": "ℹ️",
    "todo": "☑️",
    "bug": "🐛",
    "example": "📋",
    "quote": "💬",
    "question": "❓",
    "success": "✅",
    "failure": "❌",
    "danger": "⚡",
    "abstract": "📄",
}


def _clamp_heading(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    return lowering.exact(msgspec.structs.replace(block, level=4), context)


def _quote_text(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """Paragraphs become the quote's own text, joined by an empty line; other blocks stand between quotes."""
    if not block.children:
        return lowering.exact(block, context)
    return _as_quotes(lowering, block, block.runs, context)


def _as_quotes(lowering: Lowering, block: Block, head: Runs, context: Context) -> list[Block]:
    quotes = _QuoteBuilder()
    if head:
        quotes.add(lowering.inline.pieces(head), "")
    for child in block.children:
        if isinstance(child, Paragraph) and not child.children:
            pieces = lowering.aside(child, partial(lowering.inline.pieces, child.runs))
            name = lowering.anchored([Paragraph()], child)[0].id or ""
            quotes.add(pieces, name)
        else:
            quotes.between(lowering.block(child, Context("quote", context.depth)))
    made = quotes.finished()
    if block.id and lowering.pair.parameter("block_ids"):
        made[0] = msgspec.structs.replace(made[0], id=block.id)
    return made


class _QuoteBuilder:
    """Collects text into quotes; pictures and other blocks stand between them."""

    def __init__(self) -> None:
        self._made: list[Block] = []
        self._text: list[Run] = []
        self._name: str = ""

    def add(self, pieces: list[Piece], name: str) -> None:
        """Add a paragraph's text; `name` is the id that links to it use."""
        for piece in pieces:
            if isinstance(piece, Image):
                self.between([piece])
            elif piece:
                if self._text:
                    self._text.append(TextRun(text="\n\n"))
                self._text.extend(piece)
                self._name = self._name or name

    def between(self, blocks: list[Block]) -> None:
        """Close the quote and put blocks after it."""
        if self._text:
            self._made.append(Quote(runs=merge_runs(self._text), id=self._name or None))
            self._text, self._name = [], ""
        self._made += blocks

    def finished(self) -> list[Block]:
        """All blocks; an empty quote where there was nothing."""
        self.between([])
        return self._made or [Quote()]


def _callout_quote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A quote whose first line is the bold title with its icon."""
    if not isinstance(block, Callout):
        return lowering.exact(block, context)
    icon = block.icon or _CALLOUT_ICONS.get(block.type.lower(), "")
    bold = Style(flags=BOLD)
    title = block.title or (TextRun(text=block.type.capitalize()),)
    head: list[Run] = [TextRun(text=f"{icon} ", style=bold)] if icon else []
    for run in title:
        style = msgspec.structs.replace(run.style, flags=run.style.flags | BOLD)
        head.append(msgspec.structs.replace(run, style=style))
    if block.runs:
        head += [TextRun(text="\n\n"), *block.runs]
    return _as_quotes(lowering, block, merge_runs(head), context)


def _callout_text(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A callout without a title member: the title is its first line; further paragraphs are children."""
    if not isinstance(block, Callout):
        return lowering.exact(block, context)
    runs: Runs = block.runs
    if block.title:
        bold = [
            msgspec.structs.replace(r, style=msgspec.structs.replace(r.style, flags=r.style.flags | BOLD))
            for r in block.title
        ]
        runs = merge_runs([*bold, *([TextRun(text="\n")] if runs else []), *runs])
    plain = msgspec.structs.replace(block, title=(), runs=runs)
    return lowering.exact(plain, context)


def _html_code(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    source = block.source if isinstance(block, Html | Media) else ""
    if isinstance(block, Media) and not source:
        source = f'<{block.media} src="{lowering.inline.links.media(block.target)}"></{block.media}>'
    return [Code(source=source.rstrip("\n"), language="html")]


def _media_html(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    if not isinstance(block, Media):
        return []
    source = block.source or f'<{block.media} src="{lowering.inline.links.media(block.target)}"></{block.media}>'
    if html_block_fits(source):
        return [Html(source=source)]
    lowering.loss("html-as-code")
    return [Code(source=source, language="html")]


def _exact_html(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """HTML where the target has it; HTML that would not be read back as one block becomes code."""
    if isinstance(block, Html) and lowering.pair.markdown_text and not html_block_fits(block.source):
        lowering.loss("html-as-code")
        return [Code(source=block.source, language="html")]
    return lowering.exact(block, context)


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
    if goal is not None and goal.kind == "note":
        return [Page(target=goal.key)]
    return _link_paragraph(lowering, block, context)


def _exact_page(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    if not isinstance(block, Page):
        return lowering.exact(block, context)
    goal = lowering.inline.links.page(block.target)
    target = goal.key if goal is not None and goal.kind == "note" else block.target
    return lowering.exact(msgspec.structs.replace(block, target=target), context)


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
        if block.target and wikilink_fits(target, ""):
            made = TextRun(text=target, style=Style(reference=Reference(target, "", "title")))
        return [Paragraph(runs=(made,))]
    if wikilink_fits(goal.name, ""):
        reference = Reference(goal.name, "", "title")
        return [Paragraph(runs=(TextRun(text=goal.name, style=Style(reference=reference)),))]
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
    return [_anchored_copy(block, Paragraph(runs=(run,)))]


def _exact_image(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A picture where the target has pictures: its target in the target's spelling."""
    if not isinstance(block, Image):
        return lowering.exact(block, context)
    target = lowering.inline.links.image(block.target, block.id or "")
    runs = lowering.inline.runs(block.runs)
    if not runs and block.alt and not lowering.pair.same_system:
        runs = (TextRun(text=block.alt),)
    changes: dict[str, object] = {} if target == block.target else {"target": target}
    made = msgspec.structs.replace(block, **changes) if changes else block
    return [lowering.rebuilt(made, runs=runs, children=())]


def _anchored_copy(block: Block, made: Block) -> Block:
    return msgspec.structs.replace(made, anchor=block.anchor) if block.anchor else made


def _nbsp(_lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    """An empty paragraph as a no-break space, which is a line that shows nothing."""
    return [_anchored_copy(block, Paragraph(runs=(TextRun(text="\u00a0"),)))]


def _code_of(language: str) -> Fallback:
    def fallback(_lowering: Lowering, block: Block, _context: Context) -> list[Block]:
        source = getattr(block, "source", "") or getattr(block, "tex", "") or getattr(block, "query", "")
        if isinstance(block, Raw):
            return [Code(source=source.rstrip("\n"), language=block.format)]
        return [Code(source=source or plain_text(block.runs), language=language)]

    return fallback


def _sketch_code(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    if isinstance(block, Sketch) and (block.width or block.align not in ("", "left")):
        lowering.loss("detail-lost", what="the size of a sketch")
    source = block.source if isinstance(block, Sketch) else ""
    return [Code(source=source, language="sketch")]


def _caption_paragraph(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    caption = block.caption if isinstance(block, Code) else ""
    code = lowering.exact(msgspec.structs.replace(block, caption=""), context)
    return [*code, *lowering.exact(Paragraph(runs=(TextRun(text=caption),)), context)]


def _exact_code(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """Code where an editor's text differs from the stored source: the text that a person sees counts."""
    if isinstance(block, Code) and block.runs and not lowering.pair.same_system:
        lowering.loss("detail-lost", what="formats inside code, or its second text")
        shown = plain_text(block.runs)
        block = msgspec.structs.replace(block, source=shown or block.source, runs=())
    return lowering.exact(block, context)


def _drop(lowering: Lowering, block: Block, _context: Context) -> list[Block]:
    lowering.answers.tree_lost(block)
    return []


def _collect_footnote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """Footnotes come together at the end of the note."""
    if isinstance(block, Footnote):
        lowering.footnotes[block.label] = Footnote(
            label=block.label,
            children=tuple(lowering.blocks(block.children, Context("quote", context.depth))),
        )
    return []


def _term_and_quote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A bold paragraph for the term, and a quote for what it means."""
    bold = tuple(
        msgspec.structs.replace(r, style=msgspec.structs.replace(r.style, flags=r.style.flags | BOLD))
        for r in block.runs
    )
    term = lowering.exact(Paragraph(runs=bold), context)
    if not isinstance(block, Definition) or not block.children:
        return term
    quote = Quote(children=block.children)
    return [*term, *_as_quotes(lowering, quote, (), context)]


def _rule_with_text(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A rule; text that a damaged one carries follows it as a paragraph where rules hold none."""
    if not block.runs or not lowering.pair.markdown_text:
        return lowering.exact(block, context)
    lowering.loss("detail-lost", what="text inside a rule, now below it")
    text = lowering.exact(Paragraph(runs=block.runs), context)
    return [lowering.rebuilt(msgspec.structs.replace(block, runs=()), runs=(), children=()), *text]


def _exact_quote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A quote or callout that holds blocks: text of its own becomes its first paragraph."""
    if block.runs and lowering.pair.markdown_text:
        first = Paragraph(runs=block.runs)
        block = msgspec.structs.replace(block, runs=(), children=(first, *block.children))
    if isinstance(block, Callout) and lowering.pair.markdown_text:
        title = lowering.inline.runs(block.title, single_line=True)
        if block.icon:
            title = merge_runs([TextRun(text=block.icon + (" " if title else "")), *title])
        block = msgspec.structs.replace(block, title=title, icon="")
    return lowering.exact(block, context)


def _exact_column(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A column holds one empty paragraph at least, where an application would stumble over none."""
    made = lowering.exact(block, context)
    if made[0].children or lowering.pair.same_system:
        return made
    return [msgspec.structs.replace(made[0], children=(Paragraph(),)), *made[1:]]


def _exact_formula(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    if isinstance(block, Formula) and lowering.pair.markdown_text:
        block = msgspec.structs.replace(block, runs=())
    return lowering.exact(block, context)


def _exact_heading(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A heading; where headings are bold by nature, a bold that covers all of it is not said again."""
    if isinstance(block, Heading) and not lowering.pair.same_system and lowering.pair.markdown_text:
        runs = block.runs
        texts = [run for run in runs if isinstance(run, TextRun)]
        if texts and all(run.style.flags & BOLD for run in texts):
            lighter = [_without_bold(run) for run in runs]
            block = msgspec.structs.replace(block, runs=merge_runs(lighter))
    return lowering.exact(block, context)


def _without_bold(run: Run) -> Run:
    return msgspec.structs.replace(run, style=msgspec.structs.replace(run.style, flags=run.style.flags & ~BOLD))


FALLBACKS: dict[str, Fallback] = {
    "callout-quote": _callout_quote,
    "callout-text": _callout_text,
    "caption-paragraph": _caption_paragraph,
    "clamp-heading": _clamp_heading,
    "collect-footnote": _collect_footnote,
    "dissolve": _flatten,
    "drop": _drop,
    "drop-caption": _caption_paragraph,
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
    "quote-text": _quote_text,
    "raw-code": _code_of("text"),
    "reference-paragraph": _reference_paragraph,
    "sketch-code": _sketch_code,
    "table-code": table_as_code,
    "table-html": table_as_html,
    "term-and-quote": _term_and_quote,
    "view-table": view_as_table,
}

EXACTS: dict[str, Fallback] = {
    "callout": _exact_quote,
    "code": _exact_code,
    "column": _exact_column,
    "formula": _exact_formula,
    "heading": _exact_heading,
    "html": _exact_html,
    "image": _exact_image,
    "page": _exact_page,
    "quote": _exact_quote,
    "rule": _rule_with_text,
    "table": exact_table,
}
"""Kinds whose exact way needs more than lowered runs and children."""

WAYS = Ways(FALLBACKS, EXACTS)
