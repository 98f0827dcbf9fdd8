"""Changes to a folder that exists come whole or not at all, and destroy nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from converter.errors import EnvironmentFaultError, InternalFaultError, TargetError
from converter.storage import moves, system
from converter.storage.backups import backups
from converter.storage.commit import CommitResult, Staging
from converter.storage.journal import Journal, Move, write_journal
from converter.storage.record import Fingerprint, fingerprint, write_record
from converter.storage.room import check_settled, room_of, settle
from converter.storage.update import TreeUpdate
from tests.cli.runner import invoke

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs signals and links of POSIX")
OLD = {"a.md": "a", "sub/b.md": "b", "sub/c.md": "c"}
STAGED = {"a.md": "new a", "sub/b.md": "b", "sub/new.md": "new", "fresh/deep/d.md": "d"}
NEW = OLD | STAGED


def fill(root: Path, files: dict[str, str]) -> Path:
    for rel, text in files.items():
        (root / rel).parent.mkdir(parents=True, exist_ok=True)
        (root / rel).write_text(text)
    return root


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def folders(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir())


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def change(final: Path, files: dict[str, str], *, backup: bool = True) -> CommitResult:
    with TreeUpdate(final) as update:
        fill(update.path, files)
        return update.commit(backup)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return fill(tmp_path / "vault", OLD)


def test_what_is_staged_stands_there_and_what_it_replaced_is_kept(vault: Path) -> None:
    done = change(vault, STAGED)
    assert done.backup == vault.with_name("vault.bak-1")
    assert texts(vault) == NEW
    assert texts(vault.with_name("vault.bak-1")) == {"a.md": "a"}
    assert change(vault, {"sub/c.md": "C"}).backup == vault.with_name("vault.bak-2")
    assert backups(vault) == (vault.with_name("vault.bak-1"), vault.with_name("vault.bak-2"))
    assert names(vault.parent) == ["vault", "vault.bak-1", "vault.bak-2"]


def test_restoring_is_copying_a_backup_over_the_folder(vault: Path) -> None:
    change(vault, {"a.md": "1", "sub/c.md": "2"})
    change(vault, texts(vault.with_name("vault.bak-1")))
    assert texts(vault) == OLD


def test_without_backup_nothing_stays_beside(vault: Path) -> None:
    assert change(vault, STAGED, backup=False) == CommitResult(None)
    assert texts(vault) == NEW
    assert names(vault.parent) == ["vault"]


def test_only_new_files_need_no_backup(vault: Path) -> None:
    assert change(vault, {"fresh/n.md": "n"}) == CommitResult(None)
    assert names(vault.parent) == ["vault"]


def times(root: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in (root, *root.rglob("*"))}


@pytest.mark.parametrize("staged", [{}, OLD, {"sub/b.md": "b"}])
def test_nothing_new_changes_nothing(vault: Path, staged: dict[str, str]) -> None:
    before = times(vault)
    assert change(vault, staged) == CommitResult(None)
    assert times(vault) == before
    assert names(vault.parent) == ["vault"]


def test_equal_files_are_left_alone(vault: Path) -> None:
    before = (vault / "sub" / "b.md").stat()
    change(vault, STAGED)
    after = (vault / "sub" / "b.md").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_empty_folders_are_made(vault: Path) -> None:
    with TreeUpdate(vault) as update:
        (update.path / "empty" / "inner").mkdir(parents=True)
        update.commit(True)
    assert folders(vault) == ["empty", "empty/inner", "sub"]


@POSIX
def test_a_replaced_file_keeps_its_permissions(vault: Path) -> None:
    (vault / "a.md").chmod(0o640)
    change(vault, STAGED)
    assert (vault / "a.md").stat().st_mode & 0o777 == 0o640


def test_without_a_commit_nothing_happens(vault: Path) -> None:
    with TreeUpdate(vault) as update:
        fill(update.path, STAGED)
        assert texts(vault) == OLD
    assert texts(vault) == OLD
    assert names(vault.parent) == ["vault"]


@pytest.mark.parametrize("staged", [{"sub": "a file"}, {"a.md/x.md": "below a file"}])
def test_a_file_and_a_folder_of_one_name(vault: Path, staged: dict[str, str]) -> None:
    with pytest.raises(TargetError, match="is in the way"):
        change(vault, {"fresh.md": "f"} | staged)
    assert (texts(vault), names(vault.parent)) == (OLD, ["vault"])


@POSIX
def test_f04_links_in_the_way_are_not_followed(vault: Path, tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", {"x.md": "x"})
    (vault / "link").symlink_to(outside)
    (vault / "link.md").symlink_to(outside / "x.md")
    (vault / "dangling.md").symlink_to("nowhere")
    os.mkfifo(vault / "pipe")
    for rel in ("link/y.md", "link/x.md", "link.md", "dangling.md", "pipe"):
        with pytest.raises(TargetError, match="is in the way"):
            change(vault, {"fresh.md": "f", rel: "evil"})
    assert texts(outside) == {"x.md": "x"}
    assert not (vault / "fresh.md").exists()
    with TreeUpdate(vault) as update:
        (update.path / "staged").symlink_to(outside)
        with pytest.raises(InternalFaultError, match="no file"):
            update.commit(True)


def test_a_target_that_is_named_by_dots(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(vault / "sub")
    with TreeUpdate(Path("..")) as update, pytest.raises(TargetError, match="Another run"), TreeUpdate(vault):
        pass
    assert update.final == vault
    assert change(Path(".."), {"a.md": "new"}).backup == vault.with_name("vault.bak-1")
    assert names(vault.parent) == ["vault", "vault.bak-1"]


@POSIX
def test_f04_targets_that_are_no_folders(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(vault)
    (tmp_path / "file").write_text("x")
    for name in ("link", "file", "missing"):
        with pytest.raises(TargetError):
            change(tmp_path / name, STAGED)
    change(vault, STAGED)
    vault.rename(vault.with_name("moved"))
    with pytest.raises(TargetError, match="There is no folder") as caught:
        change(vault, STAGED)
    assert caught.value.hint == f"Its newest backup is {vault}.bak-1 (1 in all)."
    vault.with_name("moved").rename(vault)
    with pytest.raises(TargetError, match="cannot be a target"):
        TreeUpdate(Path("/"))
    assert texts(vault) == NEW


def test_f07_a_target_that_changed_is_refused(vault: Path) -> None:
    def changed() -> None:
        raise TargetError("The target changed.")

    with TreeUpdate(vault) as update:
        fill(update.path, STAGED)
        with pytest.raises(TargetError, match="changed"):
            update.commit(True, changed)
    assert (texts(vault), names(vault.parent)) == (OLD, ["vault"])


@pytest.mark.parametrize("rel", ["a.md", "sub/new.md", "sub/new2.md"])
def test_f07_a_file_that_changes_in_the_last_moment(vault: Path, rel: str) -> None:
    """Between the comparison and the moves somebody writes to a place."""
    with TreeUpdate(vault) as update:
        fill(update.path, STAGED | {"sub/new2.md": "2"})

        def written() -> None:
            (vault / rel).write_text("theirs")

        with pytest.raises(TargetError, match="changed while the run was under way"):
            update.commit(True, written)
    assert texts(vault) == OLD | {rel: "theirs"}
    assert (folders(vault), names(vault.parent)) == (["sub"], ["vault"])


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without links, exchanges and renames that keep what is there."""

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    monkeypatch.setattr(system, "_libc", lambda _: None)


def test_a_system_that_can_little(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)
    change(vault, STAGED)
    assert texts(vault) == NEW
    assert texts(vault.with_name("vault.bak-1")) == {"a.md": "a"}


@POSIX
def test_f06_two_runs_on_one_target(vault: Path) -> None:
    with TreeUpdate(vault):
        with pytest.raises(TargetError, match="Another run"), TreeUpdate(vault):
            pass
        with pytest.raises(TargetError, match="Another run"), Staging.for_folder(vault):
            pass
    assert names(vault.parent) == ["vault"]


def test_rooms_have_names_of_their_own(tmp_path: Path) -> None:
    long = "n" * 240
    room = room_of(tmp_path / long).name
    assert len(os.fsencode(room)) < 255
    guesses = [room, room[1:], room[1:].removesuffix("-long"), room[1:].removesuffix(".mnemo-converter-long")]
    assert room not in {room_of(tmp_path / guess).name for guess in guesses}


CHILD = """
import os, signal, sys
from pathlib import Path
from converter.storage import moves
from converter.storage.update import TreeUpdate
from tests.cli.runner import invoke

def die_at(number, function):
    calls = [0]
    def call(*a, **k):
        calls[0] += 1
        if calls[0] == number: os.kill(os.getpid(), signal.SIGKILL)
        return function(*a, **k)
    return call

with TreeUpdate(Path(sys.argv[1])) as update:
    for rel, text in eval(sys.argv[2]).items():
        (update.path / rel).parent.mkdir(parents=True, exist_ok=True)
        (update.path / rel).write_text(text)
    setattr(moves, sys.argv[5], die_at(int(sys.argv[3]), getattr(moves, sys.argv[5])))
    update.commit(sys.argv[4] == "True")
"""


def killed(vault: Path, number: int, *, backup: bool = True, step: str = "rename_new") -> None:
    """A run that dies before its step of this kind and number."""
    command = [sys.executable, "-c", CHILD, str(vault), repr(STAGED), str(number), str(backup), step]
    done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL, done.stderr


@POSIX
@pytest.mark.parametrize("backup", [True, False])
@pytest.mark.parametrize("entering", [TreeUpdate, Staging.for_folder])
def test_f03_the_next_run_completes_what_was_begun(
    vault: Path, backup: bool, entering: Callable[[Path], TreeUpdate | Staging]
) -> None:
    killed(vault, 2, backup=backup)
    assert texts(vault) not in (OLD, NEW)
    for place, above in ((vault, 0), (vault / "sub", 3), (vault / "sub" / "b.md", 3)):
        with pytest.raises(TargetError, match="in the middle of a change") as caught:
            check_settled(place, above=above)
        assert f"--into {vault}` again" in caught.value.hint
    with entering(vault) as run:
        told = run.leftovers
    assert told[1] == f"Completed the change to {vault} that it had begun."
    assert told[2:] == ((f"What it replaced is kept in {vault}.bak-1.",) if backup else ())
    assert texts(vault) == NEW
    assert names(vault.parent) == ["vault", "vault.bak-1"] if backup else ["vault"]
    check_settled(vault)


@POSIX
def test_f03_commands_refuse_a_source_in_the_middle_of_a_change(vault: Path) -> None:
    killed(vault, 2)
    for args in (("inspect", str(vault)), ("convert", str(vault / "sub"), str(vault.with_name("out.mnemo")))):
        ended = invoke(*args)
        assert ended.code == 4
        assert f"{vault} is in the middle of a change" in ended.err
    ended = invoke("convert", str(fill(vault.with_name("other"), OLD)), str(vault), "--to", "markdown")
    assert ended.code == 4
    assert "in the middle of a change" in ended.err
    assert settle(vault)
    assert invoke("inspect", str(vault)).code == 0


@POSIX
def test_f03_settling_alone(vault: Path) -> None:
    assert settle(vault) == ()
    killed(vault, 2)
    assert settle(vault)[1].startswith("Completed")
    assert (texts(vault), settle(vault)) == (NEW, ())


@POSIX
@pytest.mark.parametrize("backup", [True, False])
def test_f03_what_people_changed_after_the_kill_is_kept(vault: Path, backup: bool) -> None:
    killed(vault, 1, backup=backup, step="_linked")
    (vault / "a.md").write_text("edited")
    (vault / "sub" / "new.md").write_text("theirs")
    told = settle(vault)
    assert texts(vault) == NEW
    found = {text for place in backups(vault) for text in texts(place).values()}
    assert {"edited", "theirs"} <= found
    assert [line for line in told if line.startswith("What had changed meanwhile is kept as")]


@POSIX
def test_f03_a_staged_file_that_is_gone_takes_everything_back(vault: Path) -> None:
    killed(vault, 2)
    (room_of(vault) / "work" / "vault" / "sub" / "new.md").unlink()
    told = settle(vault)
    assert told[1].startswith(f"Took back the change to {vault}")
    assert str(vault / "sub" / "new.md") in told[1]
    assert (texts(vault), folders(vault), names(vault.parent)) == (OLD, ["sub"], ["vault"])


@POSIX
def test_f03_a_target_that_is_gone_is_not_made_up(vault: Path) -> None:
    killed(vault, 2)
    vault.rename(vault.with_name("moved"))
    with pytest.raises(TargetError, match="is gone") as caught:
        settle(vault)
    assert str(room_of(vault)) in caught.value.hint
    vault.with_name("moved").rename(vault)
    assert settle(vault)
    assert texts(vault) == NEW


@POSIX
def test_a_change_under_way_is_not_read(vault: Path) -> None:
    with TreeUpdate(vault) as update:
        fill(update.path, STAGED)

        def reading() -> None:
            write_journal(room_of(vault), Journal(b"vault"))
            with pytest.raises(TargetError, match="Another run is changing"):
                check_settled(vault)

        update.commit(True, reading)
    check_settled(vault)


def test_an_error_that_cannot_be_undone_is_completed_by_the_next_run(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    rename = system.rename_new

    def failing(path: Path, to: Path) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, "Input/output error")
        rename(path, to)

    monkeypatch.setattr(moves, "rename_new", failing)
    with pytest.raises(EnvironmentFaultError, match="neither be completed nor undone") as caught:
        change(vault, STAGED)
    assert str(vault.with_name("vault.bak-1")) in caught.value.hint
    monkeypatch.undo()
    assert settle(vault)[1].startswith("Completed")
    assert (texts(vault), names(vault.parent)) == (NEW, ["vault", "vault.bak-1"])


SOME: Fingerprint = (1, 1, 1)


@pytest.mark.parametrize(
    "journal",
    [
        Journal(b"other"),
        Journal(b"vault", folders=(b"vault/../evil",)),
        Journal(b"vault", folders=(b"evil",)),
        Journal(b"vault", moves=(Move(b"vault/../../evil", SOME),)),
        Journal(b"vault", moves=(Move(b"/etc/passwd", SOME),)),
        Journal(b"vault", moves=(Move(b"", SOME),)),
        Journal(b"vault", moves=(Move(b"vault//a.md", SOME),)),
        Journal(b"vault", moves=(Move(b"other/a.md", SOME),)),
        Journal(b"vault", moves=(Move(b"vault/a.md", SOME, SOME, b"other/a.md"),)),
        Journal(b"vault", moves=(Move(b"vault/a.md", SOME, SOME, b"vault.bak-1/b.md"),)),
        Journal(b"vault", moves=(Move(b"vault/a.md", SOME, SOME, b"vault.bak-x/a.md"),)),
        Journal(b"vault", moves=(Move(b"vault/a\0.md", SOME),)),
    ],
)
def test_f03_a_forged_journal_moves_nothing(vault: Path, journal: Journal) -> None:
    room_of(vault).mkdir()
    write_journal(room_of(vault), journal)
    with pytest.raises(TargetError, match="cannot be read"):
        settle(vault)
    with pytest.raises(TargetError):
        check_settled(vault)
    assert (texts(vault), names(vault.parent)) == (OLD, [room_of(vault).name, "vault"])


def test_f03_a_damaged_journal_moves_nothing(vault: Path) -> None:
    room_of(vault).mkdir()
    journal = room_of(vault) / "journal"
    write_journal(room_of(vault), Journal(b"vault", moves=(Move(b"vault/a.md", SOME),)))
    whole = journal.read_bytes()
    for data in (b"", whole[:-1], whole + b"x", whole.replace(b"a.md", b"b.md"), whole.replace(b"-1 ", b"-2 ")):
        journal.write_bytes(data)
        with pytest.raises(TargetError, match="cannot be read"):
            settle(vault)
    write_record(journal, "mnemo-converter-journal-1", Move(b"a", None))
    with pytest.raises(TargetError, match="cannot be read"):
        settle(vault)
    assert texts(vault) == OLD


@POSIX
def test_f03_a_link_that_appeared_leads_nowhere(vault: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    room = room_of(vault)
    fill(room / "work" / "vault", {"link/x.md": "evil"})
    (vault / "link").symlink_to(outside)
    move = Move(b"vault/link/x.md", fingerprint(room / "work" / "vault" / "link" / "x.md"))
    write_journal(room, Journal(b"vault", moves=(move,)))
    with pytest.raises(TargetError, match="is in the way"):
        settle(vault)
    assert names(outside) == []


@POSIX
def test_names_that_are_no_text(vault: Path) -> None:
    odd = os.fsdecode(b"\xff\xfe.md")
    try:
        (vault / odd).write_text("old")
    except OSError:
        pytest.skip("the file system wants names to be text")
    change(vault, {odd: "new", "neu/" + odd: "2"})
    assert (vault / odd).read_text() == "new"
    assert (vault.with_name("vault.bak-1") / odd).read_text() == "old"
