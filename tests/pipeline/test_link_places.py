"""Findings of `validate` about links: they name where the first link stands, in every format and form of output."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import invoke
from tests.json.archives import archive, note_line
from tests.mnemo.builders import block_json, note_json, span
from tests.mnemo.library import build_library, note_row
from tests.outputs.parse import commands_of
from tests.support import build_package, shared, value_at, vault

CODES = ("asset-missing", "link-missing", "link-place-missing")
CODE = "`[[Nowhere]]` 𝄞\n\n```\n[[Nowhere]] ![x](Nowhere.png)\n```\n\n"
FRONT = "---\ntitle: é\nseen: [[Nowhere]]\nplain: see Nowhere.png and Nowhere.md\n---\n"
LINKS = (
    "[[Nowhere]]",
    "[[Nowhere#Part]]",
    "![[Nowhere]]",
    "![[Nowhere.png]]",
    "[t](Nowhere.md)",
    '![t]( <Nowhere.png> "Title")',
    "*[t](Nowhere.md)*",
)
HOLDERS = (
    "%s\n",
    "𝄞 é\ttext %s\n",
    "# %s\n",
    "- a\n    - b %s\n",
    "1. a\n\n   %s\n",
    "- [ ] %s\n",
    "> > x\n> > %s\n",
    "> [!note] Title %s\n> x\n",
    "| a | b |\n|---|---|\n| `b` | %s |\n",
    "x[^1]\n\n[^1]: %s\n",
)
FILES = {
    "plain": ("\n", "utf-8", ""),
    "crlf": ("\r\n", "utf-8", ""),
    "mark": ("\r\n", "utf-8-sig", ""),
    "front": ("\r\n", "utf-8", FRONT),
    "front-mark": ("\n", "utf-8-sig", FRONT),
    "utf-16": ("\r\n", "utf-16", FRONT),
}


def found_in(source: Path, *args: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The findings of a source about links, by code and item."""
    ended = invoke("validate", str(source), "--output-format", "json", *args)
    findings = json.loads(ended.out)["findings"]
    return {(one["code"], one["item"]): one for one in findings if one["code"] in CODES}


def told(folder: Path, data: bytes) -> dict[str, tuple[int, int, int]]:
    """Line, column and count by code, of a vault with one note of these bytes."""
    (folder / "n.md").write_bytes(data)
    found = found_in(folder)
    return {
        code: (one["location"].get("line", 0), one["location"].get("column", 0), one.get("count", 1))
        for (code, _), one in found.items()
    }


def behind(text: str, location: dict[str, Any]) -> str:
    """What stands at a line and column, up to the end of the line."""
    line: int = location["line"]
    return text.split("\n")[line - 1][location["column"] - 1 :]


def test_a_link_stands_at_the_line_and_column_that_are_named(tmp_path: Path) -> None:
    expected: dict[str, tuple[int, int]] = {}
    for number, (link, holder, kind) in enumerate(product(LINKS, HOLDERS, FILES)):
        newline, codec, front = FILES[kind]
        text = front + CODE + holder % link
        at = text.rindex("Nowhere")
        expected[f"notes/{number}.md"] = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        (tmp_path / f"{number}.md").write_bytes(text.replace("\n", newline).encode(codec))

    found = found_in(tmp_path)

    assert len(found) == len(expected)
    assert {item: (one["location"]["line"], one["location"]["column"]) for (_, item), one in found.items()} == expected
    assert {one.get("count", 1) for one in found.values()} == {1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"[[Gone]]\n", {"link-missing": (1, 3, 1)}),
        (b"\xef\xbb\xbf[[Gone]]\n", {"link-missing": (1, 3, 1)}),
        ("é [[Gone]] [[Gone|x]]\r\n\r\n- [[Gone#A]] ![[Lost]]\r\n".encode(), {"link-missing": (1, 5, 4)}),
        (b"| a |\n|---|\n| [[Gone\\|x]] |\n", {"link-missing": (3, 5, 1)}),
        (b'x\n\n<img src="a&amp;.png">\n<a href="g.md">\n', {"asset-missing": (3, 11, 1), "link-missing": (4, 10, 1)}),
        (b"[x][r], ![y][r]\n\n[r]: <gone one.png>\n", {"asset-missing": (3, 7, 1), "link-missing": (3, 7, 1)}),
        (b"# Here\n\n[[#Here]] [[#There]] [x](#elsewhere)\n", {"link-place-missing": (3, 13, 2)}),
        (b"a %% [[Gone]] %% [[Gone]] $[[Gone]]$\n", {"link-missing": (1, 20, 1)}),
        (b"---\ncover: gone.png\n---\n![[lost.png]]\n", {"asset-missing": (2, 8, 2)}),
        (b"---\n# cover: gone.png\n\ncover: 'gone.png'\n---\n", {"asset-missing": (4, 9, 1)}),
        (b'---\nup: "[[Gone]]"\n---\n[[Gone]]\n', {"link-missing": (2, 8, 2)}),
        (b"---\nup: [[Gone]]\n---\n\n\n[[Gone]]\n", {"link-missing": (6, 3, 1)}),
        (b"---\nup: [\n---\n[[Gone]]\n", {"link-missing": (4, 3, 1)}),
    ],
)  # fmt: skip
def test_each_place_of_a_link_counts_and_the_first_is_named(
    text: bytes, expected: dict[str, tuple[int, int, int]], tmp_path: Path
) -> None:
    assert told(tmp_path, text) == expected


def test_links_of_one_code_are_told_in_the_order_of_their_places(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_text("[x][r]\n\n[[Second]] [[Third]]\n\n[r]: fourth.md\n")

    (finding,) = found_in(tmp_path).values()

    assert finding["details"] == {"what": "Second"}
    assert (finding["location"]["line"], finding["location"]["column"], finding["count"]) == (3, 3, 3)


def test_a_cover_that_yaml_spells_in_its_own_way_has_no_place(tmp_path: Path) -> None:
    assert told(tmp_path, b'---\ncover: "gone\\x2epng"\n---\nx gone.png\n') == {"asset-missing": (0, 0, 1)}


def test_every_form_of_output_has_the_place(tmp_path: Path) -> None:
    note = tmp_path / "Notes" / "A, b.md"
    note.parent.mkdir()
    note.write_text("# Title\n\nx [[Gone]] and [[Gone]]\n")
    source = str(tmp_path)

    assert "\n  notes/Notes/A, b.md:3:5: A link to Gone leads nowhere" in invoke("validate", source).out
    ((_, properties, message),) = commands_of(invoke("validate", source, "--output-format", "github").out)
    assert properties == {"file": "Notes/A, b.md", "line": "3", "col": "5", "title": "link-missing"}
    assert "(×2)" in message
    junit = invoke("validate", source, "--output-format", "junit", "--fail-on", "warning").out
    case = next(ET.fromstring(junit).iter("testcase"))  # noqa: S314 - our own output
    assert (case.get("file"), case.get("line")) == ("Notes/A, b.md", "3")
    before = sarif_result(tmp_path)
    assert before["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert before["occurrenceCount"] == 2


def test_fingerprints_stay_when_lines_move(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_text("[[Gone]]\n")
    before = sarif_result(tmp_path)
    (tmp_path / "n.md").write_text("---\ntags: [x]\n---\n\nMore.\n\n- [[Gone]] and [[Gone]]\n")
    after = sarif_result(tmp_path)

    assert after["partialFingerprints"] == before["partialFingerprints"]
    assert before["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 3}
    assert after["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 5}


def sarif_result(source: Path) -> Any:
    """The only result about a source."""
    (result,) = json.loads(invoke("validate", str(source), "--output-format", "sarif").out)["runs"][0]["results"]
    return result


def test_in_a_generated_vault_the_link_stands_at_its_place() -> None:
    source = vault(120)
    found = found_in(source)

    assert found
    for (_, item), one in found.items():
        text = (source / item.partition("/")[2]).read_bytes().decode("utf-8-sig")
        assert behind(text, one["location"]).startswith(one["details"]["what"].partition("#")[0])


def test_in_a_real_wiki_the_link_stands_at_its_place() -> None:
    source = shared() / "data" / "wikimind-home" / "wiki"
    found = found_in(source)

    assert found
    for (_, item), one in found.items():
        text = (source / item.partition("/")[2]).read_bytes().decode("utf-8-sig")
        assert behind(text, one["location"]).startswith(one["details"]["what"].partition("#")[0])


DOCUMENT, BLOCK, GONE = "20240101120000-abcdefg", "20240101120001-abcdefg", "20240101120002-abcdefg"


def workspace(folder: Path, *nodes: dict[str, Any], indent: int | None = None) -> Path:
    """The document of a notebook in a new workspace: one paragraph with these nodes in it."""
    book = folder / "data" / "20240101115900-bcdefgh"
    (book / ".siyuan").mkdir(parents=True)
    (book / ".siyuan" / "conf.json").write_text('{"name":"Book","closed":false}', encoding="utf-8")
    properties = {"id": DOCUMENT, "title": "One", "updated": "20240101120000"}
    paragraph = {"ID": BLOCK, "Type": "NodeParagraph", "Properties": {"id": BLOCK}, "Children": list(nodes)}
    root = {"ID": DOCUMENT, "Spec": "2", "Type": "NodeDocument", "Properties": properties, "Children": [paragraph]}
    (book / f"{DOCUMENT}.sy").write_text(json.dumps(root, indent=indent, ensure_ascii=False), encoding="utf-8")
    return book / f"{DOCUMENT}.sy"


def mark(kind: str, **fields: str) -> dict[str, Any]:
    return {"Type": "NodeTextMark", "TextMarkType": kind, "TextMarkTextContent": "é", **fields}


@pytest.mark.parametrize("indent", [None, 1])
def test_a_document_has_a_pointer_and_a_line(indent: int | None, tmp_path: Path) -> None:
    text = {"Type": "NodeText", "Data": f"assets/gone.pdf {GONE} 𝄞"}
    reference = mark("block-ref", TextMarkBlockRefID=GONE, TextMarkBlockRefSubtype="s")
    link = mark("a", TextMarkAHref=f"siyuan://blocks/{GONE}")
    path = workspace(
        tmp_path, text, reference, link, reference, mark("a", TextMarkAHref="assets/gone.pdf"), indent=indent
    )

    (finding,) = found_in(tmp_path).values()

    where = finding["location"]
    assert where["pointer"] == "/Children/0/Children/1/TextMarkBlockRefID"
    assert value_at(where["pointer"], json.loads(path.read_bytes())) == GONE
    assert behind(path.read_text(encoding="utf-8"), where).startswith(f'{GONE}"')
    assert finding["count"] == 4
    ((_, properties, _),) = commands_of(invoke("validate", str(tmp_path), "--output-format", "github").out)
    assert (properties["line"], properties["col"]) == (str(where["line"]), str(where["column"]))


def test_a_picture_and_the_cover_of_a_document_have_a_pointer(tmp_path: Path) -> None:
    picture = {
        "Type": "NodeImage",
        "Children": [
            {"Type": "NodeBang"}, {"Type": "NodeOpenBracket"}, {"Type": "NodeLinkText", "Data": "assets/gone.png"},
            {"Type": "NodeCloseBracket"}, {"Type": "NodeOpenParen"},
            {"Type": "NodeLinkDest", "Data": "assets/gone.png"}, {"Type": "NodeCloseParen"},
        ],
    }  # fmt: skip
    workspace(tmp_path, picture)

    (finding,) = found_in(tmp_path).values()

    assert finding["code"] == "asset-missing"
    assert finding["location"]["pointer"] == "/Children/0/Children/0/Children/5/Data"


LINK = {"linkUrl": "mnemo://note/gone"}
BLOCKS = (
    block_json("Text", "mnemo://note/gone and /images/lost.png"),
    block_json("Text", id="c", spans=[span("a"), span("b", **LINK)]),
    block_json("Image", "", id="d", payload={"kind": "image", "path": "/images/lost.png", "alt": "", "width": 0}),
    block_json("Text", "y", id="e", spans=[span("b", **LINK)]),
)


def test_a_package_has_member_row_and_pointer(tmp_path: Path) -> None:
    notes = [note_json(), note_json(*BLOCKS, noteId="linking", title="Linking")]
    package = build_package(tmp_path / "a.mnemo", {"notes": notes})

    found = {code: one for (code, _), one in found_in(package).items()}

    where = {"member": "payloads/notes/notes.db", "table": "Notes", "row": "linking"}
    assert found["link-missing"]["location"] == where | {"pointer": "/blocks/1/spans/1/style/linkUrl"}
    assert found["link-missing"]["count"] == 2
    assert found["asset-missing"]["location"] == where | {"pointer": "/blocks/2/payload/path"}
    about = "notes/linking!payloads/notes/notes.db#/blocks/2/payload/path"
    assert about in invoke("validate", str(package), "-v").out


def test_a_library_has_row_and_pointer(tmp_path: Path) -> None:
    blocks = json.loads(json.dumps(BLOCKS).replace('"linkUrl"', '"LinkUrl"'))
    rows = {"notes_index": ["linking"], "note_linking": note_row("linking", "Linking", *blocks)}
    library = build_library(tmp_path / "mnemo.db", rows)

    found = {code: one for (code, _), one in found_in(library).items()}

    where = {"table": "Storage", "row": "note_linking"}
    assert found["link-missing"]["location"] == where | {"pointer": "/Blocks/1/spans/1/style/LinkUrl"}
    assert found["asset-missing"]["location"] == where | {"pointer": "/Blocks/2/payload/path"}


def test_an_archive_has_the_line(tmp_path: Path) -> None:
    runs = [{"kind": "text", "text": "x", "reference": {"target": "gone.md"}}]
    linking = note_line("linking", blocks=[{"kind": "paragraph", "runs": runs}])
    path = archive(tmp_path / "a.jsonl", note_line("sound", "gone.md"), b"", linking)

    (finding,) = found_in(path).values()

    assert finding["location"]["line"] == 4
    ((_, properties, _),) = commands_of(invoke("validate", str(path), "--output-format", "github").out)
    assert (properties["file"], properties["line"]) == ("a.jsonl", "4")
