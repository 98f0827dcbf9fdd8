"""Archives that must be refused as a whole: rows of the catalogue of hostile inputs, by their ids."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from converter.errors import InputError, LimitError
from converter.storage.archive import ZipReader
from converter.storage.limits import NO_LIMITS, Limits
from tests.storage.forge import ENCRYPTED, SYMLINK, Archive, Member, write

NOTE = Member("notes/a.md", b"text of a note\n" * 20)
OTHER = Member("notes/b.md", b"text of another note\n" * 20)


def refusal(path: Path, limits: Limits = NO_LIMITS) -> str:
    with pytest.raises(InputError) as caught, ZipReader(path, limits):
        pass
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file (0 bytes)"),
        (b"\0" * 400, "nothing but zero bytes"),
        (b"just a text\n", "text"),
        ("Wörter ohne Ende".encode() * 100, "text"),
        (b"<!DOCTYPE html><title>404</title>", "an HTML page (a failed download?)"),
        (b'{"notes": []}', "text that looks like JSON"),
        (b"7z\xbc\xaf\x27\x1c\0\0", "a 7z archive"),
        (b"\x1f\x8b\x08\0\0\0", "gzip data"),
        (b"SQLite format 3\0\0\0", "an SQLite database"),
        ("text".encode("utf-16"), "text in UTF-16"),
        (bytes(range(256)), "unknown binary data"),
    ],
)
def test_a01_says_what_the_file_is(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert refusal(path) == f"{path} is not a ZIP archive: it is {found}."


def test_a01_missing_file_and_folder(tmp_path: Path) -> None:
    assert "There is no such file" in refusal(tmp_path / "missing.zip")
    assert "is a folder" in refusal(tmp_path)


def test_a02_cut_at_any_byte(tmp_path: Path) -> None:
    whole = Archive([NOTE, OTHER]).build()
    path = tmp_path / "x.zip"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        refusal(path)
    path.write_bytes(whole)
    with ZipReader(path) as archive:
        assert list(archive.members) == ["notes/a.md", "notes/b.md"]


def test_a02_says_that_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(Archive([NOTE]).build()[:-30])
    with pytest.raises(InputError) as caught:
        ZipReader(path)
    assert caught.value.message == f"{path} is a ZIP archive whose directory cannot be read."
    assert "cut off" in caught.value.hint


@pytest.mark.parametrize("options", [{"count": 3}, {"count": 1}, {"count": 0}, {"directory_offset": 10**6}])
def test_a03_directory_that_lies(tmp_path: Path, options: dict[str, int]) -> None:
    refusal(write(tmp_path / "x.zip", NOTE, OTHER, **options))


def test_a03_damaged_directory(tmp_path: Path) -> None:
    whole = bytearray(Archive([NOTE, OTHER]).build())
    whole[whole.rindex(b"PK\x01\x02") + 1] = 0
    path = tmp_path / "x.zip"
    path.write_bytes(whole)
    assert "damaged at member 2" in refusal(path)


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "a/../../x", "..\\x", "a/..", "a/./b", "..", ".", ".. /x"),
        *("/abs", "C:\\x", "C:/x", "c:x", "\\\\server\\x", "//server/x", "~/x"),
    ],
)
def test_a05_unsafe_names(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x.zip", NOTE, Member(name, b"x"))
    assert "the name of member" in refusal(path)
    with ZipReader(path, skip_unsafe=True) as archive:
        assert list(archive.members) == [NOTE.name]
        assert [member.name for member in archive.skipped] == [name.replace("\\", "/")]
        assert [finding.code for finding in archive.problems] == ["member-unsafe"]


@pytest.mark.parametrize("name", ["a\x00b", "a\x1bb", "a\x7f", "a\nb"])
def test_a11_control_characters_are_read_as_underscores(tmp_path: Path, name: str) -> None:
    with ZipReader(write(tmp_path / "x.zip", NOTE, Member(name, b"x"))) as archive:
        renamed = name.translate(dict.fromkeys([0, 10, 27, 127], "_"))
        assert list(archive.members) == [NOTE.name, renamed]
        assert [(finding.code, finding.details) for finding in archive.problems] == [
            ("member-renamed", (("what", name),))
        ]


def test_a05_folders_never_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", Member("../up/"), Member("/"), Member("C:/"), Member("..\\up\\"), NOTE)
    with ZipReader(path) as archive:
        assert list(archive.members) == [NOTE.name]
        assert archive.problems == ()


@pytest.mark.parametrize("names", [("a.md", "a.md"), ("A.md", "a.md"), ("a/b.md", "a\\b.md"), ("é.md", "e\u0301.md")])
def test_a07_two_members_with_one_name(tmp_path: Path, names: tuple[str, str]) -> None:
    path = write(tmp_path / "x.zip", *(Member(name, name.encode()) for name in names))
    assert "ambiguous" in refusal(path)


def test_a07_the_caller_says_what_is_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", Member("straße.png", b"1"), Member("strasse.png", b"2"))
    assert "ambiguous" in refusal(path)
    with ZipReader(path, same=str.upper, duplicates="keep") as archive:
        assert len(archive.members) == 2
    with ZipReader(path, same=str.lower) as archive:
        assert len(archive.members) == 2


def test_a16_quoted_overlap(tmp_path: Path) -> None:
    """Each member's data starts with the local header of the next one (Fifield's construction)."""
    inner = Archive([Member("b", b"kernel" * 100, method=0)]).build()
    end = inner.index(b"PK\x01\x02")
    outer = Member("a", inner[:end], method=0)
    start = len(Archive([outer]).build()[: -(46 + 1 + 22)]) - end
    shared = replace(Member("b", b"kernel" * 100, method=0), hidden=True, offset=start)
    assert "overlap" in refusal(write(tmp_path / "x.zip", outer, shared))


def test_a16_one_header_for_two(tmp_path: Path) -> None:
    twin = replace(OTHER, hidden=True, offset=0)
    assert "overlap" in refusal(write(tmp_path / "x.zip", NOTE, twin))


def test_a16_member_outside(tmp_path: Path) -> None:
    assert "outside" in refusal(write(tmp_path / "x.zip", replace(NOTE, packed_size=10**6)))
    assert "outside" in refusal(write(tmp_path / "x.zip", replace(NOTE, offset=10**6)))


@pytest.mark.parametrize("flags", [ENCRYPTED, 0x41, 0x2000])
def test_a21_encrypted(tmp_path: Path, flags: int) -> None:
    assert "password-protected" in refusal(write(tmp_path / "x.zip", OTHER, replace(NOTE, flags=flags)))


def test_a26_several_disks(tmp_path: Path) -> None:
    assert "several parts" in refusal(write(tmp_path / "x.zip", NOTE, disk=1))
    assert "several parts" in refusal(write(tmp_path / "x.zip", replace(NOTE, disk=2)))
    spanned = tmp_path / "x.z01"
    spanned.write_bytes(b"PK\x07\x08" + Archive([NOTE]).build()[:50])
    assert "several parts" in refusal(spanned)


def limit(path: Path, limits: Limits) -> str:
    with pytest.raises(LimitError) as caught, ZipReader(path, limits):
        pass
    assert "--limits" in caught.value.hint
    return caught.value.message


def test_a13_depth_and_length_of_names(tmp_path: Path) -> None:
    assert "depth=100" in limit(write(tmp_path / "x.zip", Member("a/" * 101 + "b")), Limits())
    assert "name_bytes=4,096" in limit(write(tmp_path / "x.zip", Member("a" * 4097)), Limits())
    with ZipReader(write(tmp_path / "x.zip", Member("a/" * 100 + "b"))) as archive:
        assert len(archive.members) == 1


def test_a15_bombs(tmp_path: Path) -> None:
    zeros = bytes(20 * 1024**2)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = Member("zeros", zeros, packed=packer.compress(zeros) + packer.flush())
    path = write(tmp_path / "x.zip", bomb)
    assert "ratio=300" in limit(path, Limits())
    assert "member_bytes=1,000" in limit(path, Limits(member_bytes=1000))
    assert "total_bytes=30,000,000" in limit(
        write(tmp_path / "y.zip", *[bomb] * 2), Limits(total_bytes=30_000_000, ratio=10**6)
    )
    with ZipReader(path, NO_LIMITS) as archive:
        assert archive.read("zeros") == bomb.data


def test_a15_a_member_that_is_too_large_to_hold(tmp_path: Path) -> None:
    with ZipReader(write(tmp_path / "x.zip", NOTE), Limits(load_bytes=100)) as archive:
        with pytest.raises(LimitError, match="load_bytes=100"):
            archive.read("notes/a.md")
        with archive.open("notes/a.md") as stream:
            assert stream.read() == NOTE.data


def test_a18_count_of_members(tmp_path: Path) -> None:
    members = [Member(f"{number}/") for number in range(50)]
    assert "members=49" in limit(write(tmp_path / "x.zip", *members), Limits(members=49))
    lying = write(tmp_path / "x.zip", *members, count=10)
    with pytest.raises(InputError, match="damaged at member 11"):
        ZipReader(lying, Limits(members=20))


def test_a28_changed_while_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", NOTE)
    archive = ZipReader(path)
    with pytest.raises(InputError, match="changed while it was read"), archive.open("notes/a.md"):
        path.write_bytes(path.read_bytes() + b"more")
    archive.close()
    with ZipReader(path) as archive:
        replacement = write(tmp_path / "y.zip", NOTE)
        replacement.replace(path)
        with pytest.raises(InputError, match="changed while it was read"):
            archive.read("notes/a.md")
    with ZipReader(path) as archive:
        path.unlink()
        with pytest.raises(InputError, match="changed while it was read"):
            archive.check_unchanged()


def test_symlinks_are_not_judged_by_their_folder_bit(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", NOTE, Member("link", b"/etc/passwd", attributes=SYMLINK | 0x10))
    with ZipReader(path) as archive:
        assert list(archive.members) == ["notes/a.md"]
        assert [member.name for member in archive.skipped] == ["link"]
