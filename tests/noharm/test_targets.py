"""No harm by the command line: whatever call fails or is died at, the target is the old or the new one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.noharm.harness import Kind, Worker
from tests.noharm.targets import INTO, MADE
from tests.noharm.trials import all_of, some

kinds = pytest.mark.parametrize("kind", MADE + INTO, ids=lambda kind: kind.name)


@kinds
def test_f01_f03_some(worker: Worker, kind: Kind, tmp_path: Path) -> None:
    more = kind in MADE[5:10] or "replaced from elsewhere" in kind.name
    some(worker, kind, tmp_path, 2 if more else 1)


@pytest.mark.slow
@pytest.mark.huge
@kinds
def test_f01_f03_all(worker: Worker, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = all_of(worker, kind, tmp_path)
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
