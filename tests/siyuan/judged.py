"""Workspaces built by hand, and what `validate` says that SiYuan would do with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from converter import Options
from converter.pipeline.run import validate

BOX = "20240101000000-loader0"
OPEN = {"name": "Box", "sort": 0, "icon": "", "closed": False, "sortMode": 15, "encrypted": False}
DOC = "20240101000000-abcdefg"
DATABASE = "20240101000000-avavava"
DECK = "20240101000000-deckdec"

CODES = frozenset(("app-refuses", "app-repairs", "app-loses"))


class Verdict(NamedTuple):
    code: str
    what: str
    file: str
    pointer: str
    line: int
    column: int
    places: int


def verdicts(source: Path) -> list[Verdict]:
    """What the application is said to do."""
    found = []
    with validate(Options(source=str(source), timezone="UTC")) as report:
        assert report.fault is None, report.fault
        for finding in report.spool:
            where = finding.location
            if finding.code in CODES:
                assert where is not None
                what = dict(finding.details)["what"]
                place = (where.file, where.pointer, where.line, where.column)
                found.append(Verdict(finding.code, what, *place, finding.count))
    return found


def codes(source: Path) -> list[str]:
    return [verdict.code for verdict in verdicts(source)]


def one(source: Path) -> Verdict:
    (found,) = verdicts(source)
    return found


def workspace(folder: Path, **files: Any) -> Path:
    """A workspace of one notebook: files below `data` by their paths, JSON for what is not bytes, None for no file."""
    for name, content in ({f"{BOX}/.siyuan/conf.json": OPEN} | files).items():
        if content is not None:
            path = folder / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    (folder / "data" / BOX).mkdir(exist_ok=True)
    return folder


def node(kind: str, *children: Any, own: str = "20240101000001-aaaaaaa", **members: Any) -> dict[str, Any]:
    """A block."""
    made = {"ID": own, "Type": f"Node{kind}", "Properties": {"id": own}, **members}
    return made | ({"Children": list(children)} if children else {})


def inner(kind: str, *children: Any, **members: Any) -> dict[str, Any]:
    """A node that is no block."""
    return {"Type": f"Node{kind}", **members} | ({"Children": list(children)} if children else {})


def paragraph(text: str = "a", own: str = "20240101000002-aaaaaaa", **properties: str) -> dict[str, Any]:
    made = node("Paragraph", inner("Text", Data=text), own=own)
    made["Properties"] |= properties
    return made


def document(*blocks: Any, own: str = DOC) -> dict[str, Any]:
    properties = {"id": own, "title": "t", "type": "doc", "updated": "20240101000000"}
    children = list(blocks) or [paragraph(own=f"{own[:15]}{own[:14:-1]}")]
    return {"ID": own, "Spec": "2", "Type": "NodeDocument", "Properties": properties, "Children": children}


ROW = "20240101000000-rowrowr"
BOUND = paragraph(own="20240101000005-aaaaaaa", **{"custom-avs": DATABASE})
SHOWN = node("AttributeView", AttributeViewID=DATABASE, AttributeViewType="table")


def database(**members: Any) -> dict[str, Any]:
    """A database with one row, bound to a block."""
    key = {"id": "20240101000000-keykeyk", "name": "Name", "type": "block"}
    value = {"keyID": key["id"], "blockID": ROW, "type": "block", "block": {"id": BOUND["ID"], "content": "a"}}
    view = {
        "id": "20240101000000-viewvie",
        "type": "table",
        "table": {"columns": [{"id": key["id"]}]},
        "itemIds": [ROW],
    }
    made = {"spec": 5, "id": DATABASE, "keyValues": [{"key": key, "values": [value]}], "views": [view]}
    return made | members
