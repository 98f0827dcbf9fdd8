"""The structural check itself: sound documents pass, each broken rule is named, and the kernel's own data passes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.siyuan import structure
from tests.siyuan.structure import (
    canonical_bytes,
    dangling_references,
    document_faults,
    missing_assets,
    workspace_faults,
)
from tests.support import shared

Node = dict[str, Any]
Change = Callable[[Node], object]

ROOT = "20240115143000-abc1234"
BOX = "20240115142900-box0000"
OTHER = "20240115143000-other00"
FILE = ROOT + ".sy"
SMALLEST = (
    b'{"ID":"20240115143000-abc1234","Spec":"2","Type":"NodeDocument","Properties":{"id":"20240115143000-abc1234",'
    b'"title":"Hello","type":"doc","updated":"20240115143000"},"Children":[{"ID":"20240115143000-def5678",'
    b'"Type":"NodeParagraph","Properties":{"id":"20240115143000-def5678","updated":"20240115143000"},'
    b'"Children":[{"Type":"NodeText","Data":"World"}]}]}'
)
CONF = {
    "name": "Box",
    "sort": 0,
    "icon": "",
    "closed": False,
    "refCreateSaveBox": "",
    "refCreateSavePath": "",
    "docCreateSaveBox": "",
    "docCreateSavePath": "",
    "dailyNoteSavePath": "/d",
    "dailyNoteTemplatePath": "",
    "sortMode": 15,
    "encrypted": False,
    "boxCrypt": None,
}
WIDTH = '{: style="width: 60%;"}'

# What the kernel loads untouched and this check refuses even in documents that were passed through.
LOADED_WITH_FAULTS = {
    "attr-null": "a null attribute is gone after the next save",
    "children-empty": "the same as no children, which is repaired; the file is rewritten later",
    "code-only-code": "a code block without its fence markers is no valid editor tree",
    "doc-type-missing": "the document attribute is required of every writer",
    "heading-0": "exported without `#`, so it is no heading any more",
    "listitem-text-direct": "text directly in an item is no valid editor tree",
    "lower-keys": "keys are read by Go in any case, by other readers only as they are written",
    "strong-old-nested": "nested inline nodes belong to documents without spec",
}


def block(kind: str, *children: Node, **fields: Any) -> Node:
    """A block; its ID is given by `number`."""
    identity = f"2024011514{fields.pop('number', 3000):04}-{kind.lower()[:7].ljust(7, 'x')}"
    properties = {"id": identity, **fields.pop("properties", {})}
    return {"ID": identity, "Type": f"Node{kind}", "Properties": properties, **fields, "Children": list(children)}


def node(kind: str, *children: Node, **fields: Any) -> Node:
    """A node that is no block."""
    return {"Type": f"Node{kind}", **fields, "Children": list(children)}


def parts(names: str) -> list[Node]:
    """Nodes without fields."""
    return [node(name) for name in names.split()]


def mark(kinds: str, text: str = "x", **fields: Any) -> Node:
    """A text mark."""
    return node("TextMark", TextMarkType=kinds, TextMarkTextContent=text, **fields)


def paragraph(number: int, *children: Node) -> Node:
    """A paragraph."""
    return block("Paragraph", *children, number=number)


def cell(*children: Node, **properties: str) -> Node:
    """A table cell that repeats its attributes."""
    listed = " ".join(f'{key}="{value}"' for key, value in properties.items())
    spans = [node("KramdownSpanIAL", Data=f"{{: {listed}}}")] if properties else []
    return node("TableCell", *spans, *children, Properties=properties)


def image(*after: Node) -> Node:
    """An image with title and size; the attribute list that follows it is given apart."""
    dest = node("LinkDest", Data="assets/a.png")
    head = [*parts("Bang OpenBracket LinkText CloseBracket OpenParen"), dest]
    tail = [node("LinkSpace"), node("LinkTitle", Data="t"), node("CloseParen")]
    return node("Image", *head, *tail, *after, Properties={"style": "width: 60%;"})


def sound() -> Node:
    """A document with every kind of block and mark, numbered for the changes below."""
    item = block("ListItem", paragraph(3, node("Text", Data="i")), number=2, ListData={"BulletChar": 42})
    task = block(
        "ListItem",
        node("TaskListItemMarker", TaskListItemChecked=True, TaskListItemMarker=88),
        paragraph(6),
        number=5,
        ListData={"Typ": 3},
    )
    marks = [
        mark("strong em"),
        mark("a", "a &lt; b", TextMarkAHref="assets/a.png?x=1&amp;y=2", TextMarkATitle="t"),
        mark("block-ref strong", TextMarkBlockRefID=ROOT, TextMarkBlockRefSubtype="s"),
        mark("inline-memo", TextMarkInlineMemoContent="a_esc_newline_&quot;b&quot;"),
        mark("file-annotation-ref", TextMarkFileAnnotationRefID=f"assets/a.pdf/{ROOT}"),
        mark("strong inline-math", "", TextMarkInlineMathContent="a < b"),
        mark("text", Properties={"style": "color: red;"}),
        node("KramdownSpanIAL", Data='{: style="color: red;"}'),
        image(),
        node("KramdownSpanIAL", Data=WIDTH),
        node("Backslash", node("Text", Data="|"), Data="span"),
        node("Emoji", node("EmojiUnicode", node("EmojiAlias", Data=":x:"), Data="x")),
    ]
    head = node("TableHead", node("TableRow", cell(), cell(node("Text", Data="h")), Data="tr"))
    rows = [
        node("TableRow", cell(colspan="2"), cell(**{"class": "fn__none"})),
        node("TableRow", cell(rowspan="2"), cell(mark("code", "a&#124;b"), node("Br", Data="br"))),
        node("TableRow", cell(**{"class": "fn__none"}), cell()),
    ]
    code = [
        node("CodeBlockFenceOpenMarker", Data="```"),
        node("CodeBlockFenceInfoMarker", CodeBlockInfo="cHl0aG9u"),
        node("CodeBlockCode", Data="a\n\u200d```\n"),
        node("CodeBlockFenceCloseMarker", Data="```"),
    ]
    script = node("BlockQueryEmbedScript", Data=f"select * from blocks where id='{ROOT}'")
    children = [
        block("List", item, number=1, ListData={}),
        block("List", task, number=4, ListData={"Typ": 3}),
        block("Paragraph", *marks, number=7, properties={"memo": "a &amp; &#123;b&#125;"}),
        block("Table", head, *rows, number=8, TableAligns=[0, 0]),
        block("CodeBlock", *code, number=9, IsFencedCodeBlock=True),
        block("BlockQueryEmbed", *parts("OpenBrace OpenBrace"), script, *parts("CloseBrace CloseBrace"), number=10),
        block("Blockquote", node("BlockquoteMarker", Data=">"), paragraph(12), number=11),
        block(
            "SuperBlock",
            node("SuperBlockOpenMarker"),
            node("SuperBlockLayoutMarker", Data="col"),
            paragraph(14),
            node("SuperBlockCloseMarker"),
            number=13,
        ),
        block("Heading", node("HeadingC8hMarker", Data="## "), number=15, HeadingLevel=2),
        block("MathBlock", *parts("MathBlockOpenMarker MathBlockContent MathBlockCloseMarker"), number=16),
        block("AttributeView", number=17, AttributeViewID=ROOT, AttributeViewType="table"),
        block("Callout", paragraph(19), number=18, CalloutType="NOTE"),
        block("Widget", number=20, Data='<iframe src="/widgets/w"></iframe>'),
        block("CustomBlock", number=21, CustomBlockInfo="x"),
    ]
    properties = {"id": ROOT, "title": "T", "type": "doc", "updated": "20240115143000"}
    return {"ID": ROOT, "Spec": "2", "Type": "NodeDocument", "Properties": properties, "Children": children}


def at(root: Node, *path: int) -> Node:
    """The node at a path of child numbers."""
    for step in path:
        root = root["Children"][step]
    return root


def put(*path: int, **fields: Any) -> Change:
    """A change of fields; None takes a field away."""

    def change(root: Node) -> None:
        target = at(root, *path)
        for name, value in fields.items():
            if value is None:
                target.pop(name, None)
            else:
                target[name] = value

    return change


def attribute(*path: int, **values: Any) -> Change:
    """A change of attributes; underscores stand for hyphens, None takes an attribute away."""

    def change(root: Node) -> None:
        properties = at(root, *path).setdefault("Properties", {})
        for key, value in values.items():
            properties.pop(key, None)
            if value is not None:
                properties[key.replace("_", "-")] = value

    return change


def drop(*path: int) -> Change:
    """A child taken away."""
    return lambda root: at(root, *path[:-1])["Children"].pop(path[-1])


def add(*path: int, child: Node) -> Change:
    """A child put at the end."""
    return lambda root: at(root, *path)["Children"].append(copy.deepcopy(child))


LIST, TASK, TEXT, TABLE, CODE, EMBED, QUOTE, SUPER, HEADING, MATH, VIEW, CALLOUT, WIDGET, CUSTOM = range(14)
ITEM = block("ListItem", paragraph(31), number=30, ListData={})
BROKEN: list[tuple[Change, str]] = [
    (put(Spec="1"), "/: Spec is '1'"),
    (put(Spec=None), "/: Spec is None"),
    (put(Spec=2), "Spec is not of its type"),
    (put(Type="NodeParagraph"), "root is NodeParagraph"),
    (put(ID="20240115143000-zzzzzzz"), "file name differs from ID"),
    (put(Children=None), "NodeDocument without content"),
    (attribute(id=None), "document without property id"),
    (attribute(title=None), "document without property title"),
    (attribute(type=None), "document without property type"),
    (attribute(type="note"), "property type is 'note'"),
    (attribute(updated=None), "document without property updated"),
    (attribute(updated="2024-01-15"), "property updated is"),
    (attribute(title="a & b"), "property title is not escaped"),
    (attribute(title="it&apos;s"), "property title is not escaped"),
    (attribute(memo="a\nb"), "property memo is not escaped"),
    (attribute(memo="{a}"), "property memo is not escaped"),
    (attribute(memo=""), "property memo is empty"),
    (attribute(memo=5), "Properties is not of its type"),
    (attribute(memo="a\0"), "U+0000 in Properties"),
    (attribute(Memo="a"), "property name 'Memo'"),
    (attribute(refcount="1"), "property refcount exists in memory only"),
    (attribute(av_names="1"), "property av-names exists in memory only"),
    (attribute(TEXT, 0, name="1"), "/Children/2/Children/0: no NodeKramdownSpanIAL"),
    (put(TEXT, ID=None), "NodeParagraph without ID"),
    (put(TEXT, ID="foo", Properties={"id": "foo"}), "ID 'foo' is not a node ID"),
    (attribute(TEXT, id=ROOT), "differs from ID"),
    (put(TEXT, ID=ROOT, Properties={"id": ROOT}), "stands at / too"),
    (put(CODE, 2, ID=OTHER), "NodeCodeBlockCode with an ID"),
    (put(CODE, 2, Properties={"id": OTHER}), "NodeCodeBlockCode with properties"),
    (put(TEXT, Foo=1), "unknown field Foo"),
    (put(TEXT, Type=None), "node without Type"),
    (put(TEXT, Type="NodeFoo"), "node type NodeFoo is unknown"),
    (put(TEXT, Children=[1]), "/Children/2/Children/0: is not an object"),
    (put(TEXT, Children={}), "Children is not of its type"),
    (put(TEXT, HeadingLevel=1), "HeadingLevel on NodeParagraph"),
    (add(TEXT, child=node("Strong")), "node type NodeStrong is unknown or out of use"),
    (add(TEXT, child=node("KramdownBlockIAL")), "node type NodeKramdownBlockIAL is unknown"),
    (add(TEXT, child=paragraph(40)), "NodeParagraph in NodeParagraph"),
    (add(TEXT, child=node("Br", Data="br")), "NodeBr in NodeParagraph"),
    (add(TEXT, child=node("Text", paragraph(40))), "NodeParagraph in NodeText"),
    (add(child=node("Text", Data="a")), "NodeText in NodeDocument"),
    (add(child=ITEM), "NodeListItem in NodeDocument"),
    (add(QUOTE, child=ITEM), "NodeListItem in NodeBlockquote"),
    (add(LIST, child=paragraph(40)), "NodeParagraph in NodeList"),
    (put(LIST, Children=None), "NodeList without content"),
    (put(LIST, ListData=None), "NodeList without ListData"),
    (put(LIST, ListData={"Typ": 2}), "ListData.Typ is 2"),
    (put(LIST, ListData={"Typ": 1}), "Typ of the item differs"),
    (put(LIST, ListData={"Typ": "1"}), "/Children/0/ListData: Typ is not of its type"),
    (put(LIST, 0, ListData=None), "NodeListItem without ListData"),
    (put(LIST, 0, ListData={"Delimiter": 65}), "ListData.Delimiter is 65"),
    (put(LIST, 0, ListData={"Marker": "*"}), "Marker is not of its type (base64)"),
    (put(LIST, 0, Children=None), "NodeListItem without content"),
    (put(LIST, 0, Children=[block("List", ITEM, number=41, ListData={})]), "list item starts with a list"),
    (drop(TASK, 0, 0), "task marker and ListData.Typ 3 do not go together"),
    (drop(TASK, 0, 1), "NodeListItem without content"),
    (lambda root: at(root, TASK, 0)["Children"].reverse(), "NodeTaskListItemMarker in NodeListItem"),
    (put(TASK, 0, 0, TaskListItemMarker="x"), "TaskListItemMarker is not of its type (byte)"),
    (put(TASK, 0, 0, TaskListItemMarker=120), "TaskListItemMarker is x, not X"),
    (put(TASK, 0, 0, TaskListItemChecked=None), "TaskListItemMarker 88 and TaskListItemChecked differ"),
    (drop(QUOTE, 0), "NodeBlockquote without its NodeBlockquoteMarker"),
    (drop(QUOTE, 1), "NodeBlockquote without content"),
    (drop(SUPER, 0), "NodeSuperBlock without its NodeSuperBlockOpenMarker"),
    (drop(SUPER, 1), "NodeSuperBlock without its NodeSuperBlockLayoutMarker"),
    (drop(SUPER, 2), "NodeSuperBlock without content"),
    (drop(SUPER, 3), "NodeSuperBlock without its NodeSuperBlockCloseMarker"),
    (put(SUPER, 1, Data="grid"), "layout of the super block is 'grid'"),
    (put(HEADING, HeadingLevel=None), "HeadingLevel is 0"),
    (put(HEADING, HeadingLevel=7), "HeadingLevel is 7"),
    (put(CODE, IsFencedCodeBlock=None), "NodeCodeBlock without IsFencedCodeBlock"),
    (drop(CODE, 2), "NodeCodeBlock without its NodeCodeBlockCode"),
    (drop(CODE, 3), "NodeCodeBlock without its NodeCodeBlockFenceCloseMarker"),
    (put(CODE, 0, Data=None), "fence of the code block is empty"),
    (put(CODE, 3, Data=None), "fence of the code block is empty"),
    (put(TEXT, Type=[]), "Type is not of its type"),
    (put(CODE, 1, CodeBlockInfo="python!"), "CodeBlockInfo is not of its type (base64)"),
    (put(CODE, 2, Data="a\n```\n"), "code holds its own fence"),
    (drop(MATH, 1), "NodeMathBlock without its NodeMathBlockContent"),
    (drop(EMBED, 2), "NodeBlockQueryEmbed without its NodeBlockQueryEmbedScript"),
    (put(EMBED, 2, Data=None), "embed without script"),
    (put(VIEW, AttributeViewID=None), "AttributeViewID is None"),
    (put(VIEW, AttributeViewType="list"), "AttributeViewType is 'list'"),
    (put(CALLOUT, CalloutType=None), "NodeCallout without CalloutType"),
    (put(CALLOUT, CalloutIconType=2), "CalloutIconType is 2"),
    (put(WIDGET, Data=None), "NodeWidget without Data"),
    (put(WIDGET, Data="<p>"), "Data does not start with <iframe"),
    (put(WIDGET, Data="<iframe src='http://127.0.0.1:6806/w'>"), "widget names the kernel's own address"),
    (put(WIDGET, Type="NodeIFrame", Data="<div class='iframe-content'>"), "iframe holds the editor's own wrapper"),
    (put(CUSTOM, CustomBlockInfo=None), "NodeCustomBlock without CustomBlockInfo"),
    (drop(TABLE, 0), "NodeTable without its NodeTableHead"),
    (put(TABLE, 0, Children=None), "NodeTableHead without its NodeTableRow"),
    (add(TABLE, 0, child=node("TableRow", cell())), "NodeTableRow in NodeTableHead"),
    (put(TABLE, TableAligns=None), "TableAligns is []"),
    (put(TABLE, TableAligns=[0, 5]), "TableAligns is [0, 5]"),
    (put(TABLE, TableAligns=[0, 2]), "TableCellAlign in row 0 differs"),
    (put(TABLE, TableAligns=[0, 0, 0]), "row 0 has 2 cells, TableAligns 3"),
    (put(TABLE, 1, TableAligns=[0]), "TableAligns of row 1 differs in length"),
    (put(TABLE, 0, 0, 0, TableCellAlign=4), "TableCellAlign is 4"),
    (drop(TABLE, 2, 1), "row 2 has 1 cells"),
    (put(TABLE, 1, 0, Properties=None, Children=None), "cell 1 of row 1 is hidden but not covered"),
    (put(TABLE, 1, 1, Properties=None, Children=None), "cell 1 of row 1 is covered but shown"),
    (lambda root: at(root, TABLE, 1)["Children"].reverse(), "spans out of the table"),
    (attribute(TABLE, 2, 0, rowspan="all"), "spans ['all', '1']"),
    (drop(TABLE, 1, 0, 0), "no NodeKramdownSpanIAL with the attributes colspan"),
    (put(TABLE, 2, 1, 0, TextMarkTextContent="a|b"), "raw | in code of a table cell"),
    (put(TEXT, 0, TextMarkType=None), "TextMarkType '' is unknown"),
    (put(TEXT, 0, TextMarkType="bold"), "TextMarkType 'bold' is unknown"),
    (put(TEXT, 0, TextMarkType="search-mark"), "TextMarkType 'search-mark' is unknown"),
    (put(TEXT, 0, TextMarkType="em em"), "names a type twice"),
    (put(TEXT, 1, TextMarkType="a block-ref", TextMarkBlockRefID=ROOT), "combines what excludes each other"),
    (put(TEXT, 0, TextMarkTextContent="a < b"), "TextMarkTextContent is not escaped"),
    (put(TEXT, 0, TextMarkTextContent="a &copy; b"), "TextMarkTextContent is not escaped"),
    (put(TEXT, 0, TextMarkTextContent=None), "text mark without text"),
    (put(TEXT, 0, TextMarkAHref="x"), "TextMarkAHref without type a"),
    (put(TEXT, 1, TextMarkAHref=None), "a without TextMarkAHref"),
    (put(TEXT, 1, TextMarkAHref="x?a=1&b=2"), "TextMarkAHref is not escaped"),
    (put(TEXT, 1, TextMarkATitle='"'), "TextMarkATitle is not escaped"),
    (put(TEXT, 2, TextMarkBlockRefID=None), "block-ref without TextMarkBlockRefID"),
    (put(TEXT, 2, TextMarkBlockRefID="x"), "TextMarkBlockRefID 'x' is not a node ID"),
    (put(TEXT, 2, TextMarkBlockRefSubtype=None), "TextMarkBlockRefSubtype is None"),
    (put(TEXT, 2, TextMarkBlockRefSubtype="x"), "TextMarkBlockRefSubtype is 'x'"),
    (put(TEXT, 3, TextMarkInlineMemoContent=None), "inline-memo without TextMarkInlineMemoContent"),
    (put(TEXT, 3, TextMarkInlineMemoContent="a\nb"), "newline in TextMarkInlineMemoContent"),
    (put(TEXT, 3, TextMarkInlineMemoContent="<b>"), "TextMarkInlineMemoContent is not escaped"),
    (put(TEXT, 4, TextMarkFileAnnotationRefID="a"), "TextMarkFileAnnotationRefID is 'a'"),
    (put(TEXT, 5, TextMarkInlineMathContent=None), "inline-math without TextMarkInlineMathContent"),
    (put(TEXT, 5, TextMarkTextContent="x"), "formula with text"),
    (put(TEXT, 6, Properties=None), "text mark of type text without style"),
    (drop(TEXT, 7), "/Children/2/Children/6: no NodeKramdownSpanIAL with the attributes style"),
    (put(TEXT, 7, Data='{: style="color: blue;"}'), "does not repeat what it follows"),
    (put(TEXT, 7, Data="style"), "does not repeat what it follows"),
    (add(TEXT, child=node("KramdownSpanIAL", Data=WIDTH)), "does not repeat what it follows"),
    (drop(TEXT, 9), "/Children/2/Children/8: no NodeKramdownSpanIAL with the attributes style"),
    (drop(TEXT, 8, 5), "NodeImage without its NodeLinkDest"),
    (drop(TEXT, 8, 6), "NodeLinkTitle in NodeImage"),
    (drop(TEXT, 8, 8), "NodeImage without its NodeCloseParen at the end"),
    (put(TEXT, 8, 5, Data="assets/a.png "), "image destination ends in a blank"),
    (put(TEXT, 8, 5, Data=None), "image without destination"),
    (put(TEXT, 10, Children=None), "NodeBackslash without content"),
    (drop(TEXT, 11, 0, 0), "NodeEmojiUnicode without its NodeEmojiAlias"),
]
BAD_BYTES = [
    (b"", "is not one JSON value"),
    (b"[]", "is not a JSON object"),
    (b"\xef\xbb\xbf" + SMALLEST, "starts with a byte-order mark"),
    (SMALLEST + b"x", "is not one JSON value"),
    (SMALLEST[:-2], "is not one JSON value"),
    (SMALLEST.replace(b"World", b"\xff"), "is not one JSON value"),
    (SMALLEST.replace(b"World", b"\\ud800"), "is not one JSON value"),
    (SMALLEST.replace(b"World", b"\\u0000"), "U+0000 in Data"),
    (SMALLEST + b"\n", "bytes differ"),
    (SMALLEST.replace(b'"2",', b'"2", '), "bytes differ"),
    (SMALLEST.replace(b'"Spec":"2","Type":"NodeDocument"', b'"Type":"NodeDocument","Spec":"2"'), "bytes differ"),
    (SMALLEST.replace(b'"Spec"', b'"Spec":"1","Spec"'), "bytes differ"),
    (SMALLEST.replace(b'"title":"Hello","type":"doc"', b'"type":"doc","title":"Hello"'), "bytes differ"),
    (SMALLEST.replace(b'"Data":"World"', b'"Data":"World","Children":[]'), "bytes differ"),
    (SMALLEST.replace(b"World", b"<World>"), "bytes differ"),
    (SMALLEST.replace(b"World", "\u2028".encode()), "bytes differ"),
    (SMALLEST.replace(b"World", b"W\\u00f6rld"), "bytes differ"),
    (SMALLEST.replace(b"World", b"a\\/b"), "bytes differ"),
]


def test_the_smallest_document_has_no_faults() -> None:
    assert document_faults(SMALLEST, FILE) == []


def test_escapes_of_the_kernel_have_no_faults() -> None:
    text = '\\u003ca\\u003e \\u0026 \\u2028 \\" \\\\ \\b\\f\\n\\r\\t \\u001f / ö \x7f \ufeff'.encode()
    assert document_faults(SMALLEST.replace(b"World", text), FILE) == []


def test_a_document_with_everything_has_no_faults() -> None:
    assert document_faults(canonical_bytes(sound()), FILE) == []


@pytest.mark.parametrize(("change", "fault"), BROKEN, ids=[fault for _, fault in BROKEN])
def test_a_broken_document_has_its_fault(change: Change, fault: str) -> None:
    root = sound()
    change(root)
    assert [text for text in document_faults(json.dumps(root).encode(), FILE) if fault in text]


@pytest.mark.parametrize(("data", "fault"), BAD_BYTES)
def test_bytes_that_the_kernel_would_not_write_are_a_fault(data: bytes, fault: str) -> None:
    assert [text for text in document_faults(data, FILE) if fault in text]
    assert bool(document_faults(data, FILE, canonical=False)) == (fault != "bytes differ")


@pytest.mark.parametrize(
    "change",
    [
        put(TEXT, Foo=1),
        put(CODE, 2, ID=OTHER, Properties={"id": OTHER}),
        put(TEXT, 0, TextMarkTextContent="a < b & c"),
        put(TEXT, 0, TextMarkType="tag tag"),
        put(TEXT, 2, TextMarkBlockRefID=None, TextMarkBlockRefSubtype=None),
        put(TASK, 0, 0, TaskListItemMarker=120),
        attribute(TABLE, colgroup=""),
    ],
)
def test_what_the_kernel_leaves_in_its_own_files_passes_through(change: Change) -> None:
    root = sound()
    change(root)
    assert document_faults(json.dumps(root).encode(), FILE, canonical=False) == []
    assert document_faults(json.dumps(root).encode(), FILE)


def test_a_fault_names_file_and_node() -> None:
    root = sound()
    drop(QUOTE, 0)(root)
    name = f"{BOX}/{FILE}"
    assert document_faults(canonical_bytes(root), name) == [
        f"{name} /Children/6: NodeBlockquote without its NodeBlockquoteMarker"
    ]


def _write(path: Path, content: bytes | object) -> None:
    """Write bytes, or a value as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A data folder with one notebook, a document and a document below it."""
    child = SMALLEST.replace(b"abc1234", b"child00").replace(b"def5678", b"chtext0")
    _write(tmp_path / BOX / ".siyuan" / "conf.json", CONF)
    _write(tmp_path / BOX / ".siyuan" / "sort.json", {ROOT: 1})
    _write(tmp_path / BOX / FILE, canonical_bytes(sound()))
    _write(tmp_path / BOX / ROOT / "20240115143000-child00.sy", child)
    _write(tmp_path / "assets" / "a.png", b"")
    _write(tmp_path / BOX / "assets" / "a.pdf", b"")
    _write(tmp_path / "storage" / "av" / f"{ROOT}.json", {})
    _write(tmp_path / ".siyuan" / "indexignore", b"")
    return tmp_path


def test_a_sound_data_folder_has_no_faults(data_folder: Path) -> None:
    assert workspace_faults(data_folder) == []
    assert dangling_references(data_folder) == []
    assert missing_assets(data_folder) == []


@pytest.mark.parametrize(
    ("path", "content", "fault"),
    [
        (f"{BOX}/.siyuan/conf.json", b"{", "conf.json: not JSON"),
        (f"{BOX}/.siyuan/conf.json", b"\xef\xbb\xbf{}", "conf.json: not JSON"),
        (f"{BOX}/.siyuan/conf.json", [], "conf.json: not an object"),
        (f"{BOX}/.siyuan/conf.json", {"name": "Box"}, "conf.json: fields are name"),
        (f"{BOX}/.siyuan/conf.json", CONF | {"closed": True}, "closed is not false"),
        (f"{BOX}/.siyuan/conf.json", CONF | {"encrypted": True}, "encrypted without keys"),
        (f"{BOX}/.siyuan/conf.json", CONF | {"sort": "1"}, "sort is '1'"),
        (f"{BOX}/.siyuan/conf.json", CONF | {"name": ""}, "notebook without name"),
        (f"{BOX}/.siyuan/sort.json", [], "sort.json: not an object"),
        (f"{BOX}/.siyuan/sort.json", {ROOT: 1.5}, f"sort.json: {ROOT} → 1.5"),
        (f"{BOX}/{BOX}.sy", SMALLEST.replace(ROOT.encode(), BOX.encode()), "without custom-hidden"),
        (f"{BOX}/{OTHER}/{ROOT}.sy", SMALLEST, f"folder {OTHER} holds documents and has no parent document"),
        (f"{BOX}/notes/{ROOT}.sy", SMALLEST, "folder notes holds documents and is not a node ID"),
        (f"{BOX}/{OTHER}.sy", SMALLEST, "file name differs"),
        (f"{BOX}/{OTHER}.sy", SMALLEST.replace(b"abc1234", b"other00").replace(b"def5678", b"chtext0"), "stands in"),
        (f"{OTHER}/{OTHER}.sy", SMALLEST.replace(b"abc1234", b"other00"), f"{OTHER}/.siyuan/conf.json: missing"),
        (FILE, SMALLEST, "document outside a notebook"),
        ("assets/.siyuan/conf.json", CONF, "notebook under a name that is reserved"),
        ("Notes/.siyuan/conf.json", CONF, "notebook under a name that is reserved or not a node ID"),
        (f"Notes/{FILE}", SMALLEST, "folder that SiYuan does not read"),
        ("20210808180117-6v0mkxr/.siyuan/conf.json", CONF, "ID of a user guide"),
    ],
)
def test_a_broken_data_folder_has_its_fault(data_folder: Path, path: str, content: object, fault: str) -> None:
    _write(data_folder / path, content)
    assert [text for text in workspace_faults(data_folder) if fault in text]


def test_references_to_nothing_are_listed(data_folder: Path) -> None:
    root = sound()
    put(TEXT, 1, TextMarkAHref=f"siyuan://blocks/{OTHER}?focus=1")(root)
    put(TEXT, 2, TextMarkBlockRefID=OTHER)(root)
    put(EMBED, 2, Data=f"SELECT * FROM blocks_esc_newline_WHERE id = &quot;{OTHER}&quot;")(root)
    _write(data_folder / BOX / FILE, canonical_bytes(root))
    assert workspace_faults(data_folder) == []
    assert dangling_references(data_folder) == [
        f"{BOX}/{FILE} /Children/2/Children/1: link {OTHER}",
        f"{BOX}/{FILE} /Children/2/Children/2: block-ref {OTHER}",
        f"{BOX}/{FILE} /Children/5/Children/2: embed {OTHER}",
    ]


def test_assets_without_file_are_listed(data_folder: Path) -> None:
    root = sound()
    attribute(**{"title-img": "background-image:url(&quot;assets/title.png&quot;)"})(root)
    put(TEXT, 1, TextMarkAHref="assets/link &amp; more.txt")(root)
    put(TEXT, 8, 5, Data="assets/image.png")(root)
    put(WIDGET, Type="NodeVideo", Data='<video src="assets/film.mp4"></video>')(root)
    _write(data_folder / BOX / FILE, canonical_bytes(root))
    (data_folder / BOX / "assets" / "a.pdf").unlink()
    assert workspace_faults(data_folder) == []
    assert [text.split(": ")[1] for text in missing_assets(data_folder)] == [
        "assets/title.png",
        "assets/link & more.txt",
        "assets/a.pdf",
        "assets/image.png",
        "assets/film.mp4",
    ]


def test_the_check_stands_on_its_own() -> None:
    assert "converter" not in {line.split(".")[0].split(" ")[-1] for line in _imports()}


def _imports() -> list[str]:
    """The import lines of the check."""
    lines = Path(structure.__file__).read_text(encoding="utf-8").splitlines()
    return [line.split(" import ")[0] for line in lines if line.startswith(("import ", "from "))]


@pytest.mark.parametrize("place", ["siyuan-kernel/workshop/workspace/data", "siyuan-guide-en/data"])
def test_what_the_kernel_wrote_has_no_faults(place: str) -> None:
    assert workspace_faults(shared() / "data" / place, canonical=False) == []


def test_the_kernels_bytes_are_canonical() -> None:
    files = sorted((shared() / "data" / "siyuan-kernel" / "workshop" / "workspace" / "data").rglob("*.sy"))
    assert files
    assert [file.name for file in files if canonical_bytes(json.loads(file.read_bytes())) != file.read_bytes()] == []


def test_missing_assets_are_those_the_kernel_lists() -> None:
    workshop = shared() / "data" / "siyuan-kernel" / "workshop"
    answers = map(json.loads, (workshop / "answers.jsonl").read_text(encoding="utf-8").splitlines())
    answer = next(line["answer"] for line in answers if line["route"] == "/api/asset/getMissingAssets")
    found = {text.split(": ", 1)[1] for text in missing_assets(workshop / "workspace" / "data")}
    assert found == {asset["item"] for asset in answer}


def test_the_one_deleted_block_of_the_workshop_is_dangling() -> None:
    found = dangling_references(shared() / "data" / "siyuan-kernel" / "workshop" / "workspace" / "data")
    assert {text.split(": ", 1)[1] for text in found} == {"block-ref 20260302091300-7r4cr2f"}
    assert dangling_references(shared() / "data" / "siyuan-guide-en" / "data") == []


def test_the_loader_and_the_check_agree() -> None:
    folder = shared() / "data" / "siyuan-engine" / "loader"
    verdicts = json.loads((folder / "kernel-verdicts.json").read_bytes())
    cases = sorted(place for place in folder.iterdir() if place.is_dir())
    assert cases
    clean = set()
    for case in cases:
        file = next(file for file in case.glob("*.sy") if file.name != "saved.sy")
        if not document_faults(file.read_bytes(), file.name, canonical=False):
            clean.add(case.name)
    loaded = {case.name for case in cases if verdicts[case.name]["status"] == "ok"}
    assert clean == loaded - set(LOADED_WITH_FAULTS)
