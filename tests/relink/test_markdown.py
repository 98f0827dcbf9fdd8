"""New targets of links in Markdown: a file reads as before, but for the targets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from html import escape, unescape
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.formats.front import LinkKey, Renaming, SourceContext, Stored
from converter.formats.markdown import FORMAT
from converter.formats.markdown.relink import link_keys
from converter.model.blocks import Html
from converter.model.items import Note
from converter.model.runs import EmbedRun, ImageRun, Reference, Style, TextRun
from converter.pipeline.outline import ADDRESS, outline
from converter.storage.limits import DEFAULT_LIMITS
from converter.text.markdown.render import render
from tests.support import shared, vault
from tests.text.strategies import bodies

CONTEXT = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
LINKS: Mapping[LinkKey, str] = {
    ("reference", "A", "", ""): "B",
    ("reference", "A", "P", ""): "B",
    ("reference", "dir/A b", "^x", ""): "dir 2/A b 2",
    ("embed", "A", "", ""): "C",
    ("embed", "A", "P#Q", ""): "C",
    ("image", "p.png", "", ""): "q.png",
    ("image", "p q.png", "", ""): "p q-2.png",
    ("image", "p%20q.png", "", ""): "p%20q-2.png",
    ("link", "a.md", "", ""): "b.md",
    ("link", "a.md#h", "", ""): "b.md#h",
    ("link", "a b.md", "", ""): "a b 2.md",
    ("link", "a%20b.md", "", ""): "a b 2.md",
    ("link", "a(b).md", "", ""): "a(b)-2.md",
    ("link", "(.md", "", ""): "((.md",
    ("link", "a&b.md", "", ""): "<c|&amp;.md",
    ("link", "a|b.md", "", ""): "c|d.md",
}


def relink(text: str | bytes, links: Mapping[LinkKey, str] = LINKS) -> bytes:
    """The file after a renaming."""
    assert FORMAT.relink is not None
    data = text if isinstance(text, bytes) else text.encode()
    return FORMAT.relink(Stored("n.md", data, "n.md"), Renaming(), links)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "[[A]] [[A|A]] [[A#P]] [[A#P|A]] [[ A ]] [[A#Q]] [[B]]",
            "[[B]] [[B|A]] [[B#P]] [[B#P|A]] [[ A ]] [[A#Q]] [[B]]",
        ),
        ("see [[dir/A b#^x|dir/A b]]", "see [[dir 2/A b 2#^x|dir/A b]]"),
        ("![[A]] ![[A#P#Q]] ![[p.png]] ![[p.png|p.png|200]]", "![[C]] ![[C#P#Q]] ![[q.png]] ![[q.png|p.png|200]]"),
        (
            "[a.md](a.md) [x](a.md \"a.md\") [x](<a.md> 'a.md') [x]( a.md )",
            "[a.md](b.md) [x](b.md \"a.md\") [x](<b.md> 'a.md') [x]( b.md )",
        ),
        ("[x](a.md#h) [x](a.md#i)", "[x](b.md#h) [x](a.md#i)"),
        ("[x](<a b.md>) [x](a%20b.md)", "[x](<a b 2.md>) [x](a%20b%202.md)"),
        ("[x](a(b).md) [x](\\(.md)", "[x](a(b)-2.md) [x](\\(\\(.md)"),
        ("[x](a&amp;b.md) [x](a\\&b.md)", "[x](<\\<c|\\&amp;.md>) [x](<\\<c|\\&amp;.md>)"),
        (
            "![p.png](p.png) [![p.png](p.png)](a.md) ![[x](a.md)](p.png)",
            "![p.png](q.png) [![p.png](q.png)](b.md) ![[x](a.md)](q.png)",
        ),
        ("![x|100](<p q.png>) ![x](p%20q.png)", "![x|100](<p q-2.png>) ![x](p%20q-2.png)"),
        ("[\\]`](a.md)` ](a.md)", "[\\]`](a.md)` ](b.md)"),
        (
            '[x][r] ![x][r] [r][] [r]\n\n[r]: a.md "a.md"\n[q]: <a.md>\n[p]: p.png\n',
            '[x][r] ![x][r] [r][] [r]\n\n[r]: b.md "a.md"\n[q]: <b.md>\n[p]: q.png\n',
        ),
        ("> - [r]:\n>   a.md\n> - [x][r] [x](\n>   a.md)", "> - [r]:\n>   b.md\n> - [x][r] [x](\n>   b.md)"),
        ("text\n[r]: a.md\n", None),
        ("    [r]: a.md\n", None),
        (
            "| a |\n|---|\n| [[A\\|A]] [[A]] [x](a\\|b.md) ![[p.png\\|200]] |",
            "| a |\n|---|\n| [[B\\|A]] [[B]] [x](c\\|d.md) ![[q.png\\|200]] |",
        ),
        ("`[[A]]` $[[A]]$ \\[[A]] %%[[A]] [x](a.md)%% [[A]]", "`[[A]]` $[[A]]$ \\[[A]] %%[[A]] [x](a.md)%% [[B]]"),
        ("%%\n\n[[A]]\n\n%%", "%%\n\n[[B]]\n\n%%"),
        ("```\n[[A]]\n```\n\n    [[A]]\n\n$$\n[[A]]\n$$\n\n<!-- [[A]] -->\n", None),
        (
            '<div>\n<img src="p.png" alt="p.png"><a href="a.md">a.md</a> [[A]]\n</div>',
            '<div>\n<img src="q.png" alt="p.png"><a href="b.md">a.md</a> [[A]]\n</div>',
        ),
        ('> <div>\n> <a href="a&amp;b.md">\n> </div>', '> <div>\n> <a href="&lt;c|&amp;amp;.md">\n> </div>'),
        (
            "# [[A]]\n\n- [ ] [[A]]\n  1. [x](a.md)\n\n[^1]: [[A]]\n\nterm\n: [[A]]\n: x\n:no [[A]] é [[A]]\n",
            "# [[B]]\n\n- [ ] [[B]]\n  1. [x](b.md)\n\n[^1]: [[B]]\n\nterm\n: [[B]]\n: x\n:no [[B]] é [[B]]\n",
        ),
        ("> [!note] [[A]] %% [[A]]\n> [[A]] %% [[A]]\n", "> [!note] [[B]] %% [[B]]\n> [[B]] %% [[B]]\n"),
        ("**[[A]]**==[[A|é]]== ~~[x](a.md)~~ <u>[[A]]</u>", "**[[B]]**==[[B|é]]== ~~[x](b.md)~~ <u>[[B]]</u>"),
        ("<https://example.org> [[A", None),
    ],
)
def test_each_kind_of_link(old: str, new: str | None) -> None:
    wanted = old if new is None else new
    assert relink(old).decode() == wanted
    front = "---\ntitle: é\n---\n"
    assert relink(front + old).decode() == front + wanted
    crlf = (front + old).replace("\n", "\r\n")
    assert relink(crlf).decode() == (front + wanted).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('up: "[[A]]"', 'up: "[[B]]"'),
        ("up: '[[A|it''s A]]'", "up: '[[B|it''s A]]'"),
        ("up: see [[A#P]]", "up: see [[B#P]]"),
        ('up: ["[[A]]", "x [[A#P|A]]"]', 'up: ["[[B]]", "x [[B#P|A]]"]'),
        ('up:\n  - "[[A]]" # "[[A]]"\n# "[[A]]"\n  - "![[A]]"', 'up:\n  - "[[B]]" # "[[A]]"\n# "[[A]]"\n  - "![[C]]"'),
        ("up: [[A]]", "up: [[A]]"),
        ("cover: p.png", "cover: q.png"),
        ('cover: "p.png" # p.png', 'cover: "q.png" # p.png'),
        ("covers: p.png", "covers: p.png"),
        ('cover: "![[p.png]]"', 'cover: "![[q.png]]"'),
        ("A: A", "A: A"),
    ],
)
def test_front_matter(old: str, new: str) -> None:
    for line in ("\n", "\r\n"):
        texts = [f"\ufeff---\né: A\n{text}\n---\n[[{name}]]\n" for text, name in ((old, "A"), (new, "B"))]
        assert relink(texts[0].replace("\n", line)).decode() == texts[1].replace("\n", line)


def test_front_matter_that_is_none_stays() -> None:
    text = '---\nup: "[[A]]\n---\n'
    assert relink(text).decode() == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8", "cp1252"])
def test_encodings_stay(codec: str) -> None:
    mark = "" if codec == "cp1252" else "\ufeff"
    assert relink(f"{mark}é [[A]]".encode(codec)) == f"{mark}é [[B]]".encode(codec)
    if codec == "cp1252":
        assert relink("é [[A]]".encode(codec), {("reference", "A", "", ""): "中"}) == "é [[中]]".encode()


def test_a_file_that_needs_nothing_is_the_same_object() -> None:
    data = b"[[Z]] [x](z.md)\r\n"
    assert relink(data) is data
    assert relink(data, {}) is data
    assert FORMAT.own_ids is None


def read(data: bytes) -> Note:
    """The note of a file."""
    return FORMAT.read(Stored("n.md", data, "n.md"), CONTEXT)[0]


def moved(value: Any, links: Mapping[LinkKey, str]) -> Any:
    """A model in which links have other targets, made without the code under test."""
    if isinstance(value, (list, tuple)):
        return type(value)(moved(element, links) for element in value)
    if not isinstance(value, msgspec.Struct):
        return value
    changes = {field: moved(getattr(value, field), links) for field in value.__struct_fields__ if field != "front"}
    match value:
        case TextRun(style=Style(reference=Reference() as key)):
            target = links.get(("reference", key.target, key.place, ""), key.target)
            changes["style"] = msgspec.structs.replace(
                value.style, reference=msgspec.structs.replace(key, target=target)
            )
            if key.shows == "title":
                place = f"#{key.place}" if key.place else ""
                changes["text"] = value.text.replace(key.target + place, target + place) if key.target else value.text
        case ImageRun():
            changes["target"] = links.get(("image", value.target, "", ""), value.target)
        case EmbedRun():
            changes["target"] = links.get(("embed", value.target, value.place, ""), value.target)
        case Html():
            changes["source"] = ADDRESS.sub(lambda found: _address(found[1], found[2], links), value.source)
    style: Any = changes.get("style")
    if style is not None and style.link is not None:
        target = links.get(("link", style.link.target, "", ""), style.link.target)
        changes["style"] = msgspec.structs.replace(style, link=msgspec.structs.replace(style.link, target=target))
    return msgspec.structs.replace(value, **changes)


def _address(attribute: str, address: str, links: Mapping[LinkKey, str]) -> str:
    form = "link" if "href" in attribute.lower() else "image"
    new = links.get((form, unescape(address), "", ""))
    return f'{attribute}{address if new is None else escape(new)}"'


def renaming_of(data: bytes) -> dict[LinkKey, str]:
    """New targets for all links of a file, as far as they lead into its folder."""
    links: dict[LinkKey, str] = {}
    for link in outline(read(data)).links:
        if ":" not in link.target:
            path, mark, place = link.target.partition("#")
            stem, dot, ending = path.rpartition(".")
            new = f"{stem}~2{dot}{ending}" if dot else f"{ending}~2"
            links[link.form, link.target, link.place, ""] = new + mark + place if link.target else ""
    return {key: new for key, new in links.items() if new}


def check(data: bytes) -> bool:
    """Rename all links of a file, compare what it reads like, and rename them back; whether there were any."""
    links = renaming_of(data)
    changed = relink(data, links)
    before, after = read(data), read(changed)
    assert after.blocks == moved(before.blocks, links)
    back = {(form, new, place, block): old for (form, old, place, block), new in links.items()}
    restored = relink(changed, back)
    assert read(restored).blocks == before.blocks
    assert restored == data or any(set("\\&\ufffd") & set(link.target) for link in outline(before).links)
    assert relink(data, {}) is data
    assert set(links) - set(link_keys(Stored("n.md", data))) == set()
    return bool(links)


PIECES = (
    "[[A]]", "[[A#P|t]]", "![[A]]", "![[p.png|20]]", "[x](a.md)", "[x](<a b.md>)", "![x](p.png)", "[x][r]", "[r]",
    "[r]: a.md", "[r]: <c d.md> 't'", "`", "``", "%%", "$", "==", "**", "*", "<u>", "</u>", "<div>", "</div>",
    '<img src="p.png">', "> ", "- ", "1. ", "# ", "    ", "```", "$$", "| ", "|---|", "\\", "\n", "\n\n", " ", "a", "é",
    "[", "]", "(", ")", "!", "[!note]", ": ", ":a", "[^1]", "[^1]: ", "^n", "#t", "&amp;", "---", "\x00",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_any_text_reads_as_before_but_for_its_links(text: str) -> None:
    check(text.encode())


@given(bodies)
def test_what_is_written_reads_as_before_but_for_its_links(blocks: Any) -> None:
    check(render(blocks).encode())


def test_real_files_read_as_before_but_for_their_links() -> None:
    files = sorted((shared() / "data").rglob("*.md"))
    assert sum(check(path.read_bytes()) for path in files) > 100


def test_a_vault_reads_as_before_but_for_its_links() -> None:
    files = sorted(vault(60).rglob("*.md"))
    assert sum(check(path.read_bytes()) for path in files) > 20


def test_a_canvas_names_files_and_links_in_texts() -> None:
    assert FORMAT.relink_file is not None
    canvas = (
        '{\n\t"nodes":[\n\t\t{"id":"A.md","type":"file","file":"dir/A.md","subpath":"#P"},\n'
        '\t\t{"type":"group","label":"p.png","background":"p.png"},\n'
        '\t\t{"type":"text","text":"\\u00e9 [[dir/A|A]]\\n`[[dir/A]]` ![](p.png) [[A]]"}\n\t],\n\t"edges":[]\n}\n'
    )
    renaming = Renaming(ids={"notes": {"dir/A.md": "dir/Ä 2.md"}}, files={"p.png": "q.png"})
    changed = FORMAT.relink_file("x/y.Canvas", canvas.encode(), renaming).decode()
    expected = canvas.replace("dir/A.md", "dir/Ä 2.md").replace("[[dir/A|A", "[[dir/Ä 2|A")
    assert changed == expected.replace('"background":"p.png"', '"background":"q.png"').replace("(p.png", "(q.png")
    assert json.loads(changed)["nodes"][0]["id"] == "A.md"
    data = b'{"nodes":[{"file":"dir/A.md"}]}'
    assert FORMAT.relink_file("x.json", data, renaming) is data
    assert FORMAT.relink_file("x.canvas", data, Renaming()) is data
