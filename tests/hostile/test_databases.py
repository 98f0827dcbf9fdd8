"""Rows of family E in which something else happens to the database than what it holds: locks, folders, targets."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from converter.storage import sqlite
from tests.hostile.case import ask, convert, seen, validate
from tests.hostile.databases import in_wal_mode
from tests.hostile.files import library, logged, made, vault
from tests.mnemo.library import DDL
from tests.support import ROOT


@pytest.mark.parametrize("statement", ["BEGIN EXCLUSIVE", "PRAGMA locking_mode=EXCLUSIVE"])
def test_e04_a_library_that_is_locked(tmp_path: Path, statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0.05)
    source = library("Moss")(tmp_path / "app")
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute(statement)
        writer.execute("DELETE FROM Storage")
        before = seen(tmp_path)
        for outcome in (validate(source), convert(source, f"{tmp_path}/out/")):
            assert outcome.code == 3, outcome
            assert "another program is writing to it" in outcome.message
            assert "Close the application" in outcome.hint
        assert seen(tmp_path) == before


def test_e04_a_library_that_is_being_written(tmp_path: Path) -> None:
    """With a log, what was committed is read while another program writes; nothing new stands beside it."""
    source = in_wal_mode(tmp_path)
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("UPDATE Storage SET Value = replace(Value, 'Moss', 'Fern')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM Storage")
        before = seen(tmp_path)
        checked = validate(source)
        done = convert(source, f"{tmp_path}/out.jsonl")
    assert (checked.code, done.code, done.counts["notes"]["created"]) == (0, 0, 1)
    assert "Fern" in (tmp_path / "out.jsonl").read_text("utf-8")
    assert set(before) == {"mnemo.db", "mnemo.db-wal", "mnemo.db-shm"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs the permissions of POSIX")
def test_e04_a_folder_that_nobody_may_write_to() -> None:
    """As another user where the tests run as root, for whom no folder is closed."""
    script = (
        "import os, sys\nfrom converter.cli.main import run\n"
        "run(['validate', *sys.argv[1:], '-q'])  # all is imported before the user changes\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "sys.exit(run(['validate', *sys.argv[1:], '--no-progress']))"
    )
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        sources = []
        for number, make in enumerate((library("Moss"), logged, in_wal_mode)):
            closed = root / str(number)
            closed.mkdir()
            sources.append(str(make(closed)))
            shutil.rmtree(closed / "app", ignore_errors=True)
            for file in closed.iterdir():
                file.chmod(0o444)
            closed.chmod(0o555)
        before = seen(root)
        command = [sys.executable, "-c", script, *sources]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        after = seen(root)
        for closed in root.iterdir():
            closed.chmod(0o755)
    assert done.returncode == 0, done
    assert after == before


def test_e18_a_target_that_exists(tmp_path: Path) -> None:
    source, target = vault({"n.md": "x"})(tmp_path), library("Moss")(tmp_path / "there")
    before = seen(tmp_path)

    outcome = convert(source, str(target))

    assert (outcome.code, "exists" in outcome.message) == (4, True)
    assert seen(tmp_path) == before


@pytest.mark.parametrize(
    ("ddl", "why"),
    [
        ((*DDL, "CREATE TABLE FlashcardSchemaVersion (Version INTEGER)"), "never written"),
        (("CREATE TABLE Storage (Key TEXT PRIMARY KEY, Other TEXT)",), "columns Key and Value"),
        (("CREATE VIEW Storage AS SELECT '' AS Key, '' AS Value",), "view"),
    ],
    ids=["newer", "renamed columns", "a view"],
)
def test_e18_a_target_of_another_schema(tmp_path: Path, ddl: tuple[str, ...], why: str) -> None:
    source = vault({"n.md": "x"})(tmp_path)
    (tmp_path / "there").mkdir()
    target = made(*ddl)(tmp_path / "there")
    before = seen(tmp_path)

    outcome = ask("convert", str(source), "--into", str(target))

    assert outcome.code == 4, outcome
    assert why in outcome.message
    assert seen(tmp_path) == before
