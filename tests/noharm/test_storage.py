"""No harm by changes to what exists: folders and databases, old or new after the next run."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.noharm.harness import Kind, Worker
from tests.noharm.trials import all_of, some


def _tree(root: Path) -> None:
    for rel, text in {"a.md": "a", "sub/b.md": "b", "sub/c.md": "c"}.items():
        (root / "out" / "vault" / rel).parent.mkdir(parents=True, exist_ok=True)
        (root / "out" / "vault" / rel).write_text(text)


def _database(*, log: bool) -> Callable[[Path], None]:
    def prepare(root: Path) -> None:
        (root / "out" / "images").mkdir()
        (root / "out" / "images" / "old.png").write_text("old")
        with closing(sqlite3.connect(root / "out" / "mnemo.db", isolation_level=None)) as connection:
            if log:
                connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript("CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('a', 'old')")

    return prepare


def _kind(name: str, action: str, target: str, prepare: Callable[[Path], None], *, backup: bool) -> Kind:
    args = (f"{{root}}/out/{target}", backup)
    return Kind(name=name, action=action, args=args, target=target, prepare=prepare, whole=action != "tree")


KINDS = (
    _kind("changed folder", "tree", "vault", _tree, backup=True),
    _kind("changed folder, no backup", "tree", "vault", _tree, backup=False),
    _kind("changed database", "database", "mnemo.db", _database(log=False), backup=True),
    _kind("changed database, no backup", "database", "mnemo.db", _database(log=False), backup=False),
    _kind("changed database with a log", "database", "mnemo.db", _database(log=True), backup=True),
)
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@kinds
def test_f01_f03_some(worker: Worker, kind: Kind, tmp_path: Path) -> None:
    some(worker, kind, tmp_path, 3)


@pytest.mark.slow
@pytest.mark.huge
@kinds
def test_f01_f03_all(worker: Worker, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = all_of(worker, kind, tmp_path)
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
