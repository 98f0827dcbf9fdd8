"""Sources that are small and become large: refused or read, with little memory and in little time."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import pytest

from tests.hostile.bounded import both, bounded
from tests.hostile.databases import filled
from tests.hostile.package import NOTES_DB, PICTURE, package, picture_note, with_notes
from tests.hostile.sy import holding
from tests.siyuan.judged import paragraph
from tests.storage.forge import Member

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its address space")


def zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(megabytes)]
    return b"".join(parts) + packer.flush()


def bomb(name: str, megabytes: int, **lies: int) -> Member:
    """A member of zeros; what it says of itself can lie."""
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(bytes(1 << 20), crc)
    return Member(name, packed=zeros(megabytes), size=lies.get("size", megabytes << 20), crc=crc)


@pytest.mark.slow
def test_a15_a_plain_bomb(tmp_path: Path) -> None:
    source = package(bomb("payloads/notes/assets/images/q.png", 512))(tmp_path)

    for report in both(source, tmp_path):
        assert report["exit_code"] == 6
        assert "ratio" in report["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a15_without_the_ratio_it_streams(tmp_path: Path) -> None:
    source = package(picture=bomb(PICTURE, 600))(tmp_path)

    for report in both(source, tmp_path, "--limits", "ratio=2000", memory=500 << 20):
        assert report["exit_code"] == 0
    assert (tmp_path / "out").is_dir()


@pytest.mark.slow
def test_a19_a_bomb_that_says_it_is_small(tmp_path: Path) -> None:
    source = package(db=bomb(NOTES_DB, 512, size=8192))(tmp_path)

    for report in both(source, tmp_path):
        assert report["exit_code"] == 1
        assert "payload-unreadable" in {finding["code"] for finding in report["findings"]}


@pytest.mark.slow
def test_a18_many_members(tmp_path: Path) -> None:
    source_of = package(
        *(Member(f"payloads/notes/assets/files/{at}/", b"", 0) for at in range(100_000)), options={"zip64": True}
    )
    source = source_of(tmp_path)

    for report in both(source, tmp_path):
        assert (report["exit_code"], report["counts"]["notes"]["read"]) == (0, 1)


@pytest.mark.huge
def test_a18_more_members_than_the_limit(tmp_path: Path) -> None:
    options = {"zip64": True}
    extra = (Member(f"{at}/", b"", 0) for at in range(500_001))
    source = package(*extra, options=options)(tmp_path)

    for report in both(source, tmp_path):
        assert report["exit_code"] == 6
        assert "members" in report["message"]


@pytest.mark.huge
def test_b15_a_line_of_50_megabytes(tmp_path: Path) -> None:
    note = picture_note()
    note["blocks"][0]["spans"][0]["text"] = "x" * 50_000_000
    source = with_notes(note)(tmp_path)

    for report in both(source, tmp_path, memory=1600 << 20):
        assert report["exit_code"] == 0


@pytest.mark.slow
def test_d22_a_note_that_is_too_large(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "n.md").write_text("small", encoding="utf-8")
    with (vault / "huge.md").open("wb") as file:
        file.truncate(1 << 30)

    for report in both(vault, tmp_path):
        assert report["exit_code"] == 1
        assert report["counts"]["notes"]["read"] == 2
        assert any("note_bytes" in str(finding) for finding in report["findings"])


@pytest.mark.slow
def test_e09_very_many_rows(tmp_path: Path) -> None:
    """Only the keys of rows are held; too many of them are refused by their number."""
    source = filled(200_000)(tmp_path)

    for report in both(source, tmp_path, "--limits", "rows=100K"):
        assert report["exit_code"] == 6
        assert "rows=102,400" in report["message"]
    checked = bounded("validate", str(source), memory=900 << 20)
    assert (checked["exit_code"], checked["counts"]["records"]["read"]) == (0, 200_000)


@pytest.mark.slow
def test_c18_a_long_document(tmp_path: Path) -> None:
    blocks = (paragraph("x" * 300, own=f"2024010{at // 10**6}{at % 10**6:06}-aaaaaaa") for at in range(20_000))
    source = holding(*blocks)(tmp_path)

    for report in both(source, tmp_path, memory=900 << 20):
        assert (report["exit_code"], report["counts"]["blocks"]["read"]) == (0, 20_000)
