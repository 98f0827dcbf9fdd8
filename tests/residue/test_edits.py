"""An edit in a target wins, and every other part of the note comes back byte for byte."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.residue.chains import NAMES, differences, run, state
from tests.residue.editing import Row, edit_document, edit_note, edit_rows, edit_text
from tests.support import build_package, package_members, text_block

PLAN = """---
tags:   [ one,two ]   # a comment
custom: {a: 1,b: 2}
---

Intro *word*  with __bold__ text[^n] and [ref][def].

# Heading one #
Directly below with `code`.

* star item
* second
    * nested deep

~~~python
code here
~~~

%%a hidden comment%%

| a | b|
|---|:-:|
|1|2 |

[^n]: A footnote text.

Setext
======

***

Last [[Other|other note]] and [[Sub/Third#Part]] line.

[def]: https://example.org/x  "T"
"""
OTHER = "Links to [[Plan]] and [[Plan#Setext|there]].\n\n- a\n- b\n"
THIRD = "# Part\n\ntext ^blk\n\n[[Plan]]\n"

Edit = Callable[[Path], None]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    (root / "Sub").mkdir(parents=True)
    for number, (name, text) in enumerate({"Plan": PLAN, "Other": OTHER, "Sub/Third": THIRD}.items()):
        path = root / f"{name}.md"
        path.write_bytes(text.encode())
        os.utime(path, (1_600_000_000 + number, 1_600_000_000 + number))
    return root


def back(vault: Path, via: str, edit: Edit, folder: Path, **options: Any) -> tuple[dict[str, str], dict[str, None]]:
    """The notes that come back after an edit, and the codes of what was found."""
    between = folder / "between" / NAMES[via]
    run(vault, between, via)
    edit(between)
    report = run(between, folder / "back" / "vault", "markdown", **options)
    texts = {name: one[0].decode() for name, one in state(folder / "back" / "vault", "markdown").items()}
    codes: Any = report.resolved["codes"]
    return texts, codes


def document(change: Callable[[Row], None]) -> dict[str, Edit]:
    return {"siyuan": lambda place: edit_document(place, "Plan", change)}


def row(change: Callable[[Row], None]) -> dict[str, Edit]:
    return {"mnemo": lambda place: edit_note(place, "Plan", change)}


def nodes(root: Row) -> Iterator[Row]:
    yield root
    for child in root.get("Children", ()):
        yield from nodes(child)


def say_in_document(root: Row, old: str, new: str) -> None:
    for node in nodes(root):
        if old in node.get("Data", ""):
            node["Data"] = node["Data"].replace(old, new)
    root["Properties"]["updated"] = "20261128000000"


def say_in_row(note: Row, old: str, new: str) -> None:
    for block in note["blocks"]:
        for span in block["spans"]:
            if old in span.get("text", ""):
                span["text"] = span["text"].replace(old, new)
        if old in block["payload"].get("source", ""):
            block["payload"]["source"] = block["payload"]["source"].replace(old, new)
    note["modifiedAt"] = "2026-11-28T00:00:00Z"


def both(in_document: Callable[[Row], None], in_row: Callable[[Row], None]) -> dict[str, Edit]:
    return document(in_document) | row(in_row)


WORD = both(
    lambda root: say_in_document(root, "Directly", "Edited"),
    lambda note: say_in_row(note, "Directly", "Edited"),
)


@pytest.mark.parametrize("via", WORD)
def test_a_word(vault: Path, via: str, tmp_path: Path) -> None:
    texts, codes = back(vault, via, WORD[via], tmp_path)

    assert texts == {
        "Plan.md": PLAN.replace("Directly", "Edited"),
        "Other.md": OTHER,
        "Sub/Third.md": THIRD,
    }
    assert {"residue-edited", "residue-hidden"} <= codes.keys()


INSIDE = {
    "an item": ("second", "changed"),
    "a nested item": ("nested deep", "changed deeply"),
    "a line of code": ("code here", "other code"),
    "a footnote": ("A footnote text.", "Another text."),
    "a heading": ("Setext", "Newtext"),
}


@pytest.mark.parametrize("via", ["mnemo", "siyuan"])
@pytest.mark.parametrize("name", INSIDE)
def test_a_change_inside_a_block(vault: Path, via: str, name: str, tmp_path: Path) -> None:
    old, new = INSIDE[name]
    edits = both(lambda root: say_in_document(root, old, new), lambda note: say_in_row(note, old, new))

    texts, _ = back(vault, via, edits[via], tmp_path)

    wanted = PLAN.replace(old, new, 1)
    if name == "a heading":
        wanted = wanted.replace("Newtext\n======", "# Newtext")
    assert texts["Plan.md"] == wanted


def _without(name: str, place: int) -> Callable[[Row], None]:
    def change(note: Row) -> None:
        del note[name][place]

    return change


DELETIONS = {
    "first": (0, "Intro *word*  with __bold__ text[^n] and [ref][def].\n\n"),
    "second": (1, "# Heading one #\n"),
    "third": (2, "Directly below with `code`.\n\n"),
}


@pytest.mark.parametrize("via", ["mnemo", "siyuan"])
@pytest.mark.parametrize("place", DELETIONS)
def test_a_block_that_is_deleted(vault: Path, via: str, place: str, tmp_path: Path) -> None:
    number, text = DELETIONS[place]
    edits = both(_without("Children", number), _without("blocks", number))

    texts, _ = back(vault, via, edits[via], tmp_path)

    assert texts["Plan.md"].split() == PLAN.replace(text, "").split()
    assert abs(len(texts["Plan.md"]) - len(PLAN.replace(text, ""))) <= 1


def test_a_block_that_is_new(vault: Path, tmp_path: Path) -> None:
    new = {"ID": "20261128000000-abcdefg", "Type": "NodeParagraph", "Properties": {"id": "20261128000000-abcdefg"}}
    new |= {"Children": [{"Type": "NodeText", "Data": "A new paragraph"}]}
    edit = document(lambda root: root["Children"].insert(3, new))["siyuan"]

    texts, _ = back(vault, "siyuan", edit, tmp_path)

    assert texts["Plan.md"] == PLAN.replace("`code`.\n\n", "`code`.\n\nA new paragraph\n\n")


RENAMES = both(
    lambda root: root["Properties"].update(title="New plan"),
    lambda note: note.update(title="New plan"),
)


@pytest.mark.parametrize("via", RENAMES)
def test_a_new_title(vault: Path, via: str, tmp_path: Path) -> None:
    texts, _ = back(vault, via, RENAMES[via], tmp_path)

    assert texts.keys() == {"New plan.md", "Other.md", "Sub/Third.md"}
    assert texts["New plan.md"] == PLAN
    assert "[[Plan" not in "".join(texts.values())
    assert texts["Other.md"].endswith(".\n\n- a\n- b\n")
    assert texts["Sub/Third.md"].startswith("# Part\n\ntext ^blk\n\n[[New plan")


TAGS = both(
    lambda root: root["Properties"].update(tags="one,two,three"),
    lambda note: note.update(tags=["one", "two", "three"]),
)


@pytest.mark.parametrize("via", TAGS)
def test_a_new_tag(vault: Path, via: str, tmp_path: Path) -> None:
    texts, _ = back(vault, via, TAGS[via], tmp_path)

    assert texts["Plan.md"] == PLAN.replace("tags:   [ one,two ]   # a comment", "tags: [one, two, three]")


def test_what_the_application_does_by_itself_is_no_edit(vault: Path, tmp_path: Path) -> None:
    def opened(note: Row) -> None:
        note["modifiedAt"] = "2026-11-28T00:00:00Z"
        for block in note["blocks"]:
            for span in block["spans"]:
                if block["type"].startswith("Heading"):
                    span["style"]["bold"] = True

    texts, codes = back(vault, "mnemo", row(opened)["mnemo"], tmp_path)

    assert texts["Plan.md"] == PLAN
    assert "residue-edited" not in codes


def test_a_note_that_moves_to_another_folder(vault: Path, tmp_path: Path) -> None:
    def move(rows: dict[str, Row]) -> None:
        home = next(one["folderId"] for one in rows.values() if one["title"] == "Third")
        next(one for one in rows.values() if one["title"] == "Plan")["folderId"] = home

    texts, _ = back(vault, "mnemo", lambda place: edit_rows(place, move), tmp_path)

    assert texts == {"Sub/Plan.md": PLAN, "Other.md": OTHER, "Sub/Third.md": THIRD}


def test_a_copy_of_a_note(vault: Path, tmp_path: Path) -> None:
    def copy(rows: dict[str, Row]) -> None:
        plan = next(one for one in rows.values() if one["title"] == "Plan")
        rows["copy"] = json.loads(json.dumps(plan)) | {"noteId": "copy", "title": "Plan (copy)"}

    texts, codes = back(vault, "mnemo", lambda place: edit_rows(place, copy), tmp_path)

    assert texts["Plan.md"] == PLAN
    assert "Intro" in texts["Plan (copy).md"]
    assert "residue-unused" in codes


def test_a_note_that_is_deleted_and_one_that_is_new(vault: Path, tmp_path: Path) -> None:
    def change(rows: dict[str, Row]) -> None:
        other = next(key for key, one in rows.items() if one["title"] == "Other")
        rows["new"] = json.loads(json.dumps(rows[other])) | {"noteId": "new", "title": "New"}
        for block in rows["new"]["blocks"]:
            block["meta"] = {}
        del rows[other]

    texts, _ = back(vault, "mnemo", lambda place: edit_rows(place, change), tmp_path)

    assert texts.keys() == {"Plan.md", "New.md", "Sub/Third.md"}
    assert texts["Plan.md"] == PLAN


def test_a_file_that_is_renamed_and_edited_in_a_vault(tmp_path: Path) -> None:
    from tests.residue.test_chains import source_of

    source = source_of("siyuan-links", tmp_path)
    run(source, tmp_path / "vault", "markdown")
    notes = sorted(path for path in (tmp_path / "vault").rglob("*.md") if "Target" in path.name)
    edit_text(notes[0], "Twice", "Thrice")

    run(tmp_path / "vault", tmp_path / "back", "siyuan")

    changed = differences(state(source, "siyuan"), state(tmp_path / "back", "siyuan"))
    assert [name[-10:] for name in changed if name.endswith(".sy")] == ["docs004.sy"]


@pytest.fixture
def workspace(vault: Path, tmp_path: Path) -> Path:
    run(vault, tmp_path / "from" / "workspace", "siyuan", residue=False)
    return tmp_path / "from" / "workspace"


def by_title(workspace: Path) -> dict[str, Row]:
    roots = (json.loads(path.read_bytes()) for path in sorted(workspace.rglob("*.sy")))
    return {root["Properties"]["title"]: root for root in roots}


def changed_documents(workspace: Path, edit: Callable[[Path], object], folder: Path) -> dict[str, Row]:
    """The documents that come back from a vault after an edit and are not what they were, by their titles."""
    run(workspace, folder / "between" / "vault", "markdown")
    edit(folder / "between" / "vault")
    run(folder / "between" / "vault", folder / "back" / "workspace", "siyuan")
    before = by_title(workspace)
    return {title: root for title, root in by_title(folder / "back" / "workspace").items() if before.get(title) != root}


def test_a_file_under_a_new_name_keeps_its_id(workspace: Path, tmp_path: Path) -> None:
    def rename(vault: Path) -> None:
        (vault / "Plan.md").rename(vault / "New plan.md")
        for path in vault.rglob("*.md"):
            path.write_bytes(path.read_bytes().replace(b"[[Plan", b"[[New plan"))

    ids = {root["ID"] for root in by_title(workspace).values()}

    changed = changed_documents(workspace, rename, tmp_path)

    assert changed.keys() == {"New plan", "Other", "Third"}
    assert {root["ID"] for root in changed.values()} <= ids


def test_a_paragraph_that_is_split_keeps_its_id_in_the_first_half(workspace: Path, tmp_path: Path) -> None:
    old = by_title(workspace)["Plan"]["Children"]

    def split(vault: Path) -> None:
        edit_text(vault / "Plan.md", "below with", "below\n\nwith")

    changed = changed_documents(workspace, split, tmp_path)

    new = changed["Plan"]["Children"]
    assert [child["ID"] for child in new[:3]] == [child["ID"] for child in old[:3]]
    assert new[4:] == old[3:]


def test_two_paragraphs_that_become_one(workspace: Path, tmp_path: Path) -> None:
    old = by_title(workspace)["Third"]["Children"]

    def merge(vault: Path) -> None:
        path = vault / "Sub" / "Third.md"
        path.write_text(path.read_text(encoding="utf-8").replace("text\n\n[[", "text [["), encoding="utf-8")

    changed = changed_documents(workspace, merge, tmp_path)

    assert changed.keys() == {"Third"}
    assert changed["Third"]["Children"][0] == old[0]
    assert len(changed["Third"]["Children"]) == len(old) - 1


def test_a_folder_under_a_new_name_is_a_document_under_a_new_title(workspace: Path, tmp_path: Path) -> None:
    changed = changed_documents(workspace, lambda vault: (vault / "Sub").rename(vault / "Part"), tmp_path)

    assert changed.keys() == {"Part"}


def test_a_tag_in_front_matter(workspace: Path, tmp_path: Path) -> None:
    def tag(vault: Path) -> None:
        edit_text(vault / "Plan.md", "[one, two]", "[one, two, three]")

    changed = changed_documents(workspace, tag, tmp_path)

    assert changed.keys() == {"Plan"}
    assert changed["Plan"]["Properties"]["tags"] == "one,two,three"


def test_a_copy_of_a_file_is_a_new_document(workspace: Path, tmp_path: Path) -> None:
    def copy(vault: Path) -> None:
        (vault / "Copy.md").write_bytes((vault / "Plan.md").read_bytes())

    changed = changed_documents(workspace, copy, tmp_path)

    assert changed.keys() == {"Copy"}
    assert changed["Copy"]["ID"] != by_title(workspace)["Plan"]["ID"]


def test_residue_that_is_not_to_be_read(vault: Path, tmp_path: Path) -> None:
    texts, codes = back(vault, "mnemo", lambda _place: None, tmp_path, ignore_residue=True)

    assert texts["Plan.md"] != PLAN
    assert not [code for code in codes if code.startswith("residue")]


@pytest.mark.parametrize("kind", sorted(NAMES))
def test_a_clean_copy(vault: Path, kind: str, tmp_path: Path) -> None:
    source = tmp_path / "source" / NAMES[kind]
    if kind == "markdown":
        run(vault, tmp_path / "between.mnemo", "mnemo")
        vault = tmp_path / "between.mnemo"
    run(vault, source, kind)
    run(vault, tmp_path / "bare" / NAMES[kind], kind, residue=False)

    run(source, tmp_path / "clean" / NAMES[kind], kind, residue=False)
    run(source, tmp_path / "copy" / NAMES[kind], kind)

    assert state(tmp_path / "clean" / NAMES[kind], kind) == state(tmp_path / "bare" / NAMES[kind], kind)
    run(tmp_path / "copy" / NAMES[kind], tmp_path / "back" / NAMES["markdown"], "markdown")
    if kind != "markdown":
        assert state(tmp_path / "back" / "vault", "markdown")["Plan.md"][0].decode() == PLAN


@pytest.mark.parametrize("via", ["markdown", "siyuan", "json"])
def test_what_a_folder_says_besides_its_name(via: str, tmp_path: Path) -> None:
    folder = {"folderId": "f1", "name": "Folder", "parentId": "", "order": 0}
    times = {"createdAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z"}
    row = {"noteId": "n1", "title": "Note", "folderId": "f1", "order": 0, "blocks": [text_block("x")]} | times
    source = build_package(tmp_path / "in.mnemo", {"notes": [row], "folders": [folder]})
    run(source, tmp_path / "hop.mnemo", "mnemo")

    run(source, tmp_path / "between" / NAMES[via], via)
    run(tmp_path / "between" / NAMES[via], tmp_path / "back.mnemo", "mnemo")

    assert package_members(tmp_path / "back.mnemo") == package_members(tmp_path / "hop.mnemo")
