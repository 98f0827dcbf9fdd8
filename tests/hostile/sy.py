"""Workspaces of SiYuan that are made for one case each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.hostile.case import Maker
from tests.siyuan.judged import BOX, DOC, database, document, inner, node, paragraph, workspace

OTHER = "20240101000000-bcdefgh"
CHILD = "20240101000000-cdefghi"
SECOND_BOX = "20240101000000-loader1"
SECOND_DATABASE = "20240101000000-avavavb"
BLOCK = "20240101000009-aaaaaaa"
FILE, OTHER_FILE = f"{BOX}/{DOC}.sy", f"{BOX}/{OTHER}.sy"
SOUND = document(paragraph("sound", "20240101000008-sssssss"), own=OTHER)


def made(files: dict[str, Any]) -> Maker:
    """Makes a workspace of one notebook with these files below `data`; `../` leads beside it."""

    def make(folder: Path) -> Path:
        (folder / "secret.png").write_bytes(b"secret")
        return workspace(folder / "ws", **files)

    return make


def holding(*blocks: Any, **files: Any) -> Maker:
    """Makes a workspace of one document with these blocks."""
    return made({FILE: document(*blocks)} | files)


def beside(content: object, **files: Any) -> Maker:
    """Makes a workspace of a sound document and this one."""
    return made({FILE: content, OTHER_FILE: SOUND} | files)


def changed(**members: Any) -> dict[str, Any]:
    """A document with other members; without those that are None."""
    return {name: value for name, value in (document() | members).items() if value is not None}


def marked(text: str, **members: Any) -> dict[str, Any]:
    """A paragraph of one text mark."""
    return node("Paragraph", inner("TextMark", TextMarkTextContent=text, **members), own=BLOCK)


def reference(target: str, text: str = "deep") -> dict[str, Any]:
    return marked(text, TextMarkType="block-ref", TextMarkBlockRefID=target, TextMarkBlockRefSubtype="s")


def link(target: str) -> dict[str, Any]:
    return marked("deep", TextMarkType="a", TextMarkAHref=target)


def picture(target: str) -> dict[str, Any]:
    """A paragraph of one picture."""
    parts = (
        inner("Bang"),
        inner("OpenBracket"),
        inner("LinkText", Data="deep"),
        inner("CloseBracket"),
        inner("OpenParen"),
        inner("LinkDest", Data=target),
        inner("CloseParen"),
    )
    return node("Paragraph", inner("Image", *parts, Data="span"), own=BLOCK)


def embed(query: str, own: str = BLOCK) -> dict[str, Any]:
    parts = (inner("OpenBrace"), inner("OpenBrace"), inner("BlockQueryEmbedScript", Data=query))
    return node("BlockQueryEmbed", *parts, inner("CloseBrace"), inner("CloseBrace"), own=own)


def titled(title: str, *blocks: Any, **properties: str) -> dict[str, Any]:
    """A document of this title."""
    base = document(*blocks)
    return base | {"Properties": base["Properties"] | {"title": title} | properties}


def nested(depth: int) -> bytes:
    """A document of a list in a list in a list, deeper than a library writes JSON."""
    text = json.dumps(paragraph("deep", own="20240102000000-aaaaaaa"))
    for at in range(depth):
        own = f"20240102{at:06}"
        item = json.dumps(node("ListItem", "@", own=f"{own}-iiiiiii", ListData={"BulletChar": 42}))
        whole = json.dumps(node("List", "@", own=f"{own}-lllllll", ListData={}))
        text = whole.replace('"@"', item.replace('"@"', text))
    return json.dumps(document("@")).replace('"@"', text).encode()


def related(name: str, other: str) -> dict[str, Any]:
    """A database with a relation and a rollup of it to another."""
    base = database(id=name)
    relation = {
        "key": {"id": "20240101000000-relrelr", "name": "R", "type": "relation", "relation": {"avID": other}},
        "values": [],
    }
    rollup = {
        "key": {
            "id": "20240101000000-rolroll",
            "name": "U",
            "type": "rollup",
            "rollup": {"relationKeyID": "20240101000000-relrelr", "keyID": "20240101000000-rolroll"},
        },
        "values": [],
    }
    return base | {"keyValues": [*base["keyValues"], relation, rollup]}


def long_database(rows: int) -> dict[str, Any]:
    """A database of very many rows."""
    key = {"id": "20240101000000-keykeyk", "name": "Name", "type": "block"}
    ids = [f"20240101000000-{at:07}" for at in range(rows)]
    values = [{"keyID": key["id"], "blockID": row, "type": "block", "block": {"content": "deep"}} for row in ids]
    view = {"id": "20240101000000-viewvie", "type": "table", "table": {"columns": [{"id": key["id"]}]}, "itemIds": ids}
    return database(keyValues=[{"key": key, "values": values}], views=[view])
