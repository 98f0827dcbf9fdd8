"""Targets appear whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from converter.errors import ConverterError, EnvironmentFaultError, InternalFaultError, ItemError, TargetError
from converter.storage import commit, moves, room, system
from converter.storage.commit import CommitResult, Staging, check_target

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs signals and links of POSIX")


def stage(final: Path, *, folder: bool) -> Staging:
    return Staging.for_folder(final) if folder else Staging.for_file(final)


def fill(staging: Staging, text: str, *, folder: bool) -> None:
    if folder:
        (staging.path / "notes").mkdir(parents=True)
        (staging.path / "notes" / "a.md").write_text(text)
    else:
        staging.path.write_text(text)


def make(final: Path, text: str, *, folder: bool, overwrite: bool = False, backup: bool = True) -> CommitResult:
    with stage(final, folder=folder) as staging:
        fill(staging, text, folder=folder)
        return staging.commit(overwrite, backup)


def content(final: Path) -> str:
    return (final / "notes" / "a.md").read_text() if final.is_dir() else final.read_text()


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


both = pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])


@both
def test_a_new_target(tmp_path: Path, folder: bool) -> None:
    final = tmp_path / "new" / "parents" / "out"
    assert make(final, "text", folder=folder) == CommitResult(None)
    assert content(final) == "text"
    assert names(final.parent) == ["out"]


@both
def test_nothing_is_seen_before_the_commit(tmp_path: Path, folder: bool) -> None:
    final = tmp_path / "out"
    with stage(final, folder=folder) as staging:
        fill(staging, "text", folder=folder)
        assert not final.exists()
        assert names(tmp_path) == [".out.mnemo-converter"]
    assert names(tmp_path) == []


@both
def test_failure_leaves_nothing_not_even_parents(tmp_path: Path, folder: bool) -> None:
    def half() -> None:
        with stage(tmp_path / "a" / "b" / "out", folder=folder) as staging:
            fill(staging, "half", folder=folder)
            raise ItemError("an item")

    with pytest.raises(ItemError):
        half()
    assert names(tmp_path) == []


@both
def test_f04_what_stands_there_is_refused(tmp_path: Path, folder: bool) -> None:
    final = tmp_path / "out"
    make(final, "old", folder=folder)
    with pytest.raises(TargetError, match="exists already") as caught:
        make(final, "new", folder=folder)
    assert "--overwrite-output" in caught.value.hint
    assert (content(final), names(tmp_path)) == ("old", ["out"])


@both
def test_something_empty_is_in_nobodys_way(tmp_path: Path, folder: bool) -> None:
    final = tmp_path / "out"
    final.mkdir() if folder else final.touch()
    assert make(final, "new", folder=folder) == CommitResult(None)
    assert (content(final), names(tmp_path)) == ("new", ["out"])


def refused(*_: object) -> bool:
    raise OSError(errno.EPERM, "no links here")


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refused)


def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    without_links(monkeypatch)
    monkeypatch.setattr(moves, "exchange", lambda *_: False)


def without_libc(monkeypatch: pytest.MonkeyPatch) -> None:
    without_links(monkeypatch)
    monkeypatch.setattr(system, "_libc", lambda _: None)


def with_everything(_: pytest.MonkeyPatch) -> None:
    pass


worlds = pytest.mark.parametrize("world", [with_everything, without_links, without_exchange, without_libc])


@both
@worlds
def test_overwriting_keeps_the_old_one(
    tmp_path: Path, folder: bool, world: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch)
    final = tmp_path / "out"
    make(final, "first", folder=folder)
    assert make(final, "second", folder=folder, overwrite=True).backup == tmp_path / "out.bak-1"
    assert make(final, "third", folder=folder, overwrite=True).backup == tmp_path / "out.bak-2"
    assert [content(tmp_path / name) for name in names(tmp_path)] == ["third", "first", "second"]
    assert names(tmp_path) == ["out", "out.bak-1", "out.bak-2"]


@both
@worlds
def test_overwriting_without_a_backup(
    tmp_path: Path, folder: bool, world: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch)
    final = tmp_path / "out"
    make(final, "first", folder=folder)
    assert make(final, "second", folder=folder, overwrite=True, backup=False) == CommitResult(None)
    assert (content(final), names(tmp_path)) == ("second", ["out"])


@both
@worlds
@pytest.mark.parametrize("step", ["rename", "replace", "exchange", "rename_new", "sync", "sync_folders", "carry_out"])
@pytest.mark.parametrize("number", range(3))
def test_f01_errors_while_committing_leave_the_old_target(
    tmp_path: Path,
    folder: bool,
    world: Callable[[pytest.MonkeyPatch], None],
    step: str,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A call that moves something fails at its first, second or third use, if it comes to that."""
    world(monkeypatch)
    final = tmp_path / "out"
    make(final, "old", folder=folder)
    owner: object = Path if step in ("rename", "replace") else moves if hasattr(moves, step) else commit
    monkeypatch.setattr(owner, step, failing_at(number, getattr(owner, step)))
    try:
        make(final, "new", folder=folder, overwrite=True)
    except EnvironmentFaultError:
        assert {name: content(tmp_path / name) for name in names(tmp_path)} == {"out": "old"}
    else:
        assert {name: content(tmp_path / name) for name in names(tmp_path)} == {"out": "new", "out.bak-1": "old"}


def test_f01_an_error_that_cannot_be_undone_says_where_everything_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_libc(monkeypatch)
    final = tmp_path / "out"
    make(final, "old", folder=True)
    rename = Path.rename
    moved: list[Path] = []

    def only_once(self: Path, target: Path) -> Path:
        if final in (self, target):
            moved.append(self)
            if len(moved) > 1:
                raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", only_once)
    with pytest.raises(EnvironmentFaultError, match="neither be completed nor undone") as caught:
        make(final, "new", folder=True, overwrite=True)
    new = tmp_path / ".out.mnemo-converter" / "work" / "out"
    assert str(tmp_path / "out.bak-1") in caught.value.hint
    assert str(new.parent) in caught.value.hint
    assert (content(tmp_path / "out.bak-1"), content(new)) == ("old", "new")
    monkeypatch.undo()
    with stage(final, folder=True) as staging:
        assert f"Completed the change to {final} that it had begun." in staging.leftovers
    assert (content(tmp_path / "out.bak-1"), content(final)) == ("old", "new")
    assert names(tmp_path) == ["out", "out.bak-1"]


def failing_at(number: int, function: Callable[..., object]) -> Callable[..., object]:
    uses = count()

    def call(*arguments: object) -> object:
        if next(uses) == number:
            raise OSError(errno.EIO, "Input/output error")
        return function(*arguments)

    return call


def test_f01_a_full_disk_says_how_much_is_needed(tmp_path: Path) -> None:
    def full() -> None:
        with Staging.for_file(tmp_path / "out") as staging:
            staging.path.write_bytes(bytes(1000))
            raise OSError(errno.ENOSPC, "No space left on device", str(staging.path))

    told = r"out: No space left on device; at least 1,000 bytes are needed, [0-9,]+ are free"
    with pytest.raises(EnvironmentFaultError, match=told):
        full()
    assert names(tmp_path) == []


def test_f01_room_is_looked_for_before_anything_is_written(tmp_path: Path) -> None:
    with (
        pytest.raises(EnvironmentFaultError, match="No space left"),
        Staging.for_folder(tmp_path / "out", needed=10**18),
    ):
        pass
    assert names(tmp_path) == []


def test_f01_an_error_names_its_file(tmp_path: Path) -> None:
    with (
        pytest.raises(EnvironmentFaultError, match="Cannot write /some/file: Input/output error"),
        Staging.for_file(tmp_path / "out"),
    ):
        raise OSError(errno.EIO, "Input/output error", "/some/file")


def test_committing_nothing(tmp_path: Path) -> None:
    with Staging.for_file(tmp_path / "out") as staging, pytest.raises(InternalFaultError):
        staging.commit(False, True)


def test_the_kind_of_the_target_is_checked_at_the_commit(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for name, folder in (("file", True), ("folder", False)):
        with pytest.raises(TargetError, match="is to be made there"):
            make(tmp_path / name, "new", folder=folder, overwrite=True)
    assert names(tmp_path) == ["file", "folder"]


def test_a_target_that_appears_meanwhile(tmp_path: Path) -> None:
    final = tmp_path / "out"
    with Staging.for_file(final) as staging:
        fill(staging, "new", folder=False)
        final.write_text("theirs")
        with pytest.raises(TargetError):
            staging.commit(False, True)
    assert content(final) == "theirs"
    final.unlink()
    with pytest.raises(FileExistsError):
        system.rename_new(write(tmp_path / "a"), write(tmp_path / "b"))


def test_a_target_that_appears_in_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    final = tmp_path / "out"
    monkeypatch.setattr(commit, "sync", lambda _: final.write_text("theirs"))
    monkeypatch.setattr(commit, "is_occupied", lambda _: False)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with pytest.raises(TargetError, match="appeared while the run was under way"):
        make(final, "new", folder=False)
    monkeypatch.undo()
    assert (content(final), names(tmp_path)) == ("theirs", ["out"])


def test_a_room_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run took it for a leftover in the moment before it was locked."""

    def vanished(_: Path) -> int:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(room, "try_lock", vanished)
    with pytest.raises(TargetError, match="Another run"):
        make(tmp_path / "out", "new", folder=False)


def test_a_signal_when_the_lock_has_just_been_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told is the signal, and the file that may have taken the lock's number is not closed."""
    close = os.close

    def closed(handle: int) -> None:
        close(handle)
        monkeypatch.undo()
        raise KeyboardInterrupt

    staging = stage(tmp_path / "out", folder=False)
    staging.__enter__()
    monkeypatch.setattr(room.os, "close", closed)
    with pytest.raises(KeyboardInterrupt):
        staging.__exit__(None, None, None)
    assert names(tmp_path) == []


@POSIX
def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(_: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(system, "_lock", unsupported)
    make(tmp_path / "out", "new", folder=False)
    assert names(tmp_path) == ["out"]


def write(path: Path) -> Path:
    path.write_text("x")
    return path


def test_long_names(tmp_path: Path) -> None:
    final = tmp_path / ("ä" * 120)
    make(final, "first", folder=False)
    make(final, "second", folder=False, overwrite=True)
    assert names(tmp_path) == [final.name, final.name + ".bak-1"]


@POSIX
def test_f06_two_runs_on_one_target(tmp_path: Path) -> None:
    final = tmp_path / "out"
    with Staging.for_file(final) as staging:
        fill(staging, "first", folder=False)
        with pytest.raises(TargetError, match="Another run is making the target"), Staging.for_file(final):
            pass
        with Staging.for_file(tmp_path / "other") as other:
            fill(other, "other", folder=False)
        staging.commit(False, True)
    assert (content(final), names(tmp_path)) == ("first", ["out"])


CHILD = """
import os, signal, sys
from pathlib import Path
from converter.storage import commit, moves, record, system
from converter.storage.commit import Staging

final, folder, owner, step, number, world = Path(sys.argv[1]), sys.argv[2] == "folder", *sys.argv[3:7]
if world == "plain":
    system._libc = lambda _: None
    def refuse(*_): raise OSError("no links")
    Path.hardlink_to = refuse

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

module = Path if owner == "Path" else globals()[owner]
calls, function = [0], getattr(module, step)
def call(*a, **k):
    calls[0] += 1
    if calls[0] == int(number): die()
    result = function(*a, **k)
    if calls[0] == -int(number): die()
    return result

with (Staging.for_folder if folder else Staging.for_file)(final) as staging:
    if folder: (staging.path / "notes").mkdir(parents=True)
    (staging.path / "notes" / "a.md" if folder else staging.path).write_text("new")
    setattr(module, step, call)
    staging.commit(True, True)
setattr(module, step, function)
print("done")
"""


@POSIX
@both
@pytest.mark.parametrize(
    ("owner", "step", "number", "world"),
    [
        ("commit", "sync", 1, "full"),
        ("commit", "sync", -1, "full"),
        ("record", "sync_folder", 1, "full"),
        ("record", "sync_folder", -1, "full"),
        ("moves", "sync_folders", 1, "full"),
        ("moves", "sync_folders", -1, "full"),
        ("moves", "rename_new", -1, "full"),
        ("moves", "exchange", -1, "full"),
        ("Path", "replace", -1, "full"),
        ("Path", "replace", -2, "full"),
        ("Path", "rename", 2, "plain"),
        ("Path", "rename", -2, "plain"),
        ("Path", "rename", -3, "plain"),
    ],
)
def test_f03_killed_while_committing(
    tmp_path: Path, folder: bool, owner: str, step: str, number: int, world: str
) -> None:
    final = tmp_path / "out"
    make(final, "old", folder=folder)
    kind = "folder" if folder else "file"
    command = [sys.executable, "-c", CHILD, str(final), kind, owner, step, str(number), world]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.stderr == ""
    if done.stdout:
        assert not folder or owner == "Path"
        return
    assert done.returncode == -signal.SIGKILL
    if world == "full":
        assert content(final) in ("old", "new")
    with stage(final, folder=folder) as staging:
        kept = {content(path) for path in tmp_path.iterdir() if path.name.startswith("out.bak")}
        assert staging.leftovers
        assert f"Removed {tmp_path / '.out.mnemo-converter'}" in staging.leftovers[0]
        text = content(final)
        assert text in ("old", "new")
        assert text == "old" or "old" in kept
        fill(staging, "newest", folder=folder)
        staging.commit(True, False)
    assert content(final) == "newest"
    assert [name for name in names(tmp_path) if name.startswith(".")] == []


@POSIX
def test_f03_killed_while_writing(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom converter.storage.commit import Staging\n"
        "with Staging.for_file(Path(sys.argv[1])) as staging:\n"
        "    staging.path.write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    assert subprocess.run(command, check=False, cwd=Path(__file__).parents[2]).returncode == -signal.SIGKILL
    assert names(tmp_path) == [".out.mnemo-converter"]
    make(tmp_path / "out", "whole", folder=False)
    assert (content(tmp_path / "out"), names(tmp_path)) == ("whole", ["out"])


def test_f03_a_room_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    room = tmp_path / ".out.mnemo-converter"
    room.mkdir()
    (room / "diary.md").write_text("mine")
    with pytest.raises(TargetError, match="not of mnemo-converter"):
        make(tmp_path / "out", "new", folder=False)
    assert (room / "diary.md").read_text() == "mine"


def check(source: Path, final: Path, **options: bool) -> str:
    try:
        check_target(source, final, options.pop("overwrite", True), **options)
    except TargetError as error:
        return error.message
    return ""


def test_f04_targets_that_cannot_be_meant(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / "notes").mkdir(parents=True)
    note = write(vault / "notes" / "a.md")
    assert "is the source itself" in check(vault, vault)
    assert "is the source itself" in check(note, note)
    assert "is the source itself" in check(vault, vault / "notes" / "..")
    assert "lies inside the source" in check(vault, vault / "out")
    assert "lies inside the source" in check(vault, vault / "x" / "y" / "out")
    assert "lies inside the target" in check(vault / "notes", vault)
    assert "lies inside the target" in check(note, tmp_path)
    assert "is not a folder" in check(vault, write(tmp_path / "file") / "out")
    assert "is a file, and a folder" in check(vault, tmp_path / "file", folder=True)
    assert "is a folder, and a file" in check(note, tmp_path, folder=False)
    assert "exists already" in check(vault, tmp_path / "file", overwrite=False)
    assert check(vault, tmp_path / "file") == ""
    assert check(vault, tmp_path / "file", folder=False) == ""
    assert check(vault, tmp_path / "new" / "parents" / "out", overwrite=False, folder=True) == ""
    assert check(vault, tmp_path / "vault2", overwrite=False) == ""
    assert check(tmp_path / "missing", tmp_path / "out", overwrite=False) == ""


@POSIX
def test_f04_links_and_devices(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (tmp_path / "link").symlink_to(vault)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    source = write(tmp_path / "x.mnemo")
    assert "is a link" in check(source, tmp_path / "link")
    assert "is a link" in check(source, tmp_path / "dangling", overwrite=False)
    assert "neither a file nor a folder" in check(source, tmp_path / "pipe")
    assert "lies inside the source" in check(vault, tmp_path / "link" / "out")
    os.link(source, tmp_path / "same.mnemo")
    assert "is the source itself" in check(source, tmp_path / "same.mnemo")


def test_only_errors_of_ours(tmp_path: Path) -> None:
    write(tmp_path / "file")
    with pytest.raises(ConverterError), Staging.for_file(tmp_path / "file" / "out"):
        pass
