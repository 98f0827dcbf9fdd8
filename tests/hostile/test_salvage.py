"""`--salvage`: what is left of a broken source is read, what is not is counted, and sound sources are read as ever."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from converter import Options
from converter import convert as run_convert
from tests.hostile.case import Outcome, convert, validate
from tests.hostile.files import HEADER, line
from tests.hostile.package import MANIFEST, NOTES_DB, PICTURE, members, notes_db, package, sound_db
from tests.mnemo.builders import block_json, note_json
from tests.storage.forge import Archive, Member, write
from tests.support import content

DECKS = "payloads/settings/settings.json"


def salvaged(source: Path, target: Path) -> Outcome:
    """Both commands with the option: they agree about what was found."""
    checked = validate(source, "--salvage")
    done = convert(source, f"{target}/", "--salvage")
    assert done.code == checked.code, (done, checked)
    assert {"archive-salvaged", "manifest-rebuilt", "member-damaged", "header-missing"} & set(done.codes) == {
        "archive-salvaged",
        "manifest-rebuilt",
        "member-damaged",
        "header-missing",
    } & set(checked.codes)
    return done


def test_without_the_option_the_hint_names_it(tmp_path: Path) -> None:
    whole = Archive(members()).build()
    (tmp_path / "cut.mnemo").write_bytes(whole[:-30])
    write(tmp_path / "failed.mnemo", *members(manifest=None))
    (tmp_path / "headless.jsonl").write_bytes(json.dumps(line()).encode() + b"\n")

    for name, more in (("cut.mnemo", ()), ("failed.mnemo", ()), ("headless.jsonl", ("--from", "json"))):
        for outcome in (
            validate(tmp_path / name, *more),
            convert(tmp_path / name, f"{tmp_path}/out/", *more),
        ):
            assert outcome.code == 3
            assert "--salvage" in outcome.hint
    assert not (tmp_path / "out").exists()


def test_a_sound_package_is_read_as_ever(tmp_path: Path) -> None:
    source = package()(tmp_path)
    plain = convert(source, f"{tmp_path}/plain/", "--no-residue")
    other = convert(source, f"{tmp_path}/other/", "--no-residue", "--salvage")

    assert (plain.codes, plain.counts) == (other.codes, other.counts)
    assert content(tmp_path / "plain") == content(tmp_path / "other")


def test_the_failed_export_of_the_application(tmp_path: Path) -> None:
    extra = Member(DECKS, b'{"App.Language":"de","App.Theme":"x"}')
    source = write(tmp_path / "in.mnemo", *members(extra, manifest=None))

    done = salvaged(source, tmp_path / "out")

    assert (done.code, set(done.codes) & {"manifest-rebuilt", "archive-salvaged"}) == (0, {"manifest-rebuilt"})
    assert (done.counts["notes"]["created"], done.counts["assets"]["created"]) == (1, 1)
    assert done.counts["settings"]["read"] == 2


def test_the_rebuilt_manifest_counts_what_is_there(tmp_path: Path) -> None:
    extra = Member(DECKS, b'{"App.Language":"de","App.Theme":"x"}')
    source = write(tmp_path / "in.mnemo", *members(extra, manifest=None))

    convert(source, str(tmp_path / "out.mnemo"), "--salvage")

    again = validate(tmp_path / "out.mnemo")
    assert (again.code, "count-mismatch" in again.codes) == (0, False)
    assert again.counts["settings"]["read"] == 2


def test_cut_at_every_part(tmp_path: Path) -> None:
    """Wherever a package ends, the members before the cut are read; what was begun and is cut has failed."""
    whole = Archive(members(Member("payloads/notes/assets/images/q.png", bytes(range(256)) * 8, method=0))).build()
    ends = [whole.index(name.encode()) for name in (PICTURE, MANIFEST)]
    last = whole.index(b"q.png")
    expected = {ends[0] - 30: (1, 0, 0), ends[1] - 30: (1, 1, 0), last + 100: (1, 1, 1), len(whole) - 1: (1, 2, 0)}
    for size, (notes, assets, failed) in expected.items():
        source = tmp_path / f"{size}.mnemo"
        source.write_bytes(whole[:size])

        done = salvaged(source, tmp_path / f"out-{size}")

        assert "archive-salvaged" in done.codes
        assert done.code == (1 if failed else 0), done
        assert done.counts["notes"]["created"] == notes
        found = done.counts.get("assets", {})
        assert (found.get("created", 0), found.get("failed", 0)) == (assets, failed)


def test_members_whose_sizes_follow_them(tmp_path: Path) -> None:
    from tests.hostile.archives import descriptors

    source = descriptors(tmp_path)
    source.write_bytes(source.read_bytes()[:-60])

    done = salvaged(source, tmp_path / "out")

    assert (done.code, done.counts["notes"]["created"], done.counts["assets"]["created"]) == (0, 1, 1)


def test_an_archive_in_the_package_is_no_part_of_it(tmp_path: Path) -> None:
    inner = Archive([Member("payloads/notes/assets/images/inner.png", b"x")]).build()
    nested = Member("payloads/notes/assets/files/x.zip", inner, method=0)
    whole = Archive(members(nested, Member("payloads/notes/assets/images/q.png", bytes(70_000), method=0))).build()
    source = tmp_path / "in.mnemo"
    source.write_bytes(whole[:-30])

    done = salvaged(source, tmp_path / "out")

    assert done.counts["assets"]["read"] == 3


@pytest.mark.parametrize("name", ["../evil.md", "/abs"])
def test_salvage_trusts_no_names(tmp_path: Path, name: str) -> None:
    source = tmp_path / "in.mnemo"
    source.write_bytes(Archive(members(Member(name, b"x"))).build()[:-30])

    refused = convert(source, f"{tmp_path}/out/", "--salvage")

    assert refused.code == 3
    assert "the name of member" in refused.message


def test_nothing_but_zeros_cannot_be_salvaged(tmp_path: Path) -> None:
    (tmp_path / "in.mnemo").write_bytes(b"PK" + bytes(5000))

    assert convert(tmp_path / "in.mnemo", f"{tmp_path}/out/", "--salvage").code == 3


def many_notes() -> bytes:
    """A `notes.db` of 200 notes on many pages."""
    return notes_db([note_json(block_json("Text", "x" * 900), noteId=f"n{at}", title=f"T{at}") for at in range(200)])


def leaf_pages(data: bytes) -> list[int]:
    """Where the leaves of tables begin."""
    return [at for at in range(4096, len(data), 4096) if data[at] == 0x0D]


def with_db(path: Path, data: bytes) -> Path:
    """A package with this database."""
    return write(path, *members(db=Member(NOTES_DB, data), picture=None))


def test_damaged_pages_lose_their_rows_alone(tmp_path: Path) -> None:
    data = bytearray(many_notes())
    for page in leaf_pages(bytes(data))[10:12]:
        data[page : page + 4096] = b"\xff" * 4096
    source = with_db(tmp_path / "in.mnemo", bytes(data))

    plain, done = convert(source, f"{tmp_path}/plain/"), salvaged(source, tmp_path / "out")

    counts = done.counts["notes"]
    assert done.code == 1
    assert (counts["read"], counts["created"] + counts["failed"]) == (200, 200)
    assert 1 <= counts["failed"] <= 10
    assert plain.counts["notes"].get("created", 0) < counts["created"]
    assert done.codes.count("item-unreadable") >= 1


def test_a_database_that_is_cut(tmp_path: Path) -> None:
    """The index is gone as well: how many rows are lost is not known, so one unit has failed."""
    data = many_notes()
    source = with_db(tmp_path / "in.mnemo", data[: len(data) // 2])

    done = salvaged(source, tmp_path / "out")

    assert done.code == 1
    assert done.counts["notes"]["created"] > 50
    failed = sum(counts.get("failed", 0) for counts in done.counts.values())
    assert failed >= 1


def test_a_package_that_ends_inside_of_its_database(tmp_path: Path) -> None:
    whole = Archive([Member(NOTES_DB, many_notes(), method=0)]).build()
    source = tmp_path / "in.mnemo"
    source.write_bytes(whole[: len(whole) // 2])

    done = salvaged(source, tmp_path / "out")

    assert {"archive-salvaged", "manifest-rebuilt", "member-damaged"} <= set(done.codes)
    assert done.counts["notes"]["created"] > 50


def test_a_view_that_does_not_end_is_not_searched(tmp_path: Path) -> None:
    path = tmp_path / "view.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW Notes AS SELECT abs(-9223372036854775808) AS NoteId, 'x' AS Json")
        connection.execute("CREATE TABLE Folders (FolderId, Json)")
    source = with_db(tmp_path / "in.mnemo", path.read_bytes())

    done = salvaged(source, tmp_path / "out")

    assert (done.code, "payload-unreadable" in done.codes) == (1, True)


def test_lines_without_their_first(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    whole = HEADER + b"".join(json.dumps(line(f"n{at}")).encode() + b"\n" for at in range(5))
    source.write_bytes(whole[len(HEADER) + 10 : -20])

    done = convert(source, f"{tmp_path}/out/", "--salvage", "--from", "json")

    assert {"header-missing", "line-unreadable"} <= set(done.codes)
    assert (done.code, done.counts["notes"]["created"], done.counts["payloads"]["failed"]) == (1, 3, 2)


def test_a_target_is_never_salvaged(tmp_path: Path) -> None:
    source = package()(tmp_path)
    target = tmp_path / "there.mnemo"
    target.write_bytes(source.read_bytes()[:-30])
    before = target.read_bytes()

    with run_convert(Options(source=str(source), target=str(target), into=True, salvage=True)) as report:
        assert report.exit_code == 4
    assert target.read_bytes() == before


def test_the_sound_database_needs_no_salvage(tmp_path: Path) -> None:
    done = salvaged(with_db(tmp_path / "in.mnemo", sound_db()), tmp_path / "out")

    assert done.code == 0
