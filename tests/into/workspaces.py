"""SiYuan workspaces taken apart by the tests' own means: what is in them, and what leads nowhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

ID = re.compile(r"(?<![0-9])[0-9]{14}-[0-9a-z]{7}(?![0-9a-z])")
_ADDRESS = re.compile(r"siyuan://blocks/([0-9]{14}-[0-9a-z]{7})")

Problem = tuple[str, ...]
Tree = dict[str, Any]


def nodes(document: Tree) -> Iterator[Tree]:
    """The nodes of a document in reading order."""
    stack = [document]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.get("Children") or [])


def block_ids(document: Tree) -> list[str]:
    """The ids of a document's blocks in reading order, its own first."""
    return [node["ID"] for node in nodes(document) if node.get("ID")]


def listed(node: Tree, name: str) -> list[str]:
    """The ids that an attribute lists."""
    return [one for one in node.get("Properties", {}).get(name, "").split(",") if one]


class Workspace:
    """Documents, databases, cards and orders of a workspace, by their ids."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data" if (root / "data").is_dir() else root
        self.paths = {path.stem: path for path in sorted(self.data.rglob("*.sy"))}
        self.documents: dict[str, Tree] = {key: json.loads(path.read_bytes()) for key, path in self.paths.items()}
        self.databases: dict[str, Tree] = {
            path.stem: json.loads(path.read_bytes()) for path in sorted(self.data.glob("storage/av/*.json"))
        }
        self.cards: dict[str, dict[str, Any]] = {
            path.stem: msgspec.msgpack.decode(path.read_bytes()) for path in self.data.glob("storage/riff/*.cards")
        }
        self.orders: dict[str, dict[str, int]] = {
            path.parent.parent.name: json.loads(path.read_bytes()) for path in self.data.glob("*/.siyuan/sort.json")
        }
        self.counts = Counter(one for document in self.documents.values() for one in block_ids(document))
        self.blocks: dict[str, Tree] = {
            node["ID"]: node for document in self.documents.values() for node in nodes(document) if node.get("ID")
        }

    def titled(self, title: str) -> list[str]:
        """The ids of the documents of this title."""
        return [key for key, document in self.documents.items() if document["Properties"].get("title") == title]

    def titles(self) -> dict[str, str]:
        """The title path of every document by its id."""
        return {key: self._title_path(path) for key, path in self.paths.items()}

    def _title_path(self, path: Path) -> str:
        above = path.relative_to(self.data).parts[1:-1]
        named = [self.documents[one]["Properties"].get("title", "") if one in self.documents else "?" for one in above]
        return "/".join(("", *named, self.documents[path.stem].get("Properties", {}).get("title", "")))

    def rows(self, database: str) -> dict[str, str]:
        """The blocks that the rows of a database are bound to, by the row."""
        return {
            value["blockID"]: value["block"]["id"]
            for column in self.databases[database]["keyValues"]
            for value in column.get("values") or ()
            if column["key"]["type"] == "block" and value.get("block", {}).get("id") and not value.get("isDetached")
        }

    def items(self, database: str) -> set[str]:
        """The rows of a database."""
        columns = self.databases[database]["keyValues"]
        return {value["blockID"] for column in columns for value in column.get("values") or ()}

    def problems(self) -> set[Problem]:
        """Everything that leads nowhere, or that only one of its two ends knows."""
        found: set[Problem] = {("block twice", one) for one, count in self.counts.items() if count > 1}
        for own, node in self.blocks.items():
            found |= set(self._of_block(own, node))
        for document in self.documents.values():
            found |= set(self._of_marks(document))
        for own in self.databases:
            found |= set(self._of_database(own))
        for deck, cards in self.cards.items():
            found |= {
                ("card of no block", deck, card["BID"]) for card in cards.values() if card["BID"] not in self.blocks
            }
        for notebook, order in self.orders.items():
            found |= {
                ("number of no document", notebook, one)
                for one in order
                if one not in self.paths or self.paths[one].relative_to(self.data).parts[0] != notebook
            }
        return found

    def _of_block(self, own: str, node: Tree) -> Iterator[Problem]:
        for database in listed(node, "custom-avs"):
            if database not in self.databases:
                yield "custom-avs of no database", own, database
            elif own not in self.rows(database).values():
                yield "block without its row", own, database
        for deck in listed(node, "custom-riff-decks"):
            if own not in {card["BID"] for card in self.cards.get(deck, {}).values()}:
                yield "block without its card", own, deck
        for name in node.get("Properties", {}):
            if name.startswith("custom-sy-av-s-text-") and name[-22:] not in self.databases:
                yield "text for no database", own, name[-22:]
        if node.get("AttributeViewID") and node["AttributeViewID"] not in self.databases:
            yield "view of no database", own, node["AttributeViewID"]

    def _of_marks(self, document: Tree) -> Iterator[Problem]:
        own = document["ID"]
        for node in nodes(document):
            own = node.get("ID") or own
            named = [node["TextMarkBlockRefID"]] if "TextMarkBlockRefID" in node else []
            if node["Type"] == "NodeBlockQueryEmbedScript":
                named += ID.findall(node["Data"])
            named += _ADDRESS.findall(json.dumps({name: node[name] for name in node if name != "Children"}))
            for target in named:
                if target not in self.blocks:
                    yield "reference to nothing", own, target

    def _of_database(self, own: str) -> Iterator[Problem]:
        for block in self.rows(own).values():
            if block not in self.blocks:
                yield "row of no block", own, block
            elif own not in listed(self.blocks[block], "custom-avs"):
                yield "row that its block does not know", own, block
        for column in self.databases[own]["keyValues"]:
            relation = column["key"].get("relation")
            if not relation:
                continue
            other = relation["avID"]
            if other not in self.databases:
                yield "relation to no database", own, other
                continue
            back = [
                one["key"] for one in self.databases[other]["keyValues"] if one["key"]["id"] == relation["backKeyID"]
            ]
            if relation["isTwoWay"] and [key["relation"]["avID"] for key in back] != [own]:
                yield "relation that does not lead back", own, other
            for value in column.get("values") or ():
                for item in (value.get("relation") or {}).get("blockIDs") or ():
                    if item not in self.items(other):
                        yield "relation to no row", own, item


def renamed(value: Any, names: Mapping[str, str], *, prose: bool = False) -> Any:
    """A tree in which every id that has a new name has it, but for what a person reads."""
    if isinstance(value, str):
        return value if prose else names.get(value) or ID.sub(lambda match: names.get(match[0], match[0]), value)
    if isinstance(value, list):
        return [renamed(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    text = ("Data", "TextMarkTextContent") if value.get("Type") in _PROSE else ()
    return {renamed(name, names): renamed(one, names, prose=name in text) for name, one in value.items()}


_PROSE = ("NodeText", "NodeTextMark", "NodeCodeBlockCode")
