"""What of a note matters to other notes: the places that links can name, and the links themselves."""

from __future__ import annotations

import re
from html import unescape

from converter.model.blocks import (
    Block,
    Blocks,
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
from converter.text.markdown.domain import is_picture

__all__ = ["ADDRESS", "anchor_keys", "outline", "says_nothing"]


ADDRESS = re.compile(r"""(\s(?:src|poster|href)\s*=\s*")([^"]+)\"""", re.IGNORECASE)
"""An address of something that HTML shows or links."""


def anchor_keys(blocks: Blocks) -> dict[int, Anchor]:
    """The anchor of every block that a link can name, by the block's identity (`id()`).

    A block's own id or `^name` is its key; a heading that has neither is known by its text, with `#2`, `#3` … when
    the text repeats. Index and lowering call this same function, so that their keys agree.
    """
    found: dict[int, Anchor] = {}
    seen: dict[str, int] = {}
    hosts: dict[int, str] = {}
    for number, block in enumerate(walk(blocks), 1):
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
    blocks = note.blocks
    links: dict[LinkFact, None] = {LinkFact("image", note.cover): None} if is_picture(note.cover) else {}
    count = 0
    for block in walk(blocks):
        count += 1
        for link in _links_of(block):
            links[link] = None
    anchors = tuple(dict.fromkeys(anchor_keys(blocks).values()))
    return Outline(anchors, tuple(links), count)


def _links_of(block: Block) -> list[LinkFact]:
    found = _links_in(block.runs)
    match block:
        case Image():
            found.append(LinkFact("image", block.target, "", block.id or ""))
        case Page():
            found.append(LinkFact("page", block.target))
        case Embed() if block.target or block.place:
            found.append(LinkFact("embed", block.target, block.place))
        case Html(source=source):
            found += [_address_in_html(address[1], address[2]) for address in ADDRESS.finditer(source)]
        case Media() if block.target:
            found.append(LinkFact("link", block.target))
        case Table():
            for row in block.rows:
                for cell in row.cells:
                    found += _links_in(cell.runs)
        case _:
            title = getattr(block, "title", ())
            if isinstance(title, tuple):
                found += _links_in(title)
    return found


def _address_in_html(attribute: str, address: str) -> LinkFact:
    return LinkFact("link" if "href" in attribute.lower() else "image", unescape(address))


def _links_in(runs: Runs) -> list[LinkFact]:
    found: list[LinkFact] = []
    for run in runs:
        style = run.style
        if style.link is not None:
            found.append(LinkFact("link", style.link.target))
        if style.reference is not None:
            found.append(LinkFact("reference", style.reference.target, style.reference.place))
        if isinstance(run, ImageRun):
            found.append(LinkFact("image", run.target))
        elif isinstance(run, EmbedRun):
            found.append(LinkFact("embed", run.target, run.place))
    return found
