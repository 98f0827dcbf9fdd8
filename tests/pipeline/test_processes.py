"""Worker processes: the order of answers, who answers, and what happens when one fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from converter.errors import EnvironmentFaultError, ItemError
from converter.pipeline.processes import Processes
from tests.pipeline.serving import serving


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with closing(Processes(2, serving)) as two:
        yield two


def test_answers_come_in_the_order_of_the_requests(processes: Processes) -> None:
    sizes = [3_000_000, *range(60), 2_000_000]

    answers = [said[4:] for _, said in processes.answers((None, "count", b"x" * size) for size in sizes)]

    assert [len(answer) for answer in answers] == sizes


def test_a_request_goes_to_the_worker_that_it_names(processes: Processes) -> None:
    wanted = [0, 1, 1, 1, 0, 1] * 5

    assert [at for at, _ in processes.answers((at, "count", b"") for at in wanted)] == wanted


def test_everyone_is_asked(processes: Processes) -> None:
    before = [_count(processes, at) for at in (0, 1)]

    processes.all("count", b"")

    assert [_count(processes, at) for at in (0, 1)] == [number + 2 for number in before]


def _count(processes: Processes, at: int) -> int:
    ((_, said),) = processes.answers([(at, "count", b"")])
    return int.from_bytes(said[:4], "big")


def test_requests_are_not_made_long_before_they_are_answered(processes: Processes) -> None:
    made = 0

    def requests() -> Iterator[tuple[int | None, str, bytes]]:
        nonlocal made
        for _ in range(200):
            made += 1
            yield None, "count", b""

    for number, _ in enumerate(processes.answers(requests()), 1):
        assert made - number <= 12


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("refuse", ItemError, "This cannot be read."),
        ("odd", RuntimeError, "_UnfitError"),
        ("die", EnvironmentFaultError, "signal 9"),
    ],
)
def test_what_a_worker_raises_is_raised(name: str, kind: type[Exception], text: str) -> None:
    with closing(Processes(1, serving)) as one, pytest.raises(kind, match=text) as caught:
        list(one.answers([(None, "count", b""), (None, name, b""), (None, "count", b"")]))

    if isinstance(caught.value, ItemError):
        assert caught.value.hint == "Leave it."
