"""Documents that are not as the application writes them: a note or a refusal, never anything else.

And what a document says besides its blocks: icon, title picture, tags.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import ItemError
from converter.findings.problems import Problems
from converter.formats.siyuan.document import document_bytes, read_document
from converter.formats.siyuan.tree import Node
from converter.model.items import Note
from converter.pipeline.work import deep_recursion
from tests.siyuan.structure import BLOCKS, INLINES, TYPES
from tests.support import FIXTURES

ID = "20240101000000-abcdefg"
BLOCK = "20240101000000-blk0001"
OLD = [
    f"Node{name}"
    for name in (
        *("Strong", "Emphasis", "Strikethrough", "Mark", "Tag", "Sup", "Sub", "Kbd", "Underline", "CodeSpan"),
        *("InlineMath", "Link", "BlockRef", "FileAnnotationRef", "InlineHTML", "Nothing"),
    )
]
KINDS = sorted([*TYPES, *OLD])
FIELDS = sorted(set(Node.__struct_encode_fields__))


def document(*blocks: dict[str, Any], **properties: str) -> dict[str, Any]:
    """A sound document of these blocks."""
    said = {"id": ID, "title": "t", "type": "doc", "updated": "20240101000000"} | properties
    return {"ID": ID, "Spec": "2", "Type": "NodeDocument", "Properties": said, "Children": list(blocks)}


def paragraph(*children: dict[str, Any], **properties: str) -> dict[str, Any]:
    """A paragraph of inline nodes."""
    said = {"id": BLOCK} | properties
    return {"ID": BLOCK, "Type": "NodeParagraph", "Properties": said, "Children": list(children)}


def text(data: str) -> dict[str, Any]:
    """Plain text."""
    return {"Type": "NodeText", "Data": data}


def read(root: Any) -> tuple[Note, list[str]]:
    """The note of a document, and the codes of what was found."""
    problems = Problems("n")
    data = root if isinstance(root, bytes) else json.dumps(root).encode()
    note = read_document(data, ID, problems, None, UTC)
    return note, [finding.code for finding in problems.findings()]


def refused(data: bytes) -> bool:
    """Whether a document is refused; anything but a note or a refusal is an error of ours."""
    try:
        read(data)
    except ItemError:
        return True
    return False


# Odd documents.

SOURCES = [
    json.loads(path.read_bytes())
    for case, names in {"siyuan-blocks": "*.sy", "siyuan-inline": "*.sy", "siyuan-odd": "*-docs00?.sy"}.items()
    for path in sorted((FIXTURES / "cases" / case / "input").rglob(names))
]
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, "", "x", "\x00", "\ud800", "&#0;", "&#xD800;", 0, -1, 7, 1.5, 10**30, True, [], {}, [None], [[]], [{}]),
        *({"": ""}, {"a": None}, {"id": 1}, "assets/a.png", "20240101000000-abcdefg", "//8=", "=", [1, "a"], 0.0),
    ]
)
"""Without the numbers that the reader stumbles over where a character is expected (see below)."""


def nodes_of(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a document."""
    yield root
    children = root.get("Children")
    for child in children if isinstance(children, list) else []:
        if isinstance(child, dict):
            yield from nodes_of(child)


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A document of the fixtures with a few things wrong in it."""
    root: dict[str, Any] = deepcopy(draw(st.sampled_from(SOURCES)))
    for _ in range(draw(st.integers(1, 6))):
        node = draw(st.sampled_from(list(nodes_of(root))))
        CHANGES[draw(st.sampled_from(sorted(CHANGES)))](draw, node)
    return root


def _drop(draw: st.DrawFn, node: dict[str, Any]) -> None:
    node.pop(draw(st.sampled_from(sorted(node))) if node else "", None)


def _put(draw: st.DrawFn, node: dict[str, Any]) -> None:
    node[draw(st.sampled_from(FIELDS))] = draw(ODD)


def _retype(draw: st.DrawFn, node: dict[str, Any]) -> None:
    node["Type"] = draw(st.sampled_from(KINDS))


def _add(draw: st.DrawFn, node: dict[str, Any]) -> None:
    if isinstance(node.get("Children", []), list):
        child = {"Type": draw(st.sampled_from(KINDS)), "Data": "new"}
        node["Children"] = [*node.get("Children", []), draw(ODD) if draw(st.integers(0, 3)) == 0 else child]


def _turn(_draw: st.DrawFn, node: dict[str, Any]) -> None:
    if isinstance(node.get("Children"), list):
        node["Children"] = node["Children"][::-1] * 2


def _attribute(draw: st.DrawFn, node: dict[str, Any]) -> None:
    if isinstance(node.get("Properties", {}), dict):
        name = draw(st.sampled_from(["id", "updated", "style", "colspan", "rowspan", "class", "colgroup", "icon", ""]))
        value = draw(
            st.sampled_from(["0", "-1", "99", "99999", "²", "fn__none", "width: 9px;||", "&", "\n", "1f4d4-d800"])
        )
        node["Properties"] = {**node.get("Properties", {}), name: value}


def _list_data(draw: st.DrawFn, node: dict[str, Any]) -> None:
    names = st.sampled_from(["Typ", "Tight", "BulletChar", "Start", "Delimiter", "Padding", "Marker", "Num"])
    node["ListData"] = draw(st.dictionaries(names, ODD, max_size=3))


CHANGES = {
    "add": _add,
    "attribute": _attribute,
    "drop": _drop,
    "list data": _list_data,
    "put": _put,
    "retype": _retype,
    "turn": _turn,
}


@given(changed())
@settings(deadline=None, max_examples=600, derandomize=True)
def test_a_changed_document_is_read_or_refused(root: dict[str, Any]) -> None:
    refused(json.dumps(root).encode())


@given(st.sampled_from(SOURCES), st.integers(0, 2000), st.binary(max_size=3), st.booleans())
@settings(deadline=None, max_examples=200, derandomize=True)
def test_a_damaged_file_is_read_or_refused(root: dict[str, Any], place: int, noise: bytes, cut: bool) -> None:
    data = json.dumps(root).encode()
    refused(data[:place] + noise + (b"" if cut else data[place:]))


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
@settings(deadline=None, max_examples=100, derandomize=True)
def test_anything_else_is_refused(data: bytes) -> None:
    assert refused(data)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("kind", sorted([*BLOCKS, *INLINES, *OLD, "NodeListItem", "NodeTableCell"]))
def test_a_deep_document_is_read(kind: str, known: bool) -> None:
    start, end = f'{{"Type":"{kind}","ListData":{{}},"Children":['.encode() * 3000, b"]}" * 3000
    frame = json.dumps(document() if known else document() | {"ID": ""}).encode()
    with deep_recursion():
        note, _ = read(frame.replace(b"[]", b"[" + start + b'{"Type":"NodeText","Data":"deep"}' + end + b"]"))

    assert note.title == "t"


@pytest.mark.parametrize("number", [-1, 0x110000, 2**70])
@pytest.mark.parametrize("field", ["TaskListItemMarker", "BulletChar", "Delimiter"])
def test_a_number_that_is_no_character(field: str, number: int) -> None:
    kind = {"TaskListItemMarker": 3, "BulletChar": 0, "Delimiter": 1}[field]
    data = {"Typ": kind, field: number}
    marker = {"Type": "NodeTaskListItemMarker", field: number}
    item = {"Type": "NodeListItem", "ListData": data, "Children": [marker, paragraph(text("a"))]}
    refused(json.dumps(document({"Type": "NodeList", "ListData": data, "Children": [item]})).encode())


def test_a_spec_of_many_digits_is_refused() -> None:
    assert refused(json.dumps(document() | {"Spec": "9" * 5000}).encode())


def test_newer_documents_are_refused() -> None:
    with pytest.raises(ItemError, match="Spec is 3, newer"):
        read(document(paragraph(text("a"))) | {"Spec": "3"})


# Attributes of documents.


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("1f4d4", "📔"),
        ("1f468-200d-1f4bb", "👨\u200d💻"),
        ("31-fe0f-20e3", "1️⃣"),
        ("2764-fe0f", "❤️"),
        ("work/logo.png", "work/logo.png"),
        ("work/lögo.png", "work/lögo.png"),
        ("api/icon/getDynamicIcon?type=1&amp;color=%23d23f31", "api/icon/getDynamicIcon?type=1&color=%23d23f31"),
        ("1f4d4-d800", "1f4d4-d800"),
        ("ffffff", "ffffff"),
        ("📔", "📔"),
    ],
)
def test_icons(stored: str, shown: str) -> None:
    assert read(document(paragraph(text("a")), icon=stored))[0].icon == shown


@pytest.mark.parametrize(
    "stored",
    [
        "1f4d4",
        "31-fe0f-20e3",
        "work/logo.png",
        "api/icon/getDynamicIcon?type=1&amp;color=%23d23f31",
        "work/lögo.png",
    ],
)
def test_icons_are_written_as_they_were(stored: str) -> None:
    note, _ = read(document(paragraph(text("a")), icon=stored))
    assert json.loads(document_bytes(note, UTC))["Properties"]["icon"] == stored


@pytest.mark.parametrize(
    ("stored", "cover", "kept"),
    [
        ("background-image:url(&quot;assets/a.png&quot;)", "assets/a.png", None),
        ("background-image: url(&quot;assets/a b.png&quot;);", "assets/a b.png", None),
        ("background-image:url(&quot;https://e.org/?a=1&amp;b=2&quot;)", "https://e.org/?a=1&b=2", None),
        ("background-image:url(assets/a.png)", "", "background-image:url(assets/a.png)"),
        (
            "background-image:url(&quot;assets/a.png&quot;);object-position:0 50%",
            "",
            'background-image:url("assets/a.png");object-position:0 50%',
        ),
        ("background:linear-gradient(#a,#b)", "", "background:linear-gradient(#a,#b)"),
        ("", "", None),
    ],
)
def test_title_pictures(stored: str, cover: str, kept: str | None) -> None:
    note, codes = read(document(paragraph(text("a")), **{"title-img": stored}))

    assert note.cover == cover
    assert dict(note.attrs).get("title-img") == kept
    assert codes == []


def test_tags_and_names_have_no_blanks_around_them_and_stand_once() -> None:
    note, _ = read(document(paragraph(text("a")), tags="a, b c ,, a,d/e ", alias=" x ,y,"))

    assert note.tags == ("a", "b c", "d/e")
    assert note.aliases == ("x", "y")


def test_attributes_are_unescaped_once() -> None:
    note, codes = read(document(paragraph(text("a")), title="a &amp;lt; {b}", memo="x_esc_newline_y &#123;"))

    assert note.title == "a &lt; {b}"
    assert note.attrs == (("memo", "x\ny {"),)
    assert codes == ["document-repaired"]


def test_attributes_of_a_block_without_a_second_id_are_kept() -> None:
    block = paragraph(text("a"))
    block["Properties"] = {"memo": "precious", "updated": "20240101000000"}
    note, codes = read(document(block))

    assert note.blocks[0].attrs == (("memo", "precious"), ("updated", "20240101000000"))
    assert codes == ["document-repaired"]


def test_a_block_that_says_its_id_among_its_attributes_only_is_repaired() -> None:
    block = paragraph(text("a"))
    del block["ID"]

    assert read(document(block))[1] == ["document-repaired"]


def test_an_id_that_stands_twice_is_one_blocks() -> None:
    note, codes = read(document(paragraph(text("a")), paragraph(text("b"))))

    assert [block.id for block in note.blocks] == [BLOCK, None]
    assert codes == ["document-repaired"]


def test_the_name_of_the_file_is_the_id() -> None:
    root = document(paragraph(text("a")))
    root["ID"] = root["Properties"]["id"] = "20240101000000-zzzzzzz"
    note, codes = read(root)

    assert (note.id, codes) == (ID, ["document-repaired"])
