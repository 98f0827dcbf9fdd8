"""Rows of the catalogue of hostile inputs, each through `validate` and `convert`.

Besides what each row names: nothing but the target is written, the source stays as it is, and a refusal writes nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from converter.storage.names import fold
from tests.hostile import archives, contents, databases, files, vaults, workspaces
from tests.hostile.case import FOUND, LIMITED, REFUSED, Case, convert, seen, texts, validate

CASES = [*archives.CASES, *contents.CASES, *databases.CASES, *files.CASES, *vaults.CASES, *workspaces.CASES]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such names, links and pipes")


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.id for case in CASES]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id.encode("ascii", "backslashreplace").decode())
def test_row(tmp_path: Path, case: Case) -> None:
    made, place = tmp_path / "made", tmp_path / "place"
    made.mkdir()
    place.mkdir()
    source = case.make(made)
    before = seen(tmp_path)

    checked = validate(source, *case.options)

    expected = case.convert if case.validate is None else case.validate
    predicted = expected == 0 and checked.code == FOUND and "app-refuses" in checked.codes
    assert checked.code == expected or predicted, checked
    assert seen(tmp_path) == before

    done = convert(source, f"{place}/{case.to}", *case.options)

    assert done.code == case.convert, done
    assert seen(tmp_path, but=[place]) == before
    for outcome in (checked, done):
        assert set(case.codes) <= set(outcome.codes), outcome
        assert not set(case.without) & set(outcome.codes), outcome
        assert not outcome.message or case.text in outcome.message, outcome
    if case.convert in (REFUSED, LIMITED):
        assert done.message
        assert checked.message
        assert not seen(place)
    else:
        _accounted_for(case, place, done.counts)
    if done.code == FOUND:
        ends = ("failed", "lost", "carried")
        assert sum(counts.get(end, 0) for counts in done.counts.values() for end in ends)


def _accounted_for(case: Case, place: Path, counts: dict[str, dict[str, int]]) -> None:
    if case.notes is not None:
        assert counts["notes"].get("created", 0) == case.notes, counts
    shown = texts(place / case.to) if case.holds else ""
    for text in case.holds:
        assert text in shown, shown
    written = [fold(name) for name in seen(place)]
    assert len(written) == len(set(written))
    assert all(name.startswith(case.to.rstrip("/").lower()) for name in written)
