"""The members of nodes and the types that the loader wants (docs/formats/siyuan.md, "Encoding")."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import Any

from converter.formats.siyuan.verdicts.gathered import step

__all__ = ["Known", "misfit", "spelled"]

_BASE64, _BYTE, _TEXTS = "text in base64", "number of one byte", "object of texts"
_NUMBERS, _NODES = "list of whole numbers", "list of nodes"
_ITEM = "object with the data of a list"
Kind = type | str

_NODE: dict[str, Kind] = {
    **dict.fromkeys(("ID", "Spec", "Type", "Data", "HeadingNormalizedID", "FootnotesRefId", "TextMarkType"), str),
    **dict.fromkeys(("TextMarkAHref", "TextMarkATitle", "TextMarkInlineMathContent", "TextMarkTextContent"), str),
    **dict.fromkeys(("TextMarkInlineMemoContent", "TextMarkBlockRefID", "TextMarkBlockRefSubtype"), str),
    **dict.fromkeys(("TextMarkFileAnnotationRefID", "AttributeViewID", "AttributeViewType", "CustomBlockInfo"), str),
    **dict.fromkeys(("CalloutType", "CalloutTitle", "CalloutIcon"), str),
    **dict.fromkeys(("CodeMarkerLen", "CodeBlockFenceLen", "CodeBlockFenceOffset", "HtmlBlockType", "LinkType"), int),
    **dict.fromkeys(("TableCellAlign", "TableCellContentWidth", "TableCellContentMaxWidth", "HeadingLevel"), int),
    **dict.fromkeys(("MathBlockDollarOffset", "CustomBlockFenceOffset", "CalloutIconType"), int),
    **dict.fromkeys(("IsFencedCodeBlock", "TaskListItemChecked", "HeadingSetext"), bool),
    **dict.fromkeys(("CodeBlockFenceChar", "TaskListItemMarker"), _BYTE),
    **dict.fromkeys(("CodeBlockOpenFence", "CodeBlockInfo", "CodeBlockCloseFence", "LinkRefLabel"), _BASE64),
    **dict.fromkeys(("FootnotesRefLabel", "HtmlEntityTokens"), _BASE64),
    **dict.fromkeys(("FootnotesRefs", "Children"), _NODES),
    "ListData": _ITEM,
    "TableAligns": _NUMBERS,
    "Properties": _TEXTS,
}
_LIST: dict[str, Kind] = {
    **dict.fromkeys(("Typ", "Start", "Padding", "MarkerOffset", "Num"), int),
    **dict.fromkeys(("Tight", "Checked"), bool),
    **dict.fromkeys(("BulletChar", "Delimiter"), _BYTE),
    "Marker": _BASE64,
}
_NAMES: dict[Kind, str] = {str: "a text", int: "a whole number", bool: "true or false"}
_LEAST, _MOST = -(2**63), 2**63 - 1


class Known:
    """The members of one kind of object, by their names and by these in lower case."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds
        self.lower = {name.casefold(): name for name in kinds}


NODE, LIST = Known(_NODE), Known(_LIST)


def spelled(found: Mapping[str, Any], known: Known = NODE) -> tuple[dict[str, Any], list[str]]:
    """The members under their own names, whatever their case; and the names that nobody knows."""
    made: dict[str, Any] = {}
    unknown = []
    for key, value in found.items():
        name = known.lower.get(key.casefold())
        if name is None:
            unknown.append(key)
        else:
            made[name] = spelled(value, LIST)[0] if name == "ListData" and isinstance(value, dict) else value
    return made, unknown


def misfit(node: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first member of a node that has another type than the loader wants: where it is, and what it should be."""
    return _misfit(node, NODE, "")


def _misfit(found: Mapping[str, Any], known: Known, at: str) -> tuple[str, str] | None:
    for name, value in found.items():
        kind = known.kinds.get(name)
        if kind is None or value is None or type(value) is kind:
            if kind is int and value is not None and not _LEAST <= value <= _MOST:
                return f"{at}/{name}", "a whole number of 64 bits"
            continue
        place = f"{at}/{name}"
        if kind is _TEXTS and isinstance(value, dict):
            key = next((key for key, text in value.items() if text is not None and not isinstance(text, str)), None)
            if key is not None:
                return place + step(key), "a text"
        elif kind is _ITEM and isinstance(value, dict):
            inner = _misfit(value, LIST, place)
            if inner is not None:
                return inner
        elif not _fits(value, kind):
            return place, _NAMES.get(kind, f"{'an' if kind in (_TEXTS, _ITEM) else 'a'} {kind}")
    return None


def _fits(value: Any, kind: Kind) -> bool:
    if kind is _BYTE:
        return type(value) is int and 0 <= value <= 0xFF
    if kind is _BASE64:
        return isinstance(value, str) and _is_base64(value)
    if kind is _NUMBERS:
        return isinstance(value, list) and all(type(one) is int for one in value)
    return kind is _NODES and isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _is_base64(text: str) -> bool:
    try:
        binascii.a2b_base64(text.replace("\n", "").replace("\r", ""), strict_mode=True)
    except ValueError:
        return False
    return True
