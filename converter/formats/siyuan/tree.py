"""The nodes of a document as they are read, typed (docs/formats/siyuan.md, "Blocks" and "Encoding").

They have all members that the kernel knows, so decoding refuses what the kernel refuses.
"""

# Annotations are values here: as texts, sixty of them would be compiled before the first document is read.

import json
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import msgspec

__all__ = ["ListData", "Members", "Node", "Root", "decode", "root_of", "stored_name"]


Number = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Byte = Annotated[int, msgspec.Meta(ge=0, le=255)]


class ListData(msgspec.Struct, gc=False, omit_defaults=True, rename="pascal"):
    """What a list, or an item, says of itself. `typ`: 0 bullets, 1 ordered, 3 tasks."""

    typ: Number = 0
    tight: bool = False
    bullet_char: Byte = 0
    start: Number = 0
    delimiter: Byte = 0
    padding: Number = 0
    marker_offset: Number = 0
    checked: bool = False
    marker: bytes = b""
    num: Number = 0


_NAMES = {
    "id": "ID",
    "html_block_type": "HtmlBlockType",
    "heading_normalized_id": "HeadingNormalizedID",
    "footnotes_ref_id": "FootnotesRefId",
    "text_mark_a_href": "TextMarkAHref",
    "text_mark_a_title": "TextMarkATitle",
    "text_mark_block_ref_id": "TextMarkBlockRefID",
    "text_mark_file_annotation_ref_id": "TextMarkFileAnnotationRefID",
    "attribute_view_id": "AttributeViewID",
}


def stored_name(field: str) -> str:
    """The name of a member in a document."""
    return _NAMES.get(field) or "".join(part.capitalize() for part in field.split("_"))


class Members(msgspec.Struct, gc=False, omit_defaults=True, rename=stored_name):
    """What a node says besides its children. Numbers, bytes and texts are as stored."""

    id: str = ""
    spec: str = ""
    type: str = ""
    data: str = ""
    code_marker_len: Number = 0
    is_fenced_code_block: bool = False
    code_block_fence_char: Byte = 0
    code_block_fence_len: Number = 0
    code_block_fence_offset: Number = 0
    code_block_open_fence: bytes = b""
    code_block_info: bytes = b""
    code_block_close_fence: bytes = b""
    html_block_type: Number = 0
    list_data: ListData | None = None
    task_list_item_checked: bool = False
    task_list_item_marker: Byte = 0
    table_aligns: list[Number] | None = None
    table_cell_align: Number = 0
    heading_level: Number = 0
    properties: dict[str, str] | None = None
    text_mark_type: str = ""
    text_mark_a_href: str = ""
    text_mark_a_title: str = ""
    text_mark_inline_math_content: str = ""
    text_mark_inline_memo_content: str = ""
    text_mark_block_ref_id: str = ""
    text_mark_block_ref_subtype: str = ""
    text_mark_file_annotation_ref_id: str = ""
    text_mark_text_content: str = ""
    attribute_view_id: str = ""
    attribute_view_type: str = ""
    custom_block_fence_offset: Number = 0
    custom_block_info: str = ""
    callout_type: str = ""
    callout_title: str = ""
    callout_icon: str = ""
    callout_icon_type: Number = 0

    @property
    def attributes(self) -> dict[str, str]:
        """The properties, be there any or none; values as stored."""
        return self.properties or {}


class Node(Members, gc=False, omit_defaults=True, rename=stored_name):
    """A node: a block, a marker or inline content."""

    children: "list[Node] | None" = None

    @property
    def below(self) -> "list[Node]":
        """The children, be there any or none."""
        return self.children or []


class Root(Members, gc=False, omit_defaults=True, rename=stored_name):
    """The root of a document whose blocks are decoded as they are asked for: all at once, they are large."""

    children: list[msgspec.Raw] | None = None

    @property
    def below(self) -> Iterator[Node]:
        """The children. Raises `msgspec.DecodeError` or `UnicodeDecodeError` where it takes patience to read one."""
        return map(_decoder.decode, self.children or ())


_decoder = msgspec.json.Decoder(Node)
_root_decoder = msgspec.json.Decoder(Root)


def root_of(data: bytes) -> Root | None:
    """The root of a document; None where it takes patience to read it."""
    try:
        root = _root_decoder.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None
    return root if root.id and root.children else None


def decode(data: bytes) -> tuple[Node, bool]:
    """The root node of a document, and whether it took patience to read it.

    Raises `ValueError` or `TypeError` for what the kernel refuses.
    """
    try:
        root = _decoder.decode(data)
    except (msgspec.DecodeError, ValueError):
        return _patient(data), True
    if root.id and root.children:
        return root, False
    other = _patient(data)
    return other, other != root


def _patient(data: bytes) -> Node:
    """The same for what Go's reader also takes: keys in another case, null, half a surrogate pair."""
    value = json.loads(data.decode("utf-8"))
    if not isinstance(value, dict):
        raise TypeError("it holds no object")
    return msgspec.convert(_spelled(value, _node_keys()), Node)


@cache
def _node_keys() -> dict[str, str]:
    return {stored_name(name).casefold(): stored_name(name) for name in Node.__struct_fields__}


@cache
def _list_keys() -> dict[str, str]:
    return {field.encode_name.casefold(): field.encode_name for field in msgspec.structs.fields(ListData)}


_BASE64 = frozenset(("CodeBlockOpenFence", "CodeBlockInfo", "CodeBlockCloseFence", "Marker"))


def _spelled(value: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The members under the names that the decoder knows; null is left out, as Go takes it."""
    made: dict[str, Any] = {}
    for key, content in value.items():
        name = names.get(key.casefold(), key)
        if content is None:
            continue
        if name == "Children" and isinstance(content, list):
            content = [_spelled(child, _node_keys()) if isinstance(child, dict) else child for child in content]
        elif name == "ListData" and isinstance(content, dict):
            content = _spelled(content, _list_keys())
        elif name == "Properties" and isinstance(content, dict):
            content = {_whole(key): _whole("" if text is None else text) for key, text in content.items()}
        made[name] = _whole(content)
    return made


def _whole(value: Any) -> Any:
    """A text without halves of surrogate pairs, which become U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value
