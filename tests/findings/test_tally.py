from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import InternalFaultError
from converter.findings.tally import DISPOSITIONS, Tally


def test_rows_have_every_member_and_written_is_derived() -> None:
    tally = Tally(("folders", "notes", "assets"))
    tally.read("assets", 2)
    tally.read("notes", 7)
    for disposition in DISPOSITIONS[:6]:
        tally.end("notes", disposition)
    tally.end("notes", "failed")
    tally.end("assets", "created", 2)
    tally.approximated("notes")

    assert list(tally.rows()) == [
        (
            "notes",
            {
                "read": 7,
                "created": 1,
                "duplicated": 1,
                "overwritten": 1,
                "unchanged": 1,
                "skipped": 1,
                "carried": 1,
                "lost": 0,
                "failed": 1,
                "written": 3,
                "approximated": 1,
            },
        ),
        ("assets", dict.fromkeys(DISPOSITIONS, 0) | {"read": 2, "created": 2, "written": 2, "approximated": 0}),
    ]
    assert tally.law_breaks() == []
    assert tally.total("created") == 3


def test_a_broken_law_is_told() -> None:
    tally = Tally()
    tally.read("notes", 3)
    tally.end("notes", "created", 2)
    tally.approximated("blocks")

    assert tally.law_breaks() == [
        "notes: 3 were read, 2 are accounted for.",
        "blocks: 1 approximated of 0 written.",
    ]


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["notes", "blocks"]), st.sampled_from(DISPOSITIONS), st.integers(0, 9))))
def test_the_law_holds_where_every_unit_ends_once(ends: list[tuple[str, str, int]]) -> None:
    left, right = Tally(), Tally()
    for kind, disposition, number in ends:
        left.read(kind, number)
        right.end(kind, disposition, number)
    left.merge(right)

    assert left.law_breaks() == []


def test_an_unknown_disposition_is_an_error_of_ours() -> None:
    with pytest.raises(InternalFaultError, match="vanished"):
        Tally().end("notes", "vanished")
