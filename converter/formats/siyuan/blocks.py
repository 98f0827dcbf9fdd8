"""From block nodes to blocks (docs/formats/siyuan.md, "Blocks", "Lists", "Attributes").

Nothing that a document says is left out, not even where the kernel would delete it; what was not as the kernel
writes it is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
from converter.model.runs import TextRun
from converter.patterns import pattern

__all__ = ["TASKS", "BlockReader"]

ORDERED, TASKS = 1, 3
_MEMORY_ONLY = frozenset(("refcount", "av-names"))
_SOURCE = pattern(r"""\ssrc=(?:"([^"]*)"|'([^']*)')""")
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
        self, problems: Problems, databases: Mapping[str, bytes] | None, zone: tzinfo, *, strict: bool = False
    ) -> None:
        self.problems = problems
        self._databases = databases
        self._zone = zone
        self._strict = strict
        self._ids: set[str] = set()

    def blocks(self, nodes: Iterable[Node], at: str) -> Blocks:
        """The blocks among a container's children; its markers are not among them."""
        made: list[Block] = []
        loose: list[Node] = []
        for index, node in enumerate(nodes):
            kind = node.type
            read = _READERS.get(kind)
            if read is None:
                if kind in _MARKERS:
                    continue
                if kind in INLINE:
                    if not loose:
                        self.problems.add("document-repaired", f"{at}/Children/{index}", what="text outside a block")
                    loose.append(node)
                    continue
                read = _unknown
            if loose:
                made.append(Paragraph(runs=inline_runs(loose, self.problems, at)))
                loose = []
            made.append(read(self, node, f"{at}/Children/{index}"))
        if loose:
            made.append(Paragraph(runs=inline_runs(loose, self.problems, at)))
        return tuple(made)

    def take(self, node: Node, at: str) -> tuple[str | None, Attrs]:
        """The id and the attributes of a block, each id once."""
        own: str | None = node.id
        properties = node.properties or {}
        if own and properties.get("id") == own and own not in self._ids:
            self._ids.add(own)
            if len(properties) == 1:
                return own, ()
        else:
            own = self._settled_id(node, properties, at)
        if len(properties) == 2 and "updated" in properties and "id" in properties:
            return own, (("updated", properties["updated"]),)
        return own, self.attrs(properties, at)

    def _settled_id(self, node: Node, properties: Mapping[str, str], at: str) -> str | None:
        """The id of a block that does not say it as it should; None where another block has it."""
        own = node.id or properties.get("id") or None
        if not node.id or properties.get("id") != own:
            self.problems.add("document-repaired", at, what="a block whose id is missing or said in two ways")
        if own in self._ids:
            self.problems.add("document-repaired", at, what=f"the id {own}, which stands twice")
            return None
        if own is not None:
            self._ids.add(own)
        return own

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

    def incomplete(self, at: str, what: str) -> None:
        """Note a block that the kernel would delete or could not show."""
        self.problems.add("block-completed", at, what=what)

    def refuse_unknown(self, node: Node) -> None:
        """With `--strict-unknown` a node of an unknown type refuses the document."""
        if self._strict:
            raise ItemError(f"It holds a node of the unknown type {node.type!r}.")

    def table_of(self, database: str, view: str, at: str) -> tuple[tuple[TableColumn, ...], tuple[Row, ...]]:
        """The columns and rows that a view of a database shows; none where the document is read alone."""
        if self._databases is None:
            return (), ()
        data = self._databases.get(database)
        from converter.formats.siyuan.databases import shown_table

        found = shown_table(data, view, self._zone, self._databases) if data is not None else ((), ())
        if not found[0]:
            self.problems.add("database-missing", at, what=database)
        return found


Reader = Callable[[BlockReader, Node, str], Block]


def _paragraph(reader: BlockReader, node: Node, at: str) -> Block:
    own, attrs = reader.take(node, at)
    return Paragraph(runs=inline_runs(node.children, reader.problems, at), id=own, attrs=attrs)


def _heading(reader: BlockReader, node: Node, at: str) -> Block:
    level = min(max(node.heading_level, 1), 6)
    if level != node.heading_level:
        reader.problems.add("document-repaired", at, what=f"a heading of level {node.heading_level}")
    own, attrs = reader.take(node, at)
    return Heading(level=level, runs=inline_runs(node.children, reader.problems, at), id=own, attrs=attrs)


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
    children = node.below
    if not children:
        reader.incomplete(at, "a list without items")
    first = next((child for child in children if child.type == "NodeListItem"), None)
    lead = (first.list_data if first is not None else None) or ListData()
    kind = TASKS if lead.typ == TASKS else data.typ
    if kind != data.typ:
        reader.problems.add("document-repaired", at, what="a list of tasks that says it is none")
    ordered = kind == ORDERED or (kind == TASKS and bool(lead.delimiter))
    start = (lead.num or data.start) if ordered else 1
    own, attrs = reader.take(node, at)
    items: list[Block] = []
    for place, child in enumerate(children):
        where = f"{at}/Children/{place}"
        item = _item(reader, child, where, kind) if child.type == "NodeListItem" else _lost(reader, child, where)
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


def _lost(reader: BlockReader, node: Node, at: str) -> ListItem:
    """What stands in a list and is no item, taken as the content of one."""
    reader.problems.add("document-repaired", at, what="a list that holds something else than items")
    return ListItem(children=reader.blocks([node], at))


def _item(reader: BlockReader, node: Node, at: str, kind: int) -> ListItem:
    data = node.list_data
    if data is None:
        reader.incomplete(at, "a list item without its data")
    children = node.below
    marker: Node | None = None
    empty = True
    for child in children:
        if child.type not in _MARKERS:
            empty = False
        elif marker is None and child.type == "NodeTaskListItemMarker":
            marker = child
    if empty:
        reader.incomplete(at, "a list item without text")
    own, attrs = reader.take(node, at)
    blocks = reader.blocks(children, at)
    if marker is not None:
        checked, mark = _task(marker)
        return ListItem(checked=checked, mark=mark, children=blocks, id=own, attrs=attrs)
    return ListItem(checked=False if kind == TASKS else None, children=blocks, id=own, attrs=attrs)


def _task(marker: Node) -> tuple[bool, str]:
    """Whether the task is done, and the character that says so where it is no X."""
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
    columns, rows = reader.table_of(node.attribute_view_id, view, at)
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
