"""What `validate` says that Obsidian would not show of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter import Options
from converter.pipeline.run import validate


def told(folder: Path, **notes: str | bytes) -> list[tuple[str, str, int, int, int]]:
    """What is lost: the file, what, line, column, places."""
    for name, text in notes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = []
    with validate(Options(source=str(folder), source_format="markdown", timezone="UTC")) as report:
        assert report.fault is None, report.fault
        for finding in report.spool:
            if finding.code == "app-loses" and finding.location is not None:
                where = finding.location
                what = dict(finding.details)["what"]
                found.append((where.file, what, where.line, where.column, finding.count))
    return found


def test_a_sound_vault_loses_nothing(tmp_path: Path) -> None:
    notes = {
        "A.md": "---\ntags: [x]\n---\n[[B]] and [[Sub/C#Head]]",
        "B.md": "---\nno front matter",
        "Sub/C.md": "# Head",
    }

    assert told(tmp_path, **notes) == []


@pytest.mark.parametrize(
    ("name", "text", "what", "place"),
    [
        ("A.markdown", "a", "does not end in .md", (0, 0)),
        ("A #1.md", "a", "no link leads to a note", (0, 0)),
        ("A.md", "one\nGr\xfc\xdfe".encode("latin-1"), "windows-1252", (2, 1)),
        ("A.md", "a".encode("utf-16"), "UTF-16", (1, 1)),
        ("A.md", "---\na: b: c\n---\ntext", "front matter", (1, 1)),
        ("A.md", "---\n- a\n---\ntext", "front matter", (1, 1)),
    ],
)
def test_what_is_not_shown_is_told(
    name: str, text: str | bytes, what: str, place: tuple[int, int], tmp_path: Path
) -> None:
    ((file, said, *found),) = told(tmp_path, **{name: text})

    assert (file, tuple(found)) == (name, (*place, 1))
    assert what in said


TWO = {"x/Plan.md": "a", "y/Plan.md": "b"}


def test_a_link_that_may_mean_two_notes_is_told_where_it_stands(tmp_path: Path) -> None:
    text = "---\nk: v\n---\r\ntext `[[Plan]]` [[x/Plan]] [[Plan|p]]\n![[plan#^a]] [p](x/Plan.md)\n"
    ((file, what, line, column, places),) = told(tmp_path, **TWO, **{"z/N.md": text})

    assert (file, line, places) == ("z/N.md", 4, 2)
    assert text.split("\n")[3][column - 1 :].startswith("Plan|p")
    assert "2 have this name, and x/Plan.md is taken" in what


def test_a_link_to_a_neighbour_or_to_the_top_is_clear(tmp_path: Path) -> None:
    assert told(tmp_path / "near", **TWO, **{"y/N.md": "[[Plan]]"}) == []
    assert told(tmp_path / "top", **TWO, **{"z/N.md": "[[Plan]]", "Plan.md": "c"}) == []
