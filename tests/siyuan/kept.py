"""What documents hold for those who read them, as plain lines without ids: made to compare two importers.

`kept` gives for each document, by its title path, a `Facts`: for every kind in `KINDS` a multiset of lines.
`missing` says which lines the one has and the other has not.
"""

from __future__ import annotations

import html
import itertools
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Node = dict[str, Any]
Facts = dict[str, Counter[str]]

KINDS = ("blocks", "text", "words", "marks", "links", "front", "notes")
"""Notes are attributes of blocks: memos, names, styles."""
LEAVES = {
    "NodeCodeBlock": "NodeCodeBlockCode",
    "NodeMathBlock": "NodeMathBlockContent",
}
WITH_TEXT = ("NodeParagraph", "NodeHeading", "NodeTable")
WITH_DATA = ("NodeHTMLBlock", "NodeIFrame", "NodeVideo", "NodeAudio", "NodeWidget")
BREAKS = ("NodeSoftBreak", "NodeHardBreak", "NodeBr")
ATTRIBUTES_OF_THE_SYSTEM = ("id", "type", "updated", "title", "tags")
NO_TIME = "0" * 14
ASSET_ID = re.compile(r"-[0-9]{14}-[a-z0-9]{7}(?=\.[^./]*$|$)")
WORD = re.compile(r"[^\W_]+")
NODE_ID = re.compile(r"[0-9]{14}-[a-z0-9]{7}")
NO_WORDS = re.compile(r"</?[a-z][^<>]*>|\^[A-Za-z][A-Za-z0-9-]*")
EMBED_BY_ID = re.compile(r"where id ?= ?'([^']+)'", re.IGNORECASE)
BLOCK_LINK = "siyuan://blocks/"
LIST_KINDS = {0: "bullets", 1: "numbers", 3: "tasks"}


def kept(documents: Iterable[tuple[str, Node]]) -> dict[str, Facts]:
    """The facts of every document, by its title path."""
    documents = list(documents)
    places = dict(_places(documents))
    return {path: _facts(root, places) for path, root in documents}


def missing(having: Mapping[str, Facts], other: Mapping[str, Facts]) -> dict[str, list[str]]:
    """By kind, the lines that `having` has and `other` has not, each after the path of its document.

    Words are looked for in everything that the other document holds.
    """
    pairs = dict(_pairs(having, other))
    found: dict[str, list[str]] = {"documents": [path for path in having if path not in pairs]}
    for kind in KINDS:
        found[kind] = [
            f"{path}: {line}" + (f" (×{count})" if count > 1 else "")
            for path, partner in pairs.items()
            for line, count in sorted((having[path][kind] - _offer(other[partner], kind)).items())
        ]
    found["order"] = [path for path, partner in pairs.items() if not _same_order(having[path], other[partner])]
    return {kind: lines for kind, lines in found.items() if lines}


def _offer(facts: Facts, kind: str) -> Counter[str]:
    """What a document has to set against lines of a kind: for words also those in addresses and attributes."""
    if kind != "words":
        return facts[kind]
    return facts["words"] + _words(line for other in ("links", "front", "notes") for line in facts[other].elements())


def _pairs(having: Mapping[str, Facts], other: Mapping[str, Facts]) -> Iterator[tuple[str, str]]:
    """The documents of both that belong together: of one path, or the only ones below a parent that are left."""
    yield from ((path, path) for path in having if path in other)
    left, right = (
        {parent: list(paths) for parent, paths in itertools.groupby(sorted(mine.keys() - its.keys()), _parent)}
        for mine, its in ((having, other), (other, having))
    )
    for parent, paths in left.items():
        if len(paths) == 1 and len(right.get(parent, [])) == 1:
            yield paths[0], right[parent][0]


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _same_order(one: Facts, other: Facts) -> bool:
    """Whether the texts that both have follow each other in the same way; those that occur twice do not count."""
    both = {line for line, count in one["text"].items() if count == other["text"][line] == 1}
    return [line for line in one["text"] if line in both] == [line for line in other["text"] if line in both]


def _places(documents: list[tuple[str, Node]]) -> Iterator[tuple[str, str]]:
    """For every id what it stands for: the path of a document, and in it the text of a heading or block."""
    for path, root in documents:
        yield root["ID"], path
        for node, _ in _blocks(root):
            word = "heading" if node["Type"] == "NodeHeading" else "block"
            yield node["ID"], f"{path} {word} «{_first_text(node)}»"


def _first_text(node: Node) -> str:
    """The text of a block or of the first block in it that has one."""
    return next((text for text in _texts(node) if text), "")


def _facts(root: Node, places: Mapping[str, str]) -> Facts:
    """The lines of one document, in the order of their appearance."""
    facts: Facts = {kind: Counter() for kind in KINDS}
    facts["front"].update(_front(root))
    for node, depth in _blocks(root):
        if label := _label(node):
            facts["blocks"][f"{label} at depth {depth}" if depth else label] += 1
        facts["text"].update(filter(None, _own_texts(node)))
        for line in _lines(node):
            facts["marks"].update(_marks(line))
            facts["words"].update(_words(_pieces(line)))
            facts["links"].update(_links(line, places))
        facts["links"].update(_embeds(node, places))
        facts["notes"].update(_attributes(node))
        if node["Type"] not in WITH_TEXT:
            facts["words"].update(_words(_own_texts(node)))
    return facts


def _words(pieces: Iterable[str]) -> Counter[str]:
    """The words of some texts; tags, block ids and node ids are none."""
    return Counter(
        word.casefold() for piece in pieces for word in WORD.findall(NO_WORDS.sub(" ", piece.replace("⟨id⟩", " ")))
    )


def _pieces(line: list[Node]) -> Iterator[str]:
    """The texts of a line, apart where a mark begins or ends: what is a sign in one importer is a mark in another."""
    for marked, group in itertools.groupby(line, lambda node: node["Type"] == "NodeTextMark"):
        texts = map(_words_of, group)
        yield from (texts if marked else ["".join(texts)])


def _front(root: Node) -> Iterator[str]:
    """What the front matter became: title, tags, attributes, and times that are not those of the run."""
    own = root["Properties"]
    yield f"title={_value(own.get('title', ''))}"
    yield from (f"tag={tag.strip()}" for tag in _value(own.get("tags", "")).split(",") if tag.strip())
    yield from _attributes(root)
    times = {"created": root["ID"][:14], "updated": own.get("updated", NO_TIME)}
    yield from (f"{name}={time}" for name, time in times.items() if time != NO_TIME)


def _attributes(node: Node) -> Iterator[str]:
    """The attributes of a block or document that are not the application's own."""
    for name, value in node.get("Properties", {}).items():
        if name not in ATTRIBUTES_OF_THE_SYSTEM:
            yield f"{name}={_value(value).strip()}"


def _value(stored: str) -> str:
    """The value of an attribute as people see it."""
    return html.unescape(stored.replace("_esc_newline_", "\n"))


def _blocks(node: Node, depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Every block below a node with its depth; without the wrapper of YAML."""
    for child in node.get("Children", ()):
        if "ID" in child and not _is_front_matter(child):
            yield child, depth
            yield from _blocks(child, depth + 1)


def _is_front_matter(node: Node) -> bool:
    """Whether a block is the code in which the kernel keeps the front matter: not fenced, so no export shows it."""
    if node["Type"] != "NodeCodeBlock" or node.get("IsFencedCodeBlock"):
        return False
    return _language(node) == "yaml" and _code(node).startswith("---")


def _label(node: Node) -> str:
    """What kind of block this is; nothing for a paragraph that shows nothing, as the kernel puts it in by itself."""
    kind = node["Type"].removeprefix("Node")
    maker = _LABELS.get(kind)
    if kind == "Paragraph" and not any(map(_is_seen, node.get("Children", ()))):
        return ""
    return maker(node) if maker else kind.lower()


def _is_seen(node: Node) -> bool:
    return node["Type"] != "NodeKramdownSpanIAL" and node.get("Data") != ""


def _item(node: Node) -> str:
    """An item with its number or sign."""
    marker = next((child for child in node.get("Children", ()) if child["Type"] == "NodeTaskListItemMarker"), None)
    if marker is not None:
        checked = "x" if marker.get("TaskListItemChecked") else " "
        return f"task [{chr(marker.get('TaskListItemMarker') or ord(checked)).lower()}]"
    number = node["ListData"].get("Num", 0)
    return f"item {number}" if node["ListData"].get("Typ") == 1 else "item"


def _table(node: Node) -> str:
    """A table with its size and its alignments."""
    rows = list(_rows(node))
    aligns = [cell.get("TableCellAlign", 0) for cell in rows[0]["Children"]]
    return f"table of {len(rows)} rows, columns {aligns}"


_LABELS: dict[str, Callable[[Node], str]] = {
    "ThematicBreak": lambda _: "rule",
    "Blockquote": lambda _: "quote",
    "BlockQueryEmbed": lambda _: "embed",
    "MathBlock": lambda _: "formula",
    "Heading": lambda node: f"heading {node['HeadingLevel']}",
    "List": lambda node: f"list of {LIST_KINDS[node['ListData'].get('Typ', 0)]}",
    "ListItem": _item,
    "Callout": lambda node: f"callout {node['CalloutType']}",
    "CodeBlock": lambda node: f"code {_language(node)}".strip(),
    "Table": _table,
}


def _texts(node: Node) -> Iterator[str]:
    """The texts of a block and of all below it."""
    yield from _own_texts(node)
    for child, _ in _blocks(node):
        yield from _own_texts(child)


def _own_texts(node: Node) -> Iterator[str]:
    """The texts that a block itself shows: one, or one for each row of a table."""
    kind = node["Type"]
    if kind in LEAVES:
        yield _code(node).strip("\n")
    elif kind in WITH_DATA:
        yield node.get("Data", "").strip()
    elif kind == "NodeCallout":
        yield html.unescape(node.get("CalloutTitle", ""))
    elif kind == "NodeTable":
        yield from (" | ".join(map(_text, row["Children"])) for row in _rows(node))
    elif kind in WITH_TEXT:
        yield _text(node)


def _text(node: Node) -> str:
    """The text that inline nodes show, with one line break for each of theirs."""
    text = "".join(map(_words_of, node.get("Children", ())))
    return re.sub(r" *\n *", "\n", text).strip()


def _words_of(node: Node) -> str:
    """The text of one inline node; pictures and marker nodes have none."""
    kind = node["Type"]
    if kind in BREAKS:
        return "\n"
    if kind == "NodeTextMark":
        return _mark_text(node)
    if kind in ("NodeBackslash", "NodeEmoji"):
        return "".join(map(_words_of, node["Children"]))
    return _clean(node.get("Data", "")) if kind in _SPEAKING else ""


_SPEAKING = ("NodeText", "NodeBackslashContent", "NodeEmojiUnicode", "NodeEmojiImg", "NodeHTMLEntity")


def _mark_text(node: Node) -> str:
    """The text of a mark, unescaped."""
    stored = node.get("TextMarkTextContent") or node.get("TextMarkInlineMathContent", "")
    return _clean(html.unescape(stored))


def _clean(text: str) -> str:
    """A text without caret helpers and the numbers of ids."""
    return NODE_ID.sub("⟨id⟩", text.replace("\u200b", ""))


def _lines(node: Node) -> Iterator[list[Node]]:
    """The inline nodes of a block: one list, or one for each cell of a table."""
    if node["Type"] == "NodeTable":
        yield from (cell.get("Children", []) for row in _rows(node) for cell in row["Children"])
    else:
        yield [child for child in node.get("Children", ()) if "ID" not in child]


def _rows(table: Node) -> Iterator[Node]:
    """The rows of a table, the head first."""
    for child in table["Children"]:
        yield from child["Children"] if child["Type"] == "NodeTableHead" else [child]


def _marks(line: list[Node]) -> Iterator[str]:
    """The marks of a line with their texts, kind by kind, so that one inside another does not tear it."""
    for look in sorted({look for node in line for look in _looks(node)}):
        for nodes in _stretches(line, look):
            yield f"{look} «{''.join(map(_mark_text, nodes))}»"


def _stretches(line: list[Node], look: str) -> Iterator[Iterator[Node]]:
    """The longest rows of marks that all have a look."""
    return (nodes for has_it, nodes in itertools.groupby(line, lambda node: look in _looks(node)) if has_it)


def _looks(node: Node) -> set[str]:
    """The kinds of a mark, its style and its memo; not that it is a link or a reference."""
    if node["Type"] != "NodeTextMark":
        return set()
    style = node.get("Properties", {}).get("style", "").strip(" ;").replace(": ", ":")
    memo = html.unescape(node.get("TextMarkInlineMemoContent", ""))
    kinds = set(node["TextMarkType"].split()) - {"a", "block-ref", "text", "inline-memo"}
    return kinds | ({f"style {style}"} if style else set()) | ({f"memo ({memo})"} if memo else set())


def _links(line: list[Node], places: Mapping[str, str]) -> Iterator[str]:
    """The links, references and pictures of a line, with their texts; a link in several marks is one."""
    for goal, nodes in itertools.groupby(line, lambda node: _goal(node, places)):
        if goal.startswith("picture"):
            yield from (goal for _ in nodes)
        elif goal:
            yield f"«{''.join(map(_mark_text, nodes))}» {goal}"


def _goal(node: Node, places: Mapping[str, str]) -> str:
    """What an inline node leads to, nothing where it is no link."""
    if node["Type"] == "NodeImage":
        return _picture(node)
    kinds = node.get("TextMarkType", "").split()
    if "block-ref" in kinds and node.get("TextMarkBlockRefID"):
        return _reference(node["TextMarkBlockRefID"], places)
    if "a" not in kinds:
        return ""
    address = html.unescape(node.get("TextMarkAHref", ""))
    if address.startswith(BLOCK_LINK):
        return _reference(address.removeprefix(BLOCK_LINK), places)
    title = html.unescape(node.get("TextMarkATitle", ""))
    return f"link to {_address(address)}" + (f' "{title}"' if title else "")


def _reference(identity: str, places: Mapping[str, str]) -> str:
    return f"reference to {places.get(identity, 'nothing here')}"


def _picture(node: Node) -> str:
    """A picture with its alternative text, file, caption and style."""
    parts = {child["Type"]: child.get("Data", "") for child in node["Children"]}
    style = node.get("Properties", {}).get("style", "").rstrip(";")
    words = [
        f"picture «{parts.get('NodeLinkText', '')}» of {_address(parts['NodeLinkDest'])}",
        f'"{parts["NodeLinkTitle"]}"' if parts.get("NodeLinkTitle") else "",
        f"{{{style}}}" if style else "",
    ]
    return " ".join(filter(None, words))


def _address(address: str) -> str:
    """An address; that of an asset without the id that each importer puts into its name."""
    return ASSET_ID.sub("", address) if address.startswith("assets/") else address


def _embeds(node: Node, places: Mapping[str, str]) -> Iterator[str]:
    """What an embed shows: a block, or whatever its query finds."""
    for child in node.get("Children", ()):
        if child["Type"] == "NodeBlockQueryEmbedScript":
            found = EMBED_BY_ID.search(child["Data"])
            yield f"embed of {places.get(found[1], 'nothing here')}" if found else f"embed by query {child['Data']}"


def _code(node: Node) -> str:
    """The code or formula of a block."""
    part = next(child for child in node["Children"] if child["Type"] == LEAVES[node["Type"]])
    return html.unescape(part["Data"]) if node["Type"] == "NodeMathBlock" else str(part["Data"])


def _language(node: Node) -> str:
    """The language of a code block."""
    infos = [child.get("CodeBlockInfo", "") for child in node["Children"]]
    return b64decode("".join(infos)).decode()
