"""Folder trees with everything that a file system can hold."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from converter.errors import InputError, ItemError, LimitError
from converter.storage import system, tree
from converter.storage.limits import DEFAULT_LIMITS, Limits
from converter.storage.tree import Entry, open_below, read_file, walk

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs the file types of POSIX")


def no_junk(_rel: str, _folder: bool) -> bool:
    return False


def kinds(root: Path, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, str]]:
    return [(entry.rel, entry.kind) for entry in walk(root, limits, junk=no_junk)]


def test_order_and_facts(tmp_path: Path) -> None:
    for rel in ("b/2.md", "b/1.md", "a b.md", "a/z.md", "B.md", "é.md", "a/empty/"):
        path = tmp_path / rel
        path.parent.mkdir(exist_ok=True)
        if rel.endswith("/"):
            path.mkdir()
        else:
            path.write_text(rel)
            os.utime(path, ns=(1_000_000_007, 1_000_000_007))
    entries = list(walk(tmp_path, DEFAULT_LIMITS, junk=no_junk))
    assert [entry.rel for entry in entries] == [
        "B.md", "a", "a/empty", "a/z.md", "a b.md", "b", "b/1.md", "b/2.md", "é.md",
    ]  # fmt: skip
    assert entries[0] == Entry("B.md", "file", 4, 1_000_000_007)
    assert [entry.kind for entry in entries[1:4]] == ["folder", "folder", "file"]


def test_d20_junk_is_one_unit(tmp_path: Path) -> None:
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("x")
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / "a.md").write_text("x")
    asked: list[tuple[str, bool]] = []

    def junk(rel: str, folder: bool) -> bool:
        asked.append((rel, folder))
        return rel.startswith(".")

    found = [(entry.rel, entry.kind) for entry in walk(tmp_path, DEFAULT_LIMITS, junk=junk)]
    assert found == [(".DS_Store", "junk"), (".git", "junk"), ("a.md", "file")]
    assert asked == [(".DS_Store", False), (".git", True), ("a.md", False)]


@POSIX
def test_d19_links_are_told_and_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    root.mkdir()
    (tmp_path / "secret.md").write_text("secret")
    (root / "out").symlink_to(tmp_path)
    (root / "loop").symlink_to(root)
    (root / "file.md").symlink_to(tmp_path / "secret.md")
    (root / "dangling").symlink_to("nowhere")
    assert kinds(root) == [(name, "symlink") for name in ("dangling", "file.md", "loop", "out")]
    for rel in ("file.md", "out/secret.md", "loop/file.md"):
        with pytest.raises(ItemError, match="through a link"):
            open_below(root, rel)


def test_d19_nothing_outside_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "vault").mkdir()
    for rel in ("../secret.md", str(tmp_path / "secret.md"), "..\\secret.md", "C:/secret.md", "", "a/../../secret.md"):
        with pytest.raises(ItemError, match="is refused"):
            open_below(tmp_path / "vault", rel)


@POSIX
def test_d23_pipes_and_sockets_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.md")
        assert kinds(tmp_path) == [("pipe.md", "special"), ("socket.md", "special")]
        with pytest.raises(ItemError, match="is not a file"):
            open_below(tmp_path, "pipe.md")
        with pytest.raises(ItemError, match="is not a file"):
            read_file(tmp_path / "pipe.md")
        with pytest.raises(OSError, match="No such device"):
            open_below(tmp_path, "socket.md")


def test_d23_unreadable_and_vanishing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "gone.md").write_text("x")
    (tmp_path / "a.md").write_text("x")
    scandir = os.scandir

    def closed(path: str | os.PathLike[str]) -> object:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = walk(tmp_path, DEFAULT_LIMITS, junk=no_junk)
    assert next(found) == Entry("a.md", "file", 1, (tmp_path / "a.md").stat().st_mtime_ns)
    (tmp_path / "gone.md").unlink()
    assert list(found) == [
        Entry("closed", "unreadable", reason="Permission denied"),
        Entry("gone.md", "unreadable", reason="No such file or directory"),
    ]
    with pytest.raises(FileNotFoundError):
        open_below(tmp_path, "gone.md")
    with pytest.raises(ItemError, match=r"gone\.md cannot be read: No such file"):
        read_file(tmp_path / "gone.md")


def test_a_root_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("missing", "file"):
        with pytest.raises(InputError, match="cannot be read"):
            kinds(tmp_path / name)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes as names")
def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    os.mkdir(root + b"/d\xe9")  # noqa: PTH102  a Path cannot hold it
    for name, text in ((b"a\xff.md", b"1"), (b"a\xfe.md", b"2"), (b"d\xe9/b.md", b"3"), ("\uef80.md".encode(), b"4")):
        with open(root + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(text)
    entries = {entry.rel: entry for entry in walk(tmp_path, DEFAULT_LIMITS, junk=no_junk)}
    assert set(entries) == {"a\uefff.md", "a\ueffe.md", "d\uefe9", "d\uefe9/b.md", "\uef80.md"}
    assert entries["a\uefff.md"].reason == "its name is not UTF-8"
    assert entries["\uef80.md"].reason == ""
    contents = {}
    for rel, entry in entries.items():
        rel.encode()
        if entry.kind == "file":
            with open_below(tmp_path, rel) as file:
                contents[rel] = file.read()
    assert contents == {"a\uefff.md": b"1", "a\ueffe.md": b"2", "d\uefe9/b.md": b"3", "\uef80.md": b"4"}


def test_a13_d22_limits(tmp_path: Path) -> None:
    (tmp_path / "1" / "2" / "3").mkdir(parents=True)
    (tmp_path / "file").write_bytes(bytes(10))
    assert len(kinds(tmp_path, Limits(depth=3, files=4, file_bytes=10, name_bytes=5))) == 4
    for limits in (Limits(depth=2), Limits(files=3), Limits(file_bytes=9), Limits(name_bytes=4)):
        with pytest.raises(LimitError):
            kinds(tmp_path, limits)
    assert read_file(tmp_path / "file", Limits(load_bytes=10)) == bytes(10)
    with pytest.raises(LimitError, match="load_bytes=9"):
        read_file(tmp_path / "file", Limits(load_bytes=9))


def test_a_deep_tree_needs_no_recursion(tmp_path: Path) -> None:
    depth = 1200
    here = os.getcwd()  # noqa: PTH109
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
    finally:
        os.chdir(here)
    found = kinds(tmp_path, Limits(depth=2000))
    assert len(found) == depth
    with pytest.raises(LimitError, match="depth=100"):
        kinds(tmp_path)
    system.sync(tmp_path)
    system.remove(tmp_path / "d")
    assert list(tmp_path.iterdir()) == []


def test_syncing_without_a_call_for_a_whole_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_libc", lambda _: None)
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_text("x")
    system.sync(tmp_path)
    expected = [path.stat().st_ino for path in (tmp_path, *tmp_path.rglob("*"))]
    assert sorted(synced) == sorted(expected)


def test_reading_without_handles_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of systems that cannot open a file below an open folder."""
    monkeypatch.setattr(tree, "_BY_HANDLE", False)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.md").write_text("x")
    with open_below(tmp_path, "a/b.md") as file:
        assert file.read() == b"x"
    with pytest.raises(FileNotFoundError):
        open_below(tmp_path, "a/c.md")
    if os.name != "nt":
        (tmp_path / "link").symlink_to("a")
        with pytest.raises(ItemError, match="through a link"):
            open_below(tmp_path, "link/b.md")


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises((ItemError, OSError)):
        open_below(tmp_path, "a/b.md")
    with pytest.raises((ItemError, OSError)):
        open_below(tmp_path, "folder")


@POSIX
def test_a_signal_when_a_folder_on_the_way_has_just_been_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal is what ends the reading, and no handle is closed twice."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.md").write_text("x")
    close = os.close

    def closed(handle: int) -> None:
        close(handle)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "close", closed)
    with pytest.raises(KeyboardInterrupt):
        open_below(tmp_path, "a/b/c.md")
