"""`-` as source and target: the archive goes through standard streams, everything for people to standard error."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from converter.formats.json.assets import INLINE_BYTES
from tests.cli.conftest import environment
from tests.cli.runner import Ended, invoke

MORE_THAN_A_PIPE = 8 << 20
"""So many bytes that a write of them comes to its end only when the reader is reading."""


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A note with a picture that is too large for its line, and with a link that leads nowhere."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Vault"
    folder.mkdir()
    (folder / "A note.md").write_text("# Head\n\nA [[Missing note]] and ![[big.png]].\n", encoding="utf-8")
    (folder / "big.png").write_bytes(b"\x89PNG" + bytes(INLINE_BYTES))
    return folder


def fed(monkeypatch: pytest.MonkeyPatch, data: bytes, *args: str) -> Ended:
    """The command line with these bytes on standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    return invoke(*args)


def written(*args: str) -> tuple[bytes, bytes, int]:
    """Both streams of a process of its own, as they are."""
    command = [sys.executable, "-m", "converter", *args]
    ended = subprocess.run(command, capture_output=True, env=environment(SOURCE_DATE_EPOCH="0"), check=False)
    return ended.stdout, ended.stderr, ended.returncode


def test_the_archive_goes_to_standard_output_and_the_report_to_standard_error() -> None:
    out, err, code = written("convert", "Vault", "-", "--to", "json", "--no-residue", "--report", "r.json")

    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["kind"] for line in lines] == ["archive", "note", "asset"]
    assert "data" in lines[-1]
    assert out.endswith(b"}\n")
    assert b"Vault (markdown) became - (json)." in err
    assert b"Verified" in err
    report: dict[str, Any] = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert report["target"]["path"] == "-"
    assert {path.name for path in Path().iterdir()} == {"Vault", "r.json"}


def test_a_stream_is_what_a_file_holds_but_for_large_files(tmp_path: Path) -> None:
    written("convert", "Vault", "out.jsonl", "--no-residue")
    out, _, _ = written("convert", "Vault", "-", "--no-residue")

    assert out.splitlines()[:-1] == (tmp_path / "out.jsonl").read_bytes().splitlines()[:-1]
    assert (tmp_path / "out.assets" / "big.png").read_bytes() == (tmp_path / "Vault" / "big.png").read_bytes()


def test_standard_input_is_a_source_like_any_other(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, _, _ = written("convert", "Vault", "-")

    ended = fed(monkeypatch, archive, "convert", "-", "back", "--from", "json", "--report", "r.json")

    assert ended.code == 0, ended
    assert "- (json) became back (markdown)." in ended.out
    assert (tmp_path / "back" / "big.png").read_bytes() == (vault / "big.png").read_bytes()
    report: dict[str, Any] = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert report["source"]["path"] == "-"


def test_the_format_of_standard_input_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    invoke("convert", "Vault", "out.mnemo")

    ended = fed(monkeypatch, Path("out.mnemo").read_bytes(), "inspect", "-")

    assert ended.code == 0, ended
    assert ended.out.startswith("- (mnemo) holds:")


def test_a_refused_stream_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fed(monkeypatch, b"nothing of ours", "convert", "-", "out.mnemo")

    assert ended.code == 3
    assert "standard input is no format that is known here" in ended.err
    assert not Path("out.mnemo").exists()


def test_nothing_is_written_where_a_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = fed(monkeypatch, b"", "convert", "-", "-")

    assert ended.code == 3
    assert ended.out == ""


def test_a_preview_writes_its_plan_and_no_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    archive, _, _ = written("convert", "Vault", "-")

    ended = fed(monkeypatch, archive, "preview", "-", "-", "--output-format", "json")

    plan = json.loads(ended.out)
    assert (plan["source"]["path"], plan["target"]["path"]) == ("-", "-")
    assert plan["options"]["source"] == plan["options"]["target"] == "-"


def test_a_format_that_is_no_stream_is_refused() -> None:
    ended = invoke("convert", "Vault", "-", "--to", "mnemo")

    assert ended.code == 2
    assert "The format 'mnemo' cannot be written to standard output." in ended.err


def test_without_standard_input_there_is_nothing_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    ended = invoke("convert", "-", "out.mnemo")

    assert ended.code == 2
    assert "There is no standard input to read." in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_ends_the_wait_for_standard_input() -> None:
    command = [sys.executable, "-m", "converter", "convert", "-", "out.mnemo"]
    waiting = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert waiting.stdin is not None
    waiting.stdin.write(b" " * MORE_THAN_A_PIPE)
    waiting.stdin.flush()
    assert waiting.poll() is None
    waiting.send_signal(signal.SIGTERM)
    _, err = waiting.communicate(timeout=60)

    assert waiting.returncode == 143
    assert b"Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    command = [sys.executable, "-m", "converter", "convert", "Vault", "-", "-q"]
    made = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert made.stdout is not None
    assert made.stderr is not None
    made.stdout.read(1)
    made.stdout.close()
    err = made.stderr.read()
    made.stderr.close()

    assert made.wait(20) in (0, 1)
    assert err == b""
