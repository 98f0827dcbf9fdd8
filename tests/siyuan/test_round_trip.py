"""Whatever a document can hold is written, read back as the same note, and written the same again.

And whole runs: what comes from other systems is sound in SiYuan, and what was odd in SiYuan is sound afterwards.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter import Options, convert
from converter.findings.problems import Problems
from converter.formats.front import TargetContext
from converter.formats.mnemo.notes import note_text
from converter.formats.siyuan.document import document_bytes, read_document
from converter.formats.siyuan.workspace import FORMAT
from converter.model.blocks import (
    Block,
    Blocks,
    Callout,
    Cell,
    Code,
    Formula,
    Image,
    Paragraph,
    Row,
    Table,
    TableColumn,
)
from converter.model.items import Note
from converter.model.moment import Moment
from converter.model.runs import Style, TextRun
from converter.pipeline.verify import first_difference
from converter.text.markdown.render import render
from tests.siyuan.strategies import NOTE_ID, ZONE, notes
from tests.siyuan.structure import dangling_references, document_faults, workspace_faults
from tests.siyuan.test_reading import BLOCK, ID, document, paragraph, text
from tests.support import build_package
from tests.text.strategies import bodies

BOX = "20240101000000-notebka"


@given(notes())
@settings(deadline=None, max_examples=120, derandomize=True)
def test_what_is_written_is_read_back(note: Note) -> None:
    written = document_bytes(note, ZONE)
    problems = Problems("n")
    again = read_document(written, NOTE_ID, problems, None, ZONE)

    assert again == note, first_difference(note.blocks, again.blocks)
    assert problems.findings() == ()
    assert document_bytes(again, ZONE) == written
    assert document_faults(written, f"{NOTE_ID}.sy") == []


@given(notes())
@settings(deadline=None, max_examples=60, derandomize=True)
def test_parts_are_the_whole_document(note: Note) -> None:
    written = document_bytes(note, ZONE)
    context = TargetContext(profile=FORMAT.profile({}), clock=Moment(0), zone=ZONE, version="")
    before, after = FORMAT.frame(note, context)

    assert (before + FORMAT.gap.join(FORMAT.pieces(note, context)) + after).encode() == written


# Whole runs.


def run(source: Path, target: Path, to: str) -> set[str]:
    """Convert and verify; the codes of what was found."""
    asked = Options(source=str(source), target=str(target), target_format=to, timezone=str(ZONE))
    with convert(asked) as report:
        assert report.fault is None, report.fault
        assert report.verification.status == "passed"
        return {finding.code for finding in report.spool}


def workspace(folder: Path, documents: Mapping[str, bytes]) -> Path:
    """A workspace of one notebook that holds these documents, by id."""
    notebook = folder / "w" / "data" / BOX
    (notebook / ".siyuan").mkdir(parents=True)
    conf = {"name": "Box", "sort": 0, "icon": "", "closed": False, "sortMode": 15, "encrypted": False}
    (notebook / ".siyuan" / "conf.json").write_text(json.dumps(conf), encoding="utf-8")
    for identity, data in documents.items():
        (notebook / f"{identity}.sy").write_bytes(data)
    return folder / "w"


def check_from_vault(folder: Path, files: Mapping[str, str]) -> set[str]:
    """A vault of these files becomes a sound workspace."""
    for name, content in files.items():
        (folder / "v" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "v" / name).write_text(content, encoding="utf-8")
    return check_sound(folder / "v", folder / "out")


def check_sound(source: Path, target: Path) -> set[str]:
    """What is converted from another system is what SiYuan itself would write, and leads to nothing that is not."""
    found = run(source, target, "siyuan")
    assert workspace_faults(target / "data") == []
    assert dangling_references(target / "data") == []
    return found


def check_rewritten(folder: Path, *blocks: dict[str, Any], **properties: str) -> dict[str, Any]:
    """A document that has to be written anew, as its spec is an old one, is sound and says the same."""
    root = document(*blocks, **properties) | {"Spec": "1"}
    run(workspace(folder, {ID: json.dumps(root).encode()}), folder / "out", "siyuan")
    data = (folder / "out" / "data" / BOX / f"{ID}.sy").read_bytes()
    assert document_faults(data, f"{ID}.sy", canonical=False) == []
    return dict(json.loads(data))


@given(st.lists(bodies, min_size=1, max_size=3))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_notes_of_a_vault_become_sound_documents(made: list[Blocks]) -> None:
    names = ("a.md", "folder/abc.md", "folder/deep/中.md")
    with tempfile.TemporaryDirectory() as folder:
        check_from_vault(Path(folder), dict(zip(names, map(render, made), strict=False)))


@given(notes())
@settings(deadline=None, max_examples=40, derandomize=True)
def test_documents_keep_their_bytes(note: Note) -> None:
    written = document_bytes(note, ZONE)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        run(workspace(Path(folder), {NOTE_ID: written}), target, "siyuan")
        assert (target / "data" / BOX / f"{NOTE_ID}.sy").read_bytes() == written


@given(notes())
@settings(deadline=None, max_examples=40, derandomize=True)
def test_documents_become_a_package(note: Note) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = workspace(Path(folder), {NOTE_ID: document_bytes(note, ZONE)})
        run(source, Path(folder) / "out.mnemo", "mnemo")


@pytest.mark.parametrize(
    ("shown", "stored"),
    [
        ("“a” — b", "“a” — b"),
        ("“a\u2028b”\u2029", "“a\\u2028b”\\u2029"),
        ("\u2029 \u2027 \u202a \u00a8\u2128", "\\u2029 \u2027 \u202a \u00a8\u2128"),
        ("a<b>&", "a\\u003cb\\u003e\\u0026"),
    ],
)
def test_texts_are_escaped_as_the_application_does(shown: str, stored: str) -> None:
    blocks = (Paragraph(id=BLOCK, runs=(TextRun(text=shown),)),)
    written = document_bytes(Note(key=NOTE_ID, id=NOTE_ID, title="t", blocks=blocks), ZONE)

    assert f'"Data":"{stored}"' in written.decode()
    assert json.loads(written)["Children"][0]["Children"][0]["Data"] == shown


@pytest.mark.parametrize(
    "content",
    [
        "- [x] a\n- [ ] b\n- [/] c\n- [é] d\n",
        "> [!note]-\n\n> [!tip] A **b** &amp; c\n> - d\n",
        "| a\\|b | `c\\|d` |\n|---|:-:|\n| x<br>y | $a\\|b$ |\n",
        "- a\n  > - b\n  >   ```mermaid\n  >   a-->b & c\n  >   ```\n-\n- - c\n",
        "````\n```\n``````x\n````\n\n```a b&c\n```\n",
        "#\n\n### **b**\n\n$$\na\n$$\n\n***\n",
        "a[^1] %%memo%% b\n\n[^1]: c\n\n    - d\n",
        "<div>\n<b>x</b>\n</div>\n\na <br> <kbd>b</kbd>\n",
        "---\ntags: [a, 'b,c', '#d']\nÄ: 1\ntype: x\nupdated: 2020-01-01\nicon: 📔\n---\n[a](x.md) ![[a]] ![[a#b]]\n",
    ],
)
def test_odd_corners_of_markdown(content: str, tmp_path: Path) -> None:
    check_from_vault(tmp_path, {"a.md": content})


# What is known to fail.


@pytest.mark.parametrize(
    "content",
    [
        "- [中] a\n",
        "a%%%%\n",
        '[x](assets/a.pdf/20240115143000-abc1234 "t")\n',
        "![a](<b >)\n",
        "**x** %%a_esc_newline_b%%\n",
        "$a_esc_newline_b$\n",
        '---\nk: "a_esc_newline_b"\n---\nb\n',
    ],
)
def test_markdown_that_cannot_be_said(content: str, tmp_path: Path) -> None:
    check_from_vault(tmp_path, {"a.md": content})


def _coloured(color: str) -> Block:
    return Paragraph(id="b", runs=(TextRun(text="a", style=Style(background=color)),))


def _table_of(width: float) -> Block:
    row = Row(cells=(Cell(runs=(TextRun(text="a"),), id="c"),), header=True, id="r")
    return Table(id="b", columns=(TableColumn(width=width),), rows=(row,))


@pytest.mark.parametrize(
    "one",
    [
        _table_of(120.5),
        _coloured("#102030"),
        Callout(id="b", type="a b", icon="x", runs=(TextRun(text="a"),)),
        _table_of(150_000.0),
        _table_of(-5.0),
        _coloured("a;b"),
        _coloured(" red "),
        Callout(id="b", type=" ", runs=(TextRun(text="a"),)),
        Image(id="b", target="b "),
        Code(id="b", source="a\x00"),
        Formula(id="b", tex="a\x00"),
        Image(id="b", target="a\x00.png"),
    ],
)
def test_blocks_of_a_package_become_sound_documents(one: Block, tmp_path: Path) -> None:
    moment = Moment(638_000_000_000_000_000, 0)
    note = Note(key="n", id="n", title="T", order=0, created=moment, updated=moment, blocks=(one,))
    source = build_package(tmp_path / "p.mnemo", {"notes": [json.loads(note_text(note))]})
    check_sound(source, tmp_path / "out")


def node(kind: str, *children: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A node that is no block."""
    return {"Type": f"Node{kind}", **members, "Children": list(children)}


def block(kind: str, *children: dict[str, Any], number: int = 2, **members: Any) -> dict[str, Any]:
    """A block with an id of this number."""
    identity = BLOCK[:-1] + str(number)
    return {**node(kind, *children, **members), "ID": identity, "Properties": {"id": identity}}


def mark(kinds: str, **members: str) -> dict[str, Any]:
    """A text mark that shows `x`."""
    return node("TextMark", TextMarkType=kinds, TextMarkTextContent="x", **members)


def table(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A table of these cells."""
    lines = [node("TableRow", *cells, Data="tr") for cells in rows]
    return block("Table", node("TableHead", lines[0]), *lines[1:], TableAligns=[0] * len(rows[0]))


def cell(shown: str, name: str = "td", **properties: str) -> dict[str, Any]:
    """A cell with its text."""
    return node("TableCell", text(shown), Data=name, Properties=properties)


def list_of(*children: dict[str, Any], **data: int) -> dict[str, Any]:
    """A list of one item."""
    return block("List", block("ListItem", *children, number=3, ListData=data), ListData=data)


PICTURE = node(
    "Image",
    *(node(kind) for kind in ("Bang", "OpenBracket", "LinkText", "CloseBracket", "OpenParen")),
    node("LinkDest", Data="assets/a.png"),
    node("CloseParen"),
)
REFERENCE = {"TextMarkBlockRefID": ID, "TextMarkBlockRefSubtype": "s"}


@pytest.mark.parametrize(
    "body",
    [
        [paragraph(node("Strong", text("a"), node("Emphasis", text("b"))))],
        [paragraph(node("BlockRef", node("BlockRefID", Data=ID), node("BlockRefText", Data="a")))],
        [node("Paragraph", text("a"), Data="")],
        [block("Foo", paragraph(text("a")), Data="b")],
        [text("loose"), paragraph(text("a"))],
        [table([cell("a", "th"), cell("b", "th")], [cell("c"), cell("d|e")])],
        [paragraph(node("Strong", PICTURE))],
        [paragraph(text("a"), node("Br", Data="br"), text("b"))],
        [paragraph(mark("a block-ref", TextMarkAHref="https://e.org", **REFERENCE))],
        [paragraph(node("BlockRef", node("BlockRefText", Data="a")))],
        [table([cell("a", "th"), cell("b", "th")], [cell("c")])],
        [table([cell("a", "th"), cell("b", "th", **{"class": "fn__none"})])],
        [table([cell("a", "th", style="font-family: &quot;A&quot;;")])],
    ],
)
def test_old_and_odd_documents_are_rewritten_sound(body: list[dict[str, Any]], tmp_path: Path) -> None:
    made = json.dumps(check_rewritten(tmp_path, *body))
    assert all(shown in made for shown in ("a", "b", "c", "x") if f'"{shown}"' in json.dumps(body))


@pytest.mark.parametrize(
    "body",
    [
        [paragraph(mark("block-ref", **REFERENCE))],
        [paragraph(mark("block-ref strong", **REFERENCE))],
        [list_of(paragraph(text("a")))],
        [paragraph(mark("block-ref strong", **REFERENCE | {"TextMarkBlockRefSubtype": "d"}))],
        [list_of(paragraph(text("a")), Padding=2)],
        [block("List", ListData={})],
        [paragraph(mark("block-ref code", **REFERENCE | {"TextMarkBlockRefSubtype": "d"}))],
        [paragraph(mark("tag block-ref", **REFERENCE | {"TextMarkBlockRefSubtype": "d"}))],
        [paragraph(mark("a", TextMarkAHref="\x1f", TextMarkATitle="b\nc"))],
        [paragraph(mark("inline-math", TextMarkInlineMathContent="{"))],
        [list_of(paragraph(), block("Blockquote", node("BlockquoteMarker", Data=">"), paragraph(text("a"))))],
    ],
)
def test_documents_become_markdown(body: list[dict[str, Any]], tmp_path: Path) -> None:
    run(workspace(tmp_path, {ID: json.dumps(document(*body)).encode()}), tmp_path / "out", "markdown")


@pytest.mark.parametrize(
    "title",
    [
        "a/b",
        "CON",
        "é 中 📔",
        "a: #b",
        '"',
        "a\x7fb",
        "a\x9bb",
        "a\uffffb",
    ],
)
@pytest.mark.parametrize("name", ["tags", "custom-a"])
def test_attributes_become_front_matter(name: str, title: str, tmp_path: Path) -> None:
    root = document(paragraph(text("a")), **{name: title.replace('"', "&quot;")})
    run(workspace(tmp_path, {ID: json.dumps(root).encode()}), tmp_path / "out", "markdown")
