"""Work grows as its input does: what is large in one way costs no more for each of its parts.

Lines of Python that run and calls of functions, of C too, are counted at three sizes; what does not grow falls out of
their differences. The count does not see how long one call in C takes: a search in a list, a slice, a copy of a
mapping, joining texts. Those show as time, of larger runs under a profiler.

Where a target indents lists in each other, its text itself is as long as the square of their depth: only the work on it
is bounded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scaling.cases import CASES
from tests.scaling.directions import CLOCK, conflicts, decks, works

GROWTH = 5
MOST = 5.5
"""How much more work five times as much may take."""

GROUPS = (("siblings", "namesakes", "links"), ("headings", "nested", "table"), ("marks", "colons"))
FULL = {
    "siblings": 100_000,
    "namesakes": 20_000,
    "links": 100_000,
    "nested": 2000,
    "headings": 10_000,
    "table": 10_000,
    "marks": 10_000,
    "colons": 10_000,
}
SYSTEMS = ("markdown", "siyuan", "mnemo", "mnemo-db")


@pytest.fixture(scope="module")
def _warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs of one time; what runs for the first time imports and compiles, which is no work on the input."""
    root = tmp_path_factory.mktemp("warm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(CLOCK))
        works(tuple(CASES), 4, root / "all")
        for system in SYSTEMS:
            conflicts(system, 4, root / system)
        yield


def _grows(counted: Callable[[int, Path], dict[str, int]], largest: int, root: Path) -> dict[str, tuple[int, int]]:
    """Directions in which work grows by too much: by how much, and by how much before."""
    sizes = (largest // GROWTH**2, largest // GROWTH, largest)
    low, middle, high = (counted(size, root / str(size)) for size in sizes)
    grown = {name: (high[name] - middle[name], middle[name] - low[name]) for name in high}
    return {name: (more, before) for name, (more, before) in grown.items() if more > MOST * before + largest}


@pytest.mark.slow
@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("cases", GROUPS, ids="+".join)
def test_work_grows_as_the_input_does(cases: tuple[str, ...], tmp_path: Path) -> None:
    assert _grows(lambda size, root: works(cases, size, root), 75, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("system", SYSTEMS)
def test_work_grows_as_conflicts_do(system: str, tmp_path: Path) -> None:
    assert _grows(lambda size, root: conflicts(system, size, root), 125, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("system", ["mnemo", "mnemo-db"])
def test_work_grows_as_conflicts_of_decks_do(system: str, tmp_path: Path) -> None:
    assert _grows(lambda size, root: decks(system, size, root), 125, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.huge
@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("case", CASES)
def test_work_at_the_full_sizes(case: str, tmp_path: Path) -> None:
    assert _grows(lambda size, root: works([case], size, root), FULL[case], tmp_path) == {}


@pytest.mark.slow
@pytest.mark.huge
@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("system", SYSTEMS)
def test_work_at_fifty_thousand_conflicts(system: str, tmp_path: Path) -> None:
    assert _grows(lambda size, root: conflicts(system, size, root), 50_000, tmp_path) == {}
