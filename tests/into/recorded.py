"""Recorded imports of Mnemo: libraries made from what the application listed, and libraries taken apart to compare.

Nothing here uses the code under test.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.mnemo.library import build_library, stored_rows
from tests.support import shared

__all__ = [
    "CARDS",
    "Flat",
    "Items",
    "case_ids",
    "differences",
    "flat_library",
    "items_of",
    "library_of",
    "package_of",
    "record",
    "state_of",
]

Flat = dict[str, Any]
"""A library in lines: what stands at each place, by kind, item and member."""

CARDS = "flashcards.state.v2"
Items = dict[str, list[Any]]
"""Items of a library by their kinds, as packages spell them."""

KINDS = {"notes": "noteId", "noteFolders": "folderId", "decks": "id", "cardFolders": "id", "mindmaps": "id"}
INDEXES = {"notes_index": "notes", "note_folders_index": "noteFolders", "mindmaps_list": "mindmaps"}
PREFIXES = {"note_folder_": "noteFolders", "note_": "notes", "mindmap_": "mindmaps"}

_THERE = "/home/packages-student/.local/share/Mnemo/images"
_WINDOWS = json.dumps("C:\\Users\\inge\\AppData\\Local\\Mnemo\\images\\")[1:-1]
_NEW_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VERBATIM = frozenset(("blocks", "frontBlocks", "backBlocks", "metadata", "style"))
_FREE = frozenset(("modifiedAt", "deckId"))
"""Members that tests of their own look at."""


@cache
def _records() -> dict[str, dict[str, Any]]:
    path = shared() / "data" / "mnemo" / "packages" / "conflicts" / "conflicts.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row for row in rows}


def record(case: str) -> dict[str, Any]:
    """The record of a case; the test is skipped where there is no data."""
    return _records()[f"conflict-{case}"]


def case_ids() -> list[str]:
    """All cases of the record."""
    return [case.removeprefix("conflict-") for case in _records()]


def package_of(step: Mapping[str, Any], path: Path) -> Path:
    """The package of a step as a file."""
    path.write_bytes(base64.b64decode(step["package"]["base64"]))
    return path


def library_of(case: Mapping[str, Any], folder: Path) -> Path:
    """The library before a case, as the application has it."""
    before = case["before"]
    dump = before.get("dump") or {}
    rows: list[tuple[str, Any]] = []
    for key in before["storageKeys"]:
        if key in before["rows"] or key in case["seedRows"]:
            rows.append((key, before["rows"].get(key, case["seedRows"].get(key))))
        elif key == CARDS:
            rows.append((key, _cards(dump, before["sessionHistory"])))
        else:
            prefix, kind = next((prefix, kind) for prefix, kind in PREFIXES.items() if key.startswith(prefix))
            listed = [*dump.get(kind, []), *case["seed"].get(kind, [])]
            item = next(one for one in listed if prefix + one[KINDS[kind]] == key)
            rows.append((key, spelled(item)))
    for name, data in case["seedImages"].items():
        place = folder / "images" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(base64.b64decode(data))
    return build_library(folder / "mnemo.db", rows)


def _cards(dump: Mapping[str, Any], history: list[Any]) -> dict[str, Any]:
    folders, decks = dump.get("cardFolders", []), dump.get("decks", [])
    return {"Folders": spelled(folders), "Decks": spelled(decks), "SessionHistory": history}


def spelled(value: Any, *, keys: bool = True) -> Any:
    """Package JSON as the database spells it: names begin with a capital letter, those of dictionaries stay."""
    if isinstance(value, list):
        return [spelled(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, inner in value.items():
        own = name[:1].upper() + name[1:] if keys else name
        by_id = name == "nodes" and isinstance(inner, dict)
        made[own] = inner if name in _VERBATIM else spelled(inner, keys=not by_id)
    return made


def unspelled(value: Any, *, keys: bool = True) -> Any:
    """The inverse of `spelled`."""
    if isinstance(value, list):
        return [unspelled(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, inner in value.items():
        own = name[:1].lower() + name[1:] if keys else name
        by_id = own == "nodes" and isinstance(inner, dict)
        made[own] = inner if own in _VERBATIM else unspelled(inner, keys=not by_id)
    return made


def items_of(path: Path) -> Items:
    """The items that the indexes of a library name, as packages spell them; `sessions` is what was practised."""
    rows = stored_rows(path)
    items: Items = {}
    for index, kind in INDEXES.items():
        prefix = next(prefix for prefix, name in PREFIXES.items() if name == kind)
        ids = _parsed(rows.get(index))
        named_rows = [rows.get(f"{prefix}{one or ''}") for one in (ids if isinstance(ids, list) else [])]
        items[kind] = [unspelled(json.loads(row)) for row in named_rows if row]
    cards = _parsed(rows.get(CARDS)) or {}
    items["decks"], items["cardFolders"] = unspelled(cards.get("Decks", [])), unspelled(cards.get("Folders", []))
    items["sessions"] = cards.get("SessionHistory", [])
    return items


def flat_library(path: Path) -> Flat:
    """A library in lines, by its indexes; a row that no index names is not there."""
    images = path.parent / "images"
    files = {
        entry.relative_to(images).as_posix(): hashlib.sha256(entry.read_bytes()).hexdigest()[:8]
        for entry in sorted(images.rglob("*") if images.is_dir() else ())
        if entry.is_file()
    }
    rows = stored_rows(path)
    others = {key: row for key, row in rows.items() if key != CARDS and not key.startswith((*PREFIXES, "converter."))}
    items = items_of(path)
    return flat(items, others, files, items["sessions"], str(images))


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def state_of(state: Mapping[str, Any]) -> Flat:
    """A recorded state in lines."""
    files = {entry["name"].removeprefix("Mnemo/images/"): entry["sha256"][:8] for entry in state["files"]}
    rows = {key: value for key, value in state["rows"].items() if not key.startswith(tuple(PREFIXES))}
    return flat(state.get("dump") or {}, rows, files, state["sessionHistory"])


def named(dump: Mapping[str, list[Any]]) -> dict[str, str]:
    """Names for new ids: those of their items with an apostrophe; later ones of one name are counted."""
    names: dict[str, str] = {}
    for kind, own in KINDS.items():
        found = [one for one in dump.get(kind, []) if one and _NEW_ID.fullmatch(one[own] or "")]
        for item in sorted(found, key=_content):
            name, number = f"{item.get('title') or item.get('name')}'", 2
            while f"{kind}/{name}" in names.values():
                name, number = f"{item.get('title') or item.get('name')}'{number}", number + 1
            names[item[own]] = f"{kind}/{name}"
    return names


def _content(item: Mapping[str, Any]) -> str:
    return _NEW_ID.sub("", json.dumps(item, sort_keys=True))


def flat(
    dump: Mapping[str, list[Any]],
    rows: Mapping[str, Any],
    files: Mapping[str, str],
    history: list[Any],
    images: str = "\0",
) -> Flat:
    """The parts of a library in lines, with names in place of new ids and of the folder of images."""
    names = named(dump)
    lines: Flat = {f"files/{name}": digest for name, digest in files.items()}
    if history:
        lines["history"] = history
    for kind, own in KINDS.items():
        for item in dump.get(kind, []):
            here = names.get(item[own], f"{kind}/{item[own]}")
            lines[here] = "there"
            lines |= {f"{here}.{place}": value for place, value in _places(item, own)}
    for key, value in rows.items():
        parsed = _parsed(value)
        if key not in INDEXES:
            lines[key] = parsed
    text = json.dumps(lines).replace(images, "IMAGES").replace(_THERE, "THERE").replace(_WINDOWS, "WINDOWS/")
    for new, name in sorted(names.items()):
        text = text.replace(new, json.dumps(name.partition("/")[2])[1:-1])
    return dict(json.loads(text))


def _places(item: Mapping[str, Any], own: str) -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        if name in (own, *_FREE) or not value:
            continue
        if name in ("blocks", "cards") and value is not None:
            for number, one in enumerate(value):
                yield f"{name}.{number}", _without_ids(one)
        else:
            yield name, value


def _without_ids(value: Any) -> Any:
    """Blocks and cards without their own ids: those are looked at on their own."""
    if isinstance(value, list):
        return [_without_ids(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_ids(one) for name, one in value.items() if name not in ("id", *_FREE)}
    return value


def differences(app: Flat, ours: Flat) -> list[str]:
    """What ours has otherwise than the application: whole items in one line."""
    lines = []
    for place in sorted(app.keys() | ours.keys()):
        item = _item(place)
        if item != place and (item in app) != (item in ours):
            continue
        was, now = app.get(place), ours.get(place)
        if place not in ours:
            lines.append(f"- {place}")
        elif place not in app:
            lines.append(f"+ {place}")
        elif was != now:
            lines.append(f"{place}: {_changed(was, now)}")
    return lines


def _item(place: str) -> str:
    kind, slash, rest = place.partition("/")
    return f"{kind}/{rest.partition('.')[0]}" if slash and kind in KINDS else place


def _changed(was: Any, now: Any) -> str:
    """The inner values that differ."""
    if isinstance(was, dict) and isinstance(now, dict) and was.keys() == now.keys():
        return ", ".join(f"{name}: {_changed(was[name], now[name])}" for name in was if was[name] != now[name])
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return ", ".join(_changed(one, two) for one, two in zip(was, now, strict=True) if one != two)
    return f"{was!r} -> {now!r}"
