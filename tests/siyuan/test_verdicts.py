"""What `validate` says that SiYuan would do with documents, next to what its kernel did."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert
from converter.formats.front import SourceContext
from converter.formats.siyuan.workspace.judge import judge
from converter.storage.limits import DEFAULT_LIMITS
from tests.siyuan.judged import (
    BOUND,
    BOX,
    CODES,
    DATABASE,
    DOC,
    SHOWN,
    Verdict,
    codes,
    database,
    document,
    inner,
    node,
    one,
    paragraph,
    verdicts,
    workspace,
)
from tests.support import FIXTURES, shared

DELETED = {"code-nochildren", "list-empty", "listitem-empty", "math-nochild", "quote-1child", "super-3"}
"""Cases in which the kernel mends a document by deleting a node."""

HARMED_LATER = {
    "av": "an empty database in place of the one that is not there",
    "bad-id-format": "nothing can refer to the block",
    "heading-0": "a heading in the editor alone",
    "textmark-raw-lt": "markup in the editor",
    "unknown-key": "gone with the next save",
}
"""Cases that load untouched, and of which something is lost later."""


# Recorded: 70 documents, each loaded by the kernel in a workspace of its own.


def _loader() -> Path:
    return shared() / "data" / "siyuan-engine" / "loader"


def _cases() -> list[str]:
    """The names of all cases; one stands for them where there is no test data."""
    place = Path(os.environ.get("CONVERTER_TEST_DATA", "nowhere"), "data", "siyuan-engine", "loader")
    return sorted(one.name for one in place.iterdir() if one.is_dir()) if place.is_dir() else ["plain"]


def _record(case: str) -> dict[str, Any]:
    return dict(json.loads((_loader() / "kernel-verdicts.json").read_bytes())[case])


def _of_case(case: str, folder: Path) -> tuple[Path, list[Verdict]]:
    source = _loader() / case / _record(case)["file"]
    return source, verdicts(workspace(folder, **{f"{BOX}/{source.name}": source.read_bytes()}))


@pytest.mark.parametrize("case", _cases())
def test_a_recorded_document_is_judged_as_the_kernel_did(case: str, tmp_path: Path) -> None:
    record = _record(case)
    _, found = _of_case(case, tmp_path)
    said = {verdict.code for verdict in found}
    what = " ".join(verdict.what for verdict in found)

    refused = record["status"] in ("error", "crash")
    assert ("app-refuses" in said) == refused
    assert ("ends at every start" in what) == (record["status"] == "crash")
    assert ("moved to corrupted/" in what) == bool(record.get("quarantined_when_listed"))
    assert ("is not indexed" in what) == (refused and record.get("getDoc") == 0)
    if not refused:
        assert ("app-repairs" in said) == (record["status"] == "needFix" and case not in DELETED)
        assert ("app-loses" in said) == (case in DELETED or case in HARMED_LATER)
    assert ("deleted with all it holds" in what) == (case in DELETED)


@pytest.mark.parametrize("case", _cases())
def test_a_verdict_stands_where_the_kernel_changed_something(case: str, tmp_path: Path) -> None:
    record = _record(case)
    source, found = _of_case(case, tmp_path)
    changed = [
        re.sub(r"\[(\d+)\]", r"/\1", match[0])
        for match in (re.match(r"/[^: ]*", one) for one in record["reasons"])
        if match
    ]

    for verdict in found:
        assert verdict.file == f"{BOX}/{source.name}"
        if record["status"] == "needFix":
            assert any(place.startswith(verdict.pointer) or verdict.pointer.startswith(place) for place in changed)


def test_a_document_that_is_no_json_is_told_by_line_and_column(tmp_path: Path) -> None:
    lines = [b"{", b'  "ID": "20240101000000-abcdefg",', b'  "Data": "\xff"', b"}"]
    cut = one(workspace(tmp_path / "cut", **{f"{BOX}/{DOC}.sy": lines[0] + b"\n" + lines[1][:-2]}))
    bad = verdicts(workspace(tmp_path / "bad", **{f"{BOX}/{DOC}.sy": b"\n".join(lines)}))[0]

    assert (cut.code, cut.line, cut.column) == ("app-refuses", 2, 9)
    assert (bad.code, bad.line, bad.column) == ("app-refuses", 3, 12)


def test_real_workspaces_are_not_refused() -> None:
    guide = verdicts(shared() / "data" / "siyuan-guide-en")
    workshop = verdicts(shared() / "data" / "siyuan-kernel" / "workshop" / "workspace")

    assert {verdict.code for verdict in (*guide, *workshop)} <= {"app-loses"}
    assert sum("deletes this notebook" in verdict.what for verdict in guide) == 1
    assert sum("an empty new database" in verdict.what for verdict in guide) == 1


@pytest.mark.parametrize("case", ["markdown-blocks", "markdown-odd-corners", "markdown-lists", "siyuan-odd"])
def test_what_we_write_needs_nothing(case: str, tmp_path: Path) -> None:
    source = FIXTURES / "cases" / case / "input"
    convert(Options(source=str(source), target=str(tmp_path / "w"), target_format="siyuan", timezone="UTC")).close()

    assert verdicts(tmp_path / "w") == []


# Single nodes.

IMAGE = [inner("Bang"), inner("OpenBracket"), inner("CloseBracket"), inner("OpenParen"), inner("CloseParen")]
HEAD = inner("TableHead", inner("TableRow", inner("TableCell", inner("Text", Data="h"))))
NODES: dict[str, tuple[dict[str, Any], list[tuple[str, str, str]]]] = {
    "sound": (paragraph(), []),
    "picture": (
        node("Paragraph", inner("Image", *IMAGE)),
        [("app-refuses", "picture without its destination", "/Children/0/Children/0")],
    ),
    "link": (
        node("Paragraph", inner("Link", inner("LinkText", Data="x"))),
        [("app-refuses", "link without its destination", "/Children/0/Children/0")],
    ),
    "formula": (
        node("MathBlock", inner("MathBlockOpenMarker")),
        [("app-refuses", "cannot be opened", "/Children/0")],
    ),
    "item-without-data": (
        node("List", node("ListItem", paragraph(), own="20240101000003-aaaaaaa"), ListData={}),
        [("app-refuses", "a list item without ListData", "/Children/0/Children/0")],
    ),
    "list-without-data": (
        node("List", node("ListItem", paragraph(), own="20240101000003-aaaaaaa", ListData={})),
        [("app-refuses", "a list without ListData", "/Children/0")],
    ),
    "stray-item": (node("ListItem", paragraph()), [("app-refuses", "a list item without ListData", "/Children/0")]),
    "deleted-before-it-is-deadly": (
        node("Blockquote", node("List", own="20240101000003-aaaaaaa", Foo=1)),
        [("app-loses", "a quote", "/Children/0")],
    ),
    "embed": (node("BlockQueryEmbed"), [("app-loses", "an embed without a query", "/Children/0")]),
    "unknown-with-children": (
        node("Foo", paragraph()),
        [("app-loses", "becomes a paragraph, and what is in it is gone (NodeFoo)", "/Children/0")],
    ),
    "code": (
        node("CodeBlock", inner("CodeBlockCode", Data="x\n")),
        [("app-loses", "IsFencedCodeBlock", "/Children/0")],
    ),
    "table": (node("Table", inner("TableRow")), [("app-loses", "a table whose head", "/Children/0")]),
    "table-head": (node("Table", inner("TableHead")), [("app-loses", "a table whose head", "/Children/0/Children/0")]),
    "sound-table": (node("Table", HEAD, TableAligns=[0]), []),
    "tag": (node("Paragraph", inner("Tag")), [("app-repairs", "Untitled", "/Children/0/Children/0")]),
    "attributes-as-text": (inner("KramdownBlockIAL"), [("app-repairs", "taken out", "/Children/0")]),
    "zero": (paragraph("a\0b"), [("app-repairs", "a zero character", "/Children/0/Children/0")]),
    "byte": (
        node("CodeBlock", inner("CodeBlockCode"), CodeBlockFenceChar=300, IsFencedCodeBlock=True),
        [("app-refuses", "a number of one byte", "/Children/0/CodeBlockFenceChar")],
    ),
    "number": (
        node("Heading", HeadingLevel=2**63),
        [("app-refuses", "a whole number of 64 bits", "/Children/0/HeadingLevel")],
    ),
    "fraction": (node("Heading", HeadingLevel=1.5), [("app-refuses", "a whole number", "/Children/0/HeadingLevel")]),
    "entity": (
        node("Paragraph", inner("HTMLEntity", HtmlEntityTokens="&copy;")),
        [("app-refuses", "a text in base64", "/Children/0/Children/0/HtmlEntityTokens")],
    ),
    "list-data": (
        node("List", ListData={"Typ": "1"}),
        [("app-refuses", "a whole number", "/Children/0/ListData/Typ")],
    ),
    "children": (node("Paragraph", None), [("app-refuses", "a list of nodes", "/Children/0/Children")]),
    "other-case": (
        {
            key.lower(): value
            for key, value in node("Table", {"type": "NodeTableHead", "children": [inner("TableRow")]}).items()
        },
        [],
    ),
}


@pytest.mark.parametrize("case", NODES)
def test_a_node_is_judged_where_it_stands(case: str, tmp_path: Path) -> None:
    block, expected = NODES[case]
    found = verdicts(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(block)}))

    assert [(verdict.code, verdict.pointer) for verdict in found] == [(code, at) for code, _, at in expected]
    assert all(what in verdict.what for verdict, (_, what, _) in zip(found, expected, strict=True))


ODD: list[Any] = [None, -1, "x", [1], {"a": 1}]


def _members(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a tree: what holds it, and its key there."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _members(value[key])


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_member_of_any_type_is_too_odd(odd: Any, tmp_path: Path) -> None:
    blocks = [copy.deepcopy(block) for block, _ in NODES.values()]
    whole = [("d.sy", document(SHOWN, BOUND, *blocks)), ("d.json", database())]
    context = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
    folder = workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document()})
    places = {
        "d.sy": folder / "data" / BOX / f"{DOC}.sy",
        "d.json": folder / "data" / "storage" / "av" / f"{DATABASE}.json",
    }
    places["d.json"].parent.mkdir(parents=True)
    for name, tree in whole:
        for holder, key in list(_members(tree)):
            before, holder[key] = holder[key], odd
            places[name].write_bytes(json.dumps(tree).encode())
            assert {finding.code for finding in judge(folder, context)} <= set(CODES)
            holder[key] = before


def test_places_of_one_kind_are_counted_together(tmp_path: Path) -> None:
    blocks = [node("Blockquote", own=f"2024010100001{place}-aaaaaaa") for place in range(3)]
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(*blocks)}))

    assert (found.code, found.pointer, found.places) == ("app-loses", "/Children/0", 3)


def _root(**members: Any) -> dict[str, Any]:
    return document() | members


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (_root(Properties={"title": "t", "type": "doc", "updated": "20240101000000"}), ["app-refuses"]),
        (_root(Properties={"id": DOC, "title": "t", "type": "doc"}), ["app-repairs"]),
        (_root(Properties={"id": DOC, "updated": "20240101000000"}), []),
        (_root(Children=None), ["app-repairs"]),
        (_root(Spec="12345678901"), ["app-refuses"]),
        (_root(Spec="two"), []),
    ],
    ids=["no-id", "no-time", "no-title", "no-blocks", "spec-long", "spec-word"],
)
def test_a_root_is_judged(root: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    assert codes(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": root})) == expected


def test_a_deep_document_is_judged(tmp_path: Path) -> None:
    block = node("Blockquote")
    for place in range(1500):
        own = f"{20240102000000 + place}-aaaaaaa"
        block = node("Blockquote", inner("BlockquoteMarker"), block, own=own)
    path = f"{BOX}/{DOC}.sy"

    assert one(workspace(tmp_path, **{path: _deep(document(block))})).code == "app-loses"


def _deep(root: dict[str, Any]) -> bytes:
    """JSON of a tree that the standard encoder finds too deep."""
    closing, parts = [], []
    while root:
        children = root.pop("Children", [])
        parts.append(json.dumps(root)[:-1])
        if not children:
            break
        parts.append(', "Children": [' + "".join(json.dumps(child) + ", " for child in children[:-1]))
        closing.append("]}")
        root = children[-1]
    return ("".join(parts) + "}" + "".join(closing)).encode()
