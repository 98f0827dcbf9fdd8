"""Codes for what a target cannot hold exactly and holds in another way: the block is there, and readable."""

from __future__ import annotations

from converter.findings.codes.entry import APPROXIMATED, INFO, Code

__all__ = ["CODES"]


def _fallback(name: str, message: str, why: str, fix: str = "Nothing to do, unless the form matters to you.") -> Code:
    return Code(name, INFO, APPROXIMATED, message, why, fix)


_EIGHT = "`--mnemo-target 0.8` keeps it, if that is the version that will import the package."

_BLOCKS = (
    _fallback(
        "list-flattened",
        "A nested list became a flat one; spaces at the start of an item show its depth.",
        "The target has one block for each item and no items inside items.",
        _EIGHT,
    ),
    _fallback(
        "item-split",
        "What a list item holds besides its own line follows it as blocks of their own.",
        "The target's list items hold one line of text.",
        _EIGHT,
    ),
    _fallback(
        "children-follow",
        "Blocks inside another block[ ({what})] follow it.",
        "The target has no blocks inside a block of this kind.",
    ),
    _fallback(
        "heading-level",
        "A heading[ of level {what}] became one of level 4.",
        "The target has four levels of headings.",
    ),
    _fallback(
        "table-as-code",
        "A table stands as Markdown in a code block.",
        "The target has no tables.",
        _EIGHT,
    ),
    _fallback(
        "table-as-html",
        "A table stands as HTML.",
        "Tables of Markdown have no merged cells, widths of columns or blocks in cells.",
    ),
    _fallback(
        "callout-as-quote",
        "A callout became a quote that begins with its title.",
        "The target has no callouts.",
        _EIGHT,
    ),
    _fallback(
        "quote-split",
        "A quote that holds more than text became several blocks.",
        "The target's quotes hold text only.",
    ),
    _fallback(
        "html-as-code",
        "HTML or embedded media stands as code.",
        "The target does not show HTML. Its text is kept.",
    ),
    _fallback(
        "html-inline",
        "Tags of HTML inside text are left out; the text between them is kept.",
        "The target does not know HTML inside text. Formats, links and pictures are read as such.",
    ),
    _fallback(
        "raw-as-code",
        "Source text of another format[ ({what})] stands as code.",
        "The target cannot interpret it. Its text is kept.",
    ),
    _fallback(
        "columns-flattened",
        "Columns stand below each other.",
        "The target has no columns, or not as many.",
    ),
    _fallback(
        "image-split",
        "A picture inside a paragraph became a block of its own; the paragraph is split around it.",
        "The target shows pictures as blocks only.",
    ),
    _fallback(
        "caption-as-text",
        "A caption became a paragraph.",
        "The target has no captions here.",
    ),
    _fallback(
        "code-newline",
        "A line break inside code in a line became a space.",
        "Code inside a line cannot hold a line break in the target.",
    ),
    _fallback(
        "formula-as-code",
        "A formula stands as code.",
        "Its text would end the formula too early in the target, or would not be read as one.",
    ),
    _fallback(
        "fraction-as-formula",
        "A fraction became a formula.",
        "The target has formulas, and no fractions of their own.",
    ),
    _fallback(
        "sketch-as-code",
        "A sketch stands as a code block.",
        "The target cannot draw it. A conversion back makes it a sketch again.",
    ),
    _fallback(
        "query-as-code",
        "A query stands as a code block.",
        "The target has no queries, and a query is never run here.",
    ),
    _fallback(
        "view-as-table",
        "A view of a database became a table of what it showed last.",
        "The target has no databases.",
    ),
    _fallback(
        "embed-as-page",
        "A note shown inside another one became a page link.",
        "The target does not show notes inside notes.",
    ),
    _fallback(
        "embed-as-link",
        "A part of a note shown inside another one became a link.",
        "The target does not show parts of notes inside notes.",
    ),
    _fallback(
        "page-as-link",
        "A page block became a link in a paragraph of its own.",
        "The target has no page blocks.",
    ),
    _fallback(
        "reference-as-link",
        "A reference became a link with fixed text.",
        "The target has no references that follow the title of a note.",
    ),
    _fallback(
        "footnote-as-text",
        "Footnotes became raised numbers and a list under a rule at the end.",
        "The target has no footnotes.",
    ),
    _fallback(
        "memo-as-footnote",
        "A comment on text became a footnote.",
        "The target has no comments on a stretch of text.",
    ),
    _fallback(
        "definition-as-text",
        "A definition list became bold terms with quotes below.",
        "The target has no definition lists.",
    ),
    _fallback(
        "empty-block",
        "An empty paragraph is kept as one that holds a non-breaking space.",
        "An empty paragraph does not exist in Markdown. A conversion back makes it empty again.",
    ),
    _fallback(
        "blanks-trimmed",
        "White space at the edge of a line or of a format is not kept.",
        "Markdown gives white space there no meaning, or another one.",
    ),
)

_RUNS = (
    _fallback(
        "tag-as-text",
        "A tag inside text[, {what},] is plain text.",
        "The target has tags of a note, and none inside its text.",
    ),
    _fallback(
        "tags-as-text",
        "The note's tags stand as text in its last paragraph.",
        "The target does not show tags of notes.",
    ),
    _fallback(
        "key-as-code",
        "A key (like `Ctrl`) is shown as code.",
        "The target has no format for keys.",
    ),
    _fallback(
        "color-lost",
        "A colour of text[, {what},] is not kept.",
        "The target has no colours of text, or not this one.",
    ),
    _fallback(
        "color-token",
        "A colour[, {what},] was matched to the nearest that the target has.",
        "The target has a palette of its own.",
    ),
    _fallback(
        "detail-lost",
        "A detail[, {what},] is not kept.",
        "The target has no place for it. The text is complete.",
    ),
)

CODES: tuple[Code, ...] = _BLOCKS + _RUNS
