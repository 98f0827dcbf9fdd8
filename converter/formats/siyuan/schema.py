"""The published schema of a document of SiYuan: `schemas/sy-document-1.json`.

It refuses what the kernel refuses or ends on, and takes what the kernel repairs on reading. See
docs/formats/siyuan.md, "Blocks", "Inline content" and "What the loader repairs".
"""

from __future__ import annotations

from typing import Any, Final

from converter.findings.schema_ids import BASE

__all__ = ["document_schema"]

Schema = dict[str, Any]

_ID: Final = "20240115143000-abc1234"
_BLOCKS: Final = (
    "Paragraph Heading ThematicBreak Blockquote Callout List ListItem SuperBlock CodeBlock MathBlock Table "
    "BlockQueryEmbed AttributeView HTMLBlock IFrame Video Audio Widget CustomBlock GitConflict YamlFrontMatter"
)
_PARTS: Final = (
    "Text TextMark Image KramdownSpanIAL Br Backslash BackslashContent HTMLEntity Emoji EmojiUnicode EmojiImg "
    "EmojiAlias SoftBreak HardBreak HeadingC8hMarker BlockquoteMarker TaskListItemMarker TableHead TableRow TableCell "
    "CodeBlockFenceOpenMarker CodeBlockFenceInfoMarker CodeBlockCode CodeBlockFenceCloseMarker MathBlockOpenMarker "
    "MathBlockContent MathBlockCloseMarker SuperBlockOpenMarker SuperBlockLayoutMarker SuperBlockCloseMarker "
    "BlockQueryEmbedScript OpenBrace CloseBrace Bang OpenBracket CloseBracket OpenParen CloseParen LinkText LinkDest "
    "LinkTitle LinkSpace"
)
_TYPES: Final = [f"Node{name}" for name in ("Document", *_BLOCKS.split(), *_PARTS.split())]


def _text(said: str, *examples: str) -> Schema:
    made: Schema = {"description": said, "type": "string"}
    return {**made, "examples": list(examples)} if examples else made


def _number(said: str) -> Schema:
    return {"description": said, "type": "integer"}


def _byte(said: str) -> Schema:
    return {"description": f"{said}, by its number.", "type": "integer", "minimum": 0, "maximum": 255}


def _encoded(said: str) -> Schema:
    pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
    return {"description": f"{said}, in Base64.", "type": "string", "contentEncoding": "base64", "pattern": pattern}


def _flag(said: str) -> Schema:
    return {"description": said, "type": "boolean"}


_LIST: Final[Schema] = {
    "description": "What kind of list it is; on the list and on each of its items, be it empty.",
    "type": "object",
    "properties": {
        "Typ": _number("0 bullets, 1 numbers, 3 tasks; the same on list and items."),
        "Tight": _flag("No blank lines between the items in Markdown."),
        "BulletChar": _byte("The bullet"),
        "Start": _number("The first number of the list."),
        "Delimiter": _byte("What stands after the number"),
        "Padding": _number("Left from reading Markdown."),
        "MarkerOffset": _number("Left from reading Markdown."),
        "Checked": _flag("Left from reading Markdown; the marker node counts."),
        "Marker": _encoded("What stands before the item"),
        "Num": _number("The number of this item."),
    },
}
_MEMBERS: Final[dict[str, Schema]] = {
    "ID": _text("The id of a block: 14 digits of a time, `-`, 7 letters or digits.", _ID),
    "Type": {
        "description": "What it is. Nodes of Markdown that older documents hold are read too; a name that nobody knows "
        "becomes a paragraph with the text of `Data`, and loses its children.",
        "anyOf": [{"enum": _TYPES}, {"type": "string"}],
    },
    "Data": _text("Its text, as it is."),
    "Properties": {
        "description": "Attributes: texts in which `&`, `<`, `>`, quotation marks, braces and line feeds are escaped. "
        "A block has `id` and `updated` among them.",
        "type": "object",
        "additionalProperties": {"description": "The value; null is empty.", "type": ["string", "null"]},
    },
    "Children": {"description": "The nodes inside.", "type": ["array", "null"], "items": {"$ref": "#/$defs/node"}},
    "ListData": _LIST,
    "HeadingLevel": _number("The level of a heading, 1 to 6."),
    "TaskListItemChecked": _flag("The task is done."),
    "TaskListItemMarker": _byte("What stands between the brackets of a task"),
    "IsFencedCodeBlock": _flag("Always true on a block of code."),
    "CodeBlockInfo": _encoded("The language of a block of code"),
    "CodeBlockFenceChar": _byte("What the fence is made of"),
    "CodeBlockFenceLen": _number("How long the fence is."),
    "CodeBlockFenceOffset": _number("Left from reading Markdown."),
    "CodeBlockOpenFence": _encoded("The fence before the code"),
    "CodeBlockCloseFence": _encoded("The fence after the code"),
    "CodeMarkerLen": _number("Older documents: how many backticks stand around code."),
    "TableAligns": {
        "description": "How each column of a table is aligned: 0 not, 1 left, 2 in the middle, 3 right.",
        "type": "array",
        "items": {"type": "integer"},
    },
    "TableCellAlign": _number("How a cell is aligned, likewise."),
    "HtmlEntityTokens": _encoded("How a character was written in HTML"),
    "TextMarkType": _text("What a piece of text is: names with blanks between.", "strong", "block-ref strong"),
    "TextMarkTextContent": _text("Its text, with `&`, `<` and `>` escaped."),
    "TextMarkAHref": _text("Where a link leads.", "https://example.com"),
    "TextMarkATitle": _text("The title of a link."),
    "TextMarkInlineMathContent": _text("The LaTeX of a formula in a line."),
    "TextMarkInlineMemoContent": _text("A comment on the text."),
    "TextMarkBlockRefID": _text("The id of the block that is referred to.", _ID),
    "TextMarkBlockRefSubtype": _text("`d` where the text follows the target, `s` where it stays.", "d"),
    "TextMarkFileAnnotationRefID": _text("A mark in a PDF: the file and the id of the mark."),
    "AttributeViewID": _text("The id of the database that is shown.", _ID),
    "AttributeViewType": _text("How it is shown: `table`, `gallery` or `kanban`.", "table"),
    "CustomBlockInfo": _text("What a block of a plugin is."),
    "CalloutType": _text("The type of a callout.", "NOTE"),
    "CalloutTitle": _text("Its title."),
    "CalloutIcon": _text("Its icon.", "💡"),
    "CalloutIconType": _number("0 an emoji, 1 a picture."),
    "HtmlBlockType": _number("Left from reading Markdown."),
    "LinkType": _number("Older documents: the kind of a link."),
    "HeadingSetext": _flag("A heading that is underlined in Markdown."),
    "MathBlockDollarOffset": _number("Left from reading Markdown."),
}
_DANGEROUS: Final[Schema] = {
    "if": {"properties": {"Type": {"enum": ["NodeList", "NodeListItem"]}}, "required": ["Type"]},
    "then": {"required": ["ListData"]},
}


def document_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a `.sy` file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}sy-document-1.json",
        "title": "A document of SiYuan",
        "description": (
            "A file `.sy`: one node of the type `NodeDocument`, with all others inside. Members that are not listed "
            "are dropped by the kernel. What the kernel mends on reading is valid here; what it refuses to read, or "
            "ends on, is not, where a schema can say so."
        ),
        "$ref": "#/$defs/node",
        "type": "object",
        "properties": {
            "Spec": {"description": "The version of the form; `2` today.", "type": "string", "not": {"pattern": _NEWER}}
        },
        "$defs": {
            "node": {
                "description": "A node: a block, which has an id, or a part of one.",
                "type": "object",
                "properties": _MEMBERS,
                **_DANGEROUS,
            }
        },
        "examples": [_example()],
    }


_NEWER: Final = "^[+]?0*([3-9]|[1-9][0-9]+)$"
"""A version that no kernel reads yet."""


def _block(number: int, kind: str, *children: Schema, **members: Any) -> Schema:
    identity = f"20240115143000-def000{number}"
    made: Schema = {"ID": identity, "Type": kind, **members, "Properties": {"id": identity, "updated": identity[:14]}}
    return {**made, "Children": list(children)} if children else made


def _example() -> Schema:
    words = {"Type": "NodeText", "Data": "World"}
    item = {"BulletChar": 42, "Marker": "Kg=="}
    return {
        "ID": _ID,
        "Spec": "2",
        "Type": "NodeDocument",
        "Properties": {"id": _ID, "title": "Hello", "type": "doc", "updated": _ID[:14]},
        "Children": [
            _block(1, "NodeHeading", words, HeadingLevel=2),
            _block(
                2,
                "NodeList",
                _block(3, "NodeListItem", _block(4, "NodeParagraph", words), ListData=item),
                ListData={},
            ),
        ],
    }
