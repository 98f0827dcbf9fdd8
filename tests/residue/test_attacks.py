"""Residue that is forged, stale, damaged, foreign or copied changes nothing that people see, and is reported."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from converter.pipeline.residue.give_back import GiveBack
from tests.residue.chains import NAMES, run, state
from tests.residue.editing import Row, edit_rows

NOTES = {"One": "# One\n\nFirst *text* here.\n\n* a\n* b\n", "Two": "Second text.\n\n%%hidden%%\n\nEnd.\n"}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    root.mkdir()
    for name, text in NOTES.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")
    return root


def lines(place: Path) -> Path:
    """The residue of a workspace or a vault."""
    return next(path for path in place.rglob("residue.jsonl"))


def in_lines(change: Callable[[list[Row]], list[Row]]) -> Callable[[Path], None]:
    """An attack on the records that stand beside notes."""

    def attack(place: Path) -> None:
        path = lines(place)
        records = change([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")

    return attack


def in_slices(change: Callable[[str], str]) -> Callable[[Path], None]:
    """An attack on the slices in blocks."""

    def attack(place: Path) -> None:
        def apply(rows: dict[str, Row]) -> None:
            for row in rows.values():
                for block in row["blocks"]:
                    text = block["meta"].get("converter")
                    if text:
                        block["meta"]["converter"] = change(text)

        edit_rows(place, apply)

    return attack


def forged(text: str) -> str:
    made = json.loads(text)
    for one in made.get("slices", ()):
        one[1] = "FORGED " + one[1]
    return json.dumps(made)


def _forge(records: list[Row]) -> list[Row]:
    for record in records:
        if record["kind"] == "note":
            record["content"]["text"] = "FORGED\n\n" + record["content"]["text"]
    return records


def _foreign(records: list[Row]) -> list[Row]:
    one, two = (record for record in records if record["kind"] == "note")
    one["content"], two["content"] = two["content"], one["content"]
    return records


def _doubled(records: list[Row]) -> list[Row]:
    return [twin for record in records for twin in (record, _forge([json.loads(json.dumps(record))])[0])]


def _cut(place: Path) -> None:
    path = lines(place)
    path.write_bytes(path.read_bytes()[:-40])


def _noise(place: Path) -> None:
    path = lines(place)
    data = bytearray(path.read_bytes())
    noise = random.Random(7)  # noqa: S311
    for _ in range(60):
        data[noise.randrange(len(data))] = noise.randrange(256)
    path.write_bytes(bytes(data))


def _oversized(records: list[Row]) -> list[Row]:
    for record in records:
        if record["kind"] == "note":
            record["content"]["text"] += "\n\n" + "FORGED " * 200_000
    return records


ATTACKS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "forged slices": ("mnemo", in_slices(forged)),
    "cut slices": ("mnemo", in_slices(lambda text: text[: len(text) // 2])),
    "slices that are something else": (
        "mnemo",
        in_slices(lambda _text: '{"v":1,"tag":"zz","slices":[[0,"FORGED",""]]}'),
    ),
    "forged records": ("siyuan", in_lines(_forge)),
    "records of other notes": ("siyuan", in_lines(_foreign)),
    "doubled records": ("siyuan", in_lines(_doubled)),
    "cut records": ("siyuan", _cut),
    "noise": ("siyuan", _noise),
    "huge records": ("siyuan", in_lines(_oversized)),
    "no header": ("siyuan", in_lines(lambda records: records[1:])),
    "only a header": ("siyuan", in_lines(lambda records: records[:1])),
}


_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def shown(vault: Path) -> dict[str, list[str]]:
    """The words of each note, without signs and comments."""
    found = state(vault, "markdown")
    texts = {name: _FRONT.sub("", one[0].decode()).replace("%%hidden%%", "") for name, one in found.items()}
    return {name: [word.strip("*#-.") for word in text.split() if word.strip("*#-.")] for name, text in texts.items()}


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_visible_changes(vault: Path, name: str, tmp_path: Path) -> None:
    via, attack = ATTACKS[name]
    between = tmp_path / "between" / NAMES[via]
    run(vault, between, via)
    attack(between)

    report = run(between, tmp_path / "back" / "vault", "markdown")

    codes: Any = report.resolved["codes"]
    assert shown(tmp_path / "back" / "vault") == shown(vault)
    if name not in ("no header", "doubled records", "only a header"):
        assert {"residue-unused", "residue-edited"} & codes.keys()


def test_a_stale_record_gives_way_to_what_is_shown(vault: Path, tmp_path: Path) -> None:
    between = tmp_path / "between" / NAMES["siyuan"]
    run(vault, between, "siyuan")
    old = lines(between).read_bytes()
    note = vault / "One.md"
    made = note.stat().st_mtime_ns
    note.write_text("Wholly new.\n", encoding="utf-8")
    os.utime(note, ns=(made, made))  # by which it gets the same id
    run(vault, tmp_path / "newer" / NAMES["siyuan"], "siyuan")
    lines(tmp_path / "newer").write_bytes(old)

    run(tmp_path / "newer" / NAMES["siyuan"], tmp_path / "back" / "vault", "markdown")

    assert state(tmp_path / "back" / "vault", "markdown")["One.md"][0] == b"Wholly new.\n"


@pytest.mark.parametrize("kind", ["siyuan", "mnemo"])
def test_notes_whose_residue_does_not_fit_are_made_of_what_they_are_now(
    vault: Path, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between, back = tmp_path / NAMES[kind], tmp_path / "back"
    run(vault, between, kind)
    monkeypatch.setattr(GiveBack, "_edit", lambda *_: None)

    report = run(between, back, "markdown", jobs=1)

    codes: Any = report.resolved["codes"]
    assert "residue-unused" in codes
    assert report.verification.status == "passed"
    assert shown(back) == shown(vault)


def test_a_newer_form_of_residue_is_refused(vault: Path, tmp_path: Path) -> None:
    from converter import Options, convert

    between = tmp_path / "between" / NAMES["siyuan"]
    run(vault, between, "siyuan")

    def newer(records: list[Row]) -> list[Row]:
        records[0]["schema"] = "mnemo-converter/residue-9"
        return records

    in_lines(newer)(between)
    options = Options(source=str(between), target=str(tmp_path / "back"), target_format="markdown")
    with convert(options) as report:
        assert report.exit_code == 3
        assert "--ignore-residue" in (report.fault.hint if report.fault else "")
