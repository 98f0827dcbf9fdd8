"""HTML inside Markdown, read as what it shows: formats, links, pictures, and what plays or embeds something."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from converter.model.blocks import Block, Html, Media, Paragraph, Row, Table
from converter.model.runs import (
    BOLD,
    CODE,
    ITALIC,
    STRIKE,
    UNDERLINE,
    ImageRun,
    Link,
    RawRun,
    Run,
    Runs,
    TextRun,
    merge_runs,
)
from converter.patterns import pattern
from converter.text.entities import unescape

__all__ = ["html_as_shown"]

_FLAGS: Final = {"b": BOLD, "i": ITALIC, "strike": STRIKE, "ins": UNDERLINE, "code": CODE}
_OPEN: Final = pattern(r"<(b|i|strike|ins|code|a)(\s[^>]*)?>", re.IGNORECASE)
_CLOSE: Final = pattern(r"</(b|i|strike|ins|code|a)\s*>", re.IGNORECASE)
_IMAGE: Final = pattern(r"<img(\s[^>]*?)/?>", re.IGNORECASE)
_MEDIA: Final = pattern(r"<(audio|video|iframe)(\s[^>]*)?>.*</\1\s*>", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE: Final = pattern(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_SOURCE: Final = pattern(r"""<source(\s[^>]*)?>""", re.IGNORECASE)


def html_as_shown(block: Block) -> Block:
    """Tags around text become its formats, `<a>` a link, `<img>` a picture; players and frames become media."""
    if RawRun in map(type, block.runs):
        runs = _runs(block.runs)
        block = block if runs is block.runs else msgspec.structs.replace(block, runs=runs)
        if isinstance(block, Paragraph):
            return _shown(block, _html_alone(block))
    if isinstance(block, Html):
        return _shown(block, block.source.strip())
    if isinstance(block, Table) and (rows := _rows(block.rows)) is not block.rows:
        return msgspec.structs.replace(block, rows=rows)
    return block


def _rows(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    if not any(_has_html(cell.runs) for row in rows for cell in row.cells):
        return rows
    return tuple(
        msgspec.structs.replace(
            row, cells=tuple(msgspec.structs.replace(cell, runs=_runs(cell.runs)) for cell in row.cells)
        )
        for row in rows
    )


def _shown(block: Block, source: str) -> Block:
    """A block that is one player, frame or picture: that is what its HTML says."""
    if not source:
        return block
    found = _MEDIA.fullmatch(source)
    if found:
        name = found[1].lower()
        target = _attributes(found[2] or "").get("src", "") or _first_source(source)
        return Media(media=name, target=target, source=source, anchor=block.anchor, attrs=block.attrs)
    image = _image(source)
    return Paragraph(runs=(image,), anchor=block.anchor, attrs=block.attrs) if image is not None else block


def _html_alone(block: Block) -> str:
    """The source of a paragraph that is HTML and nothing else."""
    if type(block) is not Paragraph or not block.runs or block.children:
        return ""
    parts = [run.source if isinstance(run, RawRun) and run.format == "html" else None for run in block.runs]
    return "" if None in parts else "".join(part or "" for part in parts)


def _first_source(source: str) -> str:
    found = _SOURCE.search(source)
    return _attributes(found[1] or "").get("src", "") if found else ""


def _attributes(text: str) -> dict[str, str]:
    return {one[1].lower(): unescape(one[2] or one[3] or one[4] or "") for one in _ATTRIBUTE.finditer(text)}


def _image(source: str) -> ImageRun | None:
    found = _IMAGE.fullmatch(source)
    attributes = _attributes(found[1]) if found else {}
    if not attributes.get("src"):
        return None
    return ImageRun(
        target=attributes["src"],
        alt=attributes.get("alt", ""),
        title=attributes.get("title", ""),
        width=_pixels(attributes.get("width", "")),
        height=_pixels(attributes.get("height", "")),
    )


def _pixels(text: str) -> int:
    digits = text.removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0


def _has_html(runs: Runs) -> bool:
    return RawRun in map(type, runs) and any(isinstance(run, RawRun) and run.format == "html" for run in runs)


def _runs(runs: Runs) -> Runs:
    if not _has_html(runs):
        return runs
    made: list[Run | None] = [*runs]
    opened: list[tuple[str, int]] = []
    for place, run in enumerate(runs):
        if not isinstance(run, RawRun) or run.format != "html":
            continue
        image = _image(run.source)
        opening, closing = _OPEN.fullmatch(run.source), _CLOSE.fullmatch(run.source)
        if image is not None:
            made[place] = msgspec.structs.replace(image, style=run.style)
        elif opening:
            opened.append((opening[1].lower(), place))
        elif closing:
            _close(closing[1].lower(), place, opened, made)
    kept = [run for run in made if run is not None]
    return runs if len(kept) == len(runs) and all(a is b for a, b in zip(kept, runs, strict=True)) else merge_runs(kept)


def _close(name: str, place: int, opened: list[tuple[str, int]], made: list[Run | None]) -> None:
    """Give what stands between a tag and its end what the tag says; both go."""
    at = next((n for n in range(len(opened) - 1, -1, -1) if opened[n][0] == name), -1)
    if at < 0:
        return
    first = opened[at][1]
    del opened[at:]
    tag = made[first]
    attributes = _attributes(tag.source[len(name) + 1 : -1]) if isinstance(tag, RawRun) else {}
    href = attributes.get("href", "")
    if name == "a" and not href:
        return
    for between in range(first + 1, place):
        run = made[between]
        if run is not None:
            made[between] = _marked(run, name, href, attributes.get("title", ""))
    made[first] = made[place] = None


def _marked(run: Run, name: str, href: str, title: str) -> Run:
    style = run.style
    if name == "a":
        link = style.link if style.link is not None or style.reference is not None else Link(href, title)
        return msgspec.structs.replace(run, style=msgspec.structs.replace(style, link=link))
    if name == "code" and not isinstance(run, TextRun):
        return run
    return msgspec.structs.replace(run, style=msgspec.structs.replace(style, flags=style.flags | _FLAGS[name]))
