"""The settings of a notebook and the order of its documents (docs/formats/siyuan.md, "Notebooks")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["GUIDES", "Notebook", "order_bytes", "read_notebook", "read_order", "renamed_settings", "settings_bytes"]

GUIDES = frozenset(
    ("20210808180117-6v0mkxr", "20210808180117-czj9bvb", "20211226090932-5lcq56f", "20240530133126-axarxgx")
)
"""Notebooks of the user's guide in its languages; SiYuan deletes them when it ends."""

_DAILY = '/daily note/{{now | date "2006/01"}}/{{now | date "2006-01-02"}}'


class Notebook(msgspec.Struct, frozen=True):
    """What `conf.json` says: `sound` is False where the kernel would put a default in its place."""

    name: str = "Untitled"
    sort: int = 0
    icon: str = ""
    closed: bool = True
    encrypted: bool = False
    sound: bool = False


def read_notebook(data: bytes | None) -> Notebook:
    """The settings of a notebook; those of one without a file, or with a broken one, are the kernel's defaults."""
    values = _object(data)
    if values is None:
        return Notebook()
    return Notebook(
        name=_typed(values, "name", str, "Untitled"),
        sort=_typed(values, "sort", int, 0),
        icon=_typed(values, "icon", str, ""),
        closed=_typed(values, "closed", bool, True),
        encrypted=_typed(values, "encrypted", bool, False),
        sound=True,
    )


def _object(data: bytes | None) -> dict[str, Any] | None:
    try:
        values = msgspec.json.decode(data) if data is not None else None
    except (msgspec.DecodeError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _typed(values: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = values.get(name, default)
    return value if isinstance(value, kind) else default


def read_order(data: bytes | None) -> dict[str, int]:
    """The numbers of documents among their siblings; an order that is none is no order."""
    values = _object(data) or {}
    return values if all(type(value) is int for value in values.values()) else {}


def settings_bytes(name: str, sort: int, icon: str = "") -> bytes:
    """`conf.json` of an open notebook, as the kernel writes it."""
    values = {
        "name": name,
        "sort": sort,
        "icon": icon,
        "closed": False,
        "refCreateSaveBox": "",
        "refCreateSavePath": "",
        "docCreateSaveBox": "",
        "docCreateSavePath": "",
        "dailyNoteSavePath": _DAILY,
        "dailyNoteTemplatePath": "",
        "sortMode": 15,
        "encrypted": False,
        "boxCrypt": None,
    }
    data = _indented(values)
    for sign in b"<>&":
        data = data.replace(bytes([sign]), b"\\u%04x" % sign)
    return data


def renamed_settings(data: bytes, name: str) -> bytes | None:
    """The settings of a notebook under another name; None where they are none."""
    values = _object(data)
    return None if values is None else _indented(values | {"name": name})


def order_bytes(order: Mapping[str, int]) -> bytes:
    """`sort.json`: documents by id, compact."""
    return msgspec.json.encode(dict(sorted(order.items())))


def _indented(values: Mapping[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(values), indent=2)
