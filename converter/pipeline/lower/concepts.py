"""From a block to the concept that a profile speaks of."""

from __future__ import annotations

from converter.model.blocks import (
    Block,
    Callout,
    Code,
    Columns,
    Embed,
    Formula,
    Heading,
    Paragraph,
    Quote,
    Raw,
    Table,
    kind_of,
)
from converter.text.markdown.domain import display_formula_fits

__all__ = ["CONTAINERS", "child_context", "concept_of"]

CONTAINERS = frozenset(
    ("list", "item", "quote", "callout", "columns", "column", "footnote", "definitions", "definition")
)
"""Kinds whose children are their nature; under any other kind children are an extra (`children`)."""

_CHILD_CONTEXTS = {
    "item": "item",
    "quote": "quote",
    "callout": "quote",
    "footnote": "quote",
    "definition": "quote",
    "column": "column",
}


def child_context(kind: str, context: str) -> str:
    """The context in which the children of a block of this kind stand."""
    return _CHILD_CONTEXTS.get(kind, context)


_REFINED = frozenset((Callout, Code, Columns, Embed, Formula, Heading, Quote, Raw, Table))
"""Kinds that profiles tell apart."""


def concept_of(block: Block, *, markdown_text: bool = False) -> str:
    """The concept of a block: its kind, refined where profiles tell cases apart."""
    if type(block) is Paragraph:
        return "paragraph" if block.runs else "paragraph-empty"
    if type(block) not in _REFINED:
        return kind_of(block)
    match block:
        case Heading(level=level) if level > 4:
            return f"heading-{level}"
        case Quote() | Callout() if not _only_paragraphs(block):
            return kind_of(block) + "-complex"
        case Table() if _has_spans(block):
            return "table-spans"
        case Columns() if not _two_columns(block):
            return "columns-other"
        case Embed(target="", place=""):
            return "embed-query"
        case Embed(place=place) if place:
            return "embed-place"
        case Raw():
            return _raw_concept(block)
        case Formula(tex=tex) if markdown_text and not display_formula_fits(tex):
            return "formula-odd"
        case Code(caption=caption) if caption:
            return "code-caption"
        case _:
            return kind_of(block)


def _raw_concept(block: Raw) -> str:
    """`nothing`, `comment`, `yaml`, or what the source's own system alone can hold: `raw-siyuan`."""
    if block.format == "mnemo" and block.source == "null":
        return "nothing"
    if block.format in ("comment", "yaml"):
        return block.format
    system, colon, _ = block.format.partition(":")
    return f"raw-{system}" if colon else "raw"


def _only_paragraphs(block: Block) -> bool:
    return all(isinstance(child, Paragraph) and not child.children for child in block.children)


def _has_spans(table: Table) -> bool:
    return any(cell.colspan > 1 or cell.rowspan > 1 or cell.children for row in table.rows for cell in row.cells)


def _two_columns(columns: Columns) -> bool:
    return columns.layout == "col" and len(columns.children) == 2
