"""From runs to inline nodes (docs/formats/siyuan.md, "Inline content" and "Text marks")."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn

from converter.errors import InternalFaultError
from converter.formats.siyuan.escape import attribute, attribute_list, memo, quoted, text
from converter.formats.siyuan.inline import MARK_FLAGS
from converter.formats.siyuan.styles import css_of, image_properties
from converter.formats.siyuan.written import AnyNode, Mark, Plain
from converter.model.runs import (
    CODE,
    PLAIN,
    BreakRun,
    FormulaRun,
    ImageRun,
    RawRun,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
)
from converter.model.timed_id import is_annotation
from converter.patterns import pattern

__all__ = ["inline_nodes"]

_BANG, _SPACE = Plain("NodeBang"), Plain("NodeLinkSpace")
_OPEN_BRACKET, _CLOSE_BRACKET = Plain("NodeOpenBracket"), Plain("NodeCloseBracket")
_OPEN_PAREN, _CLOSE_PAREN = Plain("NodeOpenParen"), Plain("NodeCloseParen")
_ALIAS = pattern(r'\balt="([^"]*)"')


def inline_nodes(runs: Runs, *, cell: bool = False) -> list[AnyNode]:
    """The nodes of a line; in a table cell bars are set off, and line breaks are nodes."""
    nodes: list[AnyNode] = []
    for run in runs:
        if type(run) is not TextRun:
            _WRITERS.get(type(run), _unknown)(run, nodes, cell)
        elif run.style != PLAIN:
            _add(_with_text(run.text, run.style, cell), run.style, "", nodes)
        elif cell and "|" in run.text:
            nodes += _barred(run.text)
        else:
            nodes.append(Plain("NodeText", run.text))
    return nodes


def _barred(shown: str) -> list[AnyNode]:
    """Text of a table cell with its bars set off."""
    nodes: list[AnyNode] = []
    for place, part in enumerate(shown.split("|")):
        if place:
            nodes.append(Plain("NodeBackslash", "span", children=[Plain("NodeText", "|")]))
        if part:
            nodes.append(Plain("NodeText", part))
    return nodes


def _with_text(shown: str, style: Style, cell: bool) -> Mark:
    stored = text(shown)
    if cell and style.flags & CODE:
        stored = stored.replace("|", "&#124;")
    return Mark("NodeTextMark", text_mark_text_content=stored)


def _add(node: Mark, style: Style, kinds: str, nodes: list[AnyNode]) -> None:
    """Complete the mark around a node's content, and add it, with the list of its attributes behind it."""
    if style.reference is not None:
        kinds += " block-ref"
        node.text_mark_block_ref_id = style.reference.target
        node.text_mark_block_ref_subtype = "d" if style.reference.shows == "title" else "s"
    elif style.link is not None and is_annotation(style.link.target):
        kinds += " file-annotation-ref"
        node.text_mark_file_annotation_ref_id = style.link.target
    elif style.link is not None:
        kinds += " a"
        node.text_mark_a_href = quoted(style.link.target)
        node.text_mark_a_title = quoted(style.link.title)
    if style.memo is not None:
        kinds += " inline-memo"
        node.text_mark_inline_memo_content = memo(style.memo.text)
    node.text_mark_type = _types(style.flags, kinds)
    nodes.append(node)
    if style.color or style.background or style.css:
        node.text_mark_type = node.text_mark_type or "text"
        node.properties = {"style": attribute(css_of(style.color, style.background, style.css))}
        nodes.append(Plain("NodeKramdownSpanIAL", attribute_list(node.properties)))


@lru_cache(maxsize=1024)
def _types(flags: int, kinds: str) -> str:
    """All types of a mark, in the editor's order."""
    return " ".join(sorted([name for name, flag in MARK_FLAGS.items() if flags & flag] + kinds.split()))


def _image(run: Run, nodes: list[AnyNode], cell: bool) -> None:
    if not isinstance(run, ImageRun):
        _unknown(run, nodes, cell)
    children: list[AnyNode] = [
        _BANG,
        _OPEN_BRACKET,
        Plain("NodeLinkText", run.alt),
        _CLOSE_BRACKET,
        _OPEN_PAREN,
        Plain("NodeLinkDest", run.target),
    ]
    if run.title:
        children += [_SPACE, Plain("NodeLinkTitle", run.title)]
    children.append(_CLOSE_PAREN)
    properties = {name: attribute(value) for name, value in image_properties(run.width, run.height, run.attrs).items()}
    nodes.append(Plain("NodeImage", "span", properties or None, children))
    if properties:
        nodes.append(Plain("NodeKramdownSpanIAL", attribute_list(properties)))


def _tag(run: Run, nodes: list[AnyNode], cell: bool) -> None:
    if not isinstance(run, TagRun):
        _unknown(run, nodes, cell)
    _add(_with_text(run.name, run.style, cell), run.style, "tag", nodes)


def _formula(run: Run, nodes: list[AnyNode], cell: bool) -> None:
    if not isinstance(run, FormulaRun):
        _unknown(run, nodes, cell)
    _add(Mark("NodeTextMark", text_mark_inline_math_content=memo(run.tex)), run.style, "inline-math", nodes)


def _break(_run: Run, nodes: list[AnyNode], cell: bool) -> None:
    nodes.append(Plain("NodeBr", "br") if cell else Plain("NodeText", "\n"))


def _emoji(run: Run, nodes: list[AnyNode], cell: bool) -> None:
    if not isinstance(run, RawRun) or run.format != "emoji":
        _unknown(run, nodes, cell)
    alias = _ALIAS.search(run.source)
    name = Plain("NodeEmojiAlias", f":{alias[1]}:" if alias else "")
    nodes.append(Plain("NodeEmoji", "img", children=[Plain("NodeEmojiImg", run.source, children=[name])]))


def _unknown(run: Run, _nodes: list[AnyNode], _cell: bool) -> NoReturn:
    raise InternalFaultError(f"SiYuan has no inline content of the kind {type(run).__name__}.")


Writer = Callable[[Run, list[AnyNode], bool], None]

_WRITERS: dict[type[Run], Writer] = {
    TagRun: _tag,
    FormulaRun: _formula,
    BreakRun: _break,
    ImageRun: _image,
    RawRun: _emoji,
}
