"""What the application does with settings (docs/formats/siyuan.md, "Workspace", "Notebooks")."""

from __future__ import annotations

from typing import Any

import orjson

from converter.formats.siyuan.verdicts.gathered import LOSES, REFUSES, Verdicts

__all__ = ["judge_notebook", "judge_order", "judge_settings"]

_HIDDEN = "nothing of it is shown or indexed"


def judge_settings(data: bytes, verdicts: Verdicts) -> None:
    """Note what would happen to the settings of a workspace."""
    found = _object(data)
    if found is None:
        verdicts.refuse("SiYuan does not start with settings that are no JSON object")
    elif not isinstance(found.get("fileTree"), dict):
        verdicts.refuse("SiYuan does not start with settings that have no object fileTree")


def judge_notebook(data: bytes | None, verdicts: Verdicts) -> None:
    """Note what would happen to a notebook with these settings, or without any."""
    found = _object(data) if data is not None else None
    if data is None:
        verdicts.add(LOSES, f"a notebook without settings gets some: it is called Untitled, and closed, so {_HIDDEN}")
    elif found is None:
        what = f"settings that are no JSON object are deleted: its name is lost, it is closed, and {_HIDDEN}"
        verdicts.add(LOSES, what)
    elif found.get("encrypted") is True:
        if not isinstance(found.get("boxCrypt"), dict):
            verdicts.add(REFUSES, "a notebook that is encrypted and has no keys stays locked", "/boxCrypt")
    elif found.get("closed") is None:
        verdicts.add(LOSES, f"a notebook that does not say closed: false is closed, so {_HIDDEN}", "/closed")


def judge_order(data: bytes, verdicts: Verdicts) -> None:
    """Note what would happen to the order of a notebook's documents."""
    found = _object(data)
    if found is None or not all(type(number) is int for number in found.values()):
        what = "is no JSON object" if found is None else "holds a value that is no whole number"
        verdicts.add(LOSES, f"an order that {what} is ignored: the newest documents come first")


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
