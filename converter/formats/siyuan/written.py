"""The nodes of a document as they are written (docs/formats/siyuan.md, "Blocks" and "Encoding").

Members stand in the order in which the kernel writes them; what has its default is left out. So encoding gives the
kernel's bytes. A document has hundreds of nodes, so there are kinds of few members, each with those that are written.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from converter.formats.siyuan.tree import ListData, stored_name

__all__ = [
    "AnyNode",
    "BlockNode",
    "CodeInfo",
    "DocumentNode",
    "Mark",
    "Plain",
    "RareNode",
    "TableCell",
    "Task",
    "encode",
    "spelled",
]


class Plain(msgspec.Struct, gc=False, omit_defaults=True, rename="pascal"):
    """Text, a marker, or what such stand in."""

    type: str
    data: str = ""
    properties: dict[str, str] | None = None
    children: list[AnyNode] | None = None


class Mark(msgspec.Struct, gc=False, omit_defaults=True, rename=stored_name):
    """A text mark."""

    type: str
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


class TableCell(msgspec.Struct, gc=False, omit_defaults=True, rename="pascal"):
    """A cell of a table."""

    type: str
    data: str
    table_cell_align: int = 0
    properties: dict[str, str] | None = None
    children: list[AnyNode] | None = None


class CodeInfo(msgspec.Struct, gc=False, omit_defaults=True, rename="pascal"):
    """The language of a block of code."""

    type: str
    code_block_info: bytes = b""


class Task(msgspec.Struct, gc=False, omit_defaults=True, rename="pascal"):
    """The marker of a task."""

    type: str
    task_list_item_checked: bool = False
    task_list_item_marker: int = 0


class BlockNode(msgspec.Struct, gc=False, omit_defaults=True, rename=stored_name):
    """A block of most kinds."""

    id: str = ""
    type: str = ""
    data: str = ""
    is_fenced_code_block: bool = False
    list_data: ListData | None = None
    table_aligns: list[int] | None = None
    heading_level: int = 0
    properties: dict[str, str] | None = None
    children: list[AnyNode] | None = None


class RareNode(msgspec.Struct, gc=False, omit_defaults=True, rename=stored_name):
    """A block of one of the kinds that say what no other says."""

    id: str = ""
    type: str = ""
    data: str = ""
    properties: dict[str, str] | None = None
    attribute_view_id: str = ""
    attribute_view_type: str = ""
    custom_block_info: str = ""
    callout_type: str = ""
    callout_title: str = ""
    callout_icon: str = ""
    callout_icon_type: int = 0
    children: list[AnyNode] | None = None


class DocumentNode(msgspec.Struct, gc=False, omit_defaults=True, rename=stored_name):
    """The root."""

    id: str = ""
    spec: str = ""
    type: str = ""
    properties: dict[str, str] | None = None
    children: list[AnyNode] | None = None


AnyNode: TypeAlias = Plain | Mark | TableCell | CodeInfo | Task | BlockNode | RareNode | DocumentNode
"""A node of any kind."""

_ESCAPES = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
_SEPARATORS = (b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_encoder = msgspec.json.Encoder()


def encode(root: AnyNode) -> bytes:
    """The bytes of a document in the kernel's one-line form."""
    return _escaped(_encoder.encode(root))


def spelled(text: str) -> str:
    """A text as the kernel writes it between quotation marks."""
    return _escaped(_encoder.encode(text)).decode()[1:-1]


def _escaped(data: bytes) -> bytes:
    """JSON with the escapes of Go's writer besides: of the signs of HTML, and of the two separators of Unicode."""
    for sign, escape in _ESCAPES:
        if sign in data:
            data = data.replace(sign, escape)
    # one byte is found many times faster than three, and there are few of it
    at = data.find(b"\xe2")
    while at >= 0:
        if data.startswith(_SEPARATORS, at):
            return data.replace(_SEPARATORS[0], b"\\u2028").replace(_SEPARATORS[1], b"\\u2029")
        at = data.find(b"\xe2", at + 1)
    return data
