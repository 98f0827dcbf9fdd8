"""From blocks to nodes, in the shapes that the kernel makes (docs/formats/siyuan.md, "Blocks" and "Lists")."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from converter.errors import InternalFaultError
from converter.formats.siyuan.blocks import ORDERED, TASKS
from converter.formats.siyuan.charts import stored_code
from converter.formats.siyuan.escape import attribute, plain_text, text
from converter.formats.siyuan.marks import inline_nodes
from converter.formats.siyuan.tables import table_node
from converter.formats.siyuan.tree import ListData
from converter.formats.siyuan.written import AnyNode, BlockNode, CodeInfo, Plain, RareNode, Task
from converter.model.blocks import (
    Block,
    Blocks,
    Callout,
    Code,
    Columns,
    DatabaseView,
    Embed,
    Formula,
    Heading,
    Html,
    List,
    ListItem,
    Media,
    Paragraph,
    Quote,
    Raw,
    Rule,
    Table,
)
from converter.model.runs import plain_text as shown_text

__all__ = ["block_nodes"]

_MEDIA = {"iframe": "NodeIFrame", "video": "NodeVideo", "audio": "NodeAudio", "widget": "NodeWidget"}
_CUSTOM = "siyuan:custom:"
_QUOTED = Plain("NodeBlockquoteMarker", ">")
_OPEN_TASK = Plain("NodeTaskListItemMarker")
_OPEN_COLUMNS, _CLOSE_COLUMNS = Plain("NodeSuperBlockOpenMarker"), Plain("NodeSuperBlockCloseMarker")
_OPEN_FENCE = Plain("NodeCodeBlockFenceOpenMarker", "```")
_NO_INFO = Plain("NodeCodeBlockFenceInfoMarker")
_CLOSE_FENCE = Plain("NodeCodeBlockFenceCloseMarker", "```")
_OPEN_FORMULA, _CLOSE_FORMULA = Plain("NodeMathBlockOpenMarker"), Plain("NodeMathBlockCloseMarker")
_OPEN_BRACE, _CLOSE_BRACE = Plain("NodeOpenBrace"), Plain("NodeCloseBrace")


def block_nodes(blocks: Blocks) -> list[AnyNode]:
    """The nodes of a run of blocks."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> AnyNode:
    own = block.id or ""
    properties = _properties(block, own)
    node = _WRITERS.get(type(block), _unknown)(block, own, properties)
    # some kinds say more of themselves among the attributes
    node.properties = dict(sorted(properties.items())) if len(properties) > 1 else properties
    return node


def _properties(block: Block, own: str) -> dict[str, str]:
    """The attributes of a block as they are stored, with its id."""
    if not block.attrs:
        return {"id": own}
    properties = {name: attribute(value) for name, value in block.attrs if not name.startswith("@")}
    properties["id"] = own
    return properties


Writer = Callable[[Block, str, dict[str, str]], BlockNode | RareNode]


def _paragraph(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    return BlockNode(own, "NodeParagraph", children=inline_nodes(block.runs) or None)


def _heading(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    level = block.level if isinstance(block, Heading) else 1
    return BlockNode(own, "NodeHeading", heading_level=level, children=inline_nodes(block.runs) or None)


def _rule(_block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    return BlockNode(own, "NodeThematicBreak")


def _quote(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    return BlockNode(own, "NodeBlockquote", children=[_QUOTED, *block_nodes(block.children)])


def _callout(block: Block, own: str, properties: dict[str, str]) -> RareNode:
    if not isinstance(block, Callout):
        return _unknown(block, own, properties)
    return RareNode(
        own,
        "NodeCallout",
        callout_type=block.type,
        callout_title=shown_text(block.title),
        callout_icon=block.icon,
        callout_icon_type=int(dict(block.attrs).get("@icon-type", "0")),
        children=block_nodes(block.children) or None,
    )


def _list(block: Block, own: str, properties: dict[str, str]) -> BlockNode:
    if not isinstance(block, List):
        return _unknown(block, own, properties)
    kind = TASKS if _is_all_tasks(block.children) else ORDERED if block.ordered else 0
    data = ListData(typ=kind)
    if not block.tight:
        data = _list_data(block, kind, block.start)
    if block.ordered:
        items = [_item(item, _number_of(item, block, kind, place)) for place, item in enumerate(block.children)]
    else:
        # items of a list without numbers all say the same of it
        shared = _list_data(block, kind, 0)
        items = [_item(item, shared) for item in block.children]
    return BlockNode(own, "NodeList", list_data=data, children=items)


def _is_all_tasks(items: Blocks) -> bool:
    for item in items:
        if not isinstance(item, ListItem) or item.checked is None:
            return False
    return bool(items)


def _number_of(item: Block, above: List, kind: int, place: int) -> ListData:
    """What an item of a list with numbers says: its own number, or its place."""
    number = dict(item.attrs).get("@number", "") if item.attrs else ""
    return _list_data(above, kind, int(number) if number else above.start + place)


def _list_data(block: List, kind: int, number: int) -> ListData:
    """What an item says of its list; items of a loose list have the shape of imported ones."""
    padding = 0 if block.tight else 3 if block.ordered else 2
    if not block.ordered:
        marker = block.marker or "*"
        return ListData(typ=kind, bullet_char=ord(marker), padding=padding, marker=marker.encode())
    delimiter = block.marker or "."
    marker = f"{number}{delimiter}"
    return ListData(typ=kind, delimiter=ord(delimiter), padding=padding, marker=marker.encode(), num=number)


def _item(block: Block, data: ListData) -> AnyNode:
    own = block.id or ""
    properties = _properties(block, own)
    if not isinstance(block, ListItem):
        return _unknown(block, own, properties)
    children = block_nodes(block.children)
    if block.checked is not None:
        children.insert(0, _task(block))
    if len(properties) > 1:
        properties = dict(sorted(properties.items()))
    return BlockNode(own, "NodeListItem", list_data=data, properties=properties, children=children)


def _task(item: ListItem) -> AnyNode:
    return Task("NodeTaskListItemMarker", True, ord(item.mark or "X")) if item.checked else _OPEN_TASK


def _columns(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    layout = Plain("NodeSuperBlockLayoutMarker", block.layout if isinstance(block, Columns) else "row")
    children = [_OPEN_COLUMNS, layout, *block_nodes(block.children), _CLOSE_COLUMNS]
    return BlockNode(own, "NodeSuperBlock", children=children)


def _code(block: Block, own: str, properties: dict[str, str]) -> BlockNode:
    if not isinstance(block, Code):
        return _unknown(block, own, properties)
    info = CodeInfo("NodeCodeBlockFenceInfoMarker", block.language.encode()) if block.language else _NO_INFO
    code = Plain("NodeCodeBlockCode", stored_code(block.source, block.language))
    children: list[AnyNode] = [_OPEN_FENCE, info, code, _CLOSE_FENCE]
    return BlockNode(own, "NodeCodeBlock", is_fenced_code_block=True, children=children)


def _formula(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    tex = block.tex if isinstance(block, Formula) else ""
    content = Plain("NodeMathBlockContent", tex if plain_text(tex) == tex else text(tex))
    return BlockNode(own, "NodeMathBlock", children=[_OPEN_FORMULA, content, _CLOSE_FORMULA])


def _table(block: Block, own: str, properties: dict[str, str]) -> BlockNode:
    return table_node(block, own, properties) if isinstance(block, Table) else _unknown(block, own, properties)


def _embed(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    query = block.query if isinstance(block, Embed) else ""
    script = Plain("NodeBlockQueryEmbedScript", query.replace("\n", "_esc_newline_"))
    children: list[AnyNode] = [_OPEN_BRACE, _OPEN_BRACE, script, _CLOSE_BRACE, _CLOSE_BRACE]
    return BlockNode(own, "NodeBlockQueryEmbed", children=children)


def _view(block: Block, own: str, properties: dict[str, str]) -> RareNode:
    if not isinstance(block, DatabaseView):
        return _unknown(block, own, properties)
    if block.view:
        properties["custom-sy-av-view"] = block.view
    layout = dict(block.attrs).get("@layout", "table")
    return RareNode(own, "NodeAttributeView", attribute_view_id=block.database, attribute_view_type=layout)


def _html(block: Block, own: str, _properties: dict[str, str]) -> BlockNode:
    return BlockNode(own, "NodeHTMLBlock", block.source if isinstance(block, Html) else "")


def _media(block: Block, own: str, properties: dict[str, str]) -> BlockNode:
    if not isinstance(block, Media) or block.media not in _MEDIA:
        return _unknown(block, own, properties)
    return BlockNode(own, _MEDIA[block.media], block.source)


def _raw(block: Block, own: str, properties: dict[str, str]) -> BlockNode | RareNode:
    if not isinstance(block, Raw):
        return _unknown(block, own, properties)
    if block.format.startswith(_CUSTOM):
        info = block.format.removeprefix(_CUSTOM)
        return RareNode(own, "NodeCustomBlock", block.source, custom_block_info=info)
    kinds = {"siyuan:git-conflict": "NodeGitConflict", "siyuan:yaml": "NodeYamlFrontMatter"}
    kind = kinds.get(block.format)
    if kind is None:
        return _unknown(block, own, properties)
    content = Plain(f"{kind}Content", block.source)
    return BlockNode(own, kind, children=[Plain(f"{kind}OpenMarker"), content, Plain(f"{kind}CloseMarker")])


def _unknown(block: Block, _own: str, _properties: dict[str, str]) -> NoReturn:
    raise InternalFaultError(f"SiYuan has no blocks of the kind {type(block).__name__}.")


_WRITERS: dict[type[Block], Writer] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Rule: _rule,
    Quote: _quote,
    Callout: _callout,
    List: _list,
    Columns: _columns,
    Code: _code,
    Formula: _formula,
    Table: _table,
    Embed: _embed,
    DatabaseView: _view,
    Html: _html,
    Media: _media,
    Raw: _raw,
}
