"""From inline nodes to runs (docs/formats/siyuan.md, "Inline content" and "Text marks")."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from converter.findings.problems import Problems
from converter.formats.siyuan.escape import plain_attribute, plain_memo, plain_text
from converter.formats.siyuan.styles import image_attrs, image_size, parts_of
from converter.formats.siyuan.tree import Node
from converter.model.runs import (
    BOLD,
    CODE,
    HIGHLIGHT,
    ITALIC,
    KEY,
    PLAIN,
    STRIKE,
    SUB,
    SUP,
    UNDERLINE,
    BreakRun,
    FormulaRun,
    ImageRun,
    Link,
    Memo,
    RawRun,
    Reference,
    Run,
    Runs,
    Style,
    TagRun,
    TextRun,
    merge_runs,
)

__all__ = ["INLINE", "MARK_FLAGS", "inline_runs", "text_below"]

MARK_FLAGS = {
    "strong": BOLD,
    "em": ITALIC,
    "u": UNDERLINE,
    "s": STRIKE,
    "mark": HIGHLIGHT,
    "sup": SUP,
    "sub": SUB,
    "kbd": KEY,
    "code": CODE,
}
_NESTED = {
    "NodeStrong": BOLD,
    "NodeEmphasis": ITALIC,
    "NodeUnderline": UNDERLINE,
    "NodeStrikethrough": STRIKE,
    "NodeMark": HIGHLIGHT,
    "NodeSup": SUP,
    "NodeSub": SUB,
    "NodeKbd": KEY,
    "NodeCodeSpan": CODE,
}
_SILENT = frozenset(("NodeKramdownSpanIAL", "NodeKramdownBlockIAL", "NodeHeadingC8hMarker", "NodeLinkSpace"))
_VALUED = frozenset(("a", "file-annotation-ref", "block-ref", "inline-memo"))
_BLANK = "\u200b"


def inline_runs(nodes: list[Node] | None, problems: Problems, pointer: str, *, cell: bool = False) -> Runs:
    """The runs of a leaf block's children, merged; breaks are runs of their own in table cells only."""
    if not nodes:
        return ()
    if len(nodes) == 1 and nodes[0].type == "NodeText":
        text = _shown(nodes[0].data)
        return (TextRun(text=text),) if text else ()
    runs: list[Run] = []
    simple = True
    for node in nodes:
        kind = node.type
        if kind == "NodeText":  # half of all nodes: as `_text` would, without the call
            text = node.data
            runs.append(TextRun(text=text if _BLANK not in text and "\x00" not in text else _shown(text)))
        elif kind == "NodeTextMark":
            _mark(node, PLAIN, runs, problems, pointer)
        else:
            simple = False
            _READERS.get(kind, _other)(node, PLAIN, runs, problems, pointer)
    if not simple and not cell and BreakRun in map(type, runs):
        if isinstance(runs[-1], BreakRun):
            problems.add("document-repaired", pointer, what="a line break at the end of a block")
            del runs[-1]
        runs = [TextRun(text="\n") if isinstance(run, BreakRun) else run for run in runs]
    return merge_runs(runs)


def text_below(node: Node) -> str:
    """All text of a node and what is in it, for nodes that hold nothing else."""
    return node.data + "".join(text_below(child) for child in node.below)


def _shown(text: str) -> str:
    """The text without what only the editor's caret needs, and without what the kernel takes out."""
    if _BLANK not in text and "\x00" not in text:
        return text
    return text.replace(_BLANK, "").replace("\x00", "")


Reader = Callable[[Node, Style, list[Run], Problems, str], None]


def _text(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    runs.append(TextRun(text=_shown(node.data), style=style))


def _newline(_node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    runs.append(TextRun(text="\n", style=style))


def _break(_node: Node, _style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    runs.append(BreakRun())


def _inside(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    runs.append(TextRun(text=_shown("".join(text_below(child) for child in node.below)), style=style))


class _Types(msgspec.Struct, frozen=True, gc=False):
    """What the types of a mark say: which of its members count. `style` is that of its flags alone."""

    flags: int
    style: Style
    link: bool
    annotation: bool
    reference: bool
    memo: bool
    formula: bool
    tag: bool
    valued: bool
    """Its style is more than flags."""


@lru_cache(maxsize=1024)
def _types_of(types: str) -> _Types:
    named = types.split()
    flags = 0
    for name in named:
        flags |= MARK_FLAGS.get(name, 0)
    return _Types(
        flags=flags,
        style=Style(flags) if flags else PLAIN,
        link="a" in named,
        annotation="file-annotation-ref" in named,
        reference="block-ref" in named,
        memo="inline-memo" in named,
        formula="inline-math" in named,
        tag="tag" in named,
        valued=not _VALUED.isdisjoint(named),
    )


def _mark(node: Node, outer: Style, runs: list[Run], problems: Problems, pointer: str) -> None:
    types = _types_of(node.text_mark_type)
    if types.valued or node.properties or outer is not PLAIN:
        style = _mark_style(node, types, outer, problems, pointer)
    else:
        style = types.style
    text = node.text_mark_text_content
    if "&" in text:
        text = plain_text(text)
    if _BLANK in text or "\x00" in text:
        text = _shown(text)
    if types.formula:
        runs.append(FormulaRun(tex=plain_memo(node.text_mark_inline_math_content), style=style))
    elif types.tag and text:
        runs.append(TagRun(name=text, style=style))
    else:
        runs.append(TextRun(text=text, style=style))


def _mark_style(node: Node, types: _Types, outer: Style, problems: Problems, pointer: str) -> Style:
    flags = types.flags | outer.flags
    color = background = css = ""
    if node.properties:
        color, background, css = parts_of(plain_attribute(node.properties.get("style", "")))
    link, reference, memo = outer.link, outer.reference, None
    if types.link:
        link = Link(plain_text(node.text_mark_a_href), plain_text(node.text_mark_a_title))
    elif types.annotation:
        link = Link(node.text_mark_file_annotation_ref_id)
    if types.reference:
        reference = _reference(node, problems, pointer)
        if reference is not None and link is not None:
            problems.add("document-repaired", pointer, what="a mark that is a link and a reference, which it stays")
            link = None
    if types.memo:
        memo = Memo(plain_memo(node.text_mark_inline_memo_content))
    if not (flags or color or background or css or link or reference or memo):
        return PLAIN
    return Style(flags, color, background, link, reference, memo, css)


def _reference(node: Node, problems: Problems, pointer: str) -> Reference | None:
    """The reference of a mark; one that lost its target is text."""
    target = node.text_mark_block_ref_id
    if not target:
        problems.add("link-missing", pointer, what=plain_text(node.text_mark_text_content))
        return None
    return Reference(target, "", "title" if node.text_mark_block_ref_subtype == "d" else "text")


def _part(node: Node, kind: str) -> str:
    """The text of a node's first part of this type, at any depth."""
    for child in node.below:
        if child.type == kind:
            return child.data
        found = _part(child, kind) if child.children else ""
        if found:
            return found
    return ""


def _image(node: Node, _style: Style, runs: list[Run], problems: Problems, pointer: str) -> None:
    parts = [child.type for child in node.below]
    if "NodeLinkDest" not in parts:
        problems.add("block-completed", pointer, what="a picture without a destination")
    properties = {name: plain_attribute(value) for name, value in node.attributes.items()}
    target = _part(node, "NodeLinkDest")
    if target.endswith(" "):
        problems.add("document-repaired", pointer, what="a blank at the end of a picture's address")
    width, height = image_size(properties.get("style", ""))
    runs.append(
        ImageRun(
            target=target.rstrip(" "),
            alt=_shown(_part(node, "NodeLinkText")),
            title=_part(node, "NodeLinkTitle"),
            width=width,
            height=height,
            attrs=image_attrs(properties),
        )
    )


def _emoji(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    image = _part(node, "NodeEmojiImg")
    if image:
        runs.append(RawRun(format="emoji", source=image))
    else:
        runs.append(TextRun(text=_part(node, "NodeEmojiUnicode") or _part(node, "NodeEmojiAlias"), style=style))


def _nested(node: Node, style: Style, runs: list[Run], problems: Problems, pointer: str) -> None:
    """A format around other inline nodes, as the oldest documents have them."""
    inner = msgspec.structs.replace(style, flags=style.flags | _NESTED[node.type])
    for child in node.below:
        kind = child.type
        if kind == "NodeCodeSpanContent":
            runs.append(TextRun(text=_shown(plain_text(child.data)), style=inner))
        elif not kind.endswith("Marker"):
            _READERS.get(kind, _other)(child, inner, runs, problems, pointer)


def _old_link(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    link = Link(_part(node, "NodeLinkDest"), _part(node, "NodeLinkTitle"))
    text = _part(node, "NodeLinkText") or link.target
    runs.append(TextRun(text=_shown(text), style=msgspec.structs.replace(style, link=link)))


def _old_reference(node: Node, style: Style, runs: list[Run], problems: Problems, pointer: str) -> None:
    problems.add("document-repaired", pointer, what="a reference of the old form")
    target = _part(node, "NodeBlockRefID")
    fixed, dynamic = _part(node, "NodeBlockRefText"), _part(node, "NodeBlockRefDynamicText")
    if not target:
        problems.add("link-missing", pointer, what=fixed or dynamic)
    reference = Reference(target, "", "text" if fixed else "title") if target else None
    runs.append(TextRun(text=fixed or dynamic or target, style=msgspec.structs.replace(style, reference=reference)))


def _old_annotation(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    link = Link(_part(node, "NodeFileAnnotationRefID"))
    text = _part(node, "NodeFileAnnotationRefText") or link.target
    runs.append(TextRun(text=text, style=msgspec.structs.replace(style, link=link)))


def _old_tag(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    inner = (child for child in node.below if not child.type.endswith("Marker"))
    name = "".join(text_below(child) for child in inner)
    runs.append(TagRun(name=_shown(name), style=style) if name else TextRun(text="Untitled", style=style))


def _old_formula(node: Node, style: Style, runs: list[Run], _problems: Problems, _pointer: str) -> None:
    runs.append(FormulaRun(tex=plain_memo(_part(node, "NodeInlineMathContent")), style=style))


def _html(node: Node, style: Style, runs: list[Run], problems: Problems, pointer: str) -> None:
    problems.add("document-repaired", pointer, what="HTML inside text, which SiYuan would make a block of")
    runs.append(TextRun(text=_shown(node.data), style=style))


def _other(node: Node, style: Style, runs: list[Run], problems: Problems, pointer: str) -> None:
    """A node that does not belong here: its text is kept, and what is in it."""
    if node.type in _SILENT:
        return
    problems.add("unknown-node", pointer, what=node.type or "without a type")
    if node.data:
        runs.append(TextRun(text=_shown(node.data), style=style))
    for child in node.below:
        if not child.type.endswith("Marker"):
            _READERS.get(child.type, _other)(child, style, runs, problems, pointer)


_READERS: dict[str, Reader] = {
    "NodeText": _text,
    "NodeTextMark": _mark,
    "NodeImage": _image,
    "NodeBr": _break,
    "NodeSoftBreak": _newline,
    "NodeHardBreak": _newline,
    "NodeBackslash": _inside,
    "NodeHTMLEntity": _text,
    "NodeEmoji": _emoji,
    "NodeLink": _old_link,
    "NodeBlockRef": _old_reference,
    "NodeFileAnnotationRef": _old_annotation,
    "NodeTag": _old_tag,
    "NodeInlineMath": _old_formula,
    "NodeInlineHTML": _html,
    **dict.fromkeys(_NESTED, _nested),
}

INLINE = frozenset(_READERS) | {"NodeHeadingC8hMarker", "NodeBackslashContent"}
"""Types of nodes that stand in a line of text."""
