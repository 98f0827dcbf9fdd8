"""Duplicates take every reference with them; what was in the target keeps every byte."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.into.merging import into, picture, run, write

HUB = """---
related: "[[Plan]]"
---

# Hub

Wiki [[Plan]], [[Plan|with a text]], [[Plan#Steps]], ![[Plan#Steps]].
Inline [a](Plan.md), [b](<Plan.md> "t"), [c](./Plan.md#Steps) and [ref][1].
Not these: `[[Plan]]`, \\[[Plan]], [x](https://example.org/Plan.md), [[Planet]].

![[chart.png|200]] ![](chart.png)

```
[[Plan]] ![[chart.png]]
```

[1]: Plan.md
"""
CANVAS = {
    "nodes": [
        {"id": "a", "type": "file", "file": "Plan.md", "x": 0, "y": 0, "width": 10, "height": 10},
        {"id": "b", "type": "file", "file": "chart.png", "x": 0, "y": 0, "width": 10, "height": 10},
    ],
    "edges": [],
}
VAULT: dict[str, str | bytes] = {
    "Plan.md": "# Plan\n\n## Steps\n\nOne.\n",
    "Planet.md": "A planet.\n",
    "chart.png": b"\x89PNG one",
}
COMING: dict[str, str | bytes] = {
    "Plan.md": "# Plan\n\n## Steps\n\nTwo.\n",
    "Hub.md": HUB,
    "Sub/Deep.md": "[up](../Plan.md) and ![](../chart.png)\n",
    "Board.canvas": json.dumps(CANVAS, indent="\t"),
    "chart.png": b"\x89PNG two",
}


def test_links_of_files_lead_to_the_duplicate(tmp_path: Path) -> None:
    target = write(tmp_path / "target", VAULT)
    source = write(tmp_path / "source", VAULT | COMING)
    before = picture(target)

    done = into(source, target, "markdown")

    assert done.findings["duplicated"] == ["assets/chart.png", "notes/Plan.md"]
    after = picture(target)
    assert all(after[name] == before[name] for name in before)
    assert (target / "Plan 1.md").read_text() == COMING["Plan.md"]
    hub = (target / "Hub.md").read_text()
    assert hub == (
        HUB.replace('related: "[[Plan]]"', 'related: "[[Plan 1]]"')
        .replace("Wiki [[Plan]], [[Plan|with a text]], [[Plan#Steps]], ![[Plan#Steps]]",
                 "Wiki [[Plan 1]], [[Plan 1|with a text]], [[Plan 1#Steps]], ![[Plan 1#Steps]]")
        .replace('[a](Plan.md), [b](<Plan.md> "t"), [c](./Plan.md#Steps)',
                 '[a](<Plan 1.md>), [b](<Plan 1.md> "t"), [c](<./Plan 1.md#Steps>)')
        .replace("![[chart.png|200]] ![](chart.png)", "![[chart 1.png|200]] ![](<chart 1.png>)")
        .replace("[1]: Plan.md", "[1]: <Plan 1.md>")
    )  # fmt: skip
    canvas = json.loads((target / "Board.canvas").read_text())
    assert [node["file"] for node in canvas["nodes"]] == ["Plan 1.md", "chart 1.png"]
    assert into(source, target, "markdown").written == 0


def documents(workspace: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_bytes()) for path in workspace.rglob("*.sy")}


def nodes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    stack = [document]
    while stack:
        node = stack.pop()
        yield node
        stack += node.get("Children") or []


def titled(workspace: Path, title: str) -> list[str]:
    return sorted(key for key, document in documents(workspace).items() if document["Properties"]["title"] == title)


def _edited(workspace: Path, title: str, old: str, new: str) -> None:
    (key,) = titled(workspace, title)
    (path,) = workspace.rglob(f"{key}.sy")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_references_of_documents_lead_to_the_duplicate(tmp_path: Path) -> None:
    vault = write(
        tmp_path / "vault",
        {
            "Plan.md": "# Plan\n\nStep ^here\n",
            "Old.md": "Old, refers to [[Plan]].\n",
            "New.md": "New, [[Plan]], [[Plan#^here]].\n\n![[Plan#^here]]\n",
        },
    )
    source, target = tmp_path / "source", tmp_path / "target"
    run(vault, source, "siyuan")
    shutil.copytree(source, target)
    (new,) = titled(target, "New")
    next(iter(target.rglob(f"{new}.sy"))).unlink()
    _edited(source, "Plan", "Step", "Another step")
    before = picture(target)

    done = into(source, target, "siyuan")

    assert done.count("notes", "duplicated") == 1
    assert done.count("notes", "unchanged") == 1
    assert done.count("notes", "created") == 1
    plans = titled(target, "Plan")
    (own,) = titled(source, "Plan")
    (copy,) = set(plans) - {own}
    assert done.ids["notes"] == {own: copy}
    found = documents(target)
    ids = Counter(node["ID"] for document in found.values() for node in nodes(document) if "ID" in node)
    assert set(ids.values()) == {1}
    inside = {node["ID"] for node in nodes(found[copy]) if "ID" in node}
    referred = {node["TextMarkBlockRefID"] for node in nodes(found[new]) if "TextMarkBlockRefID" in node}
    assert referred
    assert referred <= inside
    embeds = [node["Data"] for node in nodes(found[new]) if node["Type"] == "NodeBlockQueryEmbedScript"]
    assert any(one in embed for embed in embeds for one in inside)
    after = picture(target)
    assert all(after[name] == before[name] for name in before if name.endswith(".sy"))
    assert into(source, target, "siyuan").written == 0


def _blocks(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        yield block
        yield from _blocks(block.get("children") or [])


def test_blocks_of_duplicates_have_ids_of_their_own_also_where_links_lead(tmp_path: Path) -> None:
    """Between systems: a block that a link names has its id from the plan, and that of a duplicate is another one."""
    vault = write(tmp_path / "vault", {"Plan.md": "# Plan\n\nStep ^here\n", "Hub.md": "[[Plan#Plan]] [[Plan#^here]]\n"})
    workspace, library = tmp_path / "ws", tmp_path / "lib" / "mnemo.db"
    library.parent.mkdir()
    for target, to in ((workspace, "siyuan"), (library, "mnemo-db")):
        run(vault, target, to)
        assert into(vault, target, to, "duplicate-all").count("notes", "duplicated") == 2

    found = documents(workspace)
    ids = Counter(node["ID"] for document in found.values() for node in nodes(document) if "ID" in node)
    assert set(ids.values()) == {1}
    with sqlite3.connect(library) as connection:
        rows = connection.execute("SELECT Value FROM Storage WHERE Key LIKE 'note!_%' ESCAPE '!'").fetchall()
    connection.close()
    notes = [note for (text,) in rows if "Blocks" in (note := json.loads(text))]
    own = Counter(block["id"] for note in notes for block in _blocks(note["Blocks"]))
    assert len(notes) == 4
    assert set(own.values()) == {1}
    plans = {note["NoteId"]: {block["id"] for block in _blocks(note["Blocks"])} for note in notes}
    named = re.findall(r"mnemo://note/([^#\"]+)#([^\"]+)", "".join(text for (text,) in rows))
    assert len(named) == 4
    assert all(block in plans[note] for note, block in named)
