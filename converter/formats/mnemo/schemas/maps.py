"""The schema of a mindmap in both of its forms (docs/formats/mnemo.md, "Items of payloads" and "Maps of 0.8")."""

from __future__ import annotations

from typing import Final

from converter.formats.mnemo.schemas.blocks import SPANS
from converter.formats.mnemo.schemas.newer_maps import ELEMENTS, newer_example
from converter.formats.mnemo.schemas.parts import COMMON, Schema, described, document, maybe, nullable, ref, text

__all__ = ["mindmap_schema"]

_CONTENT: Final[Schema] = {
    "description": "What the node says. `$type` must be its first member, which a schema cannot ask for.",
    "type": ["object", "null"],
    "properties": {
        "$type": {"description": "What it is: always a text.", "const": "text"},
        "$id": {"description": "Never: with it nothing of the file can be read.", "not": {}},
        "text": text("The text.", "Plan"),
    },
    "required": ["$type"],
}
_NODE: Final[Schema] = {
    "description": "A node; where it stands is in the layout. Without an id it gets a random one.",
    "type": ["object", "null"],
    "properties": {
        "id": text("Its id, unique in the map."),
        "nodeType": text("Always `text`.", "text"),
        "content": ref("content"),
        "metadata": nullable("Anything else, by free keys.", "object"),
        "style": nullable(
            "How it looks: `color` (`#rrggbb`), `shape` (`rectangle`, `pill`, `circle`), `collapsed` (`true`).",
            "object",
            additionalProperties={"type": ["string", "null"]},
        ),
    },
}
_EDGE: Final[Schema] = {
    "description": "A line between two nodes.",
    "type": ["object", "null"],
    "properties": {
        "id": text("Its id."),
        "fromId": text("The id of the node that it starts at."),
        "toId": text("The id of the node that it ends at."),
        "kind": described(ref("enumeration"), "0 the second node is below the first, 1 a link."),
        "type": text("`solid`, `dashed`, `dotted`, `double`, `arrow` or `bidirect`.", "solid"),
        "label": text("What stands on it."),
    },
}
_POSITION: Final[Schema] = {
    "description": "Where a node stands.",
    "type": ["object", "null"],
    "properties": {
        "x": described(ref("number"), "From the left."),
        "y": described(ref("number"), "From the top."),
        "width": described(maybe("number"), "Its width, where it is not its own."),
        "height": described(maybe("number"), "Its height, where it is not its own."),
    },
}
_OLDER: Final[Schema] = {
    "description": "A map of application 0.6: an element of the array in `data.json`.",
    "type": "object",
    "properties": {
        "version": described(ref("int32"), "Always 1."),
        "id": text("Its id; without one it gets a random one."),
        "title": text("Its title.", "Plan"),
        "rootNodeId": text("The id of the node in the middle."),
        "nodes": nullable("Its nodes.", "array", items=ref("node")),
        "edges": nullable("Its lines.", "array", items=ref("edge")),
        "layout": nullable(
            "Where the nodes stand. A node without a place is not shown.",
            "object",
            properties={
                "algorithm": text("`TreeVertical`, `TreeHorizontal` or `Radial`.", "TreeVertical"),
                "nodes": nullable("Places by the ids of the nodes.", "object", additionalProperties=ref("position")),
            },
        ),
    },
}


def mindmap_schema() -> Schema:
    """The JSON Schema of a map of a package."""
    older = {
        "version": 1,
        "id": "m1",
        "title": "Plan",
        "rootNodeId": "n1",
        "nodes": [
            {"id": "n1", "nodeType": "text", "content": {"$type": "text", "text": "Plan"}, "metadata": {}, "style": {}},
            {"id": "n2", "content": {"$type": "text", "text": "Step"}, "style": {"shape": "rectangle"}},
        ],
        "edges": [{"id": "e1", "fromId": "n1", "toId": "n2", "kind": 0, "type": "solid", "label": None}],
        "layout": {
            "algorithm": "TreeVertical",
            "nodes": {"n1": {"x": 400, "y": 300, "width": None, "height": None}, "n2": {"x": 400, "y": 420.5}},
        },
    }
    return document(
        "mindmap-1",
        "A mindmap in a .mnemo package",
        "In application 0.6 an element of the array in `data.json`; in 0.8 the column `Json` of the table `Maps` in "
        "`mindmaps.db`, which has `elements` in the place of nodes.",
        {
            "type": "object",
            "if": {"anyOf": [{"required": ["schemaVersion"]}, {"required": ["elements"]}]},
            "then": ref("newerMap"),
            "else": ref("olderMap"),
            "$defs": {
                "olderMap": _OLDER,
                "node": _NODE,
                "content": _CONTENT,
                "edge": _EDGE,
                "position": _POSITION,
                **ELEMENTS,
                **COMMON,
                **SPANS,
            },
        },
        [older, newer_example()],
    )
