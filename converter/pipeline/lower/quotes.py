"""Quotes, and what becomes one: callouts and definitions where the target has text in quotes and nothing else."""

from __future__ import annotations

import msgspec

from converter.model.blocks import Block, Callout, Definition, Image, Paragraph, Quote
from converter.model.runs import BOLD, Run, Runs, Style, TextRun, flagged, merge_runs
from converter.pipeline.lower.engine import Context, Lowering
from converter.pipeline.lower.inline import Piece

__all__ = ["callout_icon", "callout_quote", "callout_text", "quote_text", "term_and_quote"]

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


def callout_icon(name: str) -> str:
    """The icon of a callout that names none."""
    return _CALLOUT_ICONS.get(name.lower(), "")


def quote_text(lowering: Lowering, block: Block, context: Context) -> list[Block]:
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
            with lowering.speaking_of(child):
                pieces = lowering.inline.pieces(child.runs)
            quotes.add(pieces, lowering.anchored([Paragraph()], child)[0].id or "")
        else:
            quotes.between(lowering.block(child, Context("quote", context.depth)))
    made = quotes.finished()
    if block.id and lowering.pair.has_ids:
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


def callout_quote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A quote whose first line is the bold title with its icon."""
    if not isinstance(block, Callout):
        return lowering.exact(block, context)
    icon = block.icon or callout_icon(block.type)
    bold = Style(flags=BOLD)
    title = block.title or (TextRun(text=block.type.capitalize()),)
    head: list[Run] = [TextRun(text=f"{icon} ", style=bold)] if icon else []
    head += flagged(title, BOLD)
    if block.runs:
        head += [TextRun(text="\n\n"), *block.runs]
    return _as_quotes(lowering, block, merge_runs(head), context)


def callout_text(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A callout without a title member: the title is its first line; further paragraphs are children."""
    if not isinstance(block, Callout):
        return lowering.exact(block, context)
    runs: Runs = block.runs
    if block.title:
        runs = merge_runs([*flagged(block.title, BOLD), *([TextRun(text="\n")] if runs else []), *runs])
    plain = msgspec.structs.replace(block, title=(), runs=runs)
    return lowering.exact(plain, context)


def term_and_quote(lowering: Lowering, block: Block, context: Context) -> list[Block]:
    """A bold paragraph for the term, and a quote for what it means."""
    term = lowering.exact(Paragraph(runs=flagged(block.runs, BOLD)), context)
    if not isinstance(block, Definition) or not block.children:
        return term
    quote = Quote(children=block.children)
    if lowering.pair.documents:
        return [*term, *lowering.exact(quote, context)]
    return [*term, *_as_quotes(lowering, quote, (), context)]
