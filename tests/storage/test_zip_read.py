"""Archives that are odd and are read all the same."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import InputError, ItemError, LimitError
from converter.findings.finding import Finding, Location
from converter.storage.archive import ZipReader
from converter.storage.limits import NO_LIMITS, Limits
from tests.storage.forge import Archive, Member, write
from tests.support import shared

NOTE = Member("notes/a.md", b"text of a note\n" * 20)
OTHER = Member("notes/b.md", b"text of another note\n" * 20)


def details(archive: ZipReader) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    return [(f.code, f.location.member if f.location else "", f.details) for f in archive.problems]


def test_members_in_archive_order_with_sizes_and_times(tmp_path: Path) -> None:
    stamped = replace(OTHER, date=0x5A92, time=0x6C21)
    with ZipReader(write(tmp_path / "x.zip", stamped, Member("notes/"), NOTE)) as archive:
        assert list(archive.members) == ["notes/b.md", "notes/a.md"]
        member = archive.members["notes/b.md"]
        assert (member.size, member.compressed) == (len(OTHER.data), len(OTHER.content))
        assert (member.stamp, member.method) == ((2025, 4, 18, 13, 33, 2), "deflate")
        assert archive.read("notes/b.md") == OTHER.data
        assert archive.problems == ()


def test_an_empty_archive(tmp_path: Path) -> None:
    with ZipReader(write(tmp_path / "x.zip")) as archive:
        assert dict(archive.members) == {}
        assert archive.problems == ()


def test_two_members_read_at_a_time(tmp_path: Path) -> None:
    members = [Member(f"{number}", hashlib.shake_128(bytes([number])).digest(100_000)) for number in range(2)]
    with (
        ZipReader(write(tmp_path / "x.zip", *members)) as archive,
        archive.open("0") as first,
        archive.open("1") as second,
    ):
        pieces = [(first.read(7001), second.read(7001)) for _ in range(15)]
    assert b"".join(piece[0] for piece in pieces) == members[0].data
    assert b"".join(piece[1] for piece in pieces) == members[1].data


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"before": b"#!/bin/sh\n"}, ("in front of", "10")),
        ({"before": b"#!/bin/sh\n", "adjusted": False}, ("in front of", "10")),
        ({"after": b"junk"}, ("after", "4")),
        ({"after": b"PK\x05\x06" + b"\xff" * 30}, ("after", "34")),
    ],
)
def test_a04_junk_around(tmp_path: Path, options: dict[str, object], where: tuple[str, str]) -> None:
    with ZipReader(write(tmp_path / "x.zip", NOTE, **options)) as archive:
        assert archive.read("notes/a.md") == NOTE.data
        expected = (("where", where[0]), ("bytes", where[1]))
        assert archive.problems == (Finding(code="package-has-junk", details=expected),)


@pytest.mark.parametrize("adjusted", [True, False])
def test_a04_two_archives(tmp_path: Path, adjusted: bool) -> None:
    first = Archive([NOTE]).build()
    path = write(tmp_path / "x.zip", OTHER, before=first, adjusted=adjusted)
    with ZipReader(path) as archive:
        assert list(archive.members) == ["notes/b.md"]
        assert archive.read("notes/b.md") == OTHER.data
        assert [finding.code for finding in archive.problems] == ["package-has-junk"]


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        (0o120777, "a symbolic link"),
        (0o020644, "a device"),
        (0o060644, "a device"),
        (0o010644, "a named pipe"),
        (0o140644, "a socket"),
    ],
)
def test_a06_links_and_devices(tmp_path: Path, mode: int, what: str) -> None:
    path = write(tmp_path / "x.zip", NOTE, Member("odd", b"target", attributes=mode << 16))
    with ZipReader(path) as archive:
        assert list(archive.members) == ["notes/a.md"]
        assert [(member.name, member.size, member.unreadable) for member in archive.skipped] == [("odd", 6, what)]
        location = Location(member="odd")
        expected = Finding(code="member-skipped", item="assets/odd", location=location, details=(("what", what),))
        assert archive.problems == (expected,)


def test_a06_a_folder_with_content_is_told(tmp_path: Path) -> None:
    with ZipReader(write(tmp_path / "x.zip", Member("folder/", b"hidden"), NOTE)) as archive:
        assert list(archive.members) == ["notes/a.md"]
        assert details(archive) == [("member-skipped", "folder/", (("what", "a folder with content"),))]


def test_a07_duplicates_are_kept_on_demand(tmp_path: Path) -> None:
    members = [
        Member("a.md", b"1"),
        Member("a.md", b"2"),
        Member("A.md", b"3"),
        Member("a 2.md", b"4"),
        Member("a.md", b"5"),
    ]
    with ZipReader(write(tmp_path / "x.zip", *members), duplicates="keep") as archive:
        contents = {name: archive.read(name) for name in archive.members}
        assert contents == {"a.md": b"1", "a 2.md": b"2", "A.md": b"3", "a 2 2.md": b"4", "a 3.md": b"5"}
        assert details(archive) == [
            ("member-duplicate", "a 2.md", (("what", "a.md"),)),
            ("member-duplicate", "a 2 2.md", (("what", "a 2.md"),)),
            ("member-duplicate", "a 3.md", (("what", "a.md"),)),
        ]


def test_a07_many_duplicates_take_linear_time(tmp_path: Path) -> None:
    members = [Member("a.md", method=0)] * 20_000
    with ZipReader(write(tmp_path / "x.zip", *members), duplicates="keep") as archive:
        assert len(archive.members) == 20_000
        assert "a 20000.md" in archive.members


@pytest.mark.parametrize("name", ["foo../bar", ".../x", "a..b", "aux.md", "ab:c", "Q: what.md", "x" * 300, "~notes/x"])
def test_a12_odd_names_are_no_danger(tmp_path: Path, name: str) -> None:
    with ZipReader(write(tmp_path / "x.zip", Member(name, b"x"))) as archive:
        assert archive.read(name) == b"x"


def test_a14_names_in_other_encodings(tmp_path: Path) -> None:
    old = "Größe.md".encode("cp437")
    path = write(tmp_path / "x.zip", Member(old, b"x"), Member("ö".encode(), b"y"))
    with ZipReader(path) as archive:
        assert list(archive.members) == ["Größe.md", "ö"]
        assert details(archive) == [("member-name-guessed", "Größe.md", (("encoding", "cp437"),))]
    kanji = "表.md".encode("shift_jis")
    with ZipReader(write(tmp_path / "x.zip", Member(kanji, b"x")), encoding="shift_jis") as archive:
        assert (list(archive.members), archive.problems) == (["表.md"], ())


def test_a14_invalid_utf8_with_the_flag(tmp_path: Path) -> None:
    with ZipReader(write(tmp_path / "x.zip", Member(b"\xe9t\xe9.md", b"x", flags=0x800))) as archive:
        assert [finding.code for finding in archive.problems] == ["member-name-guessed"]
        assert [archive.read(name) for name in archive.members] == [b"x"]


def test_a14_unicode_path_field(tmp_path: Path) -> None:
    raw = b"\x84.md"

    def named(check: bytes) -> list[str]:
        field = b"\x01" + struct.pack("<L", zlib.crc32(check)) + "ä.md".encode()
        extra = struct.pack("<HH", 0x7075, len(field)) + field
        with ZipReader(write(tmp_path / "x.zip", Member(raw, b"x", extra=extra))) as archive:
            return [*archive.members, *(finding.code for finding in archive.problems)]

    assert named(raw) == ["ä.md"]
    assert named(b"another name") == ["ä.md", "member-name-guessed"]


def test_a19_size_smaller_than_the_data(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", replace(NOTE, size=5), replace(OTHER, size=5, crc=zlib.crc32(OTHER.data[:5])))
    with ZipReader(path) as archive:
        with pytest.raises(ItemError, match="CRC"):
            archive.read("notes/a.md")
        assert archive.read("notes/b.md") == OTHER.data[:5]


def test_a19_size_larger_than_the_data(tmp_path: Path) -> None:
    with ZipReader(write(tmp_path / "x.zip", replace(NOTE, size=len(NOTE.data) + 1))) as archive:
        with pytest.raises(ItemError, match=r"it holds 300 bytes, declared are 301"):
            archive.read("notes/a.md")
        with archive.open("notes/a.md") as stream, pytest.raises(ItemError, match="declared are 301"):
            list(iter(lambda: stream.read(64), b""))


@pytest.mark.parametrize(
    "broken",
    [
        replace(NOTE, crc=1),
        replace(NOTE, packed=NOTE.content[:-4]),
        replace(NOTE, packed=b"\xff" * 40),
        replace(NOTE, method=14),
        replace(NOTE, method=12),
        replace(NOTE, local_magic=b"XXXX"),
        replace(NOTE, method=0, data=b"", size=10, packed=b""),
    ],
)
def test_a20_damaged_data_fails_the_member_only(tmp_path: Path, broken: Member) -> None:
    with ZipReader(write(tmp_path / "x.zip", broken, OTHER)) as archive:
        with pytest.raises(ItemError, match=r"^Member 'notes/a\.md': "):
            archive.read("notes/a.md")
        assert archive.read("notes/b.md") == OTHER.data


def test_lines_of_a_member(tmp_path: Path) -> None:
    lines = [b"first\n", b"x" * 20_000 + b"\n", b"\n", b"no end"]
    with ZipReader(write(tmp_path / "x.zip", replace(NOTE, data=b"".join(lines)))) as archive:
        with archive.open("notes/a.md") as stream:
            assert list(stream) == lines
        with archive.open("notes/a.md") as stream:
            assert [stream.readline(4), stream.read(3), stream.readline(3)] == [b"firs", b"t\nx", b"xxx"]


@pytest.mark.parametrize("broken", [replace(NOTE, crc=1), replace(NOTE, size=len(NOTE.data) + 1)])
def test_a20_damaged_data_fails_line_by_line(tmp_path: Path, broken: Member) -> None:
    with (
        ZipReader(write(tmp_path / "x.zip", broken)) as archive,
        archive.open("notes/a.md") as stream,
        pytest.raises(ItemError, match=r"^Member 'notes/a\.md': "),
    ):
        list(stream)


def test_a20_data_that_runs_into_the_directory(tmp_path: Path) -> None:
    stored = replace(NOTE, method=0, local_extra=b"", packed_size=len(NOTE.data) + 10)
    with ZipReader(write(tmp_path / "x.zip", stored)) as archive, pytest.raises(ItemError, match="runs into"):
        archive.read("notes/a.md")


def test_a_member_that_is_not_there(tmp_path: Path) -> None:
    with ZipReader(write(tmp_path / "x.zip", NOTE)) as archive, pytest.raises(ItemError, match="has no member"):
        archive.read("notes/A.md")


@pytest.mark.parametrize(
    ("method", "name"), [(9, "deflate64"), (93, "zstd"), (95, "xz"), (98, "ppmd"), (77, "unknown (number 77)")]
)
def test_a22_unknown_methods(tmp_path: Path, method: int, name: str) -> None:
    with ZipReader(write(tmp_path / "x.zip", NOTE, replace(OTHER, method=method))) as archive:
        why = f"the compression method {name} is not supported"
        assert archive.members["notes/b.md"].unreadable == why
        assert details(archive) == [("member-damaged", "notes/b.md", (("what", why),))]
        assert archive.read("notes/a.md") == NOTE.data
        with pytest.raises(ItemError, match="is not supported"):
            archive.read("notes/b.md")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a22_known_methods(tmp_path: Path, method: int) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.md", NOTE.data)
    with ZipReader(path) as reader:
        assert reader.read("a.md") == NOTE.data


def test_a23_more_than_65535_members(tmp_path: Path) -> None:
    members = [Member(f"{number}", method=0) for number in range(66_000)]
    with ZipReader(write(tmp_path / "x.zip", *members, zip64=True)) as archive:
        assert len(archive.members) == 66_000
        assert archive.read("65999") == b""


def test_a23_wide_end_records_that_lie(tmp_path: Path) -> None:
    """The wide record is also found right before its locator; without it the narrow one counts, and leads nowhere."""
    whole = bytearray(Archive([NOTE], zip64=True).build())
    path = tmp_path / "x.zip"
    at = whole.index(b"PK\x06\x07")
    whole[at + 8 : at + 16] = struct.pack("<Q", 3)
    path.write_bytes(b"junk" + whole)
    with ZipReader(path) as archive:
        assert archive.read("notes/a.md") == NOTE.data
    for magic in (b"PK\x06\x06", b"PK\x06\x07"):
        path.write_bytes(whole.replace(magic, b"XXXX"))
        with pytest.raises(InputError, match="directory cannot be read"):
            ZipReader(path)
    whole[at + 16 : at + 20] = struct.pack("<L", 2)
    path.write_bytes(whole)
    with pytest.raises(InputError, match="several parts"):
        ZipReader(path)


def test_a23_sizes_above_4_gb(tmp_path: Path) -> None:
    """A sparse file: 4 GB of nothing, and a note after it."""
    size = 2**32 + 5
    wide = struct.pack("<HHQQ", 1, 16, size, size)
    large = Member("large", b"", method=0, size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=wide)
    head = Archive([large]).build()
    start = 30 + len("large") + size
    note = replace(NOTE, offset=0xFFFFFFFF, extra=struct.pack("<HHQ", 1, 8, start))
    tail = Archive([replace(large, hidden=True, offset=0), note], zip64=True, directory_offset=0).build()
    local = tail.index(b"PK\x01\x02")
    directory = tail[local : tail.index(b"PK\x06\x06")]
    place = start + local
    end = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, len(directory), place)
    end += struct.pack("<4sLQL", b"PK\x06\x07", 0, place + len(directory), 1)
    end += struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path = tmp_path / "x.zip"
    with path.open("wb") as file:
        file.write(head[: 30 + len("large")])
        file.seek(start)
        file.write(tail[:local] + directory + end)
    with ZipReader(path) as archive:
        assert {name: member.size for name, member in archive.members.items()} == {"large": size, "notes/a.md": 300}
        assert archive.read("notes/a.md") == NOTE.data
        with archive.open("large") as stream:
            assert stream.read(1000) == bytes(1000)


def test_a24_descriptors_extra_fields_and_comments(tmp_path: Path) -> None:
    members = [
        replace(NOTE, flags=8),
        replace(OTHER, extra=b"\x99\x99\xff\xff", local_extra=b"\x01"),
        Member("c", b"x", extra=struct.pack("<HH", 0x5455, 0)),
    ]
    path = write(tmp_path / "x.zip", *members, comment=b"\x1b[31mred PK\x05\x06" + b"\0" * 18)
    with ZipReader(path) as archive:
        assert [archive.read(name) for name in archive.members] == [NOTE.data, OTHER.data, b"x"]
        assert archive.problems == ()


@pytest.mark.parametrize(
    ("date", "time", "stamp"),
    [
        (0, 0, None),
        (0x21, 0, (1980, 1, 1, 0, 0, 0)),
        (127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29, (2107, 12, 31, 23, 59, 58)),
        (1 << 9 | 2 << 5 | 29, 0, None),
        (4 << 9 | 2 << 5 | 29, 0, (1984, 2, 29, 0, 0, 0)),
        (120 << 9 | 2 << 5 | 29, 0, None),
        (1 << 9 | 13 << 5 | 1, 0, None),
        (0x21, 24 << 11, None),
        (0x21, 60 << 5, None),
        (0x21, 31, None),
    ],
)
def test_a25_times(tmp_path: Path, date: int, time: int, stamp: tuple[int, ...] | None) -> None:
    with ZipReader(write(tmp_path / "x.zip", replace(NOTE, date=date, time=time))) as archive:
        assert archive.members["notes/a.md"].stamp == stamp


def test_names_of_the_local_headers_do_not_matter(tmp_path: Path) -> None:
    whole = Archive([NOTE]).build().replace(b"notes/a.md", b"xxxxx/x.xx", 1)
    path = tmp_path / "x.zip"
    path.write_bytes(whole)
    with ZipReader(path) as archive:
        assert archive.read("notes/a.md") == NOTE.data


WHOLE = Archive([NOTE, replace(OTHER, method=0), Member("c/ä.md", b"x")], comment=b"comment").build()


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_nothing_but_our_errors(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, byte in changes:
        data[at] = byte
    path = tmp_path_factory.getbasetemp() / "mutated.zip"
    path.write_bytes(data)
    with suppress(InputError, LimitError), ZipReader(path, Limits(), duplicates="keep", skip_unsafe=True) as archive:
        for name in archive.members:
            with suppress(ItemError):
                assert len(archive.read(name)) == archive.members[name].size


def test_real_packages_are_read() -> None:
    """Every package that the application made is read in full."""
    packages = sorted((shared() / "data" / "mnemo" / "packages" / "exports" / "files").glob("*.mnemo"))
    assert packages
    for path in packages:
        with ZipReader(path, NO_LIMITS) as archive:
            for name, member in archive.members.items():
                assert len(archive.read(name)) == member.size
            assert archive.problems == ()


def test_closing_twice(tmp_path: Path) -> None:
    archive = ZipReader(write(tmp_path / "x.zip", NOTE))
    archive.close()
    archive.close()
    with pytest.raises((InputError, ValueError, OSError)):
        archive.read("notes/a.md")
