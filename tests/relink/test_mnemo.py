"""New names in notes of Mnemo: nothing but the names changes."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from converter.errors import ItemError
from converter.formats.front import LinkKey, Renaming, Stored
from converter.formats.mnemo.package import FORMAT
from converter.model.items import Note
from converter.pipeline.outline import outline
from tests.mnemo.builders import CONTEXT, block_json, data_path, needs_data, note_json, span
from tests.relink.moved import inverse, moved, renamed_by

LINKS: Mapping[LinkKey, str] = {}
NO_IDS = frozenset(("True", "False", "[]", "{}", '["n"]'))
"""Text forms of what stands for an id in damaged notes and is neither text nor number; it stays."""

RENAMING = Renaming(
    ids={
        "notes": {"n": "n2", "child": "child2", "a b/ü": "c d/é"},
        "folders": {"f": "f2"},
        "blocks": {"b1": "b1x", "b2": "b2x"},
    },
    files={"C:\\pics\\x.png": "C:\\pics\\x 2.png", "y.png": "y-2.png", "a b.pdf": "ä b.pdf"},
)


def relink(note: Any, renaming: Renaming = RENAMING, links: Mapping[LinkKey, str] = LINKS) -> Any:
    """The note after a renaming, as JSON."""
    assert FORMAT.relink is not None
    text = note if isinstance(note, str) else json.dumps(note)
    return json.loads(FORMAT.relink(Stored("n", text.encode()), renaming, links))


def file(name: str, value: Any, renaming: Renaming = RENAMING) -> Any:
    """A part after a renaming, as JSON."""
    assert FORMAT.relink_file is not None
    return json.loads(FORMAT.relink_file(name, json.dumps(value).encode(), renaming))


def only_block(**members: Any) -> Any:
    """A block after a renaming."""
    return relink(note_json(block_json("Text", "", **members)))["blocks"][0]


def test_a_note_its_folder_and_its_parent_n1() -> None:
    found = relink(note_json(noteId="child", folderId="f", parentNoteId="n"))
    assert (found["noteId"], found["folderId"], found["parentNoteId"]) == ("child2", "f2", "n2")


def test_the_database_spells_members_otherwise_and_all_of_one_name_count() -> None:
    found = relink('{"NoteId":"n","Blocks":[{"ID":"b1"}],"FOLDERID":"f","noteID":"child","ParentNoteId":null}')
    assert found == {"NoteId": "n2", "Blocks": [{"ID": "b1x"}], "FOLDERID": "f2", "noteID": "child2",
                     "ParentNoteId": None}  # fmt: skip


def test_page_blocks_at_every_depth_n2_t35_t36() -> None:
    page = block_json("Page", payload={"kind": "page", "referenceNoteId": "child"})
    group = block_json("ColumnGroup", children=[page, page])
    row = block_json("TwoColumn", children=[group, block_json("ColumnGroup", children=[page])])
    found = relink(note_json(page, row))
    text = json.dumps(found)
    assert text.count('"child2"') == 4
    assert '"child"' not in text


def test_legacy_meta_and_whole_lines_that_name_a_page_t37() -> None:
    assert only_block(meta={"reference_note_id": "child", "Reference_note_id": "child"})["meta"] == {
        "reference_note_id": "child2",
        "Reference_note_id": "child",
    }
    lines, renamed = (f"see\n [[page:{key}]]\t\nsee [[page:child]]\n[[page:other]]" for key in ("child", "child2"))
    found = relink(note_json(block_json(spans=[span(lines)]), content=lines))
    assert found["content"] == found["blocks"][0]["spans"][0]["text"] == renamed
    split = [span("[[page:child]]"), span(" not alone", bold=True)]
    assert only_block(spans=split)["spans"] == split
    alone = [span("before\n"), span("[[page:child]]", bold=True), span("\nafter")]
    assert only_block(spans=alone)["spans"][1]["text"] == "[[page:child2]]"
    code = block_json("Code", spans=[span("[[page:child]]")], payload={"kind": "code", "source": "[[page:child]]"})
    assert relink(note_json(code))["blocks"] == [code]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mnemo://note/child", "mnemo://note/child2"),
        ("mnemo://note/child#b1", "mnemo://note/child2#b1x"),
        ("mnemo://note/other#b1", "mnemo://note/other#b1x"),
        ("mnemo://note/a%20b%2F%C3%BC", "mnemo://note/c%20d%2F%C3%A9"),
        ("mnemo://file/y.png", "mnemo://file/y-2.png"),
        ("mnemo://file/a%20b.pdf#page=3", "mnemo://file/%C3%A4%20b.pdf#page=3"),
        ("mnemo://file/other.pdf", "mnemo://file/other.pdf"),
        ("https://example.org/y.png", "https://example.org/y.png"),
        ("child", "child"),
    ],
)
def test_links_of_spans(old: str, new: str) -> None:
    found = only_block(spans=[span("child", linkUrl=old)])
    assert found["spans"] == [span("child", linkUrl=new)]
    old_run = relink(note_json({"Id": "q", "InlineRuns": [{"Text": "t", "Style": {"LinkUrl": old}}]}))
    assert old_run["blocks"][0]["InlineRuns"][0]["Style"]["LinkUrl"] == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("C:\\pics\\x.png", "C:\\pics\\x 2.png"),
        ("y.png", "y-2.png"),
        ("/home/me/images/y.png", "/home/me/images/y-2.png"),
        ("attachment:77:y.png", "attachment:77:y-2.png"),
        ("https://example.org/y.png", "https://example.org/y.png"),
        ("/home/me/z.png", "/home/me/z.png"),
        ("", ""),
    ],
)
def test_paths_of_pictures_n6_t45(old: str, new: str) -> None:
    found = only_block(type="Image", payload={"kind": "image", "path": old, "alt": "y.png"}, meta={"imagePath": old})
    assert found["payload"] == {"kind": "image", "path": new, "alt": "y.png"}
    assert found["meta"] == {"imagePath": new}


def test_a_picture_found_by_its_block_and_a_cover_t48() -> None:
    picture = block_json("Image", id="b9", payload={"kind": "image", "path": "/gone/orig.png"})
    links = {("image", "/gone/orig.png", "", "b9"): "b9.jpg"}
    found = relink(note_json(picture, cover="asset:y.png"), links=links)
    assert found["blocks"][0]["payload"]["path"] == "b9.jpg"
    assert found["cover"] == "asset:y-2.png"


def test_blocks_get_new_ids_n7() -> None:
    note = note_json(block_json(id="b1", children=[block_json(id="b2")]), block_json(id="b3"))
    assert FORMAT.own_ids is not None
    assert FORMAT.own_ids(json.dumps(note).encode()) == ("b1", "b2", "b3")
    assert FORMAT.own_ids(json.dumps(relink(note)).encode()) == ("b1x", "b2x", "b3")
    assert FORMAT.own_ids(b"no json") == FORMAT.own_ids(b"[]") == ()


def test_the_spelling_of_everything_else_stays() -> None:
    assert FORMAT.relink is not None
    text = (
        '\ufeff{ "title" : "n \\u0041/\\/ \\ud800", "x":1.50, "noteId":"n",\r\n'
        '"blocks":[{"id":"\\u0062\\u0031","spans":[{"kind":"text","text":"b1","style":{}}],"meta":{"k":"b1"}}] }\n'
    ).encode()
    changed = FORMAT.relink(Stored("n", text), RENAMING, LINKS)
    assert changed == text.replace(b'"noteId":"n"', b'"noteId":"n2"').replace(b'"\\u0062\\u0031"', b'"b1x"')


def test_a_deck_its_cards_and_what_they_come_from_f1_f2_f6_f7_t43() -> None:
    renaming = Renaming(
        ids={"decks": {"d": "d2"}, "cards": {"c": "c2"}, "deck-folders": {"g": "g2"}, "notes": {"n": "n2"},
             "blocks": {"b": "b2"}},
        files={"/i/y.png": "/i/y-2.png"},
    )  # fmt: skip
    picture = block_json("Text", "![](/i/y.png){align=center}")
    card = {
        "Id": "c", "DeckId": "d", "Front": "d ![](/i/y.png){align=left} ![](/i/z.png)", "Back": "c",
        "SourceInfo": {"SourceType": "note", "SourceId": "n", "DisplayLabel": "n"},
        "FrontBlocks": [picture], "BackBlocks": None, "Tags": ["d"],
    }  # fmt: skip
    found = file("decks", {"Id": "d", "Name": "d", "FolderId": "g", "Cards": [card, None]}, renaming)
    assert (found["Id"], found["Name"], found["FolderId"]) == ("d2", "d", "g2")
    assert found["Cards"][0] == card | {
        "Id": "c2", "DeckId": "d2", "Front": "d ![](/i/y-2.png){align=left} ![](/i/z.png)",
        "SourceInfo": {"SourceType": "note", "SourceId": "n2", "DisplayLabel": "n"},
        "FrontBlocks": [block_json("Text", "![](/i/y-2.png){align=center}", id="b2")],
    }  # fmt: skip
    assert file("folders", {"id": "g", "parentId": "g", "name": "g"}, renaming) == {
        "id": "g2",
        "parentId": "g2",
        "name": "g",
    }


def test_facts_and_attachments_of_newer_decks() -> None:
    renaming = Renaming(ids={"facts": {"x": "x2"}, "decks": {"d": "d2"}}, files={"p.png": "q.png"})
    fact = {"id": "x", "deckId": "d", "values": {"front": "x ![a](p.png)"}, "media": {"m": [{"fileName": "p.png"}]}}
    assert file("facts", fact, renaming) == {
        "id": "x2",
        "deckId": "d2",
        "values": {"front": "x ![a](q.png)"},
        "media": {"m": [{"fileName": "q.png"}]},
    }
    deck = {"id": "d", "cards": [{"factId": "x", "attachments": [{"id": "x", "fileName": "p.png"}]}]}
    assert file("decks", deck, renaming)["cards"] == [
        {"factId": "x2", "attachments": [{"id": "x", "fileName": "q.png"}]}
    ]


def test_maps_of_both_schemas() -> None:
    renaming = Renaming(
        ids={"maps": {"m": "m2"}, "notes": {"n": "n2"}, "decks": {"d": "d2"}, "cards": {"c": "c2"}, "blocks": {}}
    )
    old = {"id": "m", "title": "m", "nodes": [{"id": "m", "content": {"$type": "text", "text": "n"}}]}
    assert file("maps", old, renaming) == old | {"id": "m2"}
    contents = [
        {"$type": "note", "noteId": "n", "blockId": "k"},
        {"$type": "flashcard", "deckId": "d", "cardId": "c"},
        {"$type": "link", "url": "mnemo://note/n", "title": "n"},
    ]
    new = {"id": "m", "elements": [{"id": str(at), "content": content} for at, content in enumerate(contents)]}
    assert [element["content"] for element in file("maps", new, renaming)["elements"]] == [
        {"$type": "note", "noteId": "n2", "blockId": "k"},
        {"$type": "flashcard", "deckId": "d2", "cardId": "c2"},
        {"$type": "link", "url": "mnemo://note/n2", "title": "n"},
    ]


def test_settings_that_hold_ids_m3() -> None:
    renaming = Renaming(ids={"maps": {"m": "m2"}, "notes": {"n": "n2"}, "folders": {"f": "f2"}})
    assert file("settings/Mindmap.MinimapVisibilityOverrides", {"m": "m", "k": "On"}, renaming) == {
        "m2": "m",
        "k": "On",
    }
    assert file("settings/Notes.LastOpenNoteId", "n", renaming) == "n2"
    assert file("settings/Notes.ExpandedFolderIds", '["f", "g"]', renaming) == '["f2", "g"]'
    assert file("settings/User.DisplayName", "n", renaming) == "n"
    assert file("proofing", {"personalWords": ["n"], "noteIgnores": {"n": ["n"]}}, renaming) == {
        "personalWords": ["n"],
        "noteIgnores": {"n2": ["n"]},
    }


def test_records_keyed_by_decks_f9() -> None:
    renaming = Renaming(ids={"decks": {"d": "d2"}, "cards": {"c": "c2"}, "paths": {"p": "p2"}})
    row = {
        "Namespace": "flashcards", "Kind": "session.log", "Key": "session:639000000000000000:d",
        "FieldsJson": '{"deck_id":{"t":"str","v":"d"},"deck_name":{"t":"str","v":"d"}}',
    }  # fmt: skip
    assert file("records/statistics", row, renaming) == row | {
        "Key": "session:639000000000000000:d2",
        "FieldsJson": '{"deck_id":{"t":"str","v":"d2"},"deck_name":{"t":"str","v":"d"}}',
    }
    keys = [file("records/statistics", {"key": key}, renaming)["key"] for key in ("deck:d", "path:p", "all", "deck:z")]
    assert keys == ["deck:d2", "path:p2", "all", "deck:z"]
    daily = {"fields": {"last_deck_id": {"t": "str", "v": "d"}}}
    assert file("records/statistics", daily, renaming) == {"fields": {"last_deck_id": {"t": "str", "v": "d2"}}}
    session = {"DeckId": "d", "SessionConfig": {"DeckId": "d"}, "CardResults": [{"CardId": "c", "Grade": 3}]}
    assert file("records/sessions", session, renaming) == {
        "DeckId": "d2",
        "SessionConfig": {"DeckId": "d2"},
        "CardResults": [{"CardId": "c2", "Grade": 3}],
    }
    assert file("whiteboards", session, renaming) == session


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("folders", "deck"), ("folders/g", "deck"), ("flashcards/folders/g", "deck"), ("flashcards/folders", "deck"),
        ("mindmaps/folders/g", "map"), ("map-folders", "map"), ("map-folders/g", "map"), ("whiteboards/g", ""),
        ("notes/folders/g", ""), ("settings/folders", ""), ("", ""),
    ],
)  # fmt: skip
def test_names_of_parts(name: str, changes: str) -> None:
    renaming = Renaming(ids={"deck-folders": {"g": "deck"}, "map-folders": {"g": "map"}, "folders": {"g": "note"}})
    assert file(name, {"id": "g"}, renaming) == {"id": changes or "g"}
    assert file("notes/folders/g", {"folderId": "g", "parentId": "g"}, renaming)["parentId"] == "note"
    assert file("settings/settings/Notes.LastOpenNoteId", "n") == "n2"
    assert file("statistics/records/flashcards/totals", {"noteId": "n"}) == {"noteId": "n2"}


def rows(package: Path, payload: str, table: str) -> Iterator[str]:
    """The texts of a table of a payload's database, that of the first payload of this name."""
    with zipfile.ZipFile(package) as archive:
        name = next((n for n in archive.namelist() if n.endswith(payload)), None)
        data = archive.read(name) if name else b""
    if not data:
        return
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        yield from (text for (text,) in connection.execute(f"SELECT Json FROM {table}"))


def written_notes() -> list[bytes]:
    """Notes as the application wrote them into packages."""
    packages = data_path("libraries", "biology", "packages").glob("*.mnemo")
    return [text.encode() for package in packages for text in rows(package, "notes.db", "Notes")]


def odd_notes() -> list[bytes]:
    """Notes of every sort that was tried, in both dialects."""
    records = data_path("blocks", "notes.jsonl").read_text(encoding="utf-8").splitlines()
    welcome = data_path("WelcomeNote.json").read_bytes()
    return [*dict.fromkeys(json.loads(record)["json"].encode() for record in records), welcome]


def read(data: bytes) -> Note | None:
    """The note that the bytes hold; None where they hold none."""
    try:
        return FORMAT.read(Stored("row", data), CONTEXT)[0]
    except ItemError:
        return None


def everything(note: Note, data: bytes) -> Renaming:
    """A renaming of all that a note is and names."""
    links = outline(note).links
    named = {note.id, note.parent, *(link.target for link in links if link.form == "page")}
    assert FORMAT.own_ids is not None
    return Renaming(
        ids={
            "notes": {one: f"note~{one}" for one in named if one},
            "folders": {note.folder: f"folder~{note.folder}"} if note.folder else {},
            "blocks": {one: f"block~{one}" for one in FORMAT.own_ids(data)},
        },
        files={link.target: f"file~{link.target}" for link in links if link.form == "image" and link.target},
    )


@needs_data
def test_all_names_of_real_notes_change_and_come_back() -> None:
    assert FORMAT.relink is not None
    seen, written = 0, frozenset(written_notes())
    for data in [*written, *odd_notes()]:
        note = read(data)
        if note is None or NO_IDS & {note.id, note.folder, note.parent}:
            continue
        assert FORMAT.relink(Stored("row", data), Renaming(), LINKS) is data
        renaming = everything(note, data)
        changed = FORMAT.relink(Stored("row", data), renaming, LINKS)
        again = read(changed)
        assert again is not None
        assert again == moved(note, renamed_by(renaming))
        back = FORMAT.relink(Stored("row", changed), inverse(renaming), LINKS)
        assert read(back) == note
        assert back == data or data not in written
        seen += changed is not data
    assert seen > 200


@needs_data
@pytest.mark.parametrize(
    ("payload", "table", "name"), [("flashcards.db", "Decks", "decks"), ("flashcards.db", "Folders", "folders")]
)
def test_no_old_id_of_real_decks_is_left(payload: str, table: str, name: str) -> None:
    assert FORMAT.relink_file is not None
    texts = list(rows(data_path("libraries", "biology", "packages", "everything.mnemo"), payload, table))
    ids = {
        "decks": re.compile(r'"deckId":"([^"]+)"'),
        "cards": re.compile(r'"id":"([^"]+)","deckId"'),
        "deck-folders": re.compile(r'"(?:folderId|parentId)":"([^"]+)"'),
    }
    kinds = {kind: {one: f"{kind}~{one}" for t in texts for one in found.findall(t)} for kind, found in ids.items()}
    renaming = Renaming(ids=kinds)
    for text in texts:
        changed = FORMAT.relink_file(name, text.encode(), renaming).decode()
        assert FORMAT.relink_file(name, changed.encode(), inverse(renaming)).decode() == text
        for found in ids.values():
            assert all("~" in one for one in found.findall(changed))
    assert texts
