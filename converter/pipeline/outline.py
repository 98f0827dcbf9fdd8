"""What of a note matters to other notes: the places that links can name, and the links themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from converter.model.blocks import (
    Block,
    Blocks,
    Callout,
    Embed,
    Heading,
    Html,
    Image,
    ListItem,
    Media,
    Page,
    Table,
    has_text,
    walk,
)
from converter.model.facts import Anchor, LinkFact, Outline
from converter.model.items import Note
from converter.model.runs import EmbedRun, ImageRun, Runs, plain_text
from converter.patterns import pattern
from converter.text.entities import unescape
from converter.text.markdown.domain import is_picture

__all__ = ["ADDRESS", "anchor_keys", "outline", "says_nothing"]


ADDRESS = pattern(r"""(\s(?:src|poster|href)\s*=\s*")([^"]+)\"""", re.IGNORECASE)
"""An address of something that HTML shows or links."""


def anchor_keys(blocks: Blocks) -> dict[int, Anchor]:
    """The anchor of every block that a link can name, by the block's identity (`id()`).

    A block's own id or `^name` is its key; a heading that has neither is known by its text, with `#2`, `#3` … when
    the text repeats. Index and lowering call this same function, so that their keys agree.
    """
    return _anchors_of(walk(blocks))


def _anchors_of(walked: Iterable[Block]) -> dict[int, Anchor]:
    found: dict[int, Anchor] = {}
    seen: dict[str, int] = {}
    hosts: dict[int, str] = {}
    for number, block in enumerate(walked, 1):
        level = block.level if isinstance(block, Heading) else 0
        if not (level or block.id or block.anchor):
            continue
        text = plain_text(block.runs).strip() if level else ""
        key = block.id or (f"^{block.anchor}" if block.anchor else _heading_key(text, seen))
        if isinstance(block, ListItem) and not block.runs and block.children:
            hosts[id(block.children[0])] = key
        found[id(block)] = Anchor(key, text, level, block.anchor or "", number, hosts.get(id(block), ""))
    return found


def _heading_key(text: str, seen: dict[str, int]) -> str:
    seen[text] = seen.get(text, 0) + 1
    return f"#{text}" if seen[text] == 1 else f"#{text}#{seen[text]}"


def says_nothing(note: Note) -> bool:
    """Whether a note has a title and nothing else: no text, no tag, no property."""
    facts = note.tags or note.aliases or note.icon or note.cover or note.favorite or note.properties or note.attrs
    return not facts and not has_text(note.blocks)


def outline(note: Note) -> Outline:
    """The anchors, links and number of blocks of a note. Links come once each, in reading order."""
    walked = list(walk(note.blocks))
    links: dict[LinkFact, None] = {LinkFact("image", note.cover): None} if is_picture(note.cover) else {}
    for block in walked:
        if block.runs:
            _add_links(block.runs, links)
        adder = _ADDERS.get(type(block))
        if adder is not None:
            adder(block, links)
    anchors = tuple(dict.fromkeys(_anchors_of(walked).values()))
    return Outline(anchors, tuple(links), len(walked))


def _add_links(runs: Runs, links: dict[LinkFact, None]) -> None:
    for run in runs:
        style = run.style
        if style.link is not None:
            links[LinkFact("link", style.link.target)] = None
        if style.reference is not None:
            links[LinkFact("reference", style.reference.target, style.reference.place)] = None
        if isinstance(run, ImageRun):
            links[LinkFact("image", run.target)] = None
        elif isinstance(run, EmbedRun):
            links[LinkFact("embed", run.target, run.place)] = None


def _of_image(block: Image, links: dict[LinkFact, None]) -> None:
    links[LinkFact("image", block.target, "", block.id or "")] = None


def _of_page(block: Page, links: dict[LinkFact, None]) -> None:
    links[LinkFact("page", block.target)] = None


def _of_embed(block: Embed, links: dict[LinkFact, None]) -> None:
    if block.target or block.place:
        links[LinkFact("embed", block.target, block.place)] = None


def _of_html(block: Html, links: dict[LinkFact, None]) -> None:
    for attribute, address in ADDRESS.findall(block.source):
        links[LinkFact("link" if "href" in attribute.lower() else "image", unescape(address))] = None


def _of_media(block: Media, links: dict[LinkFact, None]) -> None:
    if block.target:
        links[LinkFact("link", block.target)] = None


def _of_table(block: Table, links: dict[LinkFact, None]) -> None:
    for row in block.rows:
        for cell in row.cells:
            _add_links(cell.runs, links)


def _of_callout(block: Callout, links: dict[LinkFact, None]) -> None:
    _add_links(block.title, links)


_ADDERS: dict[type[Block], Callable[..., None]] = {
    Image: _of_image,
    Page: _of_page,
    Embed: _of_embed,
    Html: _of_html,
    Media: _of_media,
    Table: _of_table,
    Callout: _of_callout,
}
"""What adds the links that a block has outside of its runs."""
