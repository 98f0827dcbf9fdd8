"""A process that runs jobs in forks of itself: cheap to start, and nothing of a job that dies stays.

Each line of standard input is a job as JSON, each line of standard output its end: exit code (None: killed), streams,
and how many file-system calls were made.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from converter.cli.stops import Stops
from tests.cli.runner import invoke
from tests.noharm.actions import ACTIONS
from tests.noharm.faults import Faults

_LONGEST = 60


def _carry_out(job: dict[str, Any], ready: int) -> dict[str, Any]:
    faults = Faults(job["root"], job["mode"], job["number"], job["code"])
    faults.install()
    if job["mode"] == "stop moment":
        _ready_for_signals(ready)
    if job["action"] == "cli":
        ended = invoke(*job["args"])
        return {"code": ended.code, "out": ended.out, "err": ended.err, "calls": faults.calls, "hit": faults.hit}
    code, err = ACTIONS[job["action"]](*job["args"])
    return {"code": code, "out": "", "err": err, "calls": faults.calls, "hit": faults.hit}


def _ready_for_signals(ready: int) -> None:
    """Say when the run listens to signals; before and afterwards they do nothing."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    enter = Stops.__enter__

    def entered(self: Stops) -> Stops:
        made = enter(self)
        os.close(ready)
        return made

    Stops.__enter__ = entered  # type: ignore[method-assign, assignment]


def _run(job: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    listening, ready = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reader)
        os.close(listening)
        signal.alarm(_LONGEST)
        with os.fdopen(writer, "w") as result:
            json.dump(_carry_out(job, ready), result)
        os._exit(0)
    os.close(writer)
    os.close(ready)
    if job["mode"] == "stop moment":
        os.read(listening, 1)
        time.sleep(job["delay"])
        os.kill(child, job["code"])
    os.close(listening)
    if job["mode"] == "moment":
        time.sleep(job["delay"])
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader) as result:
        said = result.read()
    _, status = os.waitpid(child, 0)
    seconds = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) == -signal.SIGKILL:
        return {"code": None, "out": "", "err": "", "calls": 0, "hit": "", "seconds": seconds}
    ended = os.waitstatus_to_exitcode(status)
    made = json.loads(said) if said else {"code": ended, "out": "", "err": "", "calls": 0, "hit": ""}
    return made | {"seconds": seconds}


def _warm() -> None:
    """Load what runs load, so that no fork has to."""
    with TemporaryDirectory() as folder:
        note = Path(folder) / "Vault" / "a.md"
        note.parent.mkdir()
        note.write_text("---\ntags: [x]\n---\n# A\n\n[[a]] <b>x</b> ![x](x.png)\n\n- a\n  - b\n")
        for target in ("a.mnemo", "a.jsonl"):
            invoke("convert", str(note.parent), f"{folder}/{target}", "--no-progress")
        invoke("convert", str(note.parent), f"{folder}/Workspace", "--to", "siyuan", "--no-progress")
        invoke("convert", f"{folder}/a.mnemo", f"{folder}/Out", "--no-progress")
        invoke("convert", str(note.parent), f"{folder}/mnemo.db", "--no-progress")
        note.write_text("# B\n")
        for target in ("a.mnemo", "mnemo.db", "Workspace", "Out"):
            invoke("convert", str(note.parent), "--into", f"{folder}/{target}", "--no-progress")


def main() -> None:
    """Run the jobs that come."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it for what runs in the background
    _warm()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
