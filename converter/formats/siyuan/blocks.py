"""From block nodes to blocks (docs/formats/siyuan.md, "Blocks", "Lists", "Attributes").

Nothing that a document says is left out, not even where the kernel would delete it; what was not as the kernel
writes it is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import tzinfo

import msgspec

from converter.errors import ItemError
from converter.findings.problems import Problems
from converter.formats.siyuan.charts import code_text
from converter.formats.siyuan.escape import attribute, plain_attribute, plain_text
from converter.formats.siyuan.inline import INLINE, inline_runs, text_below
from converter.formats.siyuan.tables import read_table
from converter.formats.siyuan.tree import ListData, Node
from converter.model.blocks import (
    Attrs,
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
    Row,
    Rule,
    TableColumn,
)
from converter.model.runs import Runs, TextRun

__all__ = ["TASKS", "BlockReader"]

ORDERED, TASKS = 1, 3
_MEMORY_ONLY = frozenset(("refcount", "av-names"))
_SOURCE = re.compile(r"""\ssrc=(?:"([^"]*)"|'([^']*)')""")
_MARKERS = frozenset(
    (
        "NodeBlockquoteMarker",
        "NodeSuperBlockOpenMarker",
        "NodeSuperBlockLayoutMarker",
        "NodeSuperBlockCloseMarker",
        "NodeTaskListItemMarker",
        "NodeKramdownBlockIAL",
        "NodeKramdownSpanIAL",
    )
)
_MEDIA = {"NodeIFrame": "iframe", "NodeVideo": "video", "NodeAudio": "audio", "NodeWidget": "widget"}
_RAW = {
    "NodeGitConflict": ("siyuan:git-conflict", "NodeGitConflictContent"),
    "NodeYamlFrontMatter": ("siyuan:yaml", "NodeYamlFrontMatterContent"),
}


class BlockReader:
    """Reads the blocks of one document. `databases` hold the files of the databases that it shows, by id."""

    def __init__(
        self, problems: Problems, databases: Mapping[str, bytes], zone: tzinfo, *, strict: bool = False
    ) -> None:
        self.problems = problems
        self._databases = databases
        self._zone = zone
        self._strict = strict
        self._ids: set[str] = set()

    def blocks(self, nodes: list[Node], at: str) -> Blocks:
        """The blocks among a container's children; its markers are not among them."""
        made: list[Block] = []
        loose: list[Node] = []
        for index, node in enumerate(nodes):
            where = f"{at}/Children/{index}"
            if node.type in _MARKERS:
                continue
            if node.type in INLINE:
                if not loose:
                    self.problems.add("document-repaired", where, what="text outside a block")
                loose.append(node)
                continue
            if loose:
                made.append(Paragraph(runs=inline_runs(loose, self.problems, at)))
                loose = []
            made.append(self.block(node, where))
        if loose:
            made.append(Paragraph(runs=inline_runs(loose, self.problems, at)))
        return tuple(made)

    def block(self, node: Node, at: str) -> Block:
        """One block."""
        return _READERS.get(node.type, _unknown)(self, node, at)

    def take(self, node: Node, at: str) -> tuple[str | None, Attrs]:
        """The id and the attributes of a block, each id once."""
        properties = node.properties or {}
        own: str | None = node.id or properties.get("id") or None
        if not node.id or properties.get("id") != own:
            self.problems.add("document-repaired", at, what="a block whose id is missing or said in two ways")
        if own in self._ids:
            self.problems.add("document-repaired", at, what=f"the id {own}, which stands twice")
            own = None
        elif own is not None:
            self._ids.add(own)
        if len(properties) == 2 and "updated" in properties and "id" in properties:
            return own, (("updated", properties["updated"]),)
        return own, self.attrs(properties, at)

    def attrs(self, properties: Mapping[str, str], at: str) -> Attrs:
        """Attributes by name, as a person sees their values; the id is not among them."""
        made: list[tuple[str, str]] = []
        for name in sorted(properties):
            stored = properties[name]
            value = plain_attribute(stored)
            if name == "id" or not value:
                continue
            if name in _MEMORY_ONLY or attribute(value) != stored:
                self.problems.add("document-repaired", at, what=f"the attribute {name}")
            if name not in _MEMORY_ONLY:
                made.append((name, value))
        return tuple(made)

    def runs(self, node: Node, at: str) -> Runs:
        """The runs of a leaf block."""
        return inline_runs(node.children, self.problems, at) if node.children else ()

    def incomplete(self, at: str, what: str) -> None:
        """Note a block that the kernel would delete or could not show."""
        self.problems.add("block-completed", at, what=what)

    def refuse_unknown(self, node: Node) -> None:
        """With `--strict-unknown` a node of an unknown type refuses the document."""
        if self._strict:
            raise ItemError(f"It holds a node of the unknown type {node.type!r}.")

    def table_of(self, database: str, view: str) -> tuple[tuple[TableColumn, ...], tuple[Row, ...]]:
        """The columns and rows that a view of a database shows."""
        data = self._databases.get(database)
        if data is None:
            return (), ()
        from converter.formats.siyuan.databases import shown_table

        return shown_table(data, view, self._zone, self._databases)


Reader = Callable[[BlockReader, Node, str], Block]


def _paragraph(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    return Paragraph(runs=reader.runs(node, at), id=own, attrs=attrs)


def _heading(reader: BlockReader, node: Node, at: str) -> Block:
    level = min(max(node.heading_level, 1), 6)
    if level != node.heading_level:
        reader.problems.add("document-repaired", at, what=f"a heading of level {node.heading_level}")
    own, attrs = reader.take(node, at)
    return Heading(level=level, runs=reader.runs(node, at), id=own, attrs=attrs)


def _rule(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    return Rule(id=own, attrs=attrs)


def _quote(reader: BlockReader, node: Node, at: str) -> Block:
    if len(node.below) < 2:
        reader.incomplete(at, "a quote without its marker or without text")
    own, attrs = reader.take(node, at)
    return Quote(children=reader.blocks(node.below, at), id=own, attrs=attrs)


def _callout(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    if node.callout_icon_type:
        attrs = (*attrs, ("@icon-type", str(node.callout_icon_type)))
    return Callout(
        type=node.callout_type,
        title=(TextRun(text=node.callout_title),) if node.callout_title else (),
        icon=node.callout_icon,
        children=reader.blocks(node.below, at),
        id=own,
        attrs=attrs,
    )


def _list(reader: BlockReader, node: Node, at: str) -> Block:
    data, kind = node.list_data, 0
    if data is None:
        reader.incomplete(at, "a list without its data")
        data = ListData()
    if not node.below:
        reader.incomplete(at, "a list without items")
    first = next((child for child in node.below if child.type == "NodeListItem"), None)
    lead = (first.list_data if first is not None else None) or ListData()
    kind = TASKS if lead.typ == TASKS else data.typ
    if kind != data.typ:
        reader.problems.add("document-repaired", at, what="a list of tasks that says it is none")
    ordered = kind == ORDERED or (kind == TASKS and bool(lead.delimiter))
    start = (lead.num or data.start) if ordered else 1
    own, attrs = reader.take(node, at)
    items: list[Block] = []
    for place, child in enumerate(node.below):
        item = _item_of(reader, child, f"{at}/Children/{place}", kind)
        items.append(_numbered(item, child, start + place) if kind == ORDERED else item)
    sign = lead.delimiter if ordered else lead.bullet_char
    return List(
        ordered=ordered,
        start=start,
        marker=chr(sign) if sign else "." if ordered else "*",
        tight=data.tight or not data.padding,
        children=tuple(items),
        id=own,
        attrs=attrs,
    )


def _numbered(item: ListItem, node: Node, expected: int) -> ListItem:
    """The item with its number, where that is not the next one."""
    number = node.list_data.num if node.list_data is not None else 0
    if number in (0, expected):
        return item
    return msgspec.structs.replace(item, attrs=(*item.attrs, ("@number", str(number))))


def _item_of(reader: BlockReader, node: Node, at: str, kind: int) -> ListItem:
    """An item of a list; anything else in a list is taken as the content of one."""
    if node.type == "NodeListItem":
        return _item(reader, node, at, kind)
    reader.problems.add("document-repaired", at, what="a list that holds something else than items")
    return ListItem(children=reader.blocks([node], at))


def _item(reader: BlockReader, node: Node, at: str, kind: int) -> ListItem:
    data = node.list_data
    if data is None:
        reader.incomplete(at, "a list item without its data")
    if not any(child.type not in _MARKERS for child in node.below):
        reader.incomplete(at, "a list item without text")
    checked, mark = _task(node, kind)
    own, attrs = reader.take(node, at)
    return ListItem(checked=checked, mark=mark, children=reader.blocks(node.below, at), id=own, attrs=attrs)


def _task(node: Node, kind: int) -> tuple[bool | None, str]:
    """Whether the task is done, and the character that says so where it is no X."""
    marker = next((child for child in node.below if child.type == "NodeTaskListItemMarker"), None)
    if marker is None:
        return (False if kind == TASKS else None), ""
    sign = marker.task_list_item_marker
    done = marker.task_list_item_checked or sign not in (0, 32)
    return done, chr(sign) if sign not in (0, 32, 88, 120) else ""


def _stray_item(reader: BlockReader, node: Node, at: str) -> Block:
    reader.problems.add("document-repaired", at, what="a list item outside a list")
    kind = node.list_data.typ if node.list_data is not None else 0
    ordered = kind == ORDERED
    return List(ordered=ordered, marker="." if ordered else "*", children=(_item(reader, node, at, kind),))


def _super_block(reader: BlockReader, node: Node, at: str) -> Block:
    layout = next((child.data for child in node.below if child.type == "NodeSuperBlockLayoutMarker"), "")
    if len(node.below) < 4:
        reader.incomplete(at, "a super block without its markers or without blocks")
    own, attrs = reader.take(node, at)
    layout = "col" if layout == "col" else "row"
    return Columns(layout=layout, children=reader.blocks(node.below, at), id=own, attrs=attrs)


def _part(node: Node, kind: str) -> Node | None:
    return next((child for child in node.below if child.type == kind), None)


def _code(reader: BlockReader, node: Node, at: str) -> Block:
    info, code = _part(node, "NodeCodeBlockFenceInfoMarker"), _part(node, "NodeCodeBlockCode")
    if code is None or not node.is_fenced_code_block:
        reader.incomplete(at, "a code block that is not fenced, or has no code")
    language = ((info.code_block_info if info is not None else b"") or node.code_block_info).decode("utf-8", "replace")
    own, attrs = reader.take(node, at)
    source = code.data if code is not None else text_below(node)
    return Code(source=code_text(source, language), language=language, id=own, attrs=attrs)


def _formula(reader: BlockReader, node: Node, at: str) -> Block:
    content = _part(node, "NodeMathBlockContent")
    if content is None:
        reader.incomplete(at, "a formula without content")
    own, attrs = reader.take(node, at)
    return Formula(tex=plain_text(content.data) if content is not None else "", id=own, attrs=attrs)


def _table(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    return read_table(node, own, attrs, reader.problems, at)


def _embed(reader: BlockReader, node: Node, at: str) -> Block:
    script = _part(node, "NodeBlockQueryEmbedScript")
    if script is None or not script.data:
        reader.incomplete(at, "an embed without a query")
    own, attrs = reader.take(node, at)
    query = script.data.replace("_esc_newline_", "\n") if script is not None else ""
    if not query:
        return Paragraph(id=own, attrs=attrs)
    return Embed(query=query, id=own, attrs=attrs)


def _view(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    view = dict(attrs).get("custom-sy-av-view", "")
    columns, rows = reader.table_of(node.attribute_view_id, view)
    attrs = tuple(pair for pair in attrs if pair[0] != "custom-sy-av-view")
    if node.attribute_view_type != "table":
        attrs = (*attrs, ("@layout", node.attribute_view_type))
    return DatabaseView(database=node.attribute_view_id, view=view, columns=columns, rows=rows, id=own, attrs=attrs)


def _html(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    return Html(source=node.data, id=own, attrs=attrs)


def _media(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    found = _SOURCE.search(node.data)
    target = plain_text(found[1] or found[2] or "") if found else ""
    return Media(media=_MEDIA[node.type], target=target, source=node.data, id=own, attrs=attrs)


def _custom(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    return Raw(format=f"siyuan:custom:{node.custom_block_info}", source=node.data, id=own, attrs=attrs)


def _raw(reader: BlockReader, node: Node, at: str) -> Block:
    name, content = _RAW[node.type]
    part = _part(node, content)
    own, attrs = reader.take(node, at)
    return Raw(format=name, source=part.data if part is not None else text_below(node), id=own, attrs=attrs)


def _unknown(reader: BlockReader, node: Node, at: str) -> Block:
    """A node that nobody knows: its text, and what is in it."""
    reader.refuse_unknown(node)
    reader.problems.add("unknown-node", at, what=node.type or "without a type")
    own, attrs = reader.take(node, at)
    runs = (TextRun(text=node.data),) if node.data else ()
    return Paragraph(runs=runs, children=reader.blocks(node.below, at), id=own, attrs=attrs)


_READERS: dict[str, Reader] = {
    "NodeParagraph": _paragraph,
    "NodeHeading": _heading,
    "NodeThematicBreak": _rule,
    "NodeBlockquote": _quote,
    "NodeCallout": _callout,
    "NodeList": _list,
    "NodeListItem": _stray_item,
    "NodeSuperBlock": _super_block,
    "NodeCodeBlock": _code,
    "NodeMathBlock": _formula,
    "NodeTable": _table,
    "NodeBlockQueryEmbed": _embed,
    "NodeAttributeView": _view,
    "NodeHTMLBlock": _html,
    "NodeCustomBlock": _custom,
    **dict.fromkeys(_MEDIA, _media),
    **dict.fromkeys(_RAW, _raw),
}
