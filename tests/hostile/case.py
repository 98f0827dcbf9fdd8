"""A broken or hostile source, what it must come to, and the two commands that are asked."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.cli.runner import invoke

Maker = Callable[[Path], Path]
"""Makes a source in an empty folder, and says where it is."""

REFUSED, LIMITED, FOUND, DONE = 3, 6, 1, 0
"""Exit codes: input refused, limit exceeded, done with errors among the findings, done."""


@dataclass(frozen=True)
class Case:
    """A row of the catalogue of hostile inputs.

    `row` is its id, `name` the variant. `convert` and `validate` are the exit codes of the two commands (that of
    `validate` is the same where it is None). `codes` are findings that both report, `without` such that neither does,
    `text` stands in the message of a refusal. `notes` is how many notes the target gets, `holds` are texts that stand
    in them. `options` are those of both commands, `to` is the target.
    """

    row: str
    name: str
    make: Maker
    convert: int = DONE
    validate: int | None = None
    codes: tuple[str, ...] = ()
    text: str = ""
    notes: int | None = None
    without: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    to: str = "out/"

    @property
    def id(self) -> str:
        return f"{self.row} {self.name}"


@dataclass(frozen=True)
class Outcome:
    """What a command came to: its exit code, the codes it reported, what it said, and its counts."""

    code: int
    codes: tuple[str, ...]
    message: str
    hint: str
    counts: dict[str, dict[str, int]]
    err: str

    def __repr__(self) -> str:
        return f"exit {self.code} {sorted(set(self.codes))} {self.message} {self.counts} {self.err}"


def ask(*args: str) -> Outcome:
    """Run a command that prints its report as JSON."""
    ended = invoke(*args, "--output-format", "json", "--no-progress")
    assert "Traceback" not in ended.out + ended.err, ended
    assert "\x1b" not in ended.out + ended.err
    report: dict[str, Any] = json.loads(ended.out)
    return Outcome(
        code=ended.code,
        codes=tuple(finding["code"] for finding in report.get("findings", ())),
        message=report.get("message") or "",
        hint=report.get("hint") or "",
        counts=report.get("counts", {}),
        err=ended.err,
    )


def convert(source: Path, target: str, *options: str) -> Outcome:
    """Convert into a target; a folder's name ends in `/`."""
    return ask("convert", str(source), target, *options)


def validate(source: Path, *options: str) -> Outcome:
    """Validate one source."""
    return ask("validate", str(source), *options)


def seen(place: Path, *, but: Iterable[Path] = ()) -> dict[str, str]:
    """Every entry below a folder with what it holds, and its time; without looking through links."""
    left_out = {str(path) for path in but}
    found: dict[str, str] = {}
    for folder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if str(Path(folder, name)) not in left_out]
        for name in (*folders, *files):
            path = Path(folder, name)
            status = path.lstat()
            plain = stat.S_ISREG(status.st_mode) and status.st_mode & 0o400 and status.st_size < 1 << 24
            data = hashlib.sha256(path.read_bytes()).hexdigest() if plain else str(status.st_size)
            if not stat.S_ISDIR(status.st_mode):
                found[str(path.relative_to(place))] = f"{data} {status.st_mtime_ns} {status.st_mode}"
    return found


def texts(target: Path) -> str:
    """All that the notes of a target say: a folder, a package, a library or an archive of JSON; residue apart."""
    if target.is_dir():
        return "\n".join(path.read_text("utf-8") for path in sorted(target.rglob("*.md")))
    if target.suffix == ".jsonl":
        rows = target.read_text("utf-8").splitlines()
        return "\n".join(_strings([row for row in map(json.loads, rows) if row["kind"] == "note"]))
    with TemporaryDirectory() as folder:
        if target.suffix == ".mnemo":
            with zipfile.ZipFile(target) as archive:
                target = Path(archive.extract("payloads/notes/notes.db", folder))
        with closing(sqlite3.connect(f"{target.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            table, column = ("Notes", "Json") if target.name == "notes.db" else ("Storage", "Value")
            found = connection.execute(f"SELECT {column} FROM {table}").fetchall()
    return "\n".join(_strings([json.loads(text) for (text,) in found]))


def _strings(value: object) -> list[str]:
    """Every text in a JSON value, in its order."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []
