"""A workspace in a form that people can read: what each notebook and document holds, node by node."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

_CONTENT = ("NodeMathBlockContent", "NodeBlockQueryEmbedScript", "NodeCodeBlockCode", "NodeGitConflictContent")
_SILENT = {"NodeKramdownSpanIAL", "NodeBlockquoteMarker", "NodeOpenBrace", "NodeCloseBrace"}


def short_workspace(target: Path) -> dict[str, Any]:
    """Every file of a workspace by its path below `data`: documents in short, settings as JSON, others by size."""
    data = target / "data"
    found: dict[str, Any] = {}
    for path in sorted(data.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(data).as_posix()
        if path.suffix == ".sy":
            found[name] = _document(json.loads(path.read_bytes()))
        elif path.suffix == ".json":
            values = json.loads(path.read_bytes())
            found[name] = _settings(values) if isinstance(values, dict) else values
        else:
            found[name] = path.stat().st_size
    return found


def _settings(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", False, None)}


def _document(root: dict[str, Any]) -> dict[str, Any]:
    return {"attributes": _attributes(root), "blocks": [_block(child) for child in root["Children"]]}


def _attributes(node: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in node.get("Properties", {}).items() if name not in ("id", "type")}


def _block(node: dict[str, Any]) -> list[Any]:
    short: list[Any] = [node["Type"].removeprefix("Node") + "#" + node["ID"][-7:]]
    attributes = _attributes(node)
    own = {key: value for key, value in node.items() if key not in ("ID", "Type", "Properties", "Children", "Data")}
    own.pop("IsFencedCodeBlock", None)
    short += [extra for extra in (attributes, own) if extra]
    short += [node["Data"]] if node.get("Data") else []
    return short + [part for child in node.get("Children", []) for part in _part(child)]


def _part(node: dict[str, Any]) -> list[Any]:
    kind = node["Type"]
    if "ID" in node:
        return [_block(node)]
    if kind in _SILENT or (kind.endswith("Marker") and kind not in _SPEAKING):
        return []
    if kind == "NodeText":
        return [node["Data"]]
    if kind == "NodeTextMark":
        return [_mark(node)]
    if kind in _CONTENT:
        return [node.get("Data", "")]
    if kind == "NodeCodeBlockFenceInfoMarker":
        return [b64decode(node.get("CodeBlockInfo", "")).decode()]
    if kind == "NodeImage":
        return [{"image": [part for child in node["Children"] for part in _words(child)], **node.get("Properties", {})}]
    short: list[Any] = [kind.removeprefix("Node")]
    short += [value for key, value in node.items() if key in ("TableCellAlign", "Properties", "TaskListItemMarker")]
    short += [node["Data"]] if kind == "NodeSuperBlockLayoutMarker" else []
    return [short + [part for child in node.get("Children", []) for part in _part(child)]]


_SPEAKING = ("NodeSuperBlockLayoutMarker", "NodeTaskListItemMarker", "NodeCodeBlockFenceInfoMarker")


def _words(node: dict[str, Any]) -> list[str]:
    return (
        [node["Data"]] if node["Type"] in ("NodeLinkText", "NodeLinkDest", "NodeLinkTitle") and "Data" in node else []
    )


def _mark(node: dict[str, Any]) -> dict[str, Any]:
    text = node.get("TextMarkTextContent", "")
    rest = [
        value
        for key, value in node.items()
        if key not in ("Type", "TextMarkType", "TextMarkTextContent", "Properties") and isinstance(value, str)
    ]
    rest += list(node.get("Properties", {}).values())
    return {node["TextMarkType"]: [text, *rest] if rest else text}
