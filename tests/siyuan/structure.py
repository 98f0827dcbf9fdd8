"""What SiYuan needs of a data folder and its documents, checked without any code of the converter.

`canonical` asks for what a writer of new documents owes: the kernel's bytes, and the rules that the kernel's own older
files break without harm. Documents that were passed through are checked with `canonical=False`.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

Node = dict[str, Any]

NODE_ID = re.compile(r"[0-9]{14}-[a-z0-9]{7}")
TIME = re.compile(r"[0-9]{14}")
KEY = re.compile(r"[a-z][a-z0-9-]*")
SPAN = re.compile(r'\{:(?: [a-z][a-z0-9-]*="[^"]*")+\}')
SPAN_PAIR = re.compile(r' ([a-z][a-z0-9-]*)="([^"]*)"')
EMBED_BY_ID = re.compile(r"""\bwhere\s+id\s*=\s*['"]([^'"]+)['"]""", re.IGNORECASE)
BLOCK_LINK = re.compile(r"siyuan://blocks/([^?#/]*)")
ANNOTATION = re.compile(r"(assets/.+\.pdf)/[^/]+", re.IGNORECASE)
MEDIA_SOURCE = re.compile(r"""\ssrc=["'](assets/[^"']+)["']""")
STYLE_SOURCE = re.compile(r"""url\(["']?(assets/[^"')]+)["']?\)""")

# Fields in the order of the kernel, each with the JSON value it takes.
FIELDS = {
    "ID": "text",
    "Spec": "text",
    "Type": "text",
    "Data": "text",
    "CodeMarkerLen": "int",
    "IsFencedCodeBlock": "bool",
    "CodeBlockFenceChar": "byte",
    "CodeBlockFenceLen": "int",
    "CodeBlockFenceOffset": "int",
    "CodeBlockOpenFence": "base64",
    "CodeBlockInfo": "base64",
    "CodeBlockCloseFence": "base64",
    "HtmlBlockType": "int",
    "ListData": "list data",
    "TaskListItemChecked": "bool",
    "TaskListItemMarker": "byte",
    "TableAligns": "ints",
    "TableCellAlign": "int",
    "TableCellContentWidth": "int",
    "TableCellContentMaxWidth": "int",
    "LinkType": "int",
    "LinkRefLabel": "base64",
    "HeadingLevel": "int",
    "HeadingSetext": "bool",
    "HeadingNormalizedID": "text",
    "MathBlockDollarOffset": "int",
    "FootnotesRefLabel": "base64",
    "FootnotesRefId": "text",
    "FootnotesRefs": "nodes",
    "HtmlEntityTokens": "base64",
    "Properties": "texts",
    "TextMarkType": "text",
    "TextMarkAHref": "text",
    "TextMarkATitle": "text",
    "TextMarkInlineMathContent": "text",
    "TextMarkInlineMemoContent": "text",
    "TextMarkBlockRefID": "text",
    "TextMarkBlockRefSubtype": "text",
    "TextMarkFileAnnotationRefID": "text",
    "TextMarkTextContent": "text",
    "AttributeViewID": "text",
    "AttributeViewType": "text",
    "CustomBlockFenceOffset": "int",
    "CustomBlockInfo": "text",
    "CalloutType": "text",
    "CalloutTitle": "text",
    "CalloutIcon": "text",
    "CalloutIconType": "int",
    "Children": "nodes",
}
LIST_FIELDS = {
    "Typ": "int",
    "Tight": "bool",
    "BulletChar": "byte",
    "Start": "int",
    "Delimiter": "byte",
    "Padding": "int",
    "MarkerOffset": "int",
    "Checked": "bool",
    "Marker": "base64",
    "Num": "int",
}
CONF_FIELDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "sort": (int,),
    "icon": (str,),
    "closed": (bool,),
    "refCreateSaveBox": (str,),
    "refCreateSavePath": (str,),
    "docCreateSaveBox": (str,),
    "docCreateSavePath": (str,),
    "dailyNoteSavePath": (str,),
    "dailyNoteTemplatePath": (str,),
    "sortMode": (int,),
    "encrypted": (bool,),
    "boxCrypt": (dict, type(None)),
}


def _parts(names: str) -> tuple[str, ...]:
    """Node types from their short names."""
    return tuple("Node" + name for name in names.split())


BLOCKS = frozenset(
    _parts(
        "Paragraph Heading ThematicBreak Blockquote Callout List SuperBlock CodeBlock MathBlock Table BlockQueryEmbed "
        "AttributeView HTMLBlock IFrame Video Audio Widget CustomBlock GitConflict YamlFrontMatter"
    )
)
WITH_ID = BLOCKS | {"NodeDocument", "NodeListItem"}
INLINES = frozenset(_parts("Text TextMark Image KramdownSpanIAL Backslash HTMLEntity Emoji SoftBreak HardBreak"))
WITH_PROPERTIES = WITH_ID | {"NodeImage", "NodeTextMark", "NodeTableCell"}
STYLED = ("NodeImage", "NodeTextMark")

MARK_FORMATS = frozenset({"strong", "em", "u", "s", "mark", "sup", "sub", "kbd", "code", "text", "tag"})
MARK_CARRIERS = {
    "a": "TextMarkAHref",
    "block-ref": "TextMarkBlockRefID",
    "file-annotation-ref": "TextMarkFileAnnotationRefID",
    "inline-memo": "TextMarkInlineMemoContent",
}
MARK_FIELDS = MARK_CARRIERS | {"inline-math": "TextMarkInlineMathContent"}
MARK_TYPES = MARK_FORMATS | set(MARK_FIELDS)
FIELD_OWNERS = {name: kind for kind, name in MARK_FIELDS.items()} | {
    "TextMarkATitle": "a",
    "TextMarkBlockRefSubtype": "block-ref",
}
QUOTED_FIELDS = ("TextMarkAHref", "TextMarkATitle", "TextMarkInlineMemoContent")
ONE_LINE_FIELDS = ("TextMarkInlineMathContent", "TextMarkInlineMemoContent")

RESERVED = frozenset({"assets", "templates", "widgets", "emojis", ".siyuan"})
DATA_FOLDERS = RESERVED | {"storage", "snippets", "plugins", "public"}
GUIDES = frozenset(
    {"20210808180117-6v0mkxr", "20210808180117-czj9bvb", "20211226090932-5lcq56f", "20240530133126-axarxgx"}
)


@dataclass(frozen=True)
class Content:
    """The children a node must and may have: `head`, then `optional` all or none, then `body`, then `tail`."""

    head: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    body: frozenset[str] = frozenset()
    tail: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None


LEAF = Content()
CONTENT = {
    "NodeDocument": Content(body=BLOCKS, least=1),
    "NodeParagraph": Content(body=INLINES),
    "NodeHeading": Content(optional=_parts("HeadingC8hMarker"), body=INLINES),
    "NodeBlockquote": Content(head=_parts("BlockquoteMarker"), body=BLOCKS, least=1),
    "NodeCallout": Content(body=BLOCKS),
    "NodeList": Content(body=frozenset(_parts("ListItem")), least=1),
    "NodeListItem": Content(optional=_parts("TaskListItemMarker"), body=BLOCKS, least=1),
    "NodeSuperBlock": Content(
        head=_parts("SuperBlockOpenMarker SuperBlockLayoutMarker"),
        body=BLOCKS,
        tail=_parts("SuperBlockCloseMarker"),
        least=1,
    ),
    "NodeCodeBlock": Content(
        head=_parts("CodeBlockFenceOpenMarker CodeBlockFenceInfoMarker CodeBlockCode CodeBlockFenceCloseMarker")
    ),
    "NodeMathBlock": Content(head=_parts("MathBlockOpenMarker MathBlockContent MathBlockCloseMarker")),
    "NodeBlockQueryEmbed": Content(head=_parts("OpenBrace OpenBrace BlockQueryEmbedScript CloseBrace CloseBrace")),
    "NodeTable": Content(head=_parts("TableHead"), body=frozenset(_parts("TableRow"))),
    "NodeTableHead": Content(head=_parts("TableRow")),
    "NodeTableRow": Content(body=frozenset(_parts("TableCell")), least=1),
    "NodeTableCell": Content(body=INLINES | {"NodeBr"}),
    "NodeImage": Content(
        head=_parts("Bang OpenBracket LinkText CloseBracket OpenParen LinkDest"),
        optional=_parts("LinkSpace LinkTitle"),
        tail=_parts("CloseParen"),
    ),
    "NodeBackslash": Content(body=frozenset(_parts("Text BackslashContent")), least=1, most=1),
    "NodeEmoji": Content(body=frozenset(_parts("EmojiUnicode EmojiImg")), least=1, most=1),
    "NodeEmojiUnicode": Content(head=_parts("EmojiAlias")),
    "NodeEmojiImg": Content(head=_parts("EmojiAlias")),
    "NodeGitConflict": Content(head=_parts("GitConflictOpenMarker GitConflictContent GitConflictCloseMarker")),
    "NodeYamlFrontMatter": Content(
        head=_parts("YamlFrontMatterOpenMarker YamlFrontMatterContent YamlFrontMatterCloseMarker")
    ),
}
TYPES = frozenset(CONTENT).union(
    BLOCKS, INLINES, *((*rule.head, *rule.optional, *rule.body, *rule.tail) for rule in CONTENT.values())
)

# Fields that only some node types have; a field that is not named here may stand on every node or is a leftover.
HOLDERS = {
    "Spec": ("NodeDocument",),
    "IsFencedCodeBlock": ("NodeCodeBlock",),
    "ListData": ("NodeList", "NodeListItem"),
    "TaskListItemChecked": ("NodeTaskListItemMarker",),
    "TaskListItemMarker": ("NodeTaskListItemMarker",),
    "TableAligns": ("NodeTable", "NodeTableRow"),
    "TableCellAlign": ("NodeTableCell",),
    "HeadingLevel": ("NodeHeading",),
    "HtmlEntityTokens": ("NodeHTMLEntity",),
    "AttributeViewID": ("NodeAttributeView",),
    "AttributeViewType": ("NodeAttributeView",),
    "CustomBlockInfo": ("NodeCustomBlock",),
} | {
    name: ("NodeTextMark",) if name.startswith("TextMark") else ("NodeCallout",)
    for name in FIELDS
    if name.startswith(("TextMark", "Callout"))
}


@dataclass
class Findings:
    """The faults of one document, with what the rules need to know while they look at it."""

    name: str
    canonical: bool
    faults: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, text: str) -> None:
        """Note a fault at a node."""
        self.faults.append(f"{self.name} {path or '/'}: {text}")


def document_faults(data: bytes, name: str, canonical: bool = True) -> list[str]:
    """What keeps the kernel from opening these bytes as the file `name` without a repair and without later harm."""
    found = Findings(name, canonical)
    root = _parse(data, found)
    if root is None:
        return found.faults
    for node, path in _walk_values(root):
        _check_values(node, path, found)
    if found.faults:
        return found.faults
    _check_root(root, found)
    for node, path in _walk(root):
        _check_node(node, path, found)
    if canonical:
        _check_bytes(data, root, found)
    return found.faults


def _parse(data: bytes, found: Findings) -> Node | None:
    """The root object, or None with the fault noted."""
    if data.startswith(b"\xef\xbb\xbf"):
        found.add("", "starts with a byte-order mark")
        return None
    try:
        root = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        found.add("", f"is not one JSON value in UTF-8: {error}")
        return None
    if not isinstance(root, dict):
        found.add("", "is not a JSON object")
        return None
    return root


def _walk_values(root: Node) -> Iterator[tuple[Any, str]]:
    """Every value that stands where a node is expected, in document order."""
    stack: list[tuple[Any, str]] = [(root, "")]
    while stack:
        value, path = stack.pop()
        yield value, path
        children = value.get("Children") if isinstance(value, dict) else None
        if isinstance(children, list):
            stack.extend((child, f"{path}/Children/{i}") for i, child in reversed(list(enumerate(children))))


def _walk(root: Node) -> Iterator[tuple[Node, str]]:
    """Every node in document order."""
    yield from _walk_values(root)


def _children(node: Node) -> list[Node]:
    """The children of a node."""
    children: list[Node] = node.get("Children", [])
    return children


def _kind(node: Node) -> str:
    """The type of a node."""
    return str(node["Type"])


def _is_base64(value: object) -> bool:
    """Whether a value is padded standard base64."""
    try:
        return isinstance(value, str) and base64.b64encode(base64.b64decode(value, validate=True)).decode() == value
    except (binascii.Error, ValueError):
        return False


def _is_int(value: object) -> bool:
    """Whether a value is a JSON integer."""
    return type(value) is int


VALUES: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "int": _is_int,
    "byte": lambda value: _is_int(value) and 0 <= value <= 255,
    "bool": lambda value: isinstance(value, bool),
    "base64": _is_base64,
    "ints": lambda value: isinstance(value, list) and all(map(_is_int, value)),
    "texts": lambda value: isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
    "nodes": lambda value: isinstance(value, list),
    "list data": lambda value: isinstance(value, dict),
}


def _check_values(node: Any, path: str, found: Findings) -> None:
    """Note values that the kernel's reader does not take, so that it refuses the document or loses a node."""
    if not isinstance(node, dict):
        found.add(path, "is not an object")
        return
    _check_fields(node, FIELDS, path, found)
    if isinstance(node.get("ListData"), dict):
        _check_fields(node["ListData"], LIST_FIELDS, path + "/ListData", found)
    if "Type" not in node:
        found.add(path, "node without Type")
    elif isinstance(node["Type"], str) and node["Type"] not in TYPES:
        found.add(path, f"node type {node['Type']} is unknown or out of use")


def _check_fields(values: dict[str, Any], fields: dict[str, str], path: str, found: Findings) -> None:
    """Note members of another JSON type, with U+0000, or with names the kernel drops."""
    for name, value in values.items():
        if name not in fields:
            if found.canonical:
                found.add(path, f"unknown field {name}")
        elif not VALUES[fields[name]](value):
            found.add(path, f"{name} is not of its type ({fields[name]})")
        elif any("\0" in text for text in _texts(value)):
            found.add(path, f"U+0000 in {name}")


def _texts(value: Any) -> list[str]:
    """The strings of a member's value; children are looked at on their own."""
    if isinstance(value, str):
        return [value]
    return [*value, *value.values()] if isinstance(value, dict) and all(map(_is_text, value.values())) else []


def _is_text(value: object) -> bool:
    """Whether a value is a string."""
    return isinstance(value, str)


def canonical_bytes(root: Node) -> bytes:
    """The one-line form in which the kernel writes a document."""
    pieces: list[bytes] = []
    stack: list[Node | bytes] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, bytes):
            pieces.append(item)
            continue
        own = orjson.dumps(_own_fields(item))
        if children := _children(item):
            own = own[:-1] + b',"Children":['
            stack.append(b"]}")
            for child in reversed(children[1:]):
                stack += (child, b",")
            stack.append(children[0])
        pieces.append(own)
    data = b"".join(pieces)
    for raw in "<>&\u2028\u2029":
        data = data.replace(raw.encode(), f"\\u{ord(raw):04x}".encode())
    return data


def _own_fields(node: Node) -> Node:
    """A node's fields in order and without zero values, the children left out."""
    result: Node = {}
    for name in FIELDS:
        value = node.get(name)
        if name == "ListData" and value is not None:
            result[name] = {key: value[key] for key in LIST_FIELDS if value.get(key)}
        elif name == "Properties" and value:
            result[name] = dict(sorted(value.items(), key=lambda pair: pair[0].encode()))
        elif name == "Type" or (value and name != "Children"):
            result[name] = value
    return result


def _check_bytes(data: bytes, root: Node, found: Findings) -> None:
    """Note the first byte that the kernel would write otherwise."""
    want = canonical_bytes(root)
    if data == want:
        return
    at = next((i for i, (a, b) in enumerate(zip(data, want, strict=False)) if a != b), min(len(data), len(want)))
    context = slice(max(0, at - 20), at + 20)
    found.add("", f"bytes differ from the kernel's at {at}: {data[context]!r}, the kernel writes {want[context]!r}")


def _check_root(root: Node, found: Findings) -> None:
    """Note what the document node lacks."""
    if _kind(root) != "NodeDocument":
        found.add("", f"root is {_kind(root)}")
    if root.get("Spec") != "2":
        found.add("", f"Spec is {root.get('Spec')!r}")
    if PurePosixPath(found.name).name != f"{root.get('ID')}.sy":
        found.add("", f"file name differs from ID {root.get('ID')}")
    properties = root.get("Properties", {})
    for key in ("id", "title", "type", "updated"):
        if key not in properties:
            found.add("", f"document without property {key}")
    if properties.get("type", "doc") != "doc":
        found.add("", f"property type is {properties['type']!r}")


def _check_node(node: Node, path: str, found: Findings) -> None:
    """Note all faults of one node, its children's own left out."""
    _check_identity(node, path, found)
    _check_properties(node, path, found)
    sound = _check_children(node, path, found)
    if "NodeKramdownSpanIAL" in CONTENT.get(_kind(node), LEAF).body:
        _check_spans(node, path, found)
    if found.canonical:
        for name in node:
            if name in HOLDERS and _kind(node) not in HOLDERS[name]:
                found.add(path, f"{name} on {_kind(node)}")
    # Rules for a type rely on the mandatory children.
    if sound and _kind(node) in RULES:
        RULES[_kind(node)](node, path, found)


def _check_identity(node: Node, path: str, found: Findings) -> None:
    """Note missing, ill-formed, differing and repeated IDs."""
    identity, block = node.get("ID"), _kind(node) in WITH_ID
    if block and identity is None:
        found.add(path, f"{_kind(node)} without ID")
    # Leftover IDs stand on code and formula contents of old files; the loader only counts them as taken.
    if not block and identity is not None and found.canonical:
        found.add(path, f"{_kind(node)} with an ID")
    if identity is None:
        return
    # A block with another ID loads and cannot be linked to: two blocks of the English guide have eight characters.
    if (found.canonical or not path) and not NODE_ID.fullmatch(identity):
        found.add(path, f"ID {identity!r} is not a node ID")
    if block and node.get("Properties", {}).get("id") != identity:
        found.add(path, f"property id {node.get('Properties', {}).get('id')!r} differs from ID {identity}")
    if identity in found.places:
        found.add(path, f"ID {identity} stands at {found.places[identity]} too")
    found.places.setdefault(identity, path or "/")


def escape_attribute(text: str) -> str:
    """The stored form of an attribute value."""
    for raw, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "_esc_newline_")):
        text = text.replace(raw, escaped)
    return text.replace("{", "&#123;").replace("}", "&#125;")


def unescape_attribute(value: str) -> str:
    """The text of a stored attribute value."""
    return html.unescape(value.replace("_esc_newline_", "\n").replace("&#123;", "{").replace("&#125;", "}"))


def _check_properties(node: Node, path: str, found: Findings) -> None:
    """Note attributes with names, values or places that the kernel corrects."""
    properties = node.get("Properties", {})
    # Old files carry `id` and `updated` on texts and markers, left over and without meaning.
    if properties and found.canonical and _kind(node) not in WITH_PROPERTIES:
        found.add(path, f"{_kind(node)} with properties")
    for key, value in properties.items():
        if not KEY.fullmatch(key):
            found.add(path, f"property name {key!r}")
        elif key in ("refcount", "av-names"):
            found.add(path, f"property {key} exists in memory only")
        # The kernel itself leaves `colgroup` empty.
        if not value and found.canonical:
            found.add(path, f"property {key} is empty")
        if escape_attribute(unescape_attribute(value)) != value:
            found.add(path, f"property {key} is not escaped as the kernel does: {value!r}")
    if not TIME.fullmatch(properties.get("updated", "0" * 14)):
        found.add(path, f"property updated is {properties['updated']!r}")


def _check_children(node: Node, path: str, found: Findings) -> bool:
    """Note missing, superfluous and misplaced children; answers whether the mandatory ones are there."""
    rule, kinds = CONTENT.get(_kind(node), LEAF), [_kind(child) for child in _children(node)]
    sound = True
    start = len(rule.head)
    if tuple(kinds[:start]) != rule.head:
        found.add(path, f"{_kind(node)} without its {_first_difference(rule.head, kinds)}")
        return False
    if rule.optional and tuple(kinds[start : start + len(rule.optional)]) == rule.optional:
        start += len(rule.optional)
    end = len(kinds) - len(rule.tail)
    if end < start or tuple(kinds[end:]) != rule.tail:
        found.add(path, f"{_kind(node)} without its {rule.tail[0]} at the end")
        return False
    for i in range(start, end):
        if kinds[i] not in rule.body:
            found.add(f"{path}/Children/{i}", f"{kinds[i]} in {_kind(node)}")
            sound = False
    if end - start < rule.least:
        found.add(path, f"{_kind(node)} without content")
        sound = False
    if rule.most is not None and end - start > rule.most:
        found.add(path, f"{_kind(node)} with more than {rule.most} child")
    return sound


def _first_difference(want: tuple[str, ...], have: list[str]) -> str:
    """The first mandatory child that is not in its place."""
    return next(kind for i, kind in enumerate(want) if have[i : i + 1] != [kind])


def _span_attributes(node: Node) -> dict[str, str]:
    """The attributes that a span attribute list repeats, or none where it is malformed."""
    data = node.get("Data", "")
    return dict(SPAN_PAIR.findall(data)) if SPAN.fullmatch(data) else {}


def _shown(node: Node) -> dict[str, str]:
    """The attributes of an inline node that a span attribute list must repeat; leftover IDs are none."""
    return {key: value for key, value in node.get("Properties", {}).items() if key not in ("id", "updated")}


def _check_spans(parent: Node, path: str, found: Findings) -> None:
    """Note styled nodes without their span attribute list, and lists that repeat nothing."""
    owner, owed = path, _shown(parent) if _kind(parent) == "NodeTableCell" else {}
    for i, child in enumerate(_children(parent)):
        place = f"{path}/Children/{i}"
        if _kind(child) != "NodeKramdownSpanIAL":
            _check_span_paid(owner, owed, found)
        elif not owed or _span_attributes(child) != owed:
            found.add(place, f"NodeKramdownSpanIAL {child.get('Data')!r} does not repeat what it follows")
        owner, owed = place, _shown(child) if _kind(child) in STYLED else {}
    _check_span_paid(owner, owed, found)


def _check_span_paid(owner: str, owed: dict[str, str], found: Findings) -> None:
    """Note attributes that nothing repeats."""
    if owed:
        found.add(owner, f"no NodeKramdownSpanIAL with the attributes {', '.join(owed)}")


def _check_heading(node: Node, path: str, found: Findings) -> None:
    """Note a level out of range."""
    if not 1 <= node.get("HeadingLevel", 0) <= 6:
        found.add(path, f"HeadingLevel is {node.get('HeadingLevel', 0)}")


def _check_list(node: Node, path: str, found: Findings) -> None:
    """Note a list without list data, or whose items are of another type."""
    if not _check_list_data(node, path, found):
        return
    for i, item in enumerate(_children(node)):
        if "ListData" in item and item["ListData"].get("Typ", 0) != node["ListData"].get("Typ", 0):
            found.add(f"{path}/Children/{i}", "ListData.Typ of the item differs from its list's")


def _check_list_data(node: Node, path: str, found: Findings) -> bool:
    """Note list data that is missing or has values out of range; answers whether it is there."""
    data = node.get("ListData")
    if data is None:
        found.add(path, f"{_kind(node)} without ListData")
        return False
    for key, allowed in (("Typ", (0, 1, 3)), ("BulletChar", (0, 42, 43, 45)), ("Delimiter", (0, 41, 46))):
        if data.get(key, 0) not in allowed:
            found.add(path, f"ListData.{key} is {data[key]}")
    return True


def _check_item(node: Node, path: str, found: Findings) -> None:
    """Note an item without list data, or whose task marker does not fit."""
    if not _check_list_data(node, path, found):
        return
    children = _children(node)
    marked = _kind(children[0]) == "NodeTaskListItemMarker"
    if marked != (node["ListData"].get("Typ") == 3):
        found.add(path, "task marker and ListData.Typ 3 do not go together")
    if found.canonical and _kind(children[int(marked)]) == "NodeList":
        found.add(path, "list item starts with a list")


def _check_task_marker(node: Node, path: str, found: Findings) -> None:
    """Note a task character that says something else than the flag."""
    character = node.get("TaskListItemMarker", 0)
    if character and (character != 32) != node.get("TaskListItemChecked", False):
        found.add(path, f"TaskListItemMarker {character} and TaskListItemChecked differ")
    # The kernel's Markdown import leaves x, the editor makes it X.
    if found.canonical and character == 120:
        found.add(path, "TaskListItemMarker is x, not X")


def _check_super_block(node: Node, path: str, found: Findings) -> None:
    """Note an unknown layout."""
    layout = _children(node)[1].get("Data", "")
    if layout not in ("row", "col"):
        found.add(path, f"layout of the super block is {layout!r}")


def _check_code(node: Node, path: str, found: Findings) -> None:
    """Note a code block that exports without its code, or whose code ends it."""
    if not node.get("IsFencedCodeBlock"):
        found.add(path, "NodeCodeBlock without IsFencedCodeBlock")
    fence, code, end = (_children(node)[i].get("Data", "") for i in (0, 2, 3))
    if not fence or not end:
        found.add(path, "fence of the code block is empty")
    elif found.canonical and re.search(f"(?<!\u200d)(?<!{fence[0]}){re.escape(fence)}", code):
        found.add(path, "code holds its own fence without U+200D")


def _check_embed(node: Node, path: str, found: Findings) -> None:
    """Note an embed that asks for nothing."""
    if not _children(node)[2].get("Data"):
        found.add(path, "embed without script")


def _check_view(node: Node, path: str, found: Findings) -> None:
    """Note a database block that names no database."""
    if not NODE_ID.fullmatch(node.get("AttributeViewID", "")):
        found.add(path, f"AttributeViewID is {node.get('AttributeViewID')!r}")
    if node.get("AttributeViewType") not in ("table", "gallery", "kanban"):
        found.add(path, f"AttributeViewType is {node.get('AttributeViewType')!r}")


def _check_media(node: Node, path: str, found: Findings) -> None:
    """Note outer HTML that is missing or trimmed by the loader."""
    data = node.get("Data", "")
    if not data.strip():
        found.add(path, f"{_kind(node)} without Data")
    if _kind(node) == "NodeWidget" and "http://127.0.0.1:6806" in data:
        found.add(path, "widget names the kernel's own address")
    if _kind(node) == "NodeIFrame" and "iframe-content" in data:
        found.add(path, "iframe holds the editor's own wrapper")
    tag = {"NodeIFrame": "iframe", "NodeWidget": "iframe", "NodeVideo": "video", "NodeAudio": "audio"}.get(_kind(node))
    if found.canonical and tag and not data.startswith(f"<{tag}"):
        found.add(path, f"Data does not start with <{tag}")


def _check_custom(node: Node, path: str, found: Findings) -> None:
    """Note a custom block of no kind."""
    if not node.get("CustomBlockInfo"):
        found.add(path, "NodeCustomBlock without CustomBlockInfo")


def _check_callout(node: Node, path: str, found: Findings) -> None:
    """Note a callout without type, or with an unknown kind of icon."""
    if not node.get("CalloutType"):
        found.add(path, "NodeCallout without CalloutType")
    if node.get("CalloutIconType", 0) not in (0, 1):
        found.add(path, f"CalloutIconType is {node['CalloutIconType']}")


def _check_image(node: Node, path: str, found: Findings) -> None:
    """Note a destination that is missing or trimmed by the loader."""
    target = _children(node)[5].get("Data", "")
    if target != target.rstrip():
        found.add(path, f"image destination ends in a blank: {target!r}")
    if found.canonical and not target:
        found.add(path, "image without destination")


def _check_table(node: Node, path: str, found: Findings) -> None:
    """Note rows that do not fill the columns, and merged cells that do not fill the grid."""
    aligns = node.get("TableAligns", [])
    if not aligns or not set(aligns) <= {0, 1, 2, 3}:
        found.add(path, f"TableAligns is {aligns}")
    rows = [*_children(_children(node)[0]), *_children(node)[1:]]
    if any(_kind(row) != "NodeTableRow" for row in rows):
        return
    for i, row in enumerate(rows):
        cells = _children(row)
        if len(cells) != len(aligns):
            found.add(path, f"row {i} has {len(cells)} cells, TableAligns {len(aligns)}")
        if "TableAligns" in row and len(row["TableAligns"]) != len(aligns):
            found.add(path, f"TableAligns of row {i} differs in length from the table's")
        if found.canonical and [cell.get("TableCellAlign", 0) for cell in cells] != aligns[: len(cells)]:
            found.add(path, f"TableCellAlign in row {i} differs from TableAligns")
    _check_grid(rows, len(aligns), path, found)


def _check_grid(rows: list[Node], width: int, path: str, found: Findings) -> None:
    """Note spans over cells that are shown, cells hidden by no span, and spans that leave the table."""
    hidden: set[tuple[int, int]] = set()
    covered: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        for x, cell in enumerate(_children(row)):
            properties = cell.get("Properties", {})
            if "fn__none" in properties.get("class", "").split():
                hidden.add((y, x))
            spans = [properties.get(key, "1") for key in ("rowspan", "colspan")]
            if not all(re.fullmatch("[1-9][0-9]{0,3}", span) for span in spans):
                found.add(path, f"cell {x} of row {y} spans {spans}")
                continue
            tall, wide = map(int, spans)
            area = {(y + dy, x + dx) for dy in range(tall) for dx in range(wide)} - {(y, x)}
            if y + tall > len(rows) or x + wide > width:
                found.add(path, f"cell {x} of row {y} spans out of the table")
            if area & covered:
                found.add(path, f"cell {x} of row {y} spans a cell that is covered already")
            covered |= area
    for y, x in sorted(covered ^ hidden):
        state = "covered but shown" if (y, x) in covered else "hidden but not covered"
        found.add(path, f"cell {x} of row {y} is {state}")


def _check_cell(node: Node, path: str, found: Findings) -> None:
    """Note an unknown alignment, and bars that end the cell in Markdown."""
    if node.get("TableCellAlign", 0) not in (0, 1, 2, 3):
        found.add(path, f"TableCellAlign is {node['TableCellAlign']}")
    if not found.canonical:
        return
    for i, child in enumerate(_children(node)):
        if "code" in child.get("TextMarkType", "").split() and "|" in child.get("TextMarkTextContent", ""):
            found.add(f"{path}/Children/{i}", "raw | in code of a table cell")


def _check_mark(node: Node, path: str, found: Findings) -> None:
    """Note types that are unknown, and what they lack."""
    kinds = node.get("TextMarkType", "").split(" ")
    if not MARK_TYPES.issuperset(kinds):
        found.add(path, f"TextMarkType {node.get('TextMarkType', '')!r} is unknown")
        return
    for kind in kinds:
        if kind in MARK_FIELDS and not node.get(MARK_FIELDS[kind]) and not _is_dropped_reference(kind, node, found):
            found.add(path, f"{kind} without {MARK_FIELDS[kind]}")
    if "block-ref" in kinds:
        _check_reference(node, path, found)
    if "file-annotation-ref" in kinds and not ANNOTATION.fullmatch(node.get("TextMarkFileAnnotationRefID", "")):
        found.add(path, f"TextMarkFileAnnotationRefID is {node.get('TextMarkFileAnnotationRefID')!r}")
    for name in ONE_LINE_FIELDS:
        if "\n" in node.get(name, ""):
            found.add(path, f"newline in {name}")
    if found.canonical:
        _check_written_mark(node, kinds, path, found)


def _is_dropped_reference(kind: str, node: Node, found: Findings) -> bool:
    """Whether this is what the kernel leaves of a reference whose target it did not know."""
    return kind == "block-ref" and not found.canonical and "TextMarkBlockRefSubtype" not in node


def _check_reference(node: Node, path: str, found: Findings) -> None:
    """Note a reference to what cannot be a block, or of no subtype."""
    target, subtype = node.get("TextMarkBlockRefID"), node.get("TextMarkBlockRefSubtype")
    if target and not NODE_ID.fullmatch(target):
        found.add(path, f"TextMarkBlockRefID {target!r} is not a node ID")
    if target and subtype not in ("s", "d"):
        found.add(path, f"TextMarkBlockRefSubtype is {subtype!r}")


def _check_written_mark(node: Node, kinds: list[str], path: str, found: Findings) -> None:
    """Note what only a mark of our own owes.

    The kernel's own documents have `tag tag`, `a inline-memo`, `em u inline-math` and marks without text, and the guide
    has raw `<`, `>` and `&`. A formula with formats is sound here too.
    """
    formula = "inline-math" in kinds
    if len(set(kinds)) != len(kinds):
        found.add(path, f"TextMarkType {node['TextMarkType']!r} names a type twice")
    if len(set(kinds) & set(MARK_FIELDS)) > 1:
        found.add(path, f"TextMarkType {node['TextMarkType']!r} combines what excludes each other")
    if formula == bool(node.get("TextMarkTextContent")):
        found.add(path, "formula with text" if formula else "text mark without text")
    if "text" in kinds and "style" not in node.get("Properties", {}):
        found.add(path, "text mark of type text without style")
    for name, owner in FIELD_OWNERS.items():
        if name in node and owner not in kinds:
            found.add(path, f"{name} without type {owner}")
    for name in ("TextMarkTextContent", *QUOTED_FIELDS):
        if not is_escaped(node.get(name, ""), quotes=name in QUOTED_FIELDS):
            found.add(path, f"{name} is not escaped: {node[name]!r}")


def is_escaped(value: str, quotes: bool) -> bool:
    """Whether a mark's value holds its text with `&`, `<`, `>` (and quotes) as entities, and no other entities."""
    if quotes and '"' in value:
        return False
    plain = re.sub("&(quot|apos|#39|#34|#124);", lambda match: html.unescape(match[0]), value)
    return html.escape(html.unescape(plain), quote=False) == plain


RULES: dict[str, Callable[[Node, str, Findings], None]] = {
    "NodeHeading": _check_heading,
    "NodeList": _check_list,
    "NodeListItem": _check_item,
    "NodeTaskListItemMarker": _check_task_marker,
    "NodeSuperBlock": _check_super_block,
    "NodeCodeBlock": _check_code,
    "NodeBlockQueryEmbed": _check_embed,
    "NodeAttributeView": _check_view,
    "NodeHTMLBlock": _check_media,
    "NodeIFrame": _check_media,
    "NodeVideo": _check_media,
    "NodeAudio": _check_media,
    "NodeWidget": _check_media,
    "NodeCustomBlock": _check_custom,
    "NodeCallout": _check_callout,
    "NodeImage": _check_image,
    "NodeTable": _check_table,
    "NodeTableCell": _check_cell,
    "NodeTextMark": _check_mark,
}


def workspace_faults(data_folder: Path, canonical: bool = True) -> list[str]:
    """What keeps the kernel from reading this `data` folder as it was meant."""
    faults: list[str] = []
    for place in sorted(data_folder.iterdir()):
        faults += _entry_faults(place, canonical)
    for notebook in _notebooks(data_folder):
        faults += _notebook_faults(notebook, canonical)
    seen: dict[str, str] = {}
    for name, file in _documents(data_folder):
        faults += document_faults(file.read_bytes(), name, canonical)
        for identity in _identities(_read(file)):
            if seen.setdefault(identity, name) != name:
                faults.append(f"{name}: ID {identity} stands in {seen[identity]} too")
    return faults


def _entry_faults(place: Path, canonical: bool) -> list[str]:
    """What is wrong with an entry of the data folder that is not a notebook."""
    name = place.name
    if not place.is_dir():
        return [f"{name}: document outside a notebook"] if place.suffix == ".sy" else []
    if NODE_ID.fullmatch(name):
        return [f"{name}: ID of a user guide, deleted at every clean exit"] if canonical and name in GUIDES else []
    if (place / ".siyuan" / "conf.json").exists():
        return [f"{name}: notebook under a name that is reserved or not a node ID"]
    if name in DATA_FOLDERS or name.startswith("."):
        return []
    if canonical or any(place.rglob("*.sy")):
        return [f"{name}: folder that SiYuan does not read"]
    return []


def _notebooks(data_folder: Path) -> list[Path]:
    """The notebook folders."""
    return [place for place in sorted(data_folder.iterdir()) if place.is_dir() and NODE_ID.fullmatch(place.name)]


def _documents(data_folder: Path) -> Iterator[tuple[str, Path]]:
    """The document files of all notebooks with their paths."""
    for notebook in _notebooks(data_folder):
        yield from ((file.relative_to(data_folder).as_posix(), file) for file in _notebook_documents(notebook))


def _notebook_documents(notebook: Path) -> Iterator[Path]:
    """The document files of a notebook; what lies in folders of assets, databases and settings is none."""
    for file in sorted(notebook.rglob("*.sy")):
        folders = file.relative_to(notebook).parts[:-1]
        if not any(part.startswith(".") or part in ("assets", "storage") for part in folders):
            yield file


def _notebook_faults(notebook: Path, canonical: bool) -> list[str]:
    """What is wrong with the settings of a notebook and with its tree of folders."""
    faults = _conf_faults(notebook / ".siyuan" / "conf.json", canonical)
    faults += _sort_faults(notebook / ".siyuan" / "sort.json")
    page = _read(notebook / f"{notebook.name}.sy")
    if canonical and page and page.get("Properties", {}).get("custom-hidden") != "true":
        faults.append(f"{notebook.name}: page of the notebook without custom-hidden")
    for folder in _document_folders(notebook):
        if not NODE_ID.fullmatch(folder.name):
            faults.append(f"{notebook.name}: folder {folder.name} holds documents and is not a node ID")
        if not folder.with_name(folder.name + ".sy").is_file():
            faults.append(f"{notebook.name}: folder {folder.name} holds documents and has no parent document")
    return [f"notebook {fault}" for fault in faults]


def _document_folders(notebook: Path) -> list[Path]:
    """The folders in a notebook on the way to a document."""
    found = {folder for file in _notebook_documents(notebook) for folder in file.parents}
    return sorted(folder for folder in found if folder != notebook and folder.is_relative_to(notebook))


def _settings(path: Path) -> dict[str, Any] | str:
    """The object in a settings file, or what is wrong with the file."""
    name = f"{path.parent.parent.name}/.siyuan/{path.name}"
    if not path.is_file():
        return f"{name}: missing"
    try:
        value = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        return f"{name}: not JSON (a byte-order mark is enough): {error}"
    return value if isinstance(value, dict) else f"{name}: not an object"


def _conf_faults(path: Path, canonical: bool) -> list[str]:
    """What makes the kernel replace, close or lock a notebook."""
    conf, name = _settings(path), f"{path.parent.parent.name}/.siyuan/conf.json"
    if isinstance(conf, str):
        return [conf]
    faults = [
        f"{name}: {key} is {conf[key]!r}"
        for key, types in CONF_FIELDS.items()
        if key in conf and type(conf[key]) not in types
    ]
    if conf.get("encrypted") and not conf.get("boxCrypt"):
        faults.append(f"{name}: encrypted without keys")
    if not canonical:
        return faults
    if list(conf) != list(CONF_FIELDS):
        faults.append(f"{name}: fields are {', '.join(conf)}")
    faults += [f"{name}: {key} is not false" for key in ("closed", "encrypted") if conf.get(key) is not False]
    if not conf.get("name"):
        faults.append(f"{name}: notebook without name")
    return faults


def _sort_faults(path: Path) -> list[str]:
    """What makes the kernel ignore the order of documents."""
    if not path.exists():
        return []
    order = _settings(path)
    if isinstance(order, str):
        return [order]
    bad = [key for key, value in order.items() if not NODE_ID.fullmatch(key) or not _is_int(value)]
    return [f"{path.parent.parent.name}/.siyuan/sort.json: {key} → {order[key]!r}" for key in bad]


def _read(file: Path) -> Node | None:
    """The root of a document, or None where its values are not sound enough to look through."""
    if not file.is_file():
        return None
    found = Findings(file.name, canonical=False)
    root = _parse(file.read_bytes(), found)
    if root is not None:
        for node, path in _walk_values(root):
            _check_values(node, path, found)
    return None if found.faults else root


def _identities(root: Node | None) -> Iterator[str]:
    """The IDs in a document, each once."""
    yield from dict.fromkeys(node["ID"] for node, _ in _walk(root or {}) if "ID" in node)


def dangling_references(data_folder: Path) -> list[str]:
    """References, embeds by ID and links to blocks whose target is in no document."""
    roots = [(name, _read(file)) for name, file in _documents(data_folder)]
    known = {identity for _, root in roots for identity in _identities(root)}
    return [
        f"{name} {path or '/'}: {what} {target}"
        for name, root in roots
        for node, path in _walk(root or {})
        for what, target in _targets(node)
        if target not in known
    ]


def _targets(node: Node) -> Iterator[tuple[str, str]]:
    """The block IDs that a node points at."""
    if node.get("TextMarkBlockRefID"):
        yield "block-ref", node["TextMarkBlockRefID"]
    if link := BLOCK_LINK.match(html.unescape(node.get("TextMarkAHref", ""))):
        yield "link", link[1]
    if node.get("Type") == "NodeBlockQueryEmbedScript":
        script = html.unescape(node.get("Data", "").replace("_esc_newline_", "\n"))
        yield from (("embed", target) for target in EMBED_BY_ID.findall(script))


def missing_assets(data_folder: Path) -> list[str]:
    """Links, images, media, annotations and title pictures below `assets/` that no file answers to."""
    places = [data_folder / "assets", *_notebooks(data_folder)]
    files = {
        file.relative_to(data_folder).as_posix()
        for place in places
        for file in place.rglob("*")
        if "assets" in file.parts and file.is_file()
    }
    # The kernel takes the first path of a notebook that ends with the link.
    known = files | {f"assets/{file.split('/assets/', 1)[1]}" for file in files if "/assets/" in file}
    return [
        f"{name} {path or '/'}: {target}"
        for name, file in _documents(data_folder)
        for node, path in _walk(_read(file) or {})
        for target in _assets(node)
        if target not in known and target.split("?")[0] not in known
    ]


def _assets(node: Node) -> Iterator[str]:
    """The asset paths that a node names."""
    kind = node.get("Type")
    if kind == "NodeLinkDest" and node.get("Data", "").startswith("assets/"):
        yield node["Data"]
    link = html.unescape(node.get("TextMarkAHref", ""))
    if link.startswith("assets/"):
        yield link
    if annotation := ANNOTATION.fullmatch(node.get("TextMarkFileAnnotationRefID", "")):
        yield annotation[1]
    if kind in ("NodeAudio", "NodeVideo", "NodeIFrame", "NodeHTMLBlock"):
        yield from map(html.unescape, MEDIA_SOURCE.findall(node.get("Data", "")))
    if kind == "NodeDocument":
        yield from STYLE_SOURCE.findall(unescape_attribute(node.get("Properties", {}).get("title-img", "")))
