"""New names in files of SiYuan: nothing but the names changes."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest

from converter.errors import ItemError
from converter.formats.front import LinkKey, Renaming, SourceContext, Stored
from converter.formats.siyuan.workspace import FORMAT
from converter.model.items import Note
from converter.storage.limits import DEFAULT_LIMITS
from tests.relink.moved import inverse, moved, renamed_by
from tests.support import shared

CONTEXT = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
LINKS: Mapping[LinkKey, str] = {}
OLD, NEW = "20240115143000-aaaaaaa", "20260101000000-bbbbbbb"
DOCUMENT, OTHER = "20240115143001-docdocd", "20260101000001-newnewn"
BASE, MOVED = "20240115143002-avavava", "20260101000002-basebas"
RENAMING = Renaming(
    ids={"blocks": {OLD: NEW}, "notes": {DOCUMENT: OTHER}, "databases": {BASE: MOVED}},
    files={"assets/a & b.png": "assets/c & d.png", "assets/p.pdf": "assets/q.pdf"},
)
ID = re.compile(r"(?<![0-9A-Za-z-])[0-9]{14}-[0-9a-z]{7,8}(?![0-9A-Za-z-])|(?<=^custom-sy-av-s-text-).*")


def relink(data: bytes, renaming: Renaming = RENAMING, links: Mapping[LinkKey, str] = LINKS) -> bytes:
    """The document after a renaming."""
    assert FORMAT.relink is not None
    return FORMAT.relink(Stored("x.sy", data), renaming, links)


def node(**fields: Any) -> Any:
    """A node after a renaming, in a document of its own."""
    document = {"ID": DOCUMENT, "Spec": "2", "Type": "NodeDocument", "Properties": {"id": DOCUMENT, "title": OLD},
                "Children": [{"ID": OLD, "Type": "NodeParagraph", "Children": [fields]}]}  # fmt: skip
    found = json.loads(relink(json.dumps(document).encode()))
    assert (found["ID"], found["Properties"]) == (OTHER, {"id": OTHER, "title": OLD})
    assert found["Children"][0]["ID"] == NEW
    return found["Children"][0]["Children"][0]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("TextMarkBlockRefID", OLD, NEW),
        ("TextMarkBlockRefID", DOCUMENT, OTHER),
        ("TextMarkAHref", f"siyuan://blocks/{OLD}", f"siyuan://blocks/{NEW}"),
        ("TextMarkAHref", f"siyuan://blocks/{OLD}?focus=1&amp;x=&quot;", f"siyuan://blocks/{NEW}?focus=1&amp;x=&quot;"),
        ("TextMarkAHref", f"https://example.org/{OLD}", f"https://example.org/{OLD}"),
        ("TextMarkAHref", "assets/a &amp; b.png", "assets/c &amp; d.png"),
        ("TextMarkAHref", "assets/p.pdf?page=3&amp;q=&apos;", "assets/q.pdf?page=3&amp;q=&apos;"),
        ("TextMarkFileAnnotationRefID", f"assets/p.pdf/{OLD}", f"assets/q.pdf/{OLD}"),
        ("AttributeViewID", BASE, MOVED),
        ("TextMarkTextContent", OLD, OLD),
        ("TextMarkInlineMemoContent", f"siyuan://blocks/{OLD}", f"siyuan://blocks/{OLD}"),
        ("CalloutTitle", OLD, OLD),
    ],
)
def test_fields_of_nodes(field: str, old: str, new: str) -> None:
    assert node(Type="NodeTextMark", **{field: old}) == {"Type": "NodeTextMark", field: new}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("NodeText", f"{OLD} siyuan://blocks/{OLD}", None),
        ("NodeCodeBlockCode", f"'{OLD}' assets/p.pdf", None),
        ("NodeLinkText", "assets/p.pdf", None),
        ("NodeLinkDest", "assets/a & b.png", "assets/c & d.png"),
        ("NodeLinkDest", "assets/p.pdf ", "assets/q.pdf "),
        ("NodeLinkDest", f"siyuan://blocks/{OLD}", f"siyuan://blocks/{NEW}"),
        ("NodeBlockRefID", OLD, NEW),
        ("NodeFileAnnotationRefID", f"assets/p.pdf/{OLD}", f"assets/q.pdf/{OLD}"),
        ("NodeVideo", '<video controls src="assets/p.pdf"></video>', '<video controls src="assets/q.pdf"></video>'),
        ("NodeAudio", "<audio src='assets/a &amp; b.png'>", "<audio src='assets/c &amp; d.png'>"),
        ("NodeWidget", '<iframe src="/widgets/a" data-subtype="widget">', None),
        ("NodeIFrame", f'<iframe src="siyuan://blocks/{OLD}">', f'<iframe src="siyuan://blocks/{NEW}">'),
        ("NodeHTMLBlock", f'<a href="assets/p.pdf">assets/p.pdf {OLD}</a>',
         f'<a href="assets/q.pdf">assets/p.pdf {OLD}</a>'),
        ("NodeHTMLBlock", f'<p data-node-id="{OLD}">', f'<p data-node-id="{NEW}">'),
        (
            "NodeBlockQueryEmbedScript",
            f"select * from blocks where id='{OLD}' or path like \"%/{DOCUMENT}/%\" -- don't {OLD}\nand id != '{OLD}'",
            f"select * from blocks where id='{NEW}' or path like \"%/{OTHER}/%\" -- don't {OLD}\nand id != '{NEW}'",
        ),
        (
            "NodeBlockQueryEmbedScript",
            f"//!js {OLD}_esc_newline_i--; return ['{OLD}', `{DOCUMENT}`] // '{OLD}'",
            f"//!js {OLD}_esc_newline_i--; return ['{NEW}', `{OTHER}`] // '{OLD}'",
        ),
    ],
)  # fmt: skip
def test_data_of_nodes(kind: str, old: str, new: str | None) -> None:
    assert node(Type=kind, Data=old) == {"Type": kind, "Data": old if new is None else new}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("custom-avs", f"{BASE},20240115143002-another", f"{MOVED},20240115143002-another"),
        ("custom-origin", OLD, NEW),
        ("custom-cover", "assets/p.pdf", "assets/q.pdf"),
        ("custom-words", f"see {DOCUMENT} and {OLD}", f"see {DOCUMENT} and {OLD}"),
        ("custom-words", f"{DOCUMENT}, see", f"{DOCUMENT}, see"),
        ("custom-list", f" {DOCUMENT} , {OLD}", f" {OTHER} , {NEW}"),
        (f"custom-sy-av-s-text-{BASE}", OLD, OLD),
        ("title-img", "background-image:url(&quot;assets/a &amp; b.png&quot;)",
         "background-image:url(&quot;assets/c &amp; d.png&quot;)"),
        ("scroll", f"{{&quot;rootId&quot;:&quot;{DOCUMENT}&quot;}}", f"{{&quot;rootId&quot;:&quot;{OTHER}&quot;}}"),
        ("title", OLD, OLD), ("name", OLD, OLD), ("alias", OLD, OLD), ("memo", OLD, OLD), ("bookmark", OLD, OLD),
    ],
)  # fmt: skip
def test_attributes(name: str, old: str, new: str) -> None:
    found = node(Type="NodeParagraph", Properties={"id": OLD, name: old})
    assert found["Properties"] == {"id": NEW, name.replace(BASE, MOVED): new}


def test_the_spelling_of_everything_else_stays() -> None:
    html = '"\\u003ca href=\\"assets/p.pdf\\"\\u003e<\\/a>"'
    text = f'{{\n\t"ID" : "{DOCUMENT}",\n "Children": [ {{"Data":{html},"Type":"NodeHTMLBlock"}} ] , "x": 1.50 }}\n'
    data = text.encode()
    assert relink(data) == data.replace(DOCUMENT.encode(), OTHER.encode()).replace(b"p.pdf", b"q.pdf")
    amp = relink(data, Renaming(files={"assets/p.pdf": "assets/<ä>&.pdf"}))
    assert amp == data.replace(b"p.pdf", "\\u0026lt;ä\\u0026gt;\\u0026amp;.pdf".encode())
    assert relink(data, Renaming()) is data
    assert relink(b"no json") == b"no json"


def test_links_by_their_keys() -> None:
    document = {"ID": DOCUMENT, "Children": [
        {"Type": "NodeTextMark", "TextMarkBlockRefID": OLD},
        {"Type": "NodeTextMark", "TextMarkAHref": "assets/x.png?a=1&amp;b=2"},
        {"Type": "NodeLinkDest", "Data": "assets/x.png"},
    ]}  # fmt: skip
    links = {
        ("reference", OLD, "", ""): DOCUMENT,
        ("link", "assets/x.png?a=1&b=2", "", ""): "assets/y&.png",
        ("image", "assets/x.png", "", ""): "assets/z.png",
    }
    found = json.loads(relink(json.dumps(document).encode(), Renaming(), links))["Children"]
    assert found[0]["TextMarkBlockRefID"] == DOCUMENT
    assert found[1]["TextMarkAHref"] == "assets/y&amp;.png"
    assert found[2]["Data"] == "assets/z.png"


def file(name: str, value: Any, renaming: Renaming = RENAMING) -> Any:
    """A file of JSON after a renaming."""
    assert FORMAT.relink_file is not None
    return json.loads(FORMAT.relink_file(name, json.dumps(value).encode(), renaming))


def test_files_that_name_items() -> None:
    database = {
        "id": BASE, "name": OLD,
        "keyValues": [
            {"key": {"id": "20240115143002-keykeyk", "type": "relation", "relation": {"avID": BASE}, "name": BASE,
                     "template": f".action{{ q '{OLD}' }} {OLD}"},
             "values": [{"blockID": "20240115143002-rowrowr", "block": {"id": OLD, "content": OLD},
                         "mAsset": [{"content": "assets/p.pdf", "name": "assets/p.pdf"}],
                         "url": {"content": f"siyuan://blocks/{OLD}"}, "text": {"content": OLD}}]},
        ],
        "views": [{"id": "20240115143002-viewvie", "itemIds": ["20240115143002-rowrowr"]}],
    }  # fmt: skip
    expected = json.loads(json.dumps(database))
    expected["id"] = expected["keyValues"][0]["key"]["relation"]["avID"] = MOVED
    expected["keyValues"][0]["key"]["template"] = f".action{{ q '{NEW}' }} {OLD}"
    value = expected["keyValues"][0]["values"][0]
    value["block"]["id"] = NEW
    value["mAsset"][0]["content"] = "assets/q.pdf"
    value["url"]["content"] = f"siyuan://blocks/{NEW}"
    assert file(f"storage/av/{BASE}.json", database) == expected
    assert file("box/.siyuan/sort.json", {DOCUMENT: 1, "x": 2}) == {OTHER: 1, "x": 2}
    assert file("storage/criteria.json", [{"idPath": [f"{OLD}/{DOCUMENT}.sy"], "k": OLD}]) == [
        {"idPath": [f"{NEW}/{OTHER}.sy"], "k": OLD}
    ]
    assert file("storage/petal/x/data.json", {"a": OLD}) == {"a": OLD}


def test_the_ids_of_a_document_in_reading_order() -> None:
    assert FORMAT.own_ids is not None
    document = {
        "Children": [
            {"ID": "b", "Children": [{"Type": "NodeText"}, {"Properties": {"id": "c"}}]},
            {"id": "d"},
            {"ID": "b"},
        ],
        "ID": "a",
    }
    assert FORMAT.own_ids(json.dumps(document).encode()) == ("a", "b", "c", "d")


_TURN = str.maketrans("0123456789abcdefghijklmnopqrstuvwxyz", "ijklmnopqrstuvwxyz0123456789abcdefgh")


def turned(key: str) -> str:
    """Another id of the same form."""
    return key[:15] + key[15:].translate(_TURN)


def workspaces() -> list[Path]:
    """The data folders that were recorded."""
    data = shared() / "data"
    return [data / "siyuan-guide-en" / "data", data / "siyuan-kernel" / "workshop" / "workspace" / "data"]


def renaming_of(folder: Path) -> Renaming:
    """A renaming of everything in a data folder."""
    assert FORMAT.own_ids is not None
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    blocks = {own for name, path in files.items() if name.endswith(".sy") for own in FORMAT.own_ids(path.read_bytes())}
    named = {posixpath.splitext(posixpath.basename(name))[0] for name in files if "/riff/2" in name or "/av/2" in name}
    boxes = {name.partition("/")[0] for name in files if ID.fullmatch(name.partition("/")[0])}
    cards = {card for name, path in files.items() if name.endswith(".cards")
             for card in msgspec.msgpack.decode(path.read_bytes())}  # fmt: skip
    assets = {name[name.index("assets/") :] for name in files if "assets/" in name}
    kinds = {"blocks": blocks, "databases": named, "folders": boxes, "cards": cards}
    return Renaming(
        ids={kind: {one: turned(one) for one in names} for kind, names in kinds.items()},
        files={name: name.replace("assets/", "assets/moved-", 1) for name in assets},
    )


PROSE = frozenset(("TextMarkTextContent", "TextMarkInlineMemoContent", "title", "name", "alias", "memo", "bookmark",
                   "content", "desc", "CalloutTitle"))  # fmt: skip
PROSE_DATA = frozenset(("NodeText", "NodeCodeBlockCode", "NodeMathBlockContent", "NodeLinkText", "NodeLinkTitle"))


def expected(value: Any, new: Callable[[str], str], name: str = "", kind: str = "") -> Any:
    """A JSON value in which every string that is no prose names things by their new names."""
    if isinstance(value, dict):
        kind = str(value.get("Type", ""))
        pairs = ((key, expected(inner, new, key, kind)) for key, inner in value.items())
        return {ID.sub(lambda match: new(match[0]), key): inner for key, inner in pairs}
    if isinstance(value, list):
        return [expected(element, new, name, kind) for element in value]
    address = isinstance(value, str) and value.startswith("siyuan://blocks/")
    if not isinstance(value, str) or (name in PROSE and not address) or (name == "Data" and kind in PROSE_DATA):
        return value
    return ID.sub(lambda match: new(match[0]), value)


def read(key: str, data: bytes) -> Note | None:
    """The note of a document; None where the kernel refuses it."""
    try:
        return FORMAT.read(Stored(key, data, key), CONTEXT)[0]
    except ItemError:
        return None


def documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of all documents below a folder."""
    for path in sorted(folder.rglob("*.sy")):
        yield path.name, path.read_bytes()


@pytest.mark.parametrize("place", [0, 1])
def test_no_old_id_of_a_real_workspace_is_left(place: int) -> None:
    folder = workspaces()[place]
    renaming = renaming_of(folder)
    ids = {old: new for names in renaming.ids.values() for old, new in names.items()}
    only_ids = Renaming(ids=renaming.ids)
    for name, data in documents(folder):
        changed = relink(data, only_ids)
        assert json.loads(changed) == expected(json.loads(data), lambda key: ids.get(key, key)), name
        assert relink(changed, inverse(only_ids)) == data
        assert relink(data, Renaming()) is data


@pytest.mark.parametrize("place", [0, 1])
def test_real_documents_read_as_before_but_for_the_names(place: int) -> None:
    folder = workspaces()[place]
    renaming = renaming_of(folder)
    ids = {old: new for names in renaming.ids.values() for old, new in names.items()}

    def new(text: str) -> str:
        for old, moved_to in renaming.files.items():
            if text == old or re.match(re.escape(old) + r"(?:[?#]|/[0-9]{14}-)", text):
                return moved_to + text[len(old) :]
        return ID.sub(lambda match: ids.get(match[0], match[0]), text)

    def new_html(text: str) -> str:
        for old, moved_to in renaming.files.items():
            text = text.replace(f'="{old}"', f'="{moved_to}"') if text.startswith("<") else text
        return ID.sub(lambda match: ids.get(match[0], match[0]), text) if text.startswith("<") else text

    seen = 0
    for name, data in documents(folder):
        changed = relink(data, renaming)
        assert relink(changed, inverse(renaming)) == data
        key = name.removesuffix(".sy")
        again, before = read(f"box/{ids.get(key, key)}.sy", changed), read(f"box/{key}.sy", data)
        if before is None:
            continue
        assert again is not None
        assert flat(again) == flat(moved(moved(before, new, "attrs", "query"), new_html, "source")), name
        seen += 1
    assert seen > 40


def flat(note: Note) -> str:
    """A note as JSON, without the key and what is the bytes of something else."""
    return json.dumps(msgspec.to_builtins(msgspec.structs.replace(note, key="")), ensure_ascii=False, default=str)


def test_real_databases_and_cards_name_what_was_renamed() -> None:
    assert FORMAT.relink_file is not None
    folder = workspaces()[1]
    renaming = renaming_of(folder)
    ids = {old: new for names in renaming.ids.values() for old, new in names.items()}
    seen = set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name.endswith(".sy") or "assets/" in name:
            continue
        data = path.read_bytes()
        changed = FORMAT.relink_file(name, data, Renaming(ids=renaming.ids))
        assert FORMAT.relink_file(name, changed, inverse(renaming)) == data
        assert FORMAT.relink_file(name, data, Renaming()) is data
        seen |= {path.suffix} if changed != data else set()
        if path.suffix == ".json" and "/petal/" not in name:
            whole = expected(json.loads(data), lambda key: ids.get(key, key))
            assert json.loads(changed) == whole, name
        elif path.suffix in (".cards", ".deck", ".msgpack"):
            values = [json.dumps(plain(msgspec.msgpack.decode(one))) for one in (data, changed)]
            assert values[1] == ID.sub(lambda match: ids.get(match[0], match[0]), values[0])
    assert seen == {".json", ".cards", ".deck", ".msgpack"}


def plain(value: Any) -> Any:
    """A value of MessagePack as one that JSON can say."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return value if isinstance(value, str | int | float) or value is None else repr(value)


def test_odd_documents_are_read_as_before_but_for_the_names() -> None:
    assert FORMAT.own_ids is not None
    data = shared() / "data"
    folders = (data / "siyuan-engine" / "loader", data / "siyuan-kernel" / "import-sy")
    files = [path for folder in folders for path in sorted(folder.rglob("*.sy"))]
    for path in files:
        source = path.read_bytes()
        ids = FORMAT.own_ids(source)
        renaming = Renaming(ids={"blocks": {one: f"{one[:7]}x{at}" for at, one in enumerate(ids)}})
        changed = relink(source, renaming)
        assert FORMAT.own_ids(changed) == tuple(renaming.ids["blocks"].values())
        assert relink(changed, inverse(renaming)) == source
        name = path.name.removesuffix(".sy")
        before = read(path.name, source)
        again = read(f"{renaming.ids['blocks'].get(name, name)}.sy", changed)
        assert (before is None) == (again is None)
        if before is not None and again is not None:
            # an old reference without a text shows the id that it names
            named = [moved(before, renamed_by(renaming), *more).blocks for more in ((), ("text",))]
            assert again.blocks in named
    assert len(files) > 100
