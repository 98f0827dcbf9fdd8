"""Which names residue may give: records can say anything, and a name that leaves its place must do no harm."""

from __future__ import annotations

from collections.abc import Mapping

from converter.formats.registry import format_ids
from converter.model.timed_id import is_timed_id
from converter.pipeline.pair import Pair
from converter.pipeline.place.own_paths import is_note_name, own_path
from converter.storage.names import check_member

__all__ = ["is_sound_file", "is_sound_item", "is_sound_origin"]


def is_sound_origin(origin: str, options: Mapping[str, str]) -> bool:
    """Whether a header names a format that is known, and options that it knows."""
    return origin in format_ids() and options.get("mnemo_target", "compat") in ("compat", "0.8", "0.6")


def is_sound_item(kind: str, key: str, pair: Pair) -> bool:
    """Whether a folder or note may have this key in the target of a pair."""
    tree = pair.parameter("tree")
    if tree == "documents":
        parts = key.removesuffix(".sy").split("/")
        return all(map(is_timed_id, parts)) and (kind == "folders" or key.endswith(".sy"))
    if tree == "paths":
        named = kind == "folders" or is_note_name(key)
        return named and not check_member(key) and not any(part.startswith(".") for part in key.split("/"))
    return bool(key.strip())


def is_sound_file(key: str, pair: Pair) -> bool:
    """Whether a file, or a member of a payload, may have this key."""
    path = own_path(key, pair.parameter("asset_root"))
    if pair.parameter("tree") == "paths":
        hidden = any(part.startswith(".") for part in path.split("/"))
        return not (check_member(path) or hidden or is_note_name(path))
    return not check_member(path)
