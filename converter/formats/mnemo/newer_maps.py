"""A map of application 0.8 in the form that 0.6 knows: texts, places, edges (docs/formats/mnemo.md, "Maps of 0.8")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["plain_map"]

_LINES: Final = frozenset(("solid", "dashed", "dotted", "double"))
_SHAPES: Final = frozenset(("rectangle", "pill", "circle"))
_TEXTS: Final = ("text", "title", "source", "latex", "caption", "url", "noteId", "cardId", "deckId", "assetId")
"""Members of a content that show something, the first of them that says anything."""


def plain_map(document: dict[str, Any], identity: str, title: str) -> dict[str, Any]:
    """The map with every element as a node of text where it stands; styles that 0.6 lacks are left out."""
    elements = [one for one in _objects(document, "elements") if isinstance(one.get("id"), str)]
    clusters = list(_objects(document, "clusters"))
    root = clusters[0].get("rootId") if clusters else None
    return {
        "version": 1,
        "id": identity,
        "title": document.get("title") if isinstance(document.get("title"), str) else title,
        "rootNodeId": root if isinstance(root, str) else None,
        "nodes": [_node(one) for one in elements],
        "edges": [_edge(one, place) for place, one in enumerate(_objects(document, "edges"))],
        "layout": {"algorithm": "TreeVertical", "nodes": {one["id"]: _place(one) for one in elements}},
    }


def _objects(holder: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = holder.get(name)
    return (one for one in (found if isinstance(found, list) else []) if isinstance(one, dict))


def _inner(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _node(element: dict[str, Any]) -> dict[str, Any]:
    content, style = _inner(element, "content"), _inner(element, "style")
    text = next((content[name] for name in _TEXTS if isinstance(content.get(name), str) and content[name]), "")
    shown = {name: style[name] for name in ("color", "shape") if isinstance(style.get(name), str)}
    if shown.get("shape") not in _SHAPES:
        shown.pop("shape", None)
    if element.get("collapsed") is True:
        shown["collapsed"] = "true"
    return {
        "id": element["id"],
        "nodeType": "text",
        "content": {"$type": "text", "text": text},
        "metadata": {},
        "style": shown,
    }


def _edge(edge: dict[str, Any], place: int) -> dict[str, Any]:
    line = _inner(edge, "style").get("line")
    return {
        "id": edge["id"] if isinstance(edge.get("id"), str) else f"edge-{place}",
        "fromId": str(edge.get("fromId") or ""),
        "toId": str(edge.get("toId") or ""),
        "kind": 1 if edge.get("kind") == "link" else 0,
        "type": line if line in _LINES else "solid",
        "label": edge["label"] if isinstance(edge.get("label"), str) else None,
    }


def _place(element: dict[str, Any]) -> dict[str, Any]:
    return {
        "x": _number(element.get("x")) or 0,
        "y": _number(element.get("y")) or 0,
        "width": _number(element.get("width")),
        "height": _number(element.get("height")),
    }


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e308 else None
