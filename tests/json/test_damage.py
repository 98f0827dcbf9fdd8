"""Archives that someone cut, edited or forged: what is sound is read, what is not is told, and nothing else happens."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert
from converter.errors import ItemError
from converter.findings.report import Report
from converter.formats.front import SourceContext
from converter.formats.json.assets import INLINE_BYTES
from converter.formats.json.detect import detect
from converter.model.blocks import Heading, List, Paragraph, Raw, Table
from converter.model.runs import RawRun, TextRun
from tests.json.archives import CONTEXT, HEADER, archive, note_line, read_note
from tests.support import content, tree_texts


def run(source: Path, *, to: str = "markdown", **options: Any) -> tuple[Report, dict[str, str]]:
    """Convert; the report, and its codes with the item of each."""
    target = source.with_name("out")
    with convert(
        Options(source=str(source), target=str(target), target_format=to, timezone="UTC", **options)
    ) as report:
        found = {finding.code: finding.item for finding in report.spool}
    return report, found


def counts(report: Report, kind: str) -> dict[str, int]:
    return {name: number for name, number in dict(report.tally.rows())[kind].items() if number}


# Lines.


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"note","key":"b","title":"b","blocks":[{"kind":"para',
        b"not JSON at all",
        b"[]",
        b'"note"',
        b"null",
        b"\x00\x01\x02",
        b'{"kind":"note"',
        b'{"kind":"note","title":"no key"}',
        b'{"kind":"note","key":"","title":"empty key"}',
        b'{"kind":"note","key":5}',
        b'{"kind":"folder","name":"no key"}',
        b'{"kind":"asset","data":""}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"kind":"note","key":"n","deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda line: line[:24].decode(errors="replace"),
)
def test_a_line_that_cannot_be_read_is_one_unit_that_failed(line: bytes, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("before", "one"), line, note_line("after", "two"))

    report, found = run(source)

    assert report.fault is None
    assert report.exit_code == 1
    assert counts(report, "payloads") == {"read": 1, "failed": 1}
    assert counts(report, "notes") == {"read": 2, "created": 2, "written": 2}
    assert found["line-unreadable"] == "payloads/line 3"
    assert {"before.md", "after.md"} <= tree_texts(tmp_path / "out").keys()


def test_a_note_whose_members_are_wrong_fails_alone(tmp_path: Path) -> None:
    lines = [note_line("good", "x"), {"kind": "note", "key": "bad", "title": "b", "blocks": "none"}]

    report, found = run(archive(tmp_path / "a.jsonl", *lines, {"kind": "note", "key": "worse", "title": ["x"]}))

    assert report.fault is None
    assert counts(report, "notes") == {"read": 3, "created": 2, "failed": 1, "written": 2}
    assert found["value-repaired"] == "notes/bad"
    assert found["item-unreadable"] == "notes/worse"


def test_blank_lines_and_windows_line_ends_are_nothing(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", b"", b"  \t", json.dumps(note_line("a", "x")).encode() + b"\r", b"\r")

    report, found = run(source)

    assert report.exit_code == 0
    assert found == {}
    assert counts(report, "notes")["read"] == 1


def test_a_last_line_without_its_end_is_read(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("a", "x"))
    source.write_bytes(source.read_bytes()[:-1])

    assert run(source)[0].exit_code == 0


def test_an_archive_of_nothing_becomes_nothing(tmp_path: Path) -> None:
    report, found = run(archive(tmp_path / "a.jsonl"))

    assert (report.exit_code, found) == (0, {})


def test_a_byte_order_mark_is_no_reason_to_refuse(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("a"), header=b"\xef\xbb\xbf" + json.dumps(HEADER).encode())

    assert run(source)[0].exit_code == 0


def test_a_line_longer_than_the_limit_is_told(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("long", "x" * 5_000_000), note_line("short", "x"))

    report, found = run(source, limits=("note_bytes=3M",))

    assert report.fault is None
    assert found["line-unreadable"] == "payloads/line 2"
    assert counts(report, "notes")["read"] == 1


def test_more_lines_than_the_limit_end_the_run(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", *(note_line(str(number)) for number in range(5)))

    assert run(source, limits=("files=5",), to="json")[0].exit_code == 0
    assert run(source, limits=("files=4",), to="json", overwrite_output=True)[0].exit_code == 6


def test_a_long_chain_of_folders_costs_no_more_than_its_length(tmp_path: Path) -> None:
    folders = [{"kind": "folder", "key": str(n), "name": "n" * 50, "parent": str(n - 1)} for n in range(20_000)]

    report, _ = run(archive(tmp_path / "a.jsonl", *folders, note_line("n", "x")), to="json")

    assert report.fault is None
    assert report.seconds < 20


@pytest.mark.parametrize("length", [0, 40, 90, 200, 300])
def test_an_archive_that_was_cut_gives_what_is_whole(length: int, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("a", "x"), note_line("b", "y"), note_line("c", "z"))
    source.write_bytes(source.read_bytes()[:length])

    report, _ = run(source)

    assert report.exit_code == (3 if length < 60 else 1)
    assert report.tally.law_breaks() == []


# The first line.


@pytest.mark.parametrize(
    "first",
    [b"", b"{}", b"[]", b'{"schema":5}', b'{"schema":"mnemo-converter/report-1"}', b"\xff\xfe{", b'{"kind":"note"}'],
)
def test_what_says_nothing_of_the_schema_is_no_archive(first: bytes, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("a"), header=first)

    report, _ = run(source, source_format="json")

    assert detect(source) is None
    assert report.exit_code == 3
    assert report.fault is not None
    assert "its first line does not say so" in report.fault.message


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_is_refused(version: int, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", header={"schema": f"mnemo-converter/archive-{version}"})

    report, _ = run(source)

    assert report.exit_code == 3
    assert report.fault is not None
    assert f"version {version}" in report.fault.message


def test_an_archive_is_known_whatever_its_name(tmp_path: Path) -> None:
    seen = detect(archive(tmp_path / "data.txt"))

    assert seen is not None
    assert (seen.format, seen.why) == ("json", "a file whose first line names archive-1")
    assert detect(tmp_path) is None


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    report, _ = run(tmp_path / "in", source_format="json")

    assert report.exit_code == 3


def test_an_origin_that_nobody_knows_is_none(tmp_path: Path) -> None:
    for origin in ("papyrus", 5, "json"):
        source = archive(tmp_path / "a.jsonl", note_line("a", "x"), header=HEADER | {"origin": origin})
        assert run(source, overwrite_output=True)[0].exit_code == 0


# Keys, parents, folders.


def test_a_second_item_of_one_key_gets_another(tmp_path: Path) -> None:
    folder = {"kind": "folder", "key": "f", "name": "f"}
    asset = {"kind": "asset", "key": "a", "name": "a.bin", "data": "eA=="}
    note = note_line("n", "x", folder="f")
    source = archive(tmp_path / "a.jsonl", folder, folder, note, note, asset, asset)

    with convert(Options(source=str(source), target=str(tmp_path / "out"), target_format="markdown")) as report:
        items = {finding.item for finding in report.spool if finding.code == "duplicate-id"}

    assert report.fault is None
    assert items == {"folders/f (line 3)", "notes/n (line 5)", "assets/a (line 7)"}
    assert len(tree_texts(tmp_path / "out")) == 4 + 1


def test_no_key_that_is_made_up_is_another_items(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", note_line("n (line 4)", "x"), note_line("n", "y"), note_line("n", "z"))

    report, found = run(source, to="json")

    assert report.fault is None
    assert counts(report, "notes") == {"read": 3, "created": 3, "written": 3}
    assert found["duplicate-id"] == "notes/n (line 4)'"


def test_broken_trees_are_mended(tmp_path: Path) -> None:
    lines = [
        {"kind": "folder", "key": "a", "name": "A", "parent": "b"},
        {"kind": "folder", "key": "b", "name": "B", "parent": "a"},
        {"kind": "folder", "key": "c", "name": "C", "parent": "nobody"},
        {"kind": "folder", "key": "d", "parent": 5, "order": "x", "id": [], "attrs": {}},
        note_line("n", folder="nobody"),
        note_line("o", parent="nobody"),
        note_line("p", parent="q"),
        note_line("q", parent="p"),
    ]

    for to in ("markdown", "siyuan", "mnemo", "json"):
        place = tmp_path / to
        place.mkdir()
        report, found = run(archive(place / "a.jsonl", *lines), to=to)

        assert report.fault is None
        assert report.verification.status == "passed"
        assert {"folder-missing", "folder-cycle", "parent-missing"} <= found.keys()
        assert counts(report, "folders")["read"] == counts(report, "notes")["read"] == 4


@pytest.mark.parametrize(
    "key",
    [
        "../up",
        "/etc/x",
        "a/../../b",
        "C:\\x",
        "a\x00b",
        ".converter/residue.jsonl",
        "n.md/in.png",
        "a",
        "N.MD",
        "é" * 300,
    ],
)
@pytest.mark.parametrize("origin", ["markdown", "mnemo", ""])
def test_no_key_leaves_the_target(key: str, origin: str, tmp_path: Path) -> None:
    asset = {"kind": "asset", "key": key, "data": "eA=="}
    lines = [note_line("n.md", "x"), {"kind": "folder", "key": "a", "name": "a"}, note_line("a/m.md", folder="a")]
    place = tmp_path / "deep"
    place.mkdir()
    source = archive(place / "a.jsonl", *lines, asset, header=HEADER | {"origin": origin})

    for to in ("markdown", "siyuan", "mnemo"):
        report, _ = run(source, to=to, overwrite_output=True, backup=False)
        assert report.fault is None, (key, report.fault)
        assert report.verification.status == "passed", report.verification
        (place / "out").rename(tmp_path / f"out {to}")

    assert {entry.name for entry in place.iterdir()} == {"a.jsonl"}


@pytest.mark.parametrize("key", ["../n.md", "/n.md", "a/../n.md", "..", ".hidden.md", "n.md\n", "n.md"])
def test_no_note_leaves_the_target(key: str, tmp_path: Path) -> None:
    place = tmp_path / "deep"
    place.mkdir()
    source = archive(place / "a.jsonl", note_line(key, "x"), header=HEADER | {"origin": "markdown"})

    report, _ = run(source)

    assert report.fault is None
    assert report.verification.status == "passed"
    assert {entry.name for entry in tmp_path.iterdir()} == {"deep"}
    assert len([name for name in tree_texts(place / "out") if name.endswith(".md")]) == 1


# Members of notes.


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("later", 1, "unknown-member"),
        ("tags", "one", "value-repaired"),
        ("tags", ["a", 5], "value-repaired"),
        ("order", "1", "value-repaired"),
        ("order", 1.5, "value-repaired"),
        ("order", 10**30, "value-repaired"),
        ("favorite", 1, "value-repaired"),
        ("created", "soon", "value-repaired"),
        ("properties", [{"name": "a"}], "value-repaired"),
        ("attrs", [["a"]], "value-repaired"),
        ("attrs", [["a", "b", "c"]], "value-repaired"),
        ("blocks", {}, "value-repaired"),
    ],
)
def test_an_odd_member_is_told_and_the_note_is_read(member: str, value: object, code: str) -> None:
    note, found = read_note(json.dumps(note_line("n") | {member: value}).encode())

    assert note.title == "n"
    assert [finding.code for finding in found] == [code]
    assert dict(found[0].details)["member"] == member


def test_null_says_nothing() -> None:
    note, found = read_note(b'{"kind":"note","key":"n","title":"t","folder":null,"blocks":null}')

    assert (note.folder, note.blocks, found) == (None, (), ())


def one_block(made: dict[str, Any]) -> tuple[Any, list[str]]:
    note, found = read_note(json.dumps({"kind": "note", "key": "n", "title": "n", "blocks": [made]}).encode())
    return note.blocks[0], [finding.code for finding in found]


@pytest.mark.parametrize(
    "made",
    [
        {"kind": "hologram", "depth": 3},
        {"kind": "heading"},
        {"kind": "heading", "level": "one"},
        {"kind": 5},
        {},
        [],
        "text",
        None,
        {"kind": "code", "source": None},
    ],
)
def test_a_block_that_cannot_be_read_is_kept_as_its_text(made: Any) -> None:
    block, codes = one_block(made)

    assert isinstance(block, Raw)
    assert (block.format, json.loads(block.source)) == ("json", made)
    assert codes == ["block-unreadable"]


def test_numbers_beyond_all_bounds_are_brought_back() -> None:
    heading, codes = one_block({"kind": "heading", "level": 99})
    table, more = one_block({"kind": "table", "rows": [{"cells": [{"colspan": 10**9, "rowspan": -1}]}]})
    numbered, rest = one_block({"kind": "list", "ordered": True, "start": -5})

    assert isinstance(heading, Heading)
    assert isinstance(table, Table)
    assert isinstance(numbered, List)
    assert heading.level == 6
    assert (table.rows[0].cells[0].colspan, table.rows[0].cells[0].rowspan) == (1000, 1)
    assert numbered.start == 0
    assert codes == rest == ["value-repaired"]
    assert more == ["value-repaired"] * 2


@pytest.mark.parametrize(
    ("made", "run"),
    [
        ({"kind": "glow", "text": "shown"}, TextRun(text="shown")),
        ({"kind": "text"}, RawRun(format="json", source='{"kind":"text"}')),
        ("shown", TextRun(text="shown")),
        (5, RawRun(format="json", source="5")),
    ],
)
def test_a_run_that_cannot_be_read_is_kept_as_text(made: object, run: object) -> None:
    block, codes = one_block({"kind": "paragraph", "runs": [made]})

    assert isinstance(block, Paragraph)
    assert block.runs == (run,)
    assert codes == ["unknown-payload-kind"]


def test_a_member_that_stands_twice_is_told() -> None:
    note, found = read_note(b'{"kind":"note","key":"n","title":"first","title":"second"}')

    assert note.title == "second"
    assert [(finding.code, finding.details) for finding in found] == [("member-repeated", (("member", "title"),))]


def test_what_is_no_unicode_is_replaced() -> None:
    note, found = read_note(b'{"kind":"note","key":"n","title":"caf\xe9"}')
    halves, more = read_note(rb'{"kind":"note","key":"n","title":"a\ud800b"}')

    assert (note.title, halves.title) == ("caf\ufffd", "a?b")
    assert [finding.code for finding in found] == ["invalid-utf8"]
    assert [finding.code for finding in more] == ["surrogate-replaced"]


def test_strict_unknown_refuses_what_is_not_known(tmp_path: Path) -> None:
    strict = SourceContext(limits=CONTEXT.limits, zone=CONTEXT.zone, strict_unknown=True)
    with pytest.raises(ItemError, match="--strict-unknown"):
        read_note(b'{"kind":"note","key":"n","title":"t","blocks":[{"kind":"hologram"}]}', strict)

    report, _ = run(archive(tmp_path / "a.jsonl", {"kind": "aura", "key": "x"}), strict_unknown=True)
    assert report.exit_code == 3


# Files.


def asset_of(tmp_path: Path, **members: Any) -> tuple[Report, dict[str, str], bytes | None]:
    """Convert an archive of one note and this file; the file that came out."""
    line = {"kind": "asset", "key": "a.bin", "name": "a.bin"} | members
    report, found = run(
        archive(tmp_path / "a.jsonl", note_line("n", "x"), line, header=HEADER | {"origin": "markdown"})
    )
    made = tmp_path / "out" / "a.bin"
    return report, found, made.read_bytes() if made.exists() else None


SHA256 = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "members",
    [
        {"data": "eA=="},
        {"data": "eA==", "sha256": SHA256, "size": 1},
        {"data": "eA==", "sha256": "no digest", "size": "large", "stamp": "then"},
        {"data": "eA==", "size": -1, "later": [1]},
    ],
)
def test_a_file_in_its_line(members: dict[str, Any], tmp_path: Path) -> None:
    report, _, data = asset_of(tmp_path, **members)

    assert (report.exit_code, data) == (0, b"x")


@pytest.mark.parametrize(
    "members",
    [
        {"data": "eA="},
        {"data": "e A="},
        {"data": "eA==eA=="},
        {"data": "\u00e9"},
        {"data": "eA==", "sha256": "0" * 64},
        {"data": 5},
        {"data": "=" * 3_000_000},
        {"file": "gone.bin"},
        {"file": "../a.jsonl"},
        {"file": "/etc/hostname"},
        {"file": "a/../../b"},
        {"file": ""},
    ],
    ids=lambda members: str(members)[:30],
)
def test_a_file_whose_bytes_are_not_there_fails_alone(members: dict[str, Any], tmp_path: Path) -> None:
    report, found, data = asset_of(tmp_path, **members)

    if members == {"file": ""}:
        assert (report.exit_code, data) == (0, b"")
        return
    assert report.fault is None
    assert found["item-unreadable"] == "assets/a.bin"
    assert counts(report, "assets") == {"read": 1, "failed": 1}
    assert counts(report, "notes")["created"] == 1
    assert data is None


def test_a_link_beside_the_archive_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "a.assets").mkdir()
    (tmp_path / "a.assets" / "b.bin").symlink_to(tmp_path / "secret")

    report, found, data = asset_of(tmp_path, file="b.bin")

    assert (report.exit_code, data) == (1, None)
    assert found["item-unreadable"] == "assets/a.bin"


def test_bytes_in_the_line_are_cut_off_with_it(tmp_path: Path) -> None:
    text = base64.b64encode(os.urandom(3 << 20))
    line = b'{"kind":"asset","key":"a.bin","name":"a.bin","data":"' + text + b'"}'
    for cut in (line[:-1], line[:-2], line[:-1000], line + b"x", line[:-1] + b',"more":1}'):
        source = archive(tmp_path / "a.jsonl", note_line("n", "x"), cut)
        report, found = run(source, overwrite_output=True, backup=False)
        assert report.fault is None
        assert counts(report, "assets") == {"read": 1, "failed": 1}, cut[-20:]
        assert found["item-unreadable"] == "assets/a.bin"


def test_a_long_file_needs_no_more_room_than_a_piece_of_it(tmp_path: Path) -> None:
    data = os.urandom(3 * INLINE_BYTES)
    line = b'{"kind":"asset","key":"a.bin","name":"a.bin","data":"' + base64.b64encode(data) + b'"}'
    source = archive(tmp_path / "a.jsonl", line, header=HEADER | {"origin": "markdown"})

    report, _ = run(source, limits=("note_bytes=1K",))

    assert report.exit_code == 0
    assert (tmp_path / "out" / "a.bin").read_bytes() == data


# Anything at all.


@pytest.mark.parametrize("seed", range(25))
def test_whatever_stands_in_a_file_ends_in_order(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    lines = [
        {"kind": "folder", "key": "f", "name": "F"},
        note_line("f/n.md", "a", "b", folder="f", tags=["t"], created="2026-05-18"),
        note_line("m", "c", parent="f/n.md", blocks=[{"kind": "table", "rows": [{"cells": [{}]}]}, {"kind": "rule"}]),
        {"kind": "asset", "key": "a.png", "data": "eHl6", "sha256": SHA256},
        {"kind": "other", "x": [1, 2, {"y": None}]},
        {"kind": "residue", "record": {"kind": "header", "schema": "mnemo-converter/residue-1", "origin": "mnemo"}},
    ]
    source = archive(tmp_path / "a.jsonl", *lines)
    data = bytearray(source.read_bytes())
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(20)]
            case 2:
                data[at:at] = bytes(chance.choices(b'{}[]",:\\\n0e-\xff', k=chance.randrange(6)))
            case _:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randrange(40)]
    source.write_bytes(data)

    for to in ("markdown", "json", "siyuan"):
        report, _ = run(source, to=to, overwrite_output=True, backup=False)
        assert report.exit_code in (0, 1, 3), report.fault
        assert report.tally.law_breaks() == []
        place = tmp_path / "out"
        if place.exists():
            place.rename(tmp_path / f"out {to}")


def test_the_source_is_never_changed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    archive(tmp_path / "in" / "a.jsonl", note_line("n", "x"), b"{", {"kind": "other"})
    before = content(tmp_path / "in")

    run(tmp_path / "in" / "a.jsonl")

    (tmp_path / "in" / "out" / "n.md").unlink()
    assert {name: text for name, text in content(tmp_path / "in").items() if "out/" not in name} == before
