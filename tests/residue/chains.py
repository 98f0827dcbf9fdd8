"""There and back: what an archive is, and what it is after a way through other systems."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from converter import Options, convert
from converter.findings.report import Report
from tests.support import package_members

NAMES = {"mnemo": "a.mnemo", "siyuan": "workspace", "markdown": "vault", "json": "a.jsonl"}
HIDDEN = (".converter/", "data/storage/converter/")


def run(source: Path, target: Path, kind: str, **options: Any) -> Report:
    """Convert, and expect that it can be done and verified."""
    asked = {"timezone": "UTC"} | options
    with convert(Options(source=str(source), target=str(target), target_format=kind, **asked)) as report:
        assert report.fault is None, report.fault
        report.resolved["codes"] = dict.fromkeys(finding.code for finding in report.spool)
        return report


def state(place: Path, kind: str) -> dict[str, Any]:
    """Everything that an archive shows: bytes, of Markdown also times."""
    if kind == "mnemo":
        return package_members(place)
    if kind == "json":
        lines = place.read_text(encoding="utf-8").splitlines()
        heads = [(json.loads(line)["kind"], json.loads(line).get("key")) for line in lines]
        return {f"{kind} {key}": line for (kind, key), line in zip(heads, lines, strict=True) if kind != "residue"}
    files = {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*")) if path.is_file()}
    shown = {name: path for name, path in files.items() if not name.startswith(HIDDEN)}
    return {name: (path.read_bytes(), _time(path) if kind == "markdown" else 0) for name, path in shown.items()}


def _time(path: Path) -> int:
    """The time of a note in the unit of times that are kept, 100 ns."""
    return path.stat().st_mtime_ns // 100 if path.suffix == ".md" else 0


def wanted(source: Path, kind: str, folder: Path, **options: Any) -> dict[str, Any]:
    """What must come back: what one hop within the format writes, and of notes in folders the bytes that they had."""
    hop = folder / f"hop-{NAMES[kind]}"
    run(source, hop, kind, **options)
    found = state(hop, kind)
    if kind == "mnemo":
        return found
    own = state(source, kind)
    return {name: own.get(name, one) if name.endswith((".sy", ".md")) else one for name, one in found.items()}


def way(source: Path, kinds: list[str], folder: Path, **options: Any) -> Path:
    """The archive after conversions through these formats."""
    for number, kind in enumerate(kinds):
        place = folder / str(number)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        run(source, place / NAMES[kind], kind, **options)
        source = place / NAMES[kind]
    return source


def differences(want: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """What is missing, too many, or other than it was."""
    return sorted(name for name in want.keys() | got.keys() if want.get(name) != got.get(name))
