from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter.pipeline.options import Options
from tests.cli import fake
from tests.cli.runner import Ended, invoke

ROOT = Path(__file__).parents[2]

Run = Callable[..., Ended]
Process = Callable[..., "subprocess.Popen[bytes]"]


def environment(**more: str) -> dict[str, str]:
    """The environment without anything that speaks to the program, and with what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MNEMO_", "LC_", "LANG"))}
    return kept | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"} | more


@pytest.fixture
def calls() -> Iterator[list[Options]]:
    """The options of the runs on the fake pipeline."""
    fake.CALLS.clear()
    yield fake.CALLS
    fake.CALLS.clear()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, calls: list[Options]) -> Run:  # noqa: ARG001
    """The command line in this process, on the fake pipeline, in an empty folder: exit code and both streams."""
    monkeypatch.setitem(sys.modules, "converter.pipeline.run", fake.module())
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MNEMO_CONVERTER_")]:
        monkeypatch.delenv(name)
    return invoke


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """The command line on the fake pipeline, in a process of its own that does not outlive the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*args: str, env: dict[str, str] | None = None, **more: object) -> subprocess.Popen[bytes]:
        streams: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        command = [sys.executable, "-m", "tests.cli.fake", *args]
        made = subprocess.Popen(command, cwd=tmp_path, env=environment(**env or {}), **streams)  # type: ignore[call-overload]
        started.append(made)
        return made  # type: ignore[no-any-return]

    yield start
    for one in started:
        if one.poll() is None:
            one.kill()
        one.communicate()
