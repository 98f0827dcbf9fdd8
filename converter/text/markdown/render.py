"""From blocks to Markdown: exact on the domain of `converter.text.markdown.domain`."""

from __future__ import annotations

import re
from collections.abc import Callable

from converter.model.blocks import (
    Block,
    Blocks,
    Callout,
    Code,
    Definition,
    DefinitionList,
    Footnote,
    Formula,
    Heading,
    Html,
    List,
    ListItem,
    Paragraph,
    Quote,
    Raw,
    Rule,
    Table,
)
from converter.model.runs import Runs, TextRun
from converter.patterns import pattern
from converter.text.markdown.escape import escape_line_starts
from converter.text.markdown.spans import render_runs

__all__ = ["render"]

_FENCE = pattern(r"^ {0,3}(`{3,})", re.MULTILINE)
_LAST_SIGNS = pattern(r"(^|\s)(#+)$")
_ALIGN = {"": "---", "left": ":---", "center": ":---:", "right": "---:"}
_EMPTY_LINE = (TextRun(text="\u00a0"),)
_OWN_LINE = (List, Quote, Callout, Table, Code, Formula, DefinitionList, Html)


def render(blocks: Blocks) -> str:
    """The Markdown of a body; it ends with one line break, unless it is empty."""
    lines = _lines(blocks)
    return "\n".join(lines) + "\n" if lines else ""


def _lines(blocks: Blocks) -> list[str]:
    """The lines of siblings, an empty line between each two."""
    lines: list[str] = []
    for block in blocks:
        if lines:
            lines.append("")
        lines += _block(block)
        if block.anchor and isinstance(block, _OWN_LINE):
            lines += ["", f"^{block.anchor}"]
    return lines


def _block(block: Block) -> list[str]:
    writer = _WRITERS.get(type(block))
    return writer(block) if writer is not None else []


def _paragraph(block: Block) -> list[str]:
    if block.runs == _EMPTY_LINE:
        return ["&nbsp;" + _name(block)]
    return (_text(block.runs) + _name(block)).split("\n")


def _heading(block: Heading) -> list[str]:
    text = render_runs(block.runs, single_line=True)
    return [("#" * block.level + " " + _closed(text) + _name(block)).rstrip(" ")]


def _quote(block: Quote) -> list[str]:
    return _quoted(_lines(block.children))


def _formula(block: Formula) -> list[str]:
    return ["$$", *block.tex.split("\n"), "$$"]


def _html(block: Html) -> list[str]:
    return block.source.split("\n")


def _rule(_block: Rule) -> list[str]:
    return ["---"]


def _footnote(block: Footnote) -> list[str]:
    return _indented(f"[^{block.label}]: ", "    ", _lines(block.children))


def _raw(block: Raw) -> list[str]:
    return (f"%%{block.source}%%" + _name(block)).split("\n") if block.format == "comment" else []


def _name(block: Block) -> str:
    return f" ^{block.anchor}" if block.anchor else ""


def _text(runs: Runs) -> str:
    return escape_line_starts(render_runs(runs))


def _closed(text: str) -> str:
    """A heading's text whose last signs are not taken for its end."""
    return _LAST_SIGNS.sub(r"\1\\\2", text) if "#" in text else text


def _quoted(lines: list[str]) -> list[str]:
    return [f"> {line}" if line else ">" for line in lines] or [">"]


def _callout(block: Callout) -> list[str]:
    title = render_runs(block.title, single_line=True)
    head = f"[!{block.type}]{block.fold}" + (f" {title}" if title else "")
    body = _lines(block.children)
    if body and not isinstance(block.children[0], Paragraph):
        body = ["", *body]
    return _quoted([head, *body])


def _code(block: Code) -> list[str]:
    lines = block.source.split("\n")
    if not block.fenced:
        return [f"    {line}" if line else "" for line in lines]
    longest = max((len(found) for found in _FENCE.findall(block.source)), default=2)
    fence = "`" * max(3, longest + 1)
    return [fence + block.language, *(lines if block.source else []), fence]


def _list(block: List) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(block.children):
        if lines and not block.tight:
            lines.append("")
        sign = block.marker or ("." if block.ordered else "-")
        head = f"{block.start + number}{sign} " if block.ordered else f"{sign} "
        lines += _indented(head, " " * len(head), _item(item, tight=block.tight))
    return lines


def _item(item: Block, *, tight: bool) -> list[str]:
    text = _text(item.runs) + _name(item) if item.runs else ""
    if isinstance(item, ListItem) and item.checked is not None:
        text = f"[{item.mark or ('x' if item.checked else ' ')}] {text}"
    lines = text.split("\n") if text else []
    for position, child in enumerate(item.children):
        apart = not tight or not isinstance(child, List)
        if (lines and not tight) or (position and apart) or isinstance(child, Paragraph):
            lines.append("")
        # behind a bullet, dashes and stars would be one long rule with it
        lines += ["___"] if isinstance(child, Rule) and not lines else _block(child)
        if child.anchor and isinstance(child, _OWN_LINE):
            lines += ["", f"^{child.anchor}"]
    return lines


def _indented(head: str, rest: str, lines: list[str]) -> list[str]:
    if not lines:
        return [head.rstrip(" ")]
    return [head + lines[0] if lines[0] else head.rstrip(" "), *[rest + line if line else "" for line in lines[1:]]]


def _table(block: Table) -> list[str]:
    rows = [
        "| " + " | ".join(render_runs(cell.runs, single_line=True, pipes=True) for cell in row.cells) + " |"
        for row in block.rows
    ]
    rule = "| " + " | ".join(_ALIGN[column.align] for column in block.columns) + " |"
    return [rows[0], rule, *rows[1:]]


def _definitions(block: DefinitionList) -> list[str]:
    lines: list[str] = []
    for entry in block.children:
        if lines:
            lines.append("")
        lines.append(escape_line_starts(render_runs(entry.runs, single_line=True)))
        at = 0
        counts = entry.meanings if isinstance(entry, Definition) else ()
        for number in counts or (len(entry.children),):
            lines += _indented(": ", "  ", _lines(entry.children[at : at + number]))
            at += number
    return lines


_WRITERS: dict[type[Block], Callable[..., list[str]]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    List: _list,
    Quote: _quote,
    Callout: _callout,
    Code: _code,
    Formula: _formula,
    Table: _table,
    Html: _html,
    Rule: _rule,
    Footnote: _footnote,
    DefinitionList: _definitions,
    Raw: _raw,
}
