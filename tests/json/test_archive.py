"""Whole archives: files inside and beside them, what stands there already, residue, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from converter import Options, convert
from converter.findings.report import Report
from converter.formats.front import SourceContext, TargetContext
from converter.formats.json import FORMAT
from converter.formats.json.assets import INLINE_BYTES, companion_of
from converter.formats.json.encode import line_of
from converter.formats.json.segments import frame, pieces, segments
from converter.model.facts import AssetFact, FolderFact, NoteFact, PayloadFact
from converter.model.items import Folder, Note
from converter.model.moment import Moment, moment_from_ns
from converter.storage.limits import DEFAULT_LIMITS
from tests.json.archives import HEADER, archive, note_line
from tests.json.strategies import notes
from tests.support import ROOT, content

CONTEXT = TargetContext(profile=FORMAT.profile({}), clock=Moment(0), zone=UTC, version="0", origin="markdown")
READING = SourceContext(limits=DEFAULT_LIMITS, zone=UTC)
RESIDUE = (
    b'{"kind":"header","schema":"mnemo-converter/residue-1","origin":"markdown"}\n',
    '{"kind":"note","key":"ü.md","content":{"text":"a\\nb"}}\n'.encode(),
)


def run(source: Path, target: Path, **options: Any) -> Report:
    with convert(Options(source=str(source), target=str(target), timezone="UTC", **options)) as report:
        return report


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A note that shows three files: one that fits its line, one that just does, and one that does not."""
    folder = tmp_path / "vault"
    (folder / "sub").mkdir(parents=True)
    (folder / "Note.md").write_text(
        "![[small.png]] ![[full.png]] ![[large.png]] ![[sub/large.png]]\n", encoding="utf-8"
    )
    (folder / "small.png").write_bytes(b"")
    (folder / "full.png").write_bytes(os.urandom(INLINE_BYTES))
    (folder / "large.png").write_bytes(os.urandom(INLINE_BYTES + 1))
    (folder / "sub" / "large.png").write_bytes(os.urandom(3 * INLINE_BYTES))
    for number, entry in enumerate(sorted(folder.rglob("*.*"))):
        os.utime(entry, (1_500_000_000 + number, 1_500_000_000 + number))
    return folder


def state(folder: Path) -> dict[str, tuple[bytes, float]]:
    return {
        entry.relative_to(folder).as_posix(): (entry.read_bytes(), entry.stat().st_mtime)
        for entry in folder.rglob("*")
        if entry.is_file() and ".converter" not in entry.parts
    }


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_large_files_stand_beside_the_archive(vault: Path, tmp_path: Path) -> None:
    report = run(vault, tmp_path / "out.jsonl")

    assert report.fault is None
    assert report.verification.status == "passed"
    files = {line["key"]: line for line in lines_of(tmp_path / "out.jsonl") if line["kind"] == "asset"}
    assert {key: line.get("file") for key, line in files.items()} == {
        "full.png": None,
        "large.png": "large.png",
        "small.png": None,
        "sub/large.png": "large 2.png",
    }
    beside = {entry.name: entry.read_bytes() for entry in (tmp_path / "out.assets").iterdir()}
    assert beside == {
        "large.png": (vault / "large.png").read_bytes(),
        "large 2.png": (vault / "sub" / "large.png").read_bytes(),
    }
    for key, line in files.items():
        data = (vault / key).read_bytes()
        assert (line["size"], line["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_files_and_their_times_come_back(vault: Path, tmp_path: Path) -> None:
    run(vault, tmp_path / "out.jsonl")
    report = run(tmp_path / "out.jsonl", tmp_path / "back", target_format="markdown", residue=False)

    assert report.fault is None
    assert state(tmp_path / "back").keys() == state(vault).keys()
    text = state(tmp_path / "back").pop("Note.md")
    assert {**state(tmp_path / "back"), "Note.md": text[1]} == {**state(vault), "Note.md": text[1]}
    assert text[1] == (vault / "Note.md").stat().st_mtime


def test_an_archive_takes_its_folder_along(vault: Path, tmp_path: Path) -> None:
    run(vault, tmp_path / "one.jsonl")
    report = run(tmp_path / "one.jsonl", tmp_path / "two.json", target_format="json")

    assert report.fault is None
    assert (tmp_path / "two.json").read_bytes() == (tmp_path / "one.jsonl").read_bytes()
    assert content(tmp_path / "two.assets") == content(tmp_path / "one.assets")


def test_a_file_that_is_gone_from_the_folder_fails_alone(vault: Path, tmp_path: Path) -> None:
    run(vault, tmp_path / "out.jsonl")
    (tmp_path / "out.assets" / "large.png").unlink()
    (tmp_path / "out.assets" / "large 2.png").write_bytes(b"other bytes")

    report = run(tmp_path / "out.jsonl", tmp_path / "back", target_format="markdown")

    assert report.exit_code == 1
    assert dict(report.tally.rows())["assets"]["failed"] == 2
    assert dict(report.tally.rows())["assets"]["created"] == 2


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("out.jsonl", "out.assets"),
        ("out.json", "out.assets"),
        ("a.b.jsonl", "a.b.assets"),
        ("out", "out.assets"),
        ("out.assets", "out.assets.assets"),
        (".jsonl", ".jsonl.assets"),
    ],
)
def test_the_folder_is_named_after_the_archive(name: str, folder: str) -> None:
    assert companion_of(name) == folder


def test_what_stands_there_is_refused(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "out.assets").mkdir()
    (tmp_path / "out.assets" / "mine").write_bytes(b"x")

    report = run(vault, tmp_path / "out.jsonl")

    assert report.exit_code == 4
    assert not (tmp_path / "out.jsonl").exists()
    assert (tmp_path / "out.assets" / "mine").read_bytes() == b"x"


def test_a_file_in_the_place_of_the_folder_is_refused(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "out.assets").write_bytes(b"x")

    assert run(vault, tmp_path / "out.jsonl", overwrite_output=True).exit_code == 4
    assert not (tmp_path / "out.jsonl").exists()


def test_an_archive_is_replaced_with_its_folder(vault: Path, tmp_path: Path) -> None:
    run(vault, tmp_path / "out.jsonl")
    before = (tmp_path / "out.jsonl").read_bytes(), content(tmp_path / "out.assets")
    (vault / "large.png").write_bytes(bytes(INLINE_BYTES + 5))

    assert run(vault, tmp_path / "out.jsonl").exit_code == 4
    report = run(vault, tmp_path / "out.jsonl", overwrite_output=True)

    assert report.fault is None
    assert report.verification.status == "passed"
    assert (tmp_path / "out.jsonl.bak-1").read_bytes() == before[0]
    assert content(tmp_path / "out.assets.bak-1") == before[1]
    assert (tmp_path / "out.assets" / "large.png").stat().st_size == INLINE_BYTES + 5


def test_a_smaller_archive_leaves_no_folder_of_the_older(vault: Path, tmp_path: Path) -> None:
    run(vault, tmp_path / "out.jsonl")
    for name in ("large.png", "sub/large.png"):
        (vault / name).unlink()

    report = run(vault, tmp_path / "out.jsonl", overwrite_output=True)

    assert report.fault is None
    assert not (tmp_path / "out.assets").exists()
    assert len(list((tmp_path / "out.assets.bak-1").iterdir())) == 2


def test_a_run_that_is_refused_leaves_nothing(vault: Path, tmp_path: Path) -> None:
    (vault / "large.png").unlink()
    report = run(vault, vault / "out.jsonl")

    assert report.exit_code == 4
    assert {entry.name for entry in tmp_path.iterdir()} == {"vault"}


# The target and the source, by hand.


def written(path: Path, *made: Note, residue: tuple[bytes, ...] = ()) -> Path:
    """An archive of these notes, a folder and a file."""
    target = FORMAT.open_target(path, CONTEXT)
    target.folder(Folder(key="f", name="F", attrs=(("a", "b"),)), "f")
    for note in made:
        target.note(FORMAT.render(note, CONTEXT))
    target.asset("a.bin", BytesIO(b"x"), moment_from_ns(0))
    if residue:
        target.residue(BytesIO(b"".join(residue)))
    target.finish()
    return path


def test_facts_and_notes(tmp_path: Path) -> None:
    note = Note(key="f/n.md", title="n", folder="f")
    source = FORMAT.open_source(written(tmp_path / "a.jsonl", note), READING)

    assert list(source.facts()) == [
        FolderFact(key="f", name="F", path="F", attrs=(("a", "b"),)),
        NoteFact(key="f/n.md", size=len(line_of("note", note)), path="f/n.md"),
        AssetFact(key="a.bin", name="a.bin", size=1, stamp=moment_from_ns(0)),
    ]
    (stored,) = source.fetch()
    assert FORMAT.read(stored, READING) == (note, ())  # type: ignore[arg-type]
    assert source.open_residue() is None
    with source.open_asset("a.bin") as stream:
        assert stream.read() == b"x"
    source.close()


def test_a_target_can_be_given_up(tmp_path: Path) -> None:
    target = FORMAT.open_target(tmp_path / "a.jsonl", CONTEXT)
    target.abandon()

    assert (tmp_path / "a.jsonl").read_bytes().count(b"\n") == 1


def test_residue_comes_back_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", Note(key="n", title="n"), residue=RESIDUE)
    source = FORMAT.open_source(path, READING)

    facts = list(source.facts())

    assert [fact.units for fact in facts if isinstance(fact, PayloadFact)] == [()]
    opened = source.open_residue()
    assert opened is not None
    with opened as stream:
        assert stream.read() == b"".join(RESIDUE)
        stream.seek(len(RESIDUE[0]))
        assert stream.readline() == RESIDUE[1]
    source.close()
    assert all(json.loads(line) for line in path.read_bytes().splitlines())


def test_residue_counts_nowhere_and_travels_between_archives(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", Note(key="n", title="n"), residue=RESIDUE)

    report = run(first, tmp_path / "b.jsonl")

    assert report.exit_code == 0
    rows = dict(report.tally.rows())
    assert "payloads" not in rows
    assert rows["notes"]["read"] == rows["folders"]["read"] == rows["assets"]["read"] == 1
    assert [line for line in (tmp_path / "b.jsonl").read_bytes().splitlines() if b'"residue"' in line] == [
        line for line in first.read_bytes().splitlines() if b'"residue"' in line
    ]


def test_a_long_line_of_residue_needs_no_room(tmp_path: Path) -> None:
    long = b'{"kind":"note","content":"' + b"x" * (5 << 20) + b'"}\n'
    path = written(tmp_path / "a.jsonl", residue=(RESIDUE[0], long))
    source = FORMAT.open_source(path, SourceContext(limits=DEFAULT_LIMITS, zone=UTC))

    list(source.facts())

    opened = source.open_residue()
    assert opened is not None
    with opened as stream:
        assert stream.read() == RESIDUE[0] + long
    source.close()


def test_lines_that_only_look_like_residue_are_unknown(tmp_path: Path) -> None:
    line = {"kind": "residue", "record": {"schema": "another/residue-1"}}
    report = run(archive(tmp_path / "a.jsonl", line), tmp_path / "b.jsonl")

    assert report.exit_code == 0
    assert dict(report.tally.rows())["payloads"]["created"] == 1
    assert lines_of(tmp_path / "b.jsonl")[1] == line


def test_lines_of_other_kinds_stay_as_they_are(tmp_path: Path) -> None:
    odd = b'{ "kind" : "aura", "\\u00e9": 1.50 }'
    source = archive(tmp_path / "a.jsonl", odd, note_line("n", "x"), odd, {"schema": "none"})

    report = run(source, tmp_path / "b.jsonl")

    assert dict(report.tally.rows())["payloads"]["created"] == 3
    assert (tmp_path / "b.jsonl").read_bytes().splitlines()[2:] == [odd, odd, b'{"schema": "none"}']


def test_a_note_that_nothing_changed_keeps_its_bytes(tmp_path: Path) -> None:
    odd = b'{"title":"n", "kind":"note","key":"n","blocks":[ {"kind":"rule"} ]}'

    run(archive(tmp_path / "a.jsonl", odd, header=HEADER), tmp_path / "b.jsonl")

    assert (tmp_path / "b.jsonl").read_bytes().splitlines()[1] == odd


# Segments.


@given(notes(depth=1))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_segments_are_the_whole_line(note: Note) -> None:
    line = line_of("note", note)
    cut = segments(line, len(note.blocks))

    assert cut is not None
    joined = [part for pair in zip(cut.texts, cut.gaps, strict=True) for part in pair]
    assert "".join([cut.head, *joined, cut.tail]).encode() == line
    before, after = frame(note, CONTEXT)
    assert pieces(note, CONTEXT) == cut.texts
    assert (before + FORMAT.gap.join(cut.texts) + after).encode() == line


@pytest.mark.parametrize("line", [b"{", b"\xff", b"[]", b'{"blocks":5}', b'{"blocks":[1,2]}', b"[" * 10_000])
def test_what_cannot_be_cut(line: bytes) -> None:
    assert segments(line, 1) is None


# The same bytes, whatever the process.


def test_runs_in_other_processes_give_the_same_bytes(tmp_path: Path) -> None:
    source = ROOT / "fixtures" / "sample-vault"
    made = []
    for seed in ("0", "1"):
        target = tmp_path / f"{seed}.jsonl"
        command = [sys.executable, "-m", "converter", "convert", str(source), str(target), "-q"]
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "UTC"}
        subprocess.run(command, check=True, env=environment, capture_output=True)
        made.append(target.read_bytes())

    assert made[0] == made[1]
