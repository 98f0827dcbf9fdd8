"""Blocks in a form that means the same in every system.

Links, references, embeds and pictures become what they resolve to; ids, anchors, times and widths go; equal
neighbouring runs are one. Breaks in a line are all alike, a list item's own line is its first paragraph.
"""

from __future__ import annotations

import re
from typing import Protocol

import msgspec

from converter.model.blocks import (
    Attrs,
    Block,
    Blocks,
    Callout,
    Cell,
    Code,
    Columns,
    DatabaseView,
    Embed,
    Heading,
    Html,
    Image,
    List,
    ListItem,
    Media,
    Page,
    Paragraph,
    Row,
    Sketch,
    Table,
    has_text,
)
from converter.model.callouts import CALLOUTS
from converter.model.facts import LinkFact
from converter.model.runs import (
    BOLD,
    NO_AUTOLINK,
    PLAIN,
    BreakRun,
    EmbedRun,
    FormulaRun,
    FractionRun,
    ImageRun,
    Link,
    Memo,
    Reference,
    Run,
    Runs,
    Style,
    TextRun,
    merge_runs,
    plain_text,
)
from converter.pipeline.outline import ADDRESS
from converter.text.entities import unescape

__all__ = ["Terms", "normal_blocks", "normal_runs"]


class Terms(Protocol):
    """The words that both archives of a comparison share."""

    def __call__(self, link: LinkFact) -> tuple[str, str] | None:
        """What a link names: a label and the place in it; None for what lies outside of the archive."""

    def kept(self, attrs: Attrs) -> Attrs:
        """What of a block's free attributes is content."""

    def color(self, name: str) -> str:
        """A colour as both archives say it."""

    @property
    def across(self) -> bool:
        """Whether the archives are of different systems: then what one says by a block may be text in the other."""


def normal_blocks(blocks: Blocks, terms: Terms) -> Blocks:
    """The blocks in normal form, at every depth; none where all of them are empty lines."""
    return tuple(_block(block, terms) for block in blocks) if has_text(blocks) else ()


def _block(block: Block, terms: Terms) -> Block:
    bare = msgspec.structs.replace(
        block,
        runs=normal_runs(block.runs, terms),
        children=normal_blocks(block.children, terms),
        id=None,
        anchor=None,
        attrs=terms.kept(block.attrs),
        created=None,
        updated=None,
    )
    return _of_kind(bare, block, terms)


def _of_kind(bare: Block, block: Block, terms: Terms) -> Block:
    """What is special about a kind; `block` is as it was, because pictures are found by its id."""
    change = msgspec.structs.replace
    match bare:
        case Image(target=target, alt=alt):
            shown = _label(LinkFact("image", target, "", block.id or ""), terms)
            caption = bare.runs or ((TextRun(text=alt),) if alt else ())
            return change(bare, target=shown, runs=caption, alt="", align="", width=0.0, height=0.0, crop="", title="")
        case Media(target=target) if target:
            return change(bare, target=_label(LinkFact("link", target), terms), source="")
        case Page(target=target):
            return Page(target=_label(LinkFact("page", target), terms), attrs=bare.attrs)
        case Heading(runs=runs) if runs and all(run.style.flags & BOLD for run in runs):
            return change(bare, runs=_unbold(runs))
        case Embed(target=target, place=place) if target or place:
            label, inside = terms(LinkFact("embed", target, place)) or (target, place)
            return change(bare, target=label, place=inside)
        case Html(source=source):
            return change(bare, source=ADDRESS.sub(lambda found: _address(found, terms), source).strip())
        case List():
            return change(bare, marker="", tight=True)
        case ListItem():
            own = (Paragraph(runs=bare.runs),) if bare.runs else ()
            return change(bare, runs=(), children=(*own, *bare.children), ordered=False)
        case _:
            return _plainer(bare, terms)


def _plainer(bare: Block, terms: Terms) -> Block:
    change = msgspec.structs.replace
    match bare:
        case Callout(type=name, title=title):
            usual, _ = CALLOUTS.get(name.upper(), (name.capitalize(), ""))
            said = () if plain_text(title) == usual else normal_runs(title, terms)
            return change(bare, type=name.upper(), title=said, icon="", fold="")
        case Code():
            return change(bare, runs=(), fenced=True)
        case Columns():
            return change(bare, ratio=0.5)
        case Sketch():
            return change(bare, width=0.0, align="")
        case Table(rows=rows, columns=columns):
            aligned = tuple(change(column, width=0.0, header=False) for column in columns)
            return change(bare, rows=tuple(_row(row, terms) for row in rows), columns=aligned)
        case DatabaseView(rows=rows):
            return change(bare, rows=tuple(_row(row, terms) for row in rows), columns=())
        case Paragraph(runs=(only,), children=()) if terms.across and (label := _page_label(only)):
            return Page(target=label, attrs=bare.attrs)
        case _:
            return bare


def _unbold(runs: Runs) -> Runs:
    """A heading's text as it is: bold as a whole is how some applications show headings."""
    change = msgspec.structs.replace
    return merge_runs([change(run, style=change(run.style, flags=run.style.flags & ~BOLD)) for run in runs])


def _page_label(run: Run) -> str:
    """What a run names that is nothing but the name of a note: it stands for a card of it in a line of its own."""
    reference = run.style.reference
    plain = reference is not None and not reference.place and run.style == Style(reference=reference)
    return reference.target if plain and reference is not None else ""


def _row(row: Row, terms: Terms) -> Row:
    cells = tuple(
        Cell(
            runs=normal_runs(cell.runs, terms),
            children=normal_blocks(cell.children, terms),
            colspan=cell.colspan,
            rowspan=cell.rowspan,
            fill=cell.fill,
        )
        for cell in row.cells
    )
    return Row(cells=cells, header=row.header)


def _address(found: re.Match[str], terms: Terms) -> str:
    form = "link" if "href" in found[1].lower() else "image"
    return f'{found[1]}{_label(LinkFact(form, unescape(found[2])), terms)}"'


def _label(link: LinkFact, terms: Terms) -> str:
    found = terms(link)
    return link.target if found is None else "".join(found)


def normal_runs(runs: Runs, terms: Terms) -> Runs:
    """The runs in normal form."""
    return merge_runs([_run(run, terms) for run in runs])


def _run(run: Run, terms: Terms) -> Run:
    style = _style(run.style, terms)
    match run:
        case BreakRun():
            return TextRun(text="\n", style=style)
        case FractionRun(numerator=above, denominator=below):
            return FormulaRun(tex=f"\\frac{{{above}}}{{{below}}}", style=style)
        case ImageRun(target=target, alt=alt):
            return ImageRun(target=_label(LinkFact("image", target), terms), alt=alt, style=style)
        case EmbedRun(target=target, place=place, text=text):
            label, inside = terms(LinkFact("embed", target, place)) or (target, place)
            return EmbedRun(target=label, place=inside, text=text, style=style)
        case _:
            return run if style is run.style else msgspec.structs.replace(run, style=style)


def _style(style: Style, terms: Terms) -> Style:
    link, reference, memo = style.link, style.reference, style.memo
    if style == PLAIN:
        return style
    if link is not None:
        link, reference = _link(link, reference, terms)
    elif reference is not None:
        label, inside = terms(LinkFact("reference", reference.target, reference.place)) or (reference.target, "")
        reference = Reference(label, inside)
    return msgspec.structs.replace(
        style,
        flags=style.flags & ~NO_AUTOLINK,
        color=terms.color(style.color),
        background=terms.color(style.background),
        link=link,
        reference=reference,
        memo=None if memo is None else Memo(memo.text),
    )


def _link(link: Link, reference: Reference | None, terms: Terms) -> tuple[Link | None, Reference | None]:
    """A link to something of the archive is a reference to it, however it is written."""
    found = terms(LinkFact("link", link.target))
    if found is None:
        return Link(link.target, link.title), reference
    return None, Reference(*found)
