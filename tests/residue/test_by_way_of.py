"""Archives that go on to a third system by way of their origin: what is read, and how often."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.corpus import make_vault
from converter import Options, convert
from converter.pipeline.progress import Silent
from tests.cli.runner import invoke
from tests.residue.chains import differences, run, state
from tests.support import EPOCH


class Stages(Silent):
    """Remembers the stages of a run, and how many items were to pass in each."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []

    def stage(self, name: str, total: int | None) -> None:
        self.told.append((name, total))


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault whose notes name no times."""
    notes = {"A.md": "# One\n\nto [[B]]\n\n- x\n- y\n", "B.md": "---\ndate: 2024-03-01 12:00\n---\n\ntext ^here\n"}
    place = tmp_path / "Vault"
    place.mkdir()
    for name, text in notes.items():
        (place / name).write_text(text, encoding="utf-8")
    (place / "notes.txt").write_text("left", encoding="utf-8")
    return place


def _stages(source: Path, target: Path, **options: Any) -> list[tuple[str, int | None]]:
    stages = Stages()
    asked = Options(source=str(source), target=str(target), target_format="siyuan", timezone="UTC")
    with convert(msgspec.structs.replace(asked, **options), stages) as report:
        assert report.fault is None, report.fault
        assert report.verification.status == "passed"
        assert report.about["by_way_of"]
    return stages.told


def test_an_archive_is_read_once(vault: Path, tmp_path: Path) -> None:
    run(vault, tmp_path / "a.mnemo", "mnemo")
    told = _stages(tmp_path / "a.mnemo", tmp_path / "w")

    # the archive, then the vault that it came from
    assert [stage for stage in told if stage[0] == "Reading"] == [("Reading", 2), ("Reading", 2)]
    assert sum(name == "Listing" for name, _ in told) == 2


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_the_zone_of_either_conversion_counts(vault: Path, tmp_path: Path, zone: str) -> None:
    """The way back reads the archive in the zone of the first conversion, whatever the second one asks for."""
    run(vault, tmp_path / "a.mnemo", "mnemo", timezone="UTC")
    run(tmp_path / "a.mnemo", tmp_path / "there", "siyuan", timezone=zone)
    run(vault, tmp_path / "at-once", "siyuan", timezone=zone, notebook="Vault")

    assert differences(state(tmp_path / "at-once", "siyuan"), state(tmp_path / "there", "siyuan")) == []


def test_a_file_without_a_time_is_the_same_each_time(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package keeps no times; on the way by the vault the file has one."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    package = tmp_path / "a.mnemo"
    run(vault, package, "mnemo")
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("payloads/notes/assets/note-assets/new.png", b"new")
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        run(package, place, "siyuan")

    one, two = ({p.relative_to(place): p.read_bytes() for p in place.rglob("*") if p.is_file()} for place in places)
    assert any(path.name.startswith("new") for path in one)
    assert one == two


def _report(source: Path, target: Path, kind: str, jobs: int) -> dict[str, Any]:
    place = target.with_name(f"{target.name}.json")
    ended = invoke(
        "convert", str(source), str(target), "--to", kind, "--jobs", str(jobs), "--report", str(place), "-q",
        "--timezone", "UTC", "--no-progress",
    )  # fmt: skip
    assert ended.code == 0, ended
    told: dict[str, Any] = json.loads(place.read_bytes())
    return {name: value for name, value in told.items() if name not in ("source", "target", "timing", "log")}


@pytest.mark.parametrize(("via", "to"), [("mnemo", "siyuan"), ("siyuan", "mnemo")])
def test_any_number_of_workers_goes_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, via: str, to: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    make_vault(tmp_path / "Vault", 100, 5)
    between = tmp_path / ("a.mnemo" if via == "mnemo" else "a")
    _report(tmp_path / "Vault", between, via, 1)
    places = {jobs: tmp_path / (f"{jobs}.mnemo" if to == "mnemo" else str(jobs)) for jobs in (1, 3)}

    reports = {jobs: _report(between, place, to, jobs) for jobs, place in places.items()}

    assert reports[1]["verify"]["status"] == "passed"
    assert reports[1]["about"]["by_way_of"]["format"] == "markdown"
    assert reports[3] == reports[1]
    assert differences(state(places[1], to), state(places[3], to)) == []
