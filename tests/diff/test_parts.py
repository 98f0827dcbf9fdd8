"""The small pieces of a comparison: matching, the parts of files, where values part."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest

from converter.model.blocks import Heading, Paragraph
from converter.model.facts import PayloadFact, UnitFact
from converter.model.moment import parse_moment
from converter.model.runs import BOLD, Style, TextRun
from converter.pipeline.diff.facts import Sayings, same_time
from converter.pipeline.diff.match import Round, match
from converter.pipeline.diff.parts import parts_of
from converter.pipeline.diff.places import places_of, short, told
from converter.pipeline.diff.residue import is_own_name, is_residue


def test_rounds_go_from_the_surest_sign_to_the_least() -> None:
    rounds = [Round[str]("whole", lambda one: one), Round[str]("first", lambda one: one[:1], unique=False)]

    found = match(["ab", "ac", "d", "e"], ["ac", "ax", "ay", "d", "f"], rounds)

    assert found.pairs == [("ac", "ac", "whole"), ("d", "d", "whole"), ("ab", "ax", "first")]
    assert (found.only_a, found.only_b) == (["e"], ["ay", "f"])


def test_a_sign_that_two_share_is_none() -> None:
    found = match(["a1", "a2"], ["a3"], [Round[str]("first", lambda one: one[:1])])

    assert found.pairs == []


def parts(data: bytes) -> dict[str, str]:
    return parts_of(io.BytesIO(data))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a": 1, "b": {"x": 1, "y": 2}}', b'\xef\xbb\xbf{"b":{"y":2,"x":1},"a":1}'),
        (b'[{"id": "m", "t": 1}, {"id": "n"}]', b'[{"id":"n"},{"t":1,"id":"m"}]'),
        (b"[1, 2]", b"[1,2]"),
        (b"plain", b"plain"),
    ],
)
def test_files_that_mean_the_same(one: bytes, other: bytes) -> None:
    assert parts(one) == parts(other)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (b'{"a": 1, "b": 2}', b'{"a": 1, "b": 2.0}', {"b"}),
        (b'{"a": 12345678901234567890123}', b'{"a": 12345678901234567890124}', {"a"}),
        (b'[{"id": "m", "t": 1}]', b'[{"id": "m", "t": 2}]', {"m"}),
        (b"[" * 100_000, b"[" * 100_001, {""}),
        (b"[1, 2]", b"[2, 1]", {""}),
        (b"{broken", b"{brokem", {""}),
        (b"SQLite format 3\0broken", b"SQLite format 3\0broker", {""}),
    ],
)
def test_files_that_differ(one: bytes, other: bytes, differ: set[str]) -> None:
    left, right = parts(one), parts(other)

    assert {key for key in {*left, *right} if left.get(key) != right.get(key)} == differ


def test_rows_of_a_database_are_its_parts(tmp_path: Path) -> None:
    made = []
    for number, rows in enumerate(([("k", '{"a": 1, "b": 2}'), ("l", "x")], [("l", "x"), ("k", '{"b":2,"a":1}')])):
        path = tmp_path / f"{number}.db"
        connection = sqlite3.connect(path)
        connection.execute('CREATE TABLE "odd ""name" (Id TEXT, Json TEXT)')
        connection.executemany('INSERT INTO "odd ""name" VALUES (?, ?)', rows)
        connection.commit()
        connection.close()
        made.append(path.read_bytes())

    assert made[0] != made[1]
    assert parts(made[0]) == parts(made[1])
    assert parts(made[0]).keys() == {"k", "l"}


def paragraph(text: str, style: Style = Style()) -> Paragraph:  # noqa: B008 - a frozen value
    return Paragraph(runs=(TextRun(text=text, style=style),))


def test_blocks_are_aligned() -> None:
    a = Sayings({}, tuple(map(paragraph, ("one", "two", "three"))))
    b = Sayings({}, tuple(map(paragraph, ("new", "one", "three"))))

    assert list(map(str, places_of(a, b))) == [
        "/blocks/0 of B: nothing / paragraph “new”",
        "/blocks/1: paragraph “two” / nothing",
    ]


def test_depth_and_kind_are_told() -> None:
    inner = paragraph("x")
    a = Sayings({}, (paragraph("y"), inner))
    b = Sayings({}, (Paragraph(runs=paragraph("y").runs, children=(inner,)),))
    assert [str(one) for one in places_of(a, b)] == ["/blocks/1: paragraph “x” at its depth / at another"]

    heading = Heading(level=1, runs=inner.runs)
    assert [one.a for one in places_of(Sayings({}, (heading,)), Sayings({}, (inner,)))] == ["heading “x”"]


def test_many_places_are_cut_short() -> None:
    a = Sayings(dict.fromkeys("abcdefg", "1"), ())

    assert told(places_of(a, Sayings({}, ()))).endswith("; 3 more")


def test_very_long_notes_are_compared_line_by_line() -> None:
    a = Sayings({}, tuple(paragraph(f"a{number}") for number in range(2100)))
    b = Sayings({}, tuple(paragraph(f"b{number}") for number in range(2100)))

    assert len(places_of(a, b)) == 2100


def test_values_for_people() -> None:
    assert short(None) == "nothing"
    assert short(True) == "yes"
    assert short(["a", "b"]) == "a, b"
    assert short(parse_moment("2026-01-02T03:04:05Z")) == "2026-01-02T03:04:05Z"
    assert short(TextRun(text="x", style=Style(BOLD))) == "text “x”"
    assert short("x" * 100) == f"“{'x' * 58}…”"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-01-02T03:04:05.9Z", "2026-01-02T03:04:05Z", True),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", False),
        ("2026-01-02", "2026-01-02T13:04:06Z", True),
        ("2026-01-02", "2026-01-04T13:04:06Z", False),
        ("2026-01-02", "", True),
    ],
)
def test_times(one: str, other: str, same: bool) -> None:
    assert same_time(parse_moment(one), parse_moment(other)) is same


def test_what_is_ours() -> None:
    assert is_residue(PayloadFact(key=".converter", type="residue"))
    assert not is_residue(PayloadFact(key="residue", type="residue", units=(UnitFact(kind="payloads", key="r"),)))
    assert is_own_name("converter")
    assert not is_own_name("custom-mine")
