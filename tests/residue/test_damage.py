"""Whatever happens to residue: the conversion ends well, and what people see is what comes back."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.residue.chains import NAMES, run
from tests.residue.editing import edit_rows
from tests.residue.test_chains import kind_of, source_of
from tests.residue.test_random_edits import _shown

SOURCES = ("markdown-links", "markdown-inline", "siyuan-blocks", "siyuan-tree", "mnemo-tree", "mnemo-inline")
WAYS = [(name, via) for name in SOURCES for via in sorted(NAMES) if via not in (kind_of(name), "json")]


def _spoiled(value: Any, order: random.Random) -> Any:
    """A value of JSON with something else in some place of it."""
    if isinstance(value, dict) and value:
        name = order.choice(sorted(value))
        return {key: _spoiled(one, order) if key == name else one for key, one in value.items()}
    if isinstance(value, list) and value and order.random() < 0.8:
        spot = order.randrange(len(value))
        return [_spoiled(one, order) if place == spot else one for place, one in enumerate(value)]
    if isinstance(value, str):
        return order.choice((value[:-1], value + "x", value[::-1], "", None, 7))
    return order.choice((None, "x", -1, [], {}))


def _spoiled_lines(path: Path, order: random.Random) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for _ in range(order.randrange(1, 6)):
        spot = order.randrange(1, len(lines))
        match order.randrange(4):
            case 0:
                lines[spot] = (json.dumps(_spoiled(json.loads(lines[spot]), order)) + "\n").encode()
            case 1:
                lines.insert(order.randrange(1, len(lines)), lines[spot])
            case 2:
                del lines[spot]
            case _:
                lines[spot], lines[-1] = lines[-1], lines[spot]
        if len(lines) < 2:
            break
    path.write_bytes(b"".join(lines))


def _spoiled_blocks(package: Path, order: random.Random) -> None:
    def apply(rows: dict[str, Any]) -> None:
        blocks = [block for row in rows.values() for block in row["blocks"] or () if "converter" in block["meta"]]
        for block in order.sample(blocks, min(3, len(blocks))):
            other = order.choice(blocks)
            text = block["meta"]["converter"]
            spoiled = json.dumps(_spoiled(json.loads(text), order))
            block["meta"]["converter"] = order.choice((spoiled, text[:-3], other["meta"]["converter"]))

    edit_rows(package, apply)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("name", "via"), WAYS)
def test_damage_is_no_harm(name: str, via: str, seed: int, tmp_path: Path) -> None:
    source, kind = source_of(name, tmp_path), kind_of(name)
    between = tmp_path / "between" / NAMES[via]
    run(source, between, via)
    order = random.Random(f"{name} {via} {seed}")  # noqa: S311
    if via == "mnemo":
        _spoiled_blocks(between, order)
    else:
        _spoiled_lines(next(between.rglob("residue.jsonl")), order)

    run(between, tmp_path / "back" / NAMES[kind], kind)

    run(tmp_path / "back" / NAMES[kind], tmp_path / "again" / NAMES[via], via, residue=False)
    assert not _shown(between, via) - _shown(tmp_path / "again" / NAMES[via], via)
