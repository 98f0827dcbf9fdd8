"""What a comparison finds, and that it finds nothing where there is nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.diff.archives import compare, converted, differences, make_vault
from tests.pipeline.test_run import note
from tests.support import FIXTURES, build_package

KINDS = ("mnemo", "markdown", "siyuan")
FILES: dict[str, str | bytes] = {
    "Welcome.md": "# Start\n\nSee [[Plan#Later|later]] now.\n\n![pic](pic.png)\n\n- one\n- two\n",
    "Work/Plan.md": (
        "---\ntags: [a, b]\ncreated: 2026-01-02T03:04:05Z\n---\nFirst **bold** word.\n\n## Later\n\nMore.\n"
    ),
    "Work/Empty/": "",
    "pic.png": b"\x89PNG one",
    "book.pdf": b"%PDF",
}
CASES = [
    (
        "First **bold** word.",
        "First **bold** world.",
        "/blocks/0: paragraph “First bold word.” / paragraph “First bold world.”",
    ),
    (
        "First **bold** word.",
        "First *bold* word.",
        "/blocks/0: paragraph “First bold word.” with runs[1].style.flags bold / italic",
    ),
    ("tags: [a, b]", "tags: [a, c]", "tags: a, b / a, c"),
    ("tags: [a, b]", "tags: [b, a]", ""),
    ("tags: [a, b]", "tags: [a, b]\nrating: 4", "property rating: nothing / “4”"),
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", "created: 2026-01-02T03:04:05Z / 2026-01-02T03:04:06Z"),
    ("2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", ""),
    ("## Later", "### Later", "/blocks/1: heading “Later” with level 2 / 3"),
    ("\n\nMore.", "", "/blocks/2: paragraph “More.” / nothing"),
    ("More.\n", "More.\n\nAnd more.\n", "/blocks/3 of B: nothing / paragraph “And more.”"),
]


def edited(tmp_path: Path, **changes: str | bytes | None) -> tuple[Path, Path]:
    """The vault and a second one with these files changed, by name with `_` for a slash; None: taken away."""
    files: dict[str, str | bytes] = dict(FILES)
    for name, content in changes.items():
        key = next(key for key in FILES if key.replace("/", "_").partition(".")[0] == name)
        files.pop(key)
        if content is not None:
            files[key] = content
    return make_vault(tmp_path / "a", FILES), make_vault(tmp_path / "b", files)


@pytest.mark.parametrize(("old", "new", "told"), CASES)
def test_an_edit_is_found_where_it_is(old: str, new: str, told: str, tmp_path: Path) -> None:
    plan = str(FILES["Work/Plan.md"])
    assert old in plan
    a, b = edited(tmp_path, Work_Plan=plan.replace(old, new))

    assert differences(a, b) == ([("item-differs", "notes/Work/Plan.md", told)] if told else [])


def test_an_edit_in_a_long_paragraph_is_shown_where_it_is(tmp_path: Path) -> None:
    text = "word " * 60
    a = make_vault(tmp_path / "a", {"N.md": text + "old end"})
    b = make_vault(tmp_path / "b", {"N.md": text + "new end"})

    (found,) = differences(a, b)

    assert found[2] == "/blocks/0: paragraph “…word word word word old end” / paragraph “…word word word word new end”"


def test_counts_and_both_sides_are_in_the_report(tmp_path: Path) -> None:
    a, b = edited(tmp_path, Work_Plan=None, book=b"%PDF2")
    (b / "New.md").write_text("new", encoding="utf-8")

    with compare(a, b) as report:
        assert report.diff is not None
        counts = {kind: (row.equal, row.changed, row.only_a, row.only_b) for kind, row in report.diff.items()}
        assert counts == {"folders": (2, 0, 0, 0), "notes": (0, 1, 1, 1), "assets": (1, 1, 0, 0)}
        assert (report.status, report.exit_code) == ("findings", 1)
        found = {(one.code, one.item) for one in report.spool}
        assert report.source.path == str(a)
        assert report.target is not None
        assert (report.target.path, report.target.format) == (str(b), "markdown")
    assert found == {
        ("item-differs", "assets/book.pdf"),
        ("item-differs", "notes/Welcome.md"),
        ("only-in-a", "notes/Work/Plan.md"),
        ("only-in-b", "notes/New.md"),
    }


def test_a_renamed_note_is_found_by_its_id_and_links_follow(tmp_path: Path) -> None:
    a = make_vault(tmp_path / "a", {"Old.md": "---\nid: n1\n---\ntext", "Other.md": "[[Old]] [[Old|x]]"})
    b = make_vault(tmp_path / "b", {"New.md": "---\nid: n1\n---\ntext", "Other.md": "[[New|Old]] [x](New.md)"})

    assert differences(a, b) == [("item-differs", "notes/Old.md", "title: “Old” / “New”")]


def test_a_moved_note_is_found_by_its_title(tmp_path: Path) -> None:
    a = make_vault(tmp_path / "a", {"One/Plan.md": "text", "Two/": "", "One/Stay.md": "x"})
    b = make_vault(tmp_path / "b", {"Two/Plan.md": "text", "One/Stay.md": "x"})

    assert differences(a, b) == [("item-differs", "notes/One/Plan.md", "folder: “One” / “Two”")]


def test_a_renamed_folder_is_found_by_what_it_holds(tmp_path: Path) -> None:
    a = make_vault(tmp_path / "a", {"One/Plan.md": "text", "One/Deep/Stay.md": "x"})
    b = make_vault(tmp_path / "b", {"Two/Plan.md": "text", "Two/Deep/Stay.md": "x"})

    assert differences(a, b) == [("item-differs", "folders/One", "name: “One” / “Two”")]


def test_a_link_that_leads_elsewhere_is_a_difference(tmp_path: Path) -> None:
    files = {"A.md": "a", "B.md": "b"}
    a = make_vault(tmp_path / "a", {**files, "L.md": "[[A|x]] and [y](z.md)"})
    b = make_vault(tmp_path / "b", {**files, "L.md": "[[B|x]] and [y](z.md)"})

    (found,) = differences(a, b)

    assert found[:2] == ("item-differs", "notes/L.md")
    assert found[2].endswith("with runs[0].style.reference.target “note A” / “note B”")


def test_a_file_under_another_name_is_the_same_file(tmp_path: Path) -> None:
    a = make_vault(tmp_path / "a", {"N.md": "![[one.png]]", "one.png": b"1", "copy.png": b"1"})
    b = make_vault(tmp_path / "b", {"N.md": "![](img/two.png)", "img/two.png": b"1"})

    assert differences(a, b) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_conversions_leave_for_themselves_is_no_difference(kind: str, tmp_path: Path) -> None:
    source = (
        FIXTURES / "sample-vault"
        if kind != "markdown"
        else converted(make_vault(tmp_path / "v", {"N.md": "x"}), tmp_path / "v.mnemo", "mnemo")
    )
    with_residue = converted(source, tmp_path / "with", kind)
    without = converted(source, tmp_path / "without", kind, residue=False)

    assert differences(with_residue, without) == []


@pytest.mark.parametrize("name", sorted(one.parent.name for one in (FIXTURES / "cases").glob("*/input")))
def test_every_kind_of_block_is_equal_to_itself(name: str, tmp_path: Path) -> None:
    source = FIXTURES / "cases" / name / "input"

    assert differences(source, Path(shutil.copytree(source, tmp_path / "copy"))) == []


@pytest.mark.parametrize("name", sorted(one.parent.name for one in (FIXTURES / "cases").glob("*/package.json")))
def test_every_kind_of_package_is_equal_to_itself(name: str, tmp_path: Path) -> None:
    description = json.loads((FIXTURES / "cases" / name / "package.json").read_text(encoding="utf-8"))
    source = build_package(tmp_path / "a.mnemo", description)

    assert differences(source, Path(shutil.copy(source, tmp_path / "b.mnemo"))) == []


@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_notes_in_two_systems_are_equal(kind: str, other: str, tmp_path: Path) -> None:
    source = make_vault(tmp_path / "a", FILES | {"Work/Empty/Note.md": "x"})
    one = converted(source, tmp_path / f"one-{kind}", kind, notebook="N")
    two = converted(source, tmp_path / f"two-{other}", other, notebook="M")

    assert differences(one, two) == []
    assert differences(source, two) == []


@pytest.mark.parametrize("last", KINDS)
@pytest.mark.parametrize("between", KINDS)
def test_two_ways_to_one_format_give_the_same(between: str, last: str, tmp_path: Path) -> None:
    source = make_vault(tmp_path / "a", FILES)
    direct = converted(source, tmp_path / "direct", last)
    way = converted(converted(source, tmp_path / "between", between), tmp_path / "way", last)

    assert differences(direct, way) == []


def test_what_a_system_cannot_hold_is_a_difference(tmp_path: Path) -> None:
    source = FIXTURES / "sample-vault"
    target = converted(source, tmp_path / "out.mnemo", "mnemo")

    found = differences(source, target)

    assert {code for code, _, _ in found} == {"item-differs"}
    assert any("callout" in told for _, _, told in found)


def payload_package(path: Path, decks: dict[str, Any], settings: dict[str, Any], texts: tuple[str, ...]) -> Path:
    """A package with notes, a database of decks, and settings."""
    import base64

    database = path.with_suffix(".db")
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE Decks (DeckId TEXT PRIMARY KEY, Json TEXT)")
        connection.execute("CREATE TABLE Cards (CardId TEXT PRIMARY KEY, Json TEXT)")
        for key, value in decks.items():
            connection.execute("INSERT INTO Decks VALUES (?, ?)", (key, json.dumps({"id": key, "title": value})))
            connection.execute("INSERT INTO Cards VALUES (?, ?)", (f"card-{key}", "[1, 2]"))
    connection.close()
    entries = [
        {"payloadType": kind, "itemCount": count, "schemaVersion": 1, "path": f"payloads/{kind}", "capabilities": []}
        for kind, count in (("notes", 1), ("flashcards", len(decks)), ("settings", len(settings)))
    ]
    files = {
        "payloads/flashcards/flashcards.db": database.read_bytes(),
        "payloads/settings/settings.json": json.dumps(settings).encode(),
    }
    encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
    database.unlink()
    description = {"notes": [note("n", "N", *texts)], "files": encoded, "entries": entries}
    return build_package(path, description)


def test_decks_and_settings_are_compared_one_by_one(tmp_path: Path) -> None:
    a = payload_package(tmp_path / "a.mnemo", {"d1": "One", "d2": "Two", "d3": "Three"}, {"x": "1", "y": "2"}, ("t",))
    b = payload_package(tmp_path / "b.mnemo", {"d1": "One", "d2": "2", "d4": "Four"}, {"y": "3", "x": "1"}, ("t",))

    assert differences(a, a) == []
    assert sorted(differences(a, b)) == [
        ("item-differs", "decks/d2", ""),
        ("item-differs", "payloads/flashcards", "flashcards.db card-d3; flashcards.db card-d4"),
        ("item-differs", "settings/y", ""),
        ("only-in-a", "decks/d3", ""),
        ("only-in-b", "decks/d4", ""),
    ]


def test_between_systems_decks_are_of_one_side_only(tmp_path: Path) -> None:
    a = payload_package(tmp_path / "a.mnemo", {"d1": "One"}, {"x": "1"}, ("text",))
    b = converted(a, tmp_path / "b", "markdown")

    assert [(code, item) for code, item, _ in differences(a, b)] == [
        ("only-in-a", "decks/d1"),
        ("only-in-a", "settings/x"),
    ]


def test_a_workspace_with_one_notebook_more(tmp_path: Path) -> None:
    source = make_vault(tmp_path / "a", FILES)
    one = converted(source, tmp_path / "one", "siyuan", notebook="First")
    more = converted(make_vault(tmp_path / "c", {"Else.md": "x"}), tmp_path / "more", "siyuan", notebook="Second")
    both = Path(shutil.copytree(one, tmp_path / "both"))
    shutil.copytree(more / "data", both / "data", dirs_exist_ok=True)

    found = differences(one, both)

    assert {code for code, _, _ in found} == {"only-in-b"}
    assert sum(item.startswith("notes/") for _, item, _ in found) == 1


def test_notes_that_nobody_can_read(tmp_path: Path) -> None:
    sound, broken, worse = (
        build_package(tmp_path / f"{number}.mnemo", {"notes": [note("a", "A", "x"), text]})
        for number, text in enumerate(('{"noteId": "b"}', "{broken", "{other"))
    )

    assert differences(broken, broken) == []
    for one, two in ((sound, broken), (broken, worse)):
        with compare(one, two) as report:
            assert report.fault is None
            assert report.exit_code == 1
            assert "item-unreadable" in report.spool.codes


@pytest.mark.parametrize("missing", [0, 1])
def test_a_side_that_is_not_there_is_refused(missing: int, tmp_path: Path) -> None:
    sides = [make_vault(tmp_path / "a", {"N.md": "x"}), tmp_path / "none"]

    with compare(sides[1 - missing], sides[missing]) as report:
        assert report.exit_code == 3
        assert report.fault is not None
        assert "none" in report.fault.message
