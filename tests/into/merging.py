"""What tests of merging share: runs into targets of every kind, and pictures of what stands there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec

from converter import Options, convert

TARGETS = ("mnemo", "mnemo-db", "siyuan", "markdown")
PLACES = {"mnemo": "out.mnemo", "mnemo-db": "lib/mnemo.db", "siyuan": "ws", "markdown": "notes"}


class Outcome(msgspec.Struct):
    """What came of a run: exit code, counts by kind (those that are not 0), findings by code, its message."""

    code: int
    counts: dict[str, dict[str, int]]
    findings: dict[str, list[str]]
    message: str
    backup: str
    ids: dict[str, dict[str, str]]
    became: dict[str, str] = {}
    """What duplicates became, by item."""

    def count(self, kind: str, *ways: str) -> int:
        """How many units of a kind ended in these ways."""
        return sum(self.counts.get(kind, {}).get(way, 0) for way in ways)

    @property
    def written(self) -> int:
        """How many units of any kind were written."""
        return sum(row.get("written", 0) for row in self.counts.values())


def run(source: Path, target: Path, to: str = "", **options: Any) -> Outcome:
    """Convert, and take the report apart; the law must hold, and what is written must be as planned."""
    given: dict[str, Any] = {"timezone": "UTC", **options}
    with convert(Options(source=str(source), target=str(target), target_format=to, **given)) as report:
        rows = {kind: {name: n for name, n in row.items() if n} for kind, row in report.tally.rows()}
        found: dict[str, list[str]] = {}
        became: dict[str, str] = {}
        for finding in report.spool:
            found.setdefault(finding.code, []).append(finding.item)
            if finding.code == "duplicated":
                became[finding.item] = dict(finding.details)["became"]
        ids: dict[str, dict[str, str]] = {}
        for kind, old, new in report.spool.ids():
            ids.setdefault(kind, {})[old] = new
        fault = report.fault.message if report.fault is not None else ""
        assert report.exit_code in (0, 1, 4), fault
        assert report.tally.law_breaks() == [] or report.exit_code == 4
        backup = str(report.resolved.get("backup", ""))
        return Outcome(report.exit_code, {k: row for k, row in rows.items() if row}, found, fault, backup, ids, became)


def into(source: Path, target: Path, to: str = "", policy: str = "duplicate", **options: Any) -> Outcome:
    """Merge a source into a target."""
    return run(source, target, to, into=True, on_conflict=policy, **options)


def picture(place: Path) -> dict[str, tuple[str, int]]:
    """Every file below a place, or beside a database, with a digest of its bytes and its time."""
    root = place if place.is_dir() else place.parent
    return {
        path.relative_to(root).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def write(root: Path, files: dict[str, str | bytes], *, age: int = 0) -> Path:
    """Write files below a folder; `age` seconds before a fixed time."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (1_780_000_000 - age, 1_780_000_000 - age))
    return root
