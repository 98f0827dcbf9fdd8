"""Signals, pipes, closed streams, odd locales, terminals: what only a process of its own can show."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Process, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")


def wait_for(process: subprocess.Popen[bytes], word: bytes) -> bytes:
    """Read standard error up to a word."""
    assert process.stderr is not None
    seen = b""
    end = time.monotonic() + 20
    while word not in seen:
        assert time.monotonic() < end, seen
        ready, _, _ = select.select([process.stderr], [], [], 1)
        if ready:
            piece = os.read(process.stderr.fileno(), 4096)
            assert piece, seen
            seen += piece
    return seen


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [(signal.SIGINT, 130, b"SIGINT"), (signal.SIGTERM, 143, b"SIGTERM"), (signal.SIGHUP, 143, b"SIGHUP")],
)
def test_one_signal_stops_cleanly(process: Process, tmp_path: Path, number: int, code: int, name: bytes) -> None:
    made = process("convert", "slow", "out.mnemo", "--report", "r.json")
    wait_for(made, b"begun")
    made.send_signal(number)
    out, err = made.communicate(timeout=20)

    assert made.returncode == code
    assert out == b""
    assert err.startswith(b"error: Stopped by " + name + b" before the end.")
    assert b"Traceback" not in err
    report = json.loads((tmp_path / "r.json").read_bytes())
    assert (report["status"], report["exit_code"]) == ("interrupted", code)


def test_a_signal_stops_the_printing_too(process: Process) -> None:
    made = process("convert", "many", "out.mnemo", "-v", "--no-progress")
    assert made.stdout is not None
    os.read(made.stdout.fileno(), 1)
    time.sleep(0.3)
    made.send_signal(signal.SIGTERM)
    out, err = made.communicate(timeout=20)

    assert made.returncode == 143
    assert b"notes/19999" not in out
    assert b"Traceback" not in err


def test_a_signal_that_was_swallowed_is_raised_again(process: Process) -> None:
    made = process("convert", "deaf", "out.mnemo")
    wait_for(made, b"begun")
    made.send_signal(signal.SIGINT)

    assert wait_for(made, b"heard\nheard\n")


def test_the_second_signal_stops_at_once(process: Process) -> None:
    made = process("convert", "deaf", "out.mnemo")
    wait_for(made, b"begun")
    made.send_signal(signal.SIGINT)
    wait_for(made, b"heard")
    made.send_signal(signal.SIGTERM)
    made.communicate(timeout=5)

    assert made.returncode == 143


def test_an_ignored_signal_stays_ignored(process: Process) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    made = process("convert", "slow", "out.mnemo", preexec_fn=ignore)
    wait_for(made, b"begun")
    made.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert made.poll() is None
    made.send_signal(signal.SIGINT)
    made.communicate(timeout=20)

    assert made.returncode == 130


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("convert", "many", "out.mnemo", "-v"), 1),
        (("convert", "many", "out.mnemo", "--output-format", "json"), 1),
        (("explain", "--all"), 0),
        (("convert", "--help"), 0),
    ],
)
def test_a_reader_that_goes_away_is_no_fault(process: Process, args: tuple[str, ...], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    made = process(*args, stdout=writer)
    os.close(writer)
    _, err = made.communicate(timeout=20)

    assert (made.returncode, err) == (code, b"")


@pytest.mark.parametrize("more", [("-v",), ("--output-format", "json")])
def test_a_reader_of_one_line_is_no_fault(process: Process, more: tuple[str, ...]) -> None:
    """`convert … | head -1`: the reader goes away while the run prints."""
    made = process("convert", "many", "out.mnemo", *more)
    assert made.stdout is not None
    assert made.stdout.readline()
    made.stdout.close()
    _, err = made.communicate(timeout=20)

    assert (made.returncode, err) == (1, b"")


def test_a_reader_of_one_line_of_the_target_is_no_fault(tmp_path: Path) -> None:
    """`convert Vault - | head -1`: the reader goes away while the target itself goes to standard output."""
    (tmp_path / "Vault").mkdir()
    (tmp_path / "Vault" / "a.md").write_text("word " * 100_000)
    command = [sys.executable, "-m", "converter", "convert", "Vault", "-", "--to", "json", "-q"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=pipe, stderr=pipe) as made:
        assert made.stdout is not None
        assert made.stdout.readline().startswith(b"{")
        made.stdout.close()
        _, err = made.communicate(timeout=20)

    assert (made.returncode, err) == (0, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["Vault"]


def test_a_watcher_that_goes_away_is_no_fault(process: Process) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    made = process("convert", "refused", "out.mnemo", stderr=writer)
    os.close(writer)
    made.communicate(timeout=20)

    assert made.returncode == 3


def test_closed_streams_are_no_fault(process: Process, tmp_path: Path) -> None:
    def close() -> None:
        os.close(1)
        os.close(2)

    made = process("convert", "lossy", "out.mnemo", "--report", "r.json", stdout=None, stderr=None, preexec_fn=close)
    made.communicate(timeout=20)

    assert made.returncode == 1
    assert json.loads((tmp_path / "r.json").read_bytes())["status"] == "findings"


@pytest.mark.parametrize("args", [("convert", "many", "out.mnemo", "--output-format", "json"), ("formats",)])
def test_a_full_disk_behind_standard_output_is_told(process: Process, args: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("the system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        made = process(*args, stdout=full)
        _, err = made.communicate(timeout=20)

    assert made.returncode == 5
    assert b"No space left on device" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C"}])
def test_data_is_utf_8_whatever_the_locale_says(process: Process, env: dict[str, str]) -> None:
    made = process("preview", "Vault", "日本.mnemo", env=env | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    out, err = made.communicate(timeout=20)

    assert made.returncode == 0, err
    assert "  create    notes    A  →  a.md\n" in out.decode("utf-8")


def test_a_report_may_go_to_a_pipe(process: Process, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    made = process("convert", "Vault", "out.mnemo", "--report", "pipe")

    assert json.loads((tmp_path / "pipe").read_bytes())["status"] == "ok"
    made.communicate(timeout=20)
    assert made.returncode == 0


def on_terminal(process: Process, *args: str, env: dict[str, str] | None = None) -> bytes:
    """What a run writes to a terminal as standard error until it is stopped."""
    import fcntl
    import pty
    import struct
    import termios

    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    made = process(*args, env=env, stderr=other)
    os.close(other)
    seen = b""
    end = time.monotonic() + 20
    while b"begun" not in seen and time.monotonic() < end:
        seen += os.read(main, 4096)
    time.sleep(0.6)
    made.send_signal(signal.SIGINT)
    while True:
        try:
            piece = os.read(main, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(main)
    made.communicate(timeout=20)
    assert made.returncode == 130
    return seen


def test_a_terminal_gets_a_bar_with_item_total_and_eta(process: Process) -> None:
    seen = on_terminal(process, "convert", "slow", "out.mnemo", env={"TERM": "xterm", "COLUMNS": "100"})

    assert b"reading" in seen
    assert b"/1000 [" in seen
    assert b"notes/" in seen
    assert b"<00:" in seen
    assert b"\x1b[2J" not in seen


@pytest.mark.parametrize(
    ("more", "env"), [(("-q",), {}), (("--no-progress",), {}), ((), {"TERM": "dumb"})], ids=["quiet", "off", "dumb"]
)
def test_no_bar_where_it_is_not_wanted(process: Process, more: tuple[str, ...], env: dict[str, str]) -> None:
    seen = on_terminal(process, "convert", "slow", "out.mnemo", *more, env={"TERM": "xterm"} | env)

    assert b"/1000 [" not in seen


def test_no_bar_without_a_terminal(process: Process) -> None:
    made = process("convert", "slow", "out.mnemo")
    wait_for(made, b"begun")
    time.sleep(0.3)
    made.send_signal(signal.SIGINT)
    _, err = made.communicate(timeout=20)

    assert b"reading" not in err
