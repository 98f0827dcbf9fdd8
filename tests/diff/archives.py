"""Small archives to compare: vaults of files given as text, and their comparison in short."""

from __future__ import annotations

import os
from pathlib import Path

from converter import Options, convert, diff
from converter.findings.codes.comparisons import COMPARISONS
from converter.findings.finding import Finding
from converter.findings.report import Report

STAMP = 1_767_225_600


def make_vault(place: Path, files: dict[str, str | bytes]) -> Path:
    """A vault of these files; a name that ends in a slash is an empty folder."""
    place.mkdir()
    for name, content in files.items():
        path = place / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        os.utime(path, (STAMP, STAMP))
    return place


def compare(a: Path, b: Path, **more: object) -> Report:
    """The report of a comparison; the caller closes it."""
    return diff(Options(source=str(a), target=str(b), timezone="UTC", **more))  # type: ignore[arg-type]


def differences(a: Path, b: Path) -> list[tuple[str, str, str]]:
    """Code, item and what is said of it, for every difference that a comparison found."""
    with compare(a, b) as report:
        assert report.fault is None, report.fault
        found = [one for one in report.spool if one.code in COMPARISONS]
        assert report.exit_code == int(bool(found))
    return [(one.code, one.item, what(one)) for one in found]


def what(finding: Finding) -> str:
    """What a finding says of the places that differ."""
    return dict(finding.details).get("what", "")


def converted(source: Path, target: Path, kind: str, **more: object) -> Path:
    """The target of a conversion."""
    options = Options(source=str(source), target=str(target), target_format=kind, timezone="UTC", **more)  # type: ignore[arg-type]
    with convert(options) as report:
        assert report.fault is None, report.fault
    return target
