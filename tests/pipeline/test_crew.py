"""The same result for any number of worker processes, and none of these is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from benchmarks.corpus import make_vault
from converter.model.items import Note
from converter.pipeline.learnt import pack
from tests.cli.runner import invoke
from tests.json.strategies import notes
from tests.support import EPOCH

_decode = msgspec.msgpack.Decoder(Note).decode

WAYS = ("siyuan", "mnemo", "json")
NAMES = {"siyuan": "workspace", "mnemo": "n.mnemo", "mnemo-db": "mnemo.db", "json": "n.jsonl"}


@given(notes())
@settings(deadline=None)
def test_a_note_is_kept_as_it_is(note: Note) -> None:
    assert _decode(pack(note)) == note
    assert pack(_decode(pack(note))) == pack(note)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault that is large enough for several processes, with notes that cannot be read."""
    vault = tmp_path_factory.mktemp("crew") / "Vault"
    make_vault(vault, 120, 3)
    (vault / "deep.md").write_text("> " * 20_000 + "x", encoding="utf-8")
    (vault / "links.md").write_text("[[nowhere]] ![](gone.png)\n" * 3, encoding="utf-8")
    return vault


def _convert(source: Path, target: Path, jobs: int, to: str, *options: str) -> dict[str, Any]:
    report = target.with_name("report.json")
    place = target.with_name("log.json")
    ended = invoke(
        "convert", str(source), str(target), "--to", to, "--jobs", str(jobs), "--report", str(report), "-q",
        "--timezone", "UTC", "--no-progress", *options,
    )  # fmt: skip
    assert ended.code in (0, 1), ended
    place.write_text(ended.err, encoding="utf-8")
    told: dict[str, Any] = json.loads(report.read_bytes())
    return {name: value for name, value in told.items() if name not in ("source", "target", "timing", "log")}


def _bytes(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


@pytest.mark.parametrize("source", ["siyuan", "mnemo", "mnemo-db", "json"])
def test_sources_of_every_format_go_to_workers(made: Path, tmp_path: Path, source: str) -> None:
    first, last = tmp_path / NAMES[source], tmp_path / "last"
    _convert(made, first, 1, source)
    for to in sorted({"siyuan", "mnemo", "json"} - {source}):
        target = last / to / NAMES[to]
        target.parent.mkdir(parents=True)
        counted = _convert(first, target, 2, to, "--ignore-residue")["counts"]["notes"]
        assert counted["read"] > 100
        assert counted.get("failed", 0) == 0


@pytest.mark.parametrize("to", WAYS)
def test_any_number_of_workers_makes_the_same(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    places = {jobs: tmp_path / str(jobs) for jobs in (1, 3)}
    for place in places.values():
        place.mkdir()

    reports = {jobs: _convert(made, place / NAMES[to], jobs, to) for jobs, place in places.items()}
    assert reports[3] == reports[1]
    assert reports[1]["verify"]["status"] == "passed"
    assert _bytes(places[3] / NAMES[to]) == _bytes(places[1] / NAMES[to])

    back = {jobs: _convert(place / NAMES[to], place / "back", jobs, "markdown") for jobs, place in places.items()}
    assert back[3] == back[1]
    assert _bytes(places[1] / "back") == _bytes(places[3] / "back")


def _workers_of(parent: int) -> list[int]:
    told = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(one) for one in told.read_text().split()] if told.exists() else []


def _is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked for under /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_a_run(made: Path, tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "converter", "convert", str(made), str(tmp_path / "w"), "--to", "siyuan"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([*command, "--jobs", "2"], env=environment, stderr=subprocess.DEVNULL) as run:
        workers: list[int] = []
        while len(workers) < 2 and run.poll() is None:
            workers = _workers_of(run.pid)
        assert len(workers) == 2
        run.send_signal(number)
        run.wait(30)

    for _ in range(300):
        if not any(map(_is_there, workers)):
            break
        time.sleep(0.1)
    assert not any(map(_is_there, workers))
    assert not (tmp_path / "w").exists()
