"""Random edits in every kind of target: what people see is what comes back, and everything else is as it was."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.residue.chains import NAMES, differences, run, state, wanted
from tests.residue.editing import edit_rows
from tests.residue.test_chains import WAYS, kind_of, source_of

_WORD = re.compile(r"\w{4,}")
_FRONT = re.compile(r"((?:---\n.*?\n---\n)?)(.*)", re.DOTALL)
_SHOWN = re.compile(r'"(?:text|Data|TextMarkTextContent)": "((?:[^"\\]|\\.)*)"')
_SYNTAX = re.compile(r"(\[\[[^\]|#]*)#[^\]|]*|<[^<>]*>| \^[\w-]+$|\[\^[\w-]+\]", re.MULTILINE)
_PLAIN = re.compile(r"[\w#>*-][^<\[`|$!:^\\]*")
SEEDS = range(2)


def _texts(node: Any) -> Iterator[dict[str, Any]]:
    """Everything in a document or a note that holds plain text, and does not merely repeat a title."""
    if isinstance(node, dict) and not (node.get("reference") or {}).get("shows"):
        if node.get("Type") == "NodeText" or node.get("kind") == "text":
            yield node
        for name, value in node.items():
            if name != "payload":
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _pruned(node: Any) -> Any:
    """Without text that merely repeats a title."""
    if isinstance(node, dict):
        if (node.get("reference") or {}).get("shows"):
            return None
        return {name: _pruned(value) for name, value in node.items()}
    return [_pruned(value) for value in node] if isinstance(node, list) else node


def _words(node: Any) -> Counter[str]:
    """The words that a note shows."""
    text = json.dumps(_pruned(node), ensure_ascii=False)
    return Counter(word for one in _SHOWN.findall(text) for word in _WORD.findall(one))


def change(blocks: list[Any], order: random.Random) -> None:
    """One edit among the blocks of a note: a word, a block deleted, moved or doubled."""
    what = order.choice(("word", "word", "delete", "move"))
    if what == "delete" and len(blocks) > 1:
        del blocks[order.randrange(len(blocks))]
    elif what == "move" and len(blocks) > 1:
        blocks.insert(order.randrange(len(blocks)), blocks.pop(order.randrange(len(blocks))))
    else:
        spots = [one for one in _texts(blocks) if _WORD.search(one.get("Data") or one.get("text") or "")]
        if spots:
            spot = order.choice(spots)
            name = "Data" if "Data" in spot else "text"
            spot[name] = _WORD.sub("zebrafish", spot[name], count=1)
            _mend_code(blocks)


def _mend_code(blocks: list[Any]) -> None:
    """Code stands twice in a block of a package: the application keeps both alike."""
    for block in blocks:
        payload = block.get("payload") or {}
        if "source" in payload and block.get("spans"):
            payload["source"] = block["spans"][0]["text"]
        _mend_code(block.get("children") or [])


def edit(place: Path, kind: str, order: random.Random) -> str:
    """Edit one note; what is left of its path, id or title."""
    if kind == "mnemo":
        chosen: list[str] = []

        def apply(rows: dict[str, Any]) -> None:
            key = order.choice(sorted(rows))
            chosen.append(key)
            change(rows[key]["blocks"], order)

        edit_rows(place, apply)
        return chosen[0]
    if kind == "json":
        lines = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
        note = order.choice([line for line in lines if line["kind"] == "note"])
        change(note.get("blocks", []), order)
        place.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return str(note.get("key"))
    if kind == "siyuan":
        path = order.choice(sorted(place.rglob("*.sy")))
        root = json.loads(path.read_bytes())
        change(root["Children"], order)
        path.write_bytes(json.dumps(root, ensure_ascii=False).encode())
        return path.stem
    path = order.choice(sorted(place.rglob("*.md")))
    head, body = _FRONT.match(path.read_bytes().decode()).groups()  # type: ignore[union-attr]
    parts = body.split("\n\n")
    plain = [spot for spot, part in enumerate(parts) if _PLAIN.fullmatch(part)]
    if order.random() < 0.5 and len(parts) > 1:
        del parts[order.randrange(len(parts))]
    elif plain:
        spot = order.choice(plain)
        parts[spot] = _WORD.sub("zebrafish", parts[spot], count=1)
    path.write_bytes((head + "\n\n".join(parts)).encode())
    return path.name


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "via"), WAYS)
def test_an_edit_wins(name: str, via: str, seed: int, tmp_path: Path) -> None:
    source, kind = source_of(name, tmp_path), kind_of(name)
    options = {"mnemo_target": "0.8"} if "newer" in name else {}
    want = wanted(source, kind, tmp_path, **options)
    between = tmp_path / "between" / NAMES[via]
    run(source, between, via, **options)
    if via == "mnemo" and not _has_notes(between):
        return
    before = _shown(between, via)
    edit(between, via, random.Random(f"{name} {via} {seed}"))  # noqa: S311

    run(between, tmp_path / "back" / NAMES[kind], kind, **options)

    differ = differences(want, state(tmp_path / "back" / NAMES[kind], kind))
    assert len([one for one in differ if one.endswith((".md", ".sy")) or one.startswith("Notes/")]) <= 2
    run(tmp_path / "back" / NAMES[kind], tmp_path / "again" / NAMES[via], via, residue=False)
    after, again = _shown(between, via), _shown(tmp_path / "again" / NAMES[via], via)
    assert not after - again
    assert not (again - after) & (before - after)


def _has_notes(package: Path) -> bool:
    rows: list[int] = []
    edit_rows(package, lambda found: rows.append(len(found)))
    return bool(rows[0])


def _shown(place: Path, kind: str) -> Counter[str]:
    words: Counter[str] = Counter()
    if kind == "mnemo":
        edit_rows(place, lambda rows: words.update(_words(list(rows.values()))))
    elif kind == "json":
        for line in map(json.loads, place.read_text(encoding="utf-8").splitlines()):
            words.update(_words(line) if line["kind"] == "note" else ())
    elif kind == "siyuan":
        for path in place.rglob("*.sy"):
            words.update(_words(json.loads(path.read_bytes())))
    else:
        for path in place.rglob("*.md"):
            body = _FRONT.sub(r"\2", path.read_text(encoding="utf-8"), count=1)
            words.update(_WORD.findall(_SYNTAX.sub(r"\1", body)))
    return words
