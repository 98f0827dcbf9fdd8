"""What the writer makes is the same everywhere, and read by others."""

from __future__ import annotations

import errno
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import EnvironmentFaultError, InternalFaultError, ItemError
from converter.storage.archive import FIXED_STAMP, ZipReader, ZipWriter
from converter.storage.names import check_member

LARGE = bytes(range(256)) * 10_000


class Unseekable(io.RawIOBase):
    """A stream that only reads on, in pieces of its own size, and may fail."""

    def __init__(self, data: bytes, *, fails: bool = False) -> None:
        self._data = io.BytesIO(data)
        self._fails = fails

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._data.read(size)
        if not data and self._fails:
            raise OSError(errno.EIO, "Input/output error")
        return data


def infos(path: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.infolist()


def test_members_are_plain_files_of_a_fixed_time(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with ZipWriter(path) as archive:
        archive.add("a.md", b"text" * 100)
        archive.add("empty.md", b"")
        archive.add("ä.png", b"text" * 100, level=0)
    first, empty, stored = infos(path)
    assert {info.date_time for info in infos(path)} == {(1980, 1, 1, 0, 0, 0)}
    assert {(info.create_system, info.external_attr, info.extra) for info in infos(path)} == {(3, 0o100644 << 16, b"")}
    assert [info.compress_type for info in (first, empty, stored)] == [8, 0, 0]
    assert [info.flag_bits for info in (first, empty, stored)] == [0, 0, 0x800]
    assert [info.create_version for info in (first, empty, stored)] == [20, 20, 20]


def test_the_time_can_be_given_and_is_never_too_early(tmp_path: Path) -> None:
    for number, (stamp, expected) in enumerate(
        {(2025, 4, 18, 13, 33, 2): (2025, 4, 18, 13, 33, 2), (1970, 1, 1, 0, 0, 0): FIXED_STAMP}.items()
    ):
        path = tmp_path / f"{number}.zip"
        with ZipWriter(path, stamp=stamp) as archive:
            archive.add("a", b"x")
        with ZipReader(path) as reader:
            assert reader.members["a"].stamp == expected


@pytest.mark.parametrize("data", [b"", b"short", LARGE])
@pytest.mark.parametrize("seekable", [True, False])
def test_streams_give_the_same_members_as_bytes(tmp_path: Path, data: bytes, seekable: bool) -> None:
    with ZipWriter(tmp_path / "stream.zip") as archive:
        stream = io.BytesIO(data) if seekable else Unseekable(data)
        assert archive.add_stream("a", stream) == (len(data), hashlib.sha256(data).hexdigest())
    with ZipWriter(tmp_path / "bytes.zip") as archive:
        archive.add("a", data)
    with ZipReader(tmp_path / "stream.zip") as reader:
        assert reader.read("a") == data
    if seekable or len(data) < 1000:
        assert (tmp_path / "stream.zip").read_bytes() == (tmp_path / "bytes.zip").read_bytes()


def test_a_stream_that_was_read_half(tmp_path: Path) -> None:
    stream = io.BytesIO(b"skipped" + LARGE)
    stream.seek(7)
    with ZipWriter(tmp_path / "x.zip") as archive:
        assert archive.add_stream("a", stream, level=0)[0] == len(LARGE)
    with ZipReader(tmp_path / "x.zip") as reader:
        assert reader.read("a") == LARGE


@pytest.mark.parametrize("data", [b"", b"short", LARGE])
def test_a_stream_that_fails_leaves_no_member(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    with ZipWriter(path) as archive:
        archive.add("a", b"first")
        with pytest.raises(ItemError, match="b cannot be read: Input/output error"):
            archive.add_stream("b", Unseekable(data, fails=True))
        archive.add("b", b"second")
    with ZipReader(path) as reader:
        assert {name: reader.read(name) for name in reader.members} == {"a": b"first", "b": b"second"}
    with ZipWriter(tmp_path / "y.zip") as archive:
        archive.add("a", b"first")
        archive.add("b", b"second")
    assert path.read_bytes() == (tmp_path / "y.zip").read_bytes()


def test_a_damaged_member_of_another_archive_leaves_no_member(tmp_path: Path) -> None:
    source = tmp_path / "source.zip"
    with ZipWriter(source) as archive:
        archive.add("a", LARGE, level=0)
    data = bytearray(source.read_bytes())
    data[len(LARGE)] ^= 1
    source.write_bytes(data)
    target = ZipWriter(tmp_path / "x.zip")
    with ZipReader(source) as reader, reader.open("a") as stream, pytest.raises(ItemError, match="damaged"):
        target.add_stream("a", stream)
    target.close()
    assert infos(tmp_path / "x.zip") == []


@pytest.mark.parametrize("name", ["", "../a", "/a", "a\x00b"])
def test_unsafe_names_are_never_written(tmp_path: Path, name: str) -> None:
    with ZipWriter(tmp_path / "x.zip") as archive, pytest.raises(InternalFaultError, match="whose name"):
        archive.add(name, b"")


def test_no_name_is_written_twice(tmp_path: Path) -> None:
    with ZipWriter(tmp_path / "x.zip") as archive:
        archive.add("a", b"")
        with pytest.raises(InternalFaultError, match="twice: 'a'"):
            archive.add("a", b"")


def test_abandoning_removes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    archive = ZipWriter(path)
    with pytest.raises(InternalFaultError), archive:
        archive.add("../a", b"x")
    assert not path.exists()
    archive.abandon()
    archive.close()
    assert not path.exists()


def test_abandoning_a_complete_archive_keeps_it(tmp_path: Path) -> None:
    archive = ZipWriter(tmp_path / "x.zip")
    archive.close()
    archive.close()
    archive.abandon()
    assert infos(tmp_path / "x.zip") == []


def test_f01_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = ZipWriter(tmp_path / "x.zip")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive._zip, "writestr", full)
    with pytest.raises(
        EnvironmentFaultError, match=r"No space left on device; more bytes are needed, [0-9,]+ are free"
    ):
        archive.add("a", b"x")
    monkeypatch.undo()
    archive.abandon()
    with pytest.raises(EnvironmentFaultError, match="Cannot write"):
        ZipWriter(tmp_path / "missing" / "x.zip")


def names() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda n: not check_member(n))


def members() -> st.SearchStrategy[dict[str, bytes]]:
    usable = names().filter(lambda name: not name.endswith("/") and "\\" not in name)
    return st.dictionaries(usable, st.binary(max_size=300), max_size=6)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(members())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, content: dict[str, bytes]) -> None:
    base = tmp_path_factory.getbasetemp()

    def written(name: str) -> Iterator[bytes]:
        (base / name).unlink(missing_ok=True)
        with ZipWriter(base / name) as archive:
            for member, data in content.items():
                archive.add(member, data)
        yield (base / name).read_bytes()

    assert [*written("one.zip")] == [*written("two.zip")]
    with ZipReader(base / "one.zip", duplicates="keep") as reader:
        assert {name: reader.read(name) for name in reader.members} == content
        assert reader.problems == ()
