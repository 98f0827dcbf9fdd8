"""What `validate` says that SiYuan would do, next to what its kernel did."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from converter import Options, convert
from converter.formats.front import SourceContext
from converter.formats.siyuan.workspace.judge import judge
from converter.pipeline.run import validate
from converter.storage.limits import DEFAULT_LIMITS
from tests.support import FIXTURES, shared

BOX = "20240101000000-loader0"
OPEN = {"name": "Box", "sort": 0, "icon": "", "closed": False, "sortMode": 15, "encrypted": False}
DOC = "20240101000000-abcdefg"
DATABASE = "20240101000000-avavava"
DECK = "20240101000000-deckdec"

CODES = {"app-refuses": "refuses", "app-repairs": "repairs", "app-loses": "loses"}

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
                found.append(Verdict(CODES[finding.code], what, *place, finding.count))
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
    assert ("refuses" in said) == refused
    assert ("ends at every start" in what) == (record["status"] == "crash")
    assert ("moved to corrupted/" in what) == bool(record.get("quarantined_when_listed"))
    assert ("is not indexed" in what) == (refused and record.get("getDoc") == 0)
    if not refused:
        assert ("repairs" in said) == (record["status"] == "needFix" and case not in DELETED)
        assert ("loses" in said) == (case in DELETED or case in HARMED_LATER)
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

    assert (cut.code, cut.line, cut.column) == ("refuses", 2, 9)
    assert (bad.code, bad.line, bad.column) == ("refuses", 3, 12)


def test_real_workspaces_are_not_refused() -> None:
    guide = verdicts(shared() / "data" / "siyuan-guide-en")
    workshop = verdicts(shared() / "data" / "siyuan-kernel" / "workshop" / "workspace")

    assert {verdict.code for verdict in (*guide, *workshop)} <= {"loses"}
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
        [("refuses", "picture without its destination", "/Children/0/Children/0")],
    ),
    "link": (
        node("Paragraph", inner("Link", inner("LinkText", Data="x"))),
        [("refuses", "link without its destination", "/Children/0/Children/0")],
    ),
    "formula": (
        node("MathBlock", inner("MathBlockOpenMarker")),
        [("refuses", "cannot be opened", "/Children/0")],
    ),
    "item-without-data": (
        node("List", node("ListItem", paragraph(), own="20240101000003-aaaaaaa"), ListData={}),
        [("refuses", "a list item without ListData", "/Children/0/Children/0")],
    ),
    "list-without-data": (
        node("List", node("ListItem", paragraph(), own="20240101000003-aaaaaaa", ListData={})),
        [("refuses", "a list without ListData", "/Children/0")],
    ),
    "stray-item": (node("ListItem", paragraph()), [("refuses", "a list item without ListData", "/Children/0")]),
    "deleted-before-it-is-deadly": (
        node("Blockquote", node("List", own="20240101000003-aaaaaaa", Foo=1)),
        [("loses", "a quote", "/Children/0")],
    ),
    "embed": (node("BlockQueryEmbed"), [("loses", "an embed without a query", "/Children/0")]),
    "unknown-with-children": (
        node("Foo", paragraph()),
        [("loses", "becomes a paragraph, and what is in it is gone (NodeFoo)", "/Children/0")],
    ),
    "code": (
        node("CodeBlock", inner("CodeBlockCode", Data="x\n")),
        [("loses", "IsFencedCodeBlock", "/Children/0")],
    ),
    "table": (node("Table", inner("TableRow")), [("loses", "a table whose head", "/Children/0")]),
    "table-head": (node("Table", inner("TableHead")), [("loses", "a table whose head", "/Children/0/Children/0")]),
    "sound-table": (node("Table", HEAD, TableAligns=[0]), []),
    "tag": (node("Paragraph", inner("Tag")), [("repairs", "Untitled", "/Children/0/Children/0")]),
    "attributes-as-text": (inner("KramdownBlockIAL"), [("repairs", "taken out", "/Children/0")]),
    "zero": (paragraph("a\0b"), [("repairs", "a zero character", "/Children/0/Children/0")]),
    "byte": (
        node("CodeBlock", inner("CodeBlockCode"), CodeBlockFenceChar=300, IsFencedCodeBlock=True),
        [("refuses", "a number of one byte", "/Children/0/CodeBlockFenceChar")],
    ),
    "number": (
        node("Heading", HeadingLevel=2**63),
        [("refuses", "a whole number of 64 bits", "/Children/0/HeadingLevel")],
    ),
    "fraction": (node("Heading", HeadingLevel=1.5), [("refuses", "a whole number", "/Children/0/HeadingLevel")]),
    "entity": (
        node("Paragraph", inner("HTMLEntity", HtmlEntityTokens="&copy;")),
        [("refuses", "a text in base64", "/Children/0/Children/0/HtmlEntityTokens")],
    ),
    "list-data": (
        node("List", ListData={"Typ": "1"}),
        [("refuses", "a whole number", "/Children/0/ListData/Typ")],
    ),
    "children": (node("Paragraph", None), [("refuses", "a list of nodes", "/Children/0/Children")]),
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

    assert (found.code, found.pointer, found.places) == ("loses", "/Children/0", 3)


def _root(**members: Any) -> dict[str, Any]:
    return document() | members


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (_root(Properties={"title": "t", "type": "doc", "updated": "20240101000000"}), ["refuses"]),
        (_root(Properties={"id": DOC, "title": "t", "type": "doc"}), ["repairs"]),
        (_root(Properties={"id": DOC, "updated": "20240101000000"}), []),
        (_root(Children=None), ["repairs"]),
        (_root(Spec="12345678901"), ["refuses"]),
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

    assert one(workspace(tmp_path, **{path: _deep(document(block))})).code == "loses"


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


# Notebooks and settings.


@pytest.mark.parametrize(
    ("name", "content", "expected", "what"),
    [
        (f"{BOX}/.siyuan/conf.json", None, "loses", "Untitled"),
        (f"{BOX}/.siyuan/conf.json", b"\xef\xbb\xbf" + json.dumps(OPEN).encode(), "loses", "its name is lost"),
        (f"{BOX}/.siyuan/conf.json", {"name": "Box"}, "loses", "closed: false"),
        (f"{BOX}/.siyuan/conf.json", OPEN | {"encrypted": True, "boxCrypt": None}, "refuses", "locked"),
        (f"{BOX}/.siyuan/sort.json", b'{"20240101000000-abc', "loses", "no JSON object"),
        (f"{BOX}/.siyuan/sort.json", {DOC: "1"}, "loses", "no whole number"),
        ("../conf/conf.json", {"system": {"kernelVersion": "3.7.3"}}, "refuses", "does not start"),
        ("../conf/conf.json", b"{", "refuses", "does not start"),
        (f"{BOX}/notes.sy", document(), "refuses", "named by an id"),
        (
            f"{BOX}/20240101000000-parentp/20240101000000-childch.sy",
            document(own="20240101000000-childch"),
            "repairs",
            "U",
        ),
    ],
)
def test_a_workspace_is_judged_beyond_its_documents(
    name: str, content: Any, expected: str, what: str, tmp_path: Path
) -> None:
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(), name: content}))

    assert found.code == expected
    assert what in found.what
    assert found.file == (name.removeprefix("../") if "parentp" not in name else f"{BOX}/20240101000000-parentp.sy")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{BOX}/.siyuan/conf.json", OPEN | {"closed": True}),
        (f"{BOX}/.siyuan/conf.json", OPEN | {"encrypted": True, "boxCrypt": {"spec": 1}}),
        (f"{BOX}/.siyuan/sort.json", {DOC: 1, "20240101000000-gonegon": 2}),
        ("../conf/conf.json", {"system": {"kernelVersion": "3.7.3"}, "fileTree": {}}),
        (f"{BOX}/assets/notes.sy", b"x"),
    ],
)
def test_what_is_allowed_is_not_told(name: str, content: Any, tmp_path: Path) -> None:
    assert verdicts(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(), name: content})) == []


def test_an_encrypted_file_in_a_plain_notebook_is_refused(tmp_path: Path) -> None:
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": b"SENC\x01\x01\x0c" + bytes(range(200, 256))}))

    assert found.code == "refuses"
    assert "encrypted" in found.what


def test_ids_that_stand_in_two_documents_are_told_once(tmp_path: Path) -> None:
    other = "20240101000000-other00"
    twice = {
        f"{BOX}/{DOC}.sy": document(paragraph(), paragraph(own="20240101000003-aaaaaaa")),
        f"{BOX}/{other}.sy": document(paragraph(), paragraph(own="20240101000003-aaaaaaa"), own=other),
    }
    found = one(workspace(tmp_path / "blocks", **twice))
    assert (found.code, found.file, found.pointer, found.places) == ("loses", f"{BOX}/{other}.sy", "/Children/0", 2)
    assert f"{BOX}/{DOC}.sy" in found.what

    below = {f"{BOX}/{DOC}.sy": document(), f"{BOX}/{DOC}/{DOC}.sy": document(paragraph())}
    assert "only one is found" in one(workspace(tmp_path / "documents", **below)).what


# Databases.

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


def _without_block(made: dict[str, Any]) -> None:
    del made["keyValues"][0]["values"][0]["block"]


def _without_table(made: dict[str, Any]) -> None:
    del made["views"][0]["table"]


def _strange_column(made: dict[str, Any]) -> None:
    made["views"][0]["table"]["columns"].append({"id": "20240101000000-unknown"})


@pytest.mark.parametrize(
    ("change", "expected", "pointer"),
    [
        (lambda _: None, [], ""),
        (lambda made: made.update(spec=6), ["refuses"], "/spec"),
        (lambda made: made.update(views=[]), ["loses"], "/views"),
        (_without_table, ["refuses"], "/views/0"),
        (_strange_column, ["repairs"], "/views/0/table/columns/1"),
        (_without_block, ["loses", "loses"], "/keyValues/0/values/0"),
    ],
    ids=["sound", "newer", "no-views", "no-table", "strange-column", "no-block"],
)
def test_a_database_is_judged(
    change: Callable[[dict[str, Any]], None], expected: list[str], pointer: str, tmp_path: Path
) -> None:
    made = database()
    change(made)
    files = {f"{BOX}/{DOC}.sy": document(SHOWN, BOUND), f"storage/av/{DATABASE}.json": made}
    found = verdicts(workspace(tmp_path, **files))

    assert [verdict.code for verdict in found] == expected
    assert not found or (found[0].file, found[0].pointer) == (f"storage/av/{DATABASE}.json", pointer)


def test_a_database_that_is_no_json_is_refused(tmp_path: Path) -> None:
    files = {f"{BOX}/{DOC}.sy": document(SHOWN, BOUND), f"storage/av/{DATABASE}.json": b""}

    assert codes(workspace(tmp_path, **files)) == ["refuses"]


def test_both_sides_of_a_binding_are_needed(tmp_path: Path) -> None:
    file, unbound = f"storage/av/{DATABASE}.json", paragraph(own=str(BOUND["ID"]))
    lacking = one(workspace(tmp_path / "block", **{f"{BOX}/{DOC}.sy": document(SHOWN, unbound), file: database()}))
    other = {
        f"{BOX}/{DOC}.sy": document(SHOWN, BOUND),
        file: database(keyValues=[], views=[{"type": "table", "table": {}}]),
    }
    stale = one(workspace(tmp_path / "row", **other))

    assert (lacking.code, lacking.file) == ("loses", file)
    assert "custom-avs" in lacking.what
    assert (stale.code, stale.file, stale.pointer) == ("loses", f"{BOX}/{DOC}.sy", "/Children/1")


def test_a_database_is_looked_for_in_one_place(tmp_path: Path) -> None:
    missing = one(workspace(tmp_path / "missing", **{f"{BOX}/{DOC}.sy": document(SHOWN)}))
    assert (missing.code, missing.pointer) == ("loses", "/Children/0")

    inside = {f"{BOX}/{DOC}.sy": document(SHOWN), f"{BOX}/storage/av/{DATABASE}.json": database()}
    found = verdicts(workspace(tmp_path / "inside", **inside))
    assert {verdict.file for verdict in found} == {f"{BOX}/{DOC}.sy", f"{BOX}/storage/av/{DATABASE}.json"}
    assert [verdict.code for verdict in found] == ["loses", "loses"]

    shutil.copytree(tmp_path / "missing" / "data" / BOX, tmp_path / BOX)
    assert verdicts(tmp_path / BOX) == []


# Flashcards.

CARD = paragraph(own="20240101000006-aaaaaaa", **{"custom-riff-decks": DECK})
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def deck(**members: Any) -> bytes:
    return packed({"ID": DECK, "Name": "Deck", "Algo": "fsrs", "Created": 1, "Updated": 1} | members)


def cards(**members: Any) -> bytes:
    card = {"CID": "c", "BID": CARD["ID"], "NDues": None, "C": {"Due": NOW, "LastReview": NOW, "Reps": 0}}
    return packed({"c": card | members})


@pytest.mark.parametrize(
    ("deck_file", "cards_file", "expected", "what"),
    [
        (deck(), cards(), [], ""),
        (deck(Algo="sm2"), cards(), ["refuses"], "Algo"),
        (b"no deck", cards(), ["refuses"], "no MessagePack map"),
        (deck(), b"\x93", ["refuses"], "its cards"),
        (deck(), cards(C={"Due": 5, "LastReview": NOW}), ["refuses"], "no timestamp"),
        (deck(), cards(C={"Due": NOW, "LastReview": "now"}), ["refuses"], "no timestamp"),
        (deck(), cards(C=None), ["refuses", "loses"], "(C)"),
        (deck(), packed({"c": None}), ["refuses", "loses"], "(C)"),
        (None, cards(), ["loses"], "cards without a deck"),
        (deck(), None, ["loses"], "never asked"),
        (deck(), cards(BID="20240101000000-gonegon"), ["loses"], "never asked"),
    ],
)
def test_a_deck_is_judged(
    deck_file: bytes | None, cards_file: bytes | None, expected: list[str], what: str, tmp_path: Path
) -> None:
    riff = {f"storage/riff/{DECK}.deck": deck_file, f"storage/riff/{DECK}.cards": cards_file}
    found = verdicts(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(CARD)}, **riff))

    assert [verdict.code for verdict in found] == expected
    assert not found or what in found[0].what


def test_a_card_whose_block_does_not_say_so_is_told(tmp_path: Path) -> None:
    riff = {f"storage/riff/{DECK}.deck": deck(), f"storage/riff/{DECK}.cards": cards()}
    found = one(workspace(tmp_path, **{f"{BOX}/{DOC}.sy": document(paragraph(own=str(CARD["ID"])))}, **riff))

    assert (found.code, found.file) == ("loses", f"storage/riff/{DECK}.deck")
    assert "custom-riff-decks" in found.what
