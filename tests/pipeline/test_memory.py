"""Notes that come again are known again, and only these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from zoneinfo import ZoneInfo

import msgspec
import pytest

from converter.formats.front import SourceContext, Stored
from converter.formats.registry import load
from converter.pipeline.bench import Bench, Reading
from converter.storage.limits import NO_LIMITS, parse_limits

NOTE = Stored("a.md", b"# One\n\ntext [[b]]\n", "a.md")
CONTEXT = SourceContext(limits=NO_LIMITS, zone=UTC)
READING = Reading(format="markdown", context=CONTEXT, lifts=load("markdown").profile({}))


@pytest.fixture
def bench() -> Iterator[Bench]:
    with closing(Bench()) as one:
        one.remember(cuts=True)
        one.reads(READING)
        yield one


def _elsewhere(bench: Bench, **changed: object) -> None:
    bench.reads(msgspec.structs.replace(READING, context=msgspec.structs.replace(CONTEXT, **changed)))


def test_a_note_that_comes_again_is_not_kept_again(bench: Bench) -> None:
    first = bench.learn(NOTE)
    bench.learn(msgspec.structs.replace(NOTE, key="c.md"))

    assert bench.learn(NOTE) == first


def test_limits_refuse_notes_and_change_none(bench: Bench) -> None:
    first = bench.learn(NOTE)
    _elsewhere(bench, limits=parse_limits(("depth=10",)))

    assert bench.learn(NOTE) == first


@pytest.mark.parametrize("changed", [{"data": b"# Two\n"}, {"path": "b.md"}, {"order": 1}, {"beside": (("x", b""),)}])
def test_another_note_is_read(bench: Bench, changed: dict[str, object]) -> None:
    first = bench.learn(NOTE)

    assert bench.learn(msgspec.structs.replace(NOTE, **changed)).known.kept != first.known.kept


def test_another_way_of_reading_is_another_note(bench: Bench) -> None:
    first = bench.learn(NOTE)
    _elsewhere(bench, zone=ZoneInfo("Asia/Tokyo"))

    assert bench.learn(NOTE).known.kept != first.known.kept


def test_a_note_that_cannot_be_read_is_tried_again(bench: Bench) -> None:
    bench.reads(msgspec.structs.replace(READING, format="mnemo", lifts=None))
    broken = Stored("x", b"no JSON")
    first = bench.learn(broken)

    assert first.failure is not None
    assert bench.learn(broken) == first
