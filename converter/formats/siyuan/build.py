"""From blocks to nodes, in the shapes that the kernel makes (docs/formats/siyuan.md, "Blocks" and "Lists")."""

from __future__ import annotations

from collections.abc import Callable

from converter.errors import InternalFaultError
from converter.formats.siyuan.blocks import ORDERED, TASKS
from converter.formats.siyuan.charts import stored_code
from converter.formats.siyuan.escape import attribute, plain_text, text
from converter.formats.siyuan.marks import inline_nodes
from converter.formats.siyuan.tables import table_nodes
from converter.formats.siyuan.tree import ListData, Node
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


def block_nodes(blocks: Blocks) -> list[Node]:
    """The nodes of a run of blocks."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> Node:
    properties = {name: attribute(value) for name, value in block.attrs if not name.startswith("@")}
    node = _WRITERS.get(type(block), _unknown)(block, properties)
    own = block.id or ""
    node.id = own
    properties["id"] = own
    node.properties = dict(sorted(properties.items()))
    return node


Writer = Callable[[Block, dict[str, str]], Node]


def _leaf(kind: str) -> Writer:
    def write(block: Block, _properties: dict[str, str]) -> Node:
        return Node(type=kind, children=inline_nodes(block.runs) or None)

    return write


def _heading(block: Block, _properties: dict[str, str]) -> Node:
    level = block.level if isinstance(block, Heading) else 1
    return Node(type="NodeHeading", heading_level=level, children=inline_nodes(block.runs) or None)


def _rule(_block: Block, _properties: dict[str, str]) -> Node:
    return Node(type="NodeThematicBreak")


def _quote(block: Block, _properties: dict[str, str]) -> Node:
    marker = Node(type="NodeBlockquoteMarker", data=">")
    return Node(type="NodeBlockquote", children=[marker, *block_nodes(block.children)])


def _callout(block: Block, _properties: dict[str, str]) -> Node:
    if not isinstance(block, Callout):
        return _unknown(block, {})
    return Node(
        type="NodeCallout",
        callout_type=block.type,
        callout_title=shown_text(block.title),
        callout_icon=block.icon,
        callout_icon_type=int(dict(block.attrs).get("@icon-type", "0")),
        children=block_nodes(block.children) or None,
    )


def _list(block: Block, _properties: dict[str, str]) -> Node:
    if not isinstance(block, List):
        return _unknown(block, {})
    tasks = [isinstance(item, ListItem) and item.checked is not None for item in block.children]
    kind = TASKS if tasks and all(tasks) else ORDERED if block.ordered else 0
    data = ListData(typ=kind)
    if not block.tight:
        data = _list_data(block, kind, block.start)
    items = [_item(item, block, kind, block.start + place) for place, item in enumerate(block.children)]
    return Node(type="NodeList", list_data=data, children=items)


def _list_data(block: List, kind: int, number: int) -> ListData:
    """What an item says of its list; items of a loose list have the shape of imported ones."""
    padding = 0 if block.tight else 3 if block.ordered else 2
    if not block.ordered:
        marker = block.marker or "*"
        return ListData(typ=kind, bullet_char=ord(marker), padding=padding, marker=marker.encode())
    delimiter = block.marker or "."
    marker = f"{number}{delimiter}"
    return ListData(typ=kind, delimiter=ord(delimiter), padding=padding, marker=marker.encode(), num=number)


def _item(block: Block, above: List, kind: int, expected: int) -> Node:
    if not isinstance(block, ListItem):
        return _unknown(block, {})
    properties = {name: attribute(value) for name, value in block.attrs if not name.startswith("@")}
    properties["id"] = block.id or ""
    number = dict(block.attrs).get("@number", "")
    children = [_task(block)] if block.checked is not None else []
    return Node(
        id=block.id or "",
        type="NodeListItem",
        list_data=_list_data(above, kind, int(number) if number else expected),
        properties=dict(sorted(properties.items())),
        children=children + block_nodes(block.children),
    )


def _task(item: ListItem) -> Node:
    if not item.checked:
        return Node(type="NodeTaskListItemMarker")
    return Node(type="NodeTaskListItemMarker", task_list_item_checked=True, task_list_item_marker=ord(item.mark or "X"))


def _columns(block: Block, _properties: dict[str, str]) -> Node:
    layout = block.layout if isinstance(block, Columns) else "row"
    return Node(
        type="NodeSuperBlock",
        children=[
            Node(type="NodeSuperBlockOpenMarker"),
            Node(type="NodeSuperBlockLayoutMarker", data=layout),
            *block_nodes(block.children),
            Node(type="NodeSuperBlockCloseMarker"),
        ],
    )


def _code(block: Block, _properties: dict[str, str]) -> Node:
    if not isinstance(block, Code):
        return _unknown(block, {})
    return Node(
        type="NodeCodeBlock",
        is_fenced_code_block=True,
        children=[
            Node(type="NodeCodeBlockFenceOpenMarker", data="```"),
            Node(type="NodeCodeBlockFenceInfoMarker", code_block_info=block.language.encode()),
            Node(type="NodeCodeBlockCode", data=stored_code(block.source, block.language)),
            Node(type="NodeCodeBlockFenceCloseMarker", data="```"),
        ],
    )


def _formula(block: Block, _properties: dict[str, str]) -> Node:
    tex = block.tex if isinstance(block, Formula) else ""
    return Node(
        type="NodeMathBlock",
        children=[
            Node(type="NodeMathBlockOpenMarker"),
            Node(type="NodeMathBlockContent", data=tex if plain_text(tex) == tex else text(tex)),
            Node(type="NodeMathBlockCloseMarker"),
        ],
    )


def _table(block: Block, properties: dict[str, str]) -> Node:
    return table_nodes(block, properties) if isinstance(block, Table) else _unknown(block, properties)


def _embed(block: Block, _properties: dict[str, str]) -> Node:
    query = block.query if isinstance(block, Embed) else ""
    return Node(
        type="NodeBlockQueryEmbed",
        children=[
            Node(type="NodeOpenBrace"),
            Node(type="NodeOpenBrace"),
            Node(type="NodeBlockQueryEmbedScript", data=query.replace("\n", "_esc_newline_")),
            Node(type="NodeCloseBrace"),
            Node(type="NodeCloseBrace"),
        ],
    )


def _view(block: Block, properties: dict[str, str]) -> Node:
    if not isinstance(block, DatabaseView):
        return _unknown(block, properties)
    if block.view:
        properties["custom-sy-av-view"] = block.view
    layout = dict(block.attrs).get("@layout", "table")
    return Node(type="NodeAttributeView", attribute_view_id=block.database, attribute_view_type=layout)


def _html(block: Block, _properties: dict[str, str]) -> Node:
    return Node(type="NodeHTMLBlock", data=block.source if isinstance(block, Html) else "")


def _media(block: Block, _properties: dict[str, str]) -> Node:
    if not isinstance(block, Media) or block.media not in _MEDIA:
        return _unknown(block, {})
    return Node(type=_MEDIA[block.media], data=block.source)


def _raw(block: Block, _properties: dict[str, str]) -> Node:
    if not isinstance(block, Raw):
        return _unknown(block, {})
    if block.format.startswith(_CUSTOM):
        return Node(type="NodeCustomBlock", data=block.source, custom_block_info=block.format.removeprefix(_CUSTOM))
    kinds = {"siyuan:git-conflict": "NodeGitConflict", "siyuan:yaml": "NodeYamlFrontMatter"}
    kind = kinds.get(block.format)
    if kind is None:
        return _unknown(block, {})
    parts = [Node(type=f"{kind}{part}") for part in ("OpenMarker", "Content", "CloseMarker")]
    parts[1].data = block.source
    return Node(type=kind, children=parts)


def _unknown(block: Block, _properties: dict[str, str]) -> Node:
    raise InternalFaultError(f"SiYuan has no blocks of the kind {type(block).__name__}.")


_WRITERS: dict[type[Block], Writer] = {
    Paragraph: _leaf("NodeParagraph"),
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
