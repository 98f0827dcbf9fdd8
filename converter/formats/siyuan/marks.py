"""From runs to inline nodes (docs/formats/siyuan.md, "Inline content" and "Text marks")."""

from __future__ import annotations

import re
from functools import lru_cache

from converter.errors import InternalFaultError
from converter.formats.siyuan.escape import attribute, attribute_list, memo, quoted, text
from converter.formats.siyuan.inline import MARK_FLAGS
from converter.formats.siyuan.styles import css_of, image_properties
from converter.formats.siyuan.tree import Node
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

__all__ = ["inline_nodes"]

_ALIAS = re.compile(r'\balt="([^"]*)"')


def inline_nodes(runs: Runs, *, cell: bool = False) -> list[Node]:
    """The nodes of a line; in a table cell bars are set off, and line breaks are nodes."""
    nodes: list[Node] = []
    for run in runs:
        _add(run, nodes, cell=cell)
    return nodes


def _add(run: Run, nodes: list[Node], *, cell: bool) -> None:
    match run:
        case TextRun(text=shown) if run.style == PLAIN:
            nodes += _plain(shown, cell=cell)
        case TextRun(text=shown):
            nodes += _marked(Node(text_mark_text_content=_content(shown, run.style, cell=cell)), run.style)
        case TagRun(name=name):
            nodes += _marked(Node(text_mark_text_content=_content(name, run.style, cell=cell)), run.style, "tag")
        case FormulaRun(tex=tex):
            nodes += _marked(Node(text_mark_inline_math_content=memo(tex)), run.style, "inline-math")
        case BreakRun():
            nodes.append(Node(type="NodeBr", data="br") if cell else Node(type="NodeText", data="\n"))
        case ImageRun():
            nodes += _image(run)
        case RawRun(format="emoji", source=source):
            nodes.append(_emoji(source))
        case _:
            raise InternalFaultError(f"SiYuan has no inline content of the kind {type(run).__name__}.")


def _plain(shown: str, *, cell: bool) -> list[Node]:
    if not cell or "|" not in shown:
        return [Node(type="NodeText", data=shown)]
    nodes: list[Node] = []
    for place, part in enumerate(shown.split("|")):
        if place:
            bar = Node(type="NodeText", data="|")
            nodes.append(Node(type="NodeBackslash", data="span", children=[bar]))
        nodes += [Node(type="NodeText", data=part)] if part else []
    return nodes


def _content(shown: str, style: Style, *, cell: bool) -> str:
    stored = text(shown)
    return stored.replace("|", "&#124;") if cell and style.flags & CODE else stored


def _marked(node: Node, style: Style, kind: str = "") -> list[Node]:
    """The mark around a node's content, and the list of its attributes behind it."""
    node.type = "NodeTextMark"
    kinds = [kind] if kind else []
    if style.reference is not None:
        kinds.append("block-ref")
        node.text_mark_block_ref_id = style.reference.target
        node.text_mark_block_ref_subtype = "d" if style.reference.shows == "title" else "s"
    elif style.link is not None and is_annotation(style.link.target):
        kinds.append("file-annotation-ref")
        node.text_mark_file_annotation_ref_id = style.link.target
    elif style.link is not None:
        kinds.append("a")
        node.text_mark_a_href = quoted(style.link.target)
        node.text_mark_a_title = quoted(style.link.title)
    if style.memo is not None:
        kinds.append("inline-memo")
        node.text_mark_inline_memo_content = memo(style.memo.text)
    css = css_of(style.color, style.background, style.css)
    node.text_mark_type = _types(style.flags, " ".join(kinds)) or ("text" if css else "")
    if not css:
        return [node]
    node.properties = {"style": attribute(css)}
    return [node, Node(type="NodeKramdownSpanIAL", data=attribute_list(node.properties))]


@lru_cache(maxsize=1024)
def _types(flags: int, kinds: str) -> str:
    """All types of a mark, in the editor's order."""
    return " ".join(sorted([name for name, flag in MARK_FLAGS.items() if flags & flag] + kinds.split()))


def _image(run: ImageRun) -> list[Node]:
    children = [
        Node(type="NodeBang"),
        Node(type="NodeOpenBracket"),
        Node(type="NodeLinkText", data=run.alt),
        Node(type="NodeCloseBracket"),
        Node(type="NodeOpenParen"),
        Node(type="NodeLinkDest", data=run.target),
    ]
    if run.title:
        children += [Node(type="NodeLinkSpace"), Node(type="NodeLinkTitle", data=run.title)]
    children.append(Node(type="NodeCloseParen"))
    properties = {name: attribute(value) for name, value in image_properties(run.width, run.height, run.attrs).items()}
    image = Node(type="NodeImage", data="span", properties=properties or None, children=children)
    if not properties:
        return [image]
    return [image, Node(type="NodeKramdownSpanIAL", data=attribute_list(properties))]


def _emoji(source: str) -> Node:
    alias = _ALIAS.search(source)
    name = Node(type="NodeEmojiAlias", data=f":{alias[1]}:" if alias else "")
    return Node(type="NodeEmoji", data="img", children=[Node(type="NodeEmojiImg", data=source, children=[name])])
