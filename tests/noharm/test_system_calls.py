"""No harm below Python: what SQLite asks of the system fails, or is died at, call by call (`strace`)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from converter.storage.room import settle
from tests.noharm.harness import Kind, seen
from tests.noharm.test_storage import KINDS
from tests.support import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.huge,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace"),
]
_CALLS = ["pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "openat", "renameat2", "mkdir", "pread64", "fcntl"]
_WAYS = ("error=EIO", "error=ENOSPC", "signal=KILL")
_FILES = "mnemo.db mnemo.db-journal mnemo.db-wal mnemo.db.bak-1 images images/new.png images/more images/more/x.png"
_PROGRAM = """
import json, sys
from tests.noharm.actions import ACTIONS
print(json.dumps(ACTIONS["database"](sys.argv[1], True)))
"""


class _Traced:
    """Changes to a database, with one call of the system that touches it or its files hurt.

    `calls` says how often each call is made by a run that is not.
    """

    def __init__(self, kind: Kind, place: Path) -> None:
        self._template, self._root, self._log = place / "template", place / "trial", place / "log"
        (self._template / "out").mkdir(parents=True)
        kind.prepare(self._template)
        self._old = seen(self._template / "out")
        assert self.run() == (0, "")
        self._new = seen(self._root / "out")
        self.calls = Counter(line.partition("(")[0] for line in self._log.read_text(errors="replace").splitlines())

    def run(self, how: str = "") -> tuple[int | None, str]:
        """Exit code and message; None where it was killed."""
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._template, self._root)
        out = self._root / "out"
        paths = [word for name in _FILES.split() for word in ("-P", str(out / name))]
        hurt = ["-e", f"inject={how}"] if how else []
        command = ["strace", "-qq", "-o", str(self._log), *paths, "-P", str(out), "-e", f"trace={','.join(_CALLS)}"]
        program = [sys.executable, "-c", _PROGRAM, str(out / "mnemo.db")]
        made = subprocess.run([*command, *hurt, *program], cwd=ROOT, capture_output=True, text=True, check=False)
        if not made.stdout:
            return None, made.stderr
        code, told = json.loads(made.stdout)
        return code, told

    def left(self) -> str:
        """What the next run leaves: `old`, `new`, or neither."""
        settle(self._root / "out" / "mnemo.db")
        state = seen(self._root / "out")
        return "old" if state == self._old else "new" if state == self._new else "neither"


@pytest.mark.parametrize("kind", [KINDS[2], KINDS[4]], ids=lambda kind: kind.name)
def test_f01_f03_all(kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    traced, ends = _Traced(kind, tmp_path), Counter[str]()
    for name, times in traced.calls.items():
        for number in range(1, times + 1):
            for way in _WAYS:
                code, told = traced.run(f"{name}:{way}:when={number}")
                left = traced.left()
                why = f"{name} {number}, {way}: {code} {told} {left}"
                assert code in (None, 0, 4, 5), why
                assert "Traceback" not in told, why
                assert left == "new" if code == 0 else left in ("old", "new"), why
                ends[f"{way}, exit {code}, {left}"] += 1
    with capsys.disabled():
        sys.stdout.write(f"\n{kind.name}: {ends.total()} trials; {dict(sorted(ends.items()))}\n")
