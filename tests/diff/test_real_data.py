"""Real libraries, wikis and vaults: equal to themselves, to their copies, and by two ways to one format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.diff.archives import compare, converted, differences
from tests.pipeline.test_real_data import SOURCES, source_of
from tests.support import vault


def place_of(name: str) -> Path:
    return vault(300) if name == "vault" else source_of(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_an_archive_is_equal_to_itself(name: str) -> None:
    with compare(place_of(name), place_of(name)) as report:
        assert (report.fault, report.exit_code) == (None, 0)
        assert list(report.spool) == []
        assert report.diff is not None
        assert report.diff["notes"].equal >= 30
        assert not any(row.differs for row in report.diff.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SOURCES if name != "vault"])
def test_a_conversion_within_one_system_changes_nothing(name: str, tmp_path: Path) -> None:
    """But for the vault: a tag that touches other text is text afterwards, and that is a difference."""
    source = place_of(name)
    kind = "mnemo" if source.is_file() else "siyuan" if name in ("guide", "workshop") else "markdown"

    assert differences(source, converted(source, tmp_path / "copy", kind)) == []


@pytest.mark.slow
@pytest.mark.parametrize("last", ["mnemo", "markdown", "siyuan"])
@pytest.mark.parametrize("name", SOURCES)
def test_two_ways_to_one_format_give_the_same(
    name: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way leads once more through what the target is: whatever it cannot hold is gone on both ways."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    direct = converted(place_of(name), tmp_path / "direct", last)
    between = converted(direct, tmp_path / "between", last)

    assert differences(direct, converted(between, tmp_path / "way", last)) == []


@pytest.mark.slow
@pytest.mark.parametrize("last", ["mnemo", "siyuan"])
def test_a_wiki_comes_the_same_way_through_markdown(last: str, tmp_path: Path) -> None:
    source = place_of("wiki")
    between = converted(source, tmp_path / "between", "markdown")

    assert differences(converted(source, tmp_path / "direct", last), converted(between, tmp_path / "way", last)) == []


@pytest.mark.slow
def test_one_word_of_a_vault(tmp_path: Path) -> None:
    source = vault(300)
    copy = Path(shutil.copytree(source, tmp_path / "copy"))
    path = next(path for path in sorted(copy.rglob("*.md")) if "\n\n" in path.read_text(encoding="utf-8").strip())
    text = path.read_text(encoding="utf-8").rstrip()
    path.write_text(f"{text}\n\nChanged.\n", encoding="utf-8")

    found = differences(source, copy)

    assert [(code, item) for code, item, _ in found] == [("item-differs", f"notes/{path.relative_to(copy).as_posix()}")]
    assert found[0][2].endswith("of B: nothing / paragraph “Changed.”")
