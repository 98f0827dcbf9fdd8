"""Targets that others use or change, and that cannot be read again: refused or told, and nothing of theirs is lost."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from converter import Options, convert
from tests.cli.conftest import environment
from tests.cli.runner import invoke
from tests.into.merging import PLACES, TARGETS, picture, write
from tests.noharm.targets import vault

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="locks and limits of Linux")
each_target = pytest.mark.parametrize("to", TARGETS)


class At:
    """Progress that does something when a stage begins, and something else at the end."""

    def __init__(self, name: str, begin: Callable[[], None], end: Callable[[], None] = lambda: None) -> None:
        self._name, self._begin, self._end = name, begin, end
        self.happened = False

    def stage(self, name: str, total: int | None) -> None:  # noqa: ARG002
        if name == self._name:
            self.happened = True
            self._begin()

    def advance(self, item: str, by: int = 1) -> None:
        pass

    def close(self) -> None:
        self._end()


def _target(tmp_path: Path, to: str) -> tuple[Path, Path]:
    """A vault of today, and a target with one of yesterday."""
    vault(tmp_path / "old", size=1000)
    target = tmp_path / "target" / PLACES[to]
    target.parent.mkdir(parents=True)
    assert invoke("convert", str(tmp_path / "old"), str(target), "--to", to, "-q").code == 0
    return write(tmp_path / "old", {"B.md": "Today.\n", "New.md": "New.\n"}), target


def _run(source: Path, target: Path, progress: At, **options: Any) -> tuple[int, str]:
    with convert(Options(source=str(source), target=str(target), **options), progress) as report:
        return report.exit_code, report.fault.message if report.fault is not None else ""


def _rooms(place: Path) -> list[str]:
    return [path.name for path in place.rglob("*.mnemo-converter")]


def _edit_package(target: Path) -> None:
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("payloads/other/of-another-program.txt", "new")


def _edit_rows(target: Path) -> None:
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("INSERT INTO Storage VALUES ('Other', 'of another program')")


def _edit_log(target: Path, key: str) -> None:
    """Changes that stay in the log: their program is killed before it can bring them in."""
    program = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute(\"INSERT INTO Storage VALUES (?, 'of another program')\", [sys.argv[2]])\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(target), key], check=True)


def _edit_file(target: Path) -> None:
    write(next(path for path in target.rglob("*") if path.suffix in (".md", ".sy")).parent, {"Other.md": "Other.\n"})


_EDITS = {"mnemo": _edit_package, "mnemo-db": _edit_rows, "siyuan": _edit_file, "markdown": _edit_file}


@each_target
def test_f07_what_another_program_changed_meanwhile_is_kept(tmp_path: Path, to: str) -> None:
    source, target = _target(tmp_path, to)
    changed: dict[str, tuple[str, int]] = {}

    def change() -> None:
        _EDITS[to](target)
        changed.update({name: what for name, what in picture(target).items() if ".mnemo-converter" not in name})

    progress = At("Converting", change)
    code, message = _run(source, target, progress, target_format=to, into=True, on_conflict="overwrite")

    assert progress.happened
    assert code == 4, message
    assert "changed while" in message or "it changes while it is read" in message
    assert picture(target) == changed
    assert not _rooms(tmp_path)


@pytest.mark.parametrize("logged", [False, True], ids=["a new log", "more in the log"])
def test_f07_rows_that_came_into_the_log_meanwhile_are_kept(tmp_path: Path, logged: bool) -> None:
    source, target = _target(tmp_path, "mnemo-db")
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    if logged:
        _edit_log(target, "First")
    progress = At("Converting", lambda: _edit_log(target, "Other"))
    code, message = _run(source, target, progress, target_format="mnemo-db", into=True)

    assert code == 4, message
    assert "changed while the run was under way" in message or "it changes while it is read" in message
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT Value FROM Storage WHERE Key = 'Other'").fetchall()
    assert not _rooms(tmp_path)


@pytest.mark.parametrize("into", [False, True], ids=["new", "into"])
@pytest.mark.parametrize("to", [*TARGETS, "json"])
def test_f01_a_target_that_cannot_be_read_again_is_told_as_written(tmp_path: Path, to: str, into: bool) -> None:
    if to == "json" and into:
        pytest.skip("nothing is merged into this format")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    def begin() -> None:
        free = os.open(os.devnull, os.O_RDONLY)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))

    def end() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    if into:
        source, target = _target(tmp_path, to)
    else:
        source, target = tmp_path / "old", tmp_path / PLACES.get(to, "out.jsonl")
        vault(source)
    progress = At("Verifying", begin, end)
    try:
        code, message = _run(source, target, progress, target_format=to, into=into)
    finally:
        end()

    assert progress.happened
    assert code == 5, message
    assert message.startswith(f"The target {target} was written as a whole, but could not be read again to verify it: ")
    assert "Too many open files" in message or "unable to open" in message
    assert invoke("diff", str(source), str(target), "--from", "markdown").code in (0, 1)
    assert invoke("convert", str(source), "--into", str(target), "--to", to).code == 0 or to == "json"
    assert not _rooms(tmp_path)


def test_e03_what_another_program_left_half_done_is_taken_back_by_a_writing_run(tmp_path: Path) -> None:
    source, target = _target(tmp_path, "mnemo-db")
    program = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size=1')\n"
        "c.execute('BEGIN')\n"
        "c.execute(\"UPDATE Storage SET Value = 'gone'\")\n"
        "for n in range(50): c.execute('INSERT INTO Storage VALUES (?, ?)', (str(n), 'x' * 9000))\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(target)], check=True)
    journal = target.with_name(target.name + "-journal")
    assert journal.read_bytes()[:1] != b"\0"

    refused = invoke("preview", str(source), "--into", str(target))
    assert refused.code == 4
    assert "is in the middle of a change" in refused.err
    assert journal.exists()
    assert invoke("convert", str(source), "--into", str(target)).code == 0
    with closing(sqlite3.connect(target)) as connection:
        assert not connection.execute("SELECT 1 FROM Storage WHERE Value = 'gone' OR Key = '1'").fetchall()
    assert not journal.exists()


_HOLDERS = {
    "reading": "c.execute('BEGIN'); c.execute('SELECT * FROM Storage').fetchone()",
    "writing": "c.execute('BEGIN IMMEDIATE'); c.execute('DELETE FROM Storage')",
    "log": "c.execute('PRAGMA journal_mode=WAL'); c.execute('BEGIN'); c.execute('SELECT * FROM Storage').fetchone()",
}


@contextmanager
def _open_elsewhere(database: Path, statements: str) -> Iterator[None]:
    program = f"import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n{statements}\n"
    program += "print('held', flush=True)\nsys.stdin.read()"
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", program, str(database)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate("")


def _refused(source: Path, target: Path, to: str, why: str) -> None:
    before = picture(target)
    for args in (("--into", str(target)), (str(target), "--overwrite-output")):
        ended = invoke("convert", str(source), *args, "--to", to)
        assert ended.code == 4, ended
        assert why in ended.err
        assert picture(target) == before
    assert not _rooms(target.parent)


@pytest.mark.parametrize("how", _HOLDERS)
def test_e18_a_library_that_is_open_is_not_written(tmp_path: Path, how: str) -> None:
    source, target = _target(tmp_path, "mnemo-db")
    with _open_elsewhere(target, _HOLDERS[how]):
        _refused(source, target, "mnemo-db", f"{target} is open in python")
    assert invoke("convert", str(source), "--into", str(target)).code == 0


def test_c17_a_workspace_that_is_open_is_not_written(tmp_path: Path) -> None:
    import fcntl

    source, target = _target(tmp_path, "siyuan")
    with (target / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _refused(source, target, "siyuan", f"{target} is in use: a running SiYuan holds its lock")
    assert invoke("convert", str(source), "--into", str(target), "--to", "siyuan").code == 0


@pytest.mark.parametrize("command", [("preview",), ("convert", "-v")], ids=" ".join)
def test_a_reader_of_one_line_stops_nothing(tmp_path: Path, command: tuple[str, ...]) -> None:
    """`… | head -1`: the reader goes away while the run prints."""
    source, target = tmp_path / "Vault", tmp_path / "out.mnemo"
    write(source, {f"{number:03} {'x' * 200}.md": f"# {number}\n\n[[gone]]\n" for number in range(60)})
    call = [sys.executable, "-m", "converter", *command, str(source), str(target)]
    pipe = subprocess.PIPE
    with subprocess.Popen(call, env=environment(), stdout=pipe, stderr=pipe) as made:
        assert made.stdout is not None
        assert made.stdout.readline()
        made.stdout.close()
        _, err = made.communicate(timeout=60)

    assert (made.returncode, err) == (0, b"")
    assert target.exists() is (command[0] == "convert")
    if target.exists():
        assert invoke("inspect", str(target)).code == 0
    assert not _rooms(tmp_path)
