"""Limits by name."""

from __future__ import annotations

import msgspec
import pytest

from converter.errors import LimitError, UsageError
from converter.storage.limits import DEFAULT_LIMITS, NO_LIMITS, Limits, describe, exceeded, parse_limits


def test_every_limit_is_described_and_has_a_default() -> None:
    described = describe()
    assert [key for key, _, _ in described] == [field.name for field in msgspec.structs.fields(Limits)]
    assert {key: default for key, default, _ in described} == msgspec.structs.asdict(DEFAULT_LIMITS)
    assert all(text for _, _, text in described)


def test_no_limits_are_above_all_defaults() -> None:
    for key, default, _ in describe():
        assert getattr(NO_LIMITS, key) > 1000 * default


@pytest.mark.parametrize(
    ("pair", "key", "value"),
    [
        ("members=5", "members", 5),
        ("members = 5", "members", 5),
        ("member-bytes=2k", "member_bytes", 2048),
        ("total_bytes=3M", "total_bytes", 3 * 1024**2),
        ("file_bytes=1GiB", "file_bytes", 1024**3),
        ("load_bytes=2TB", "load_bytes", 2 * 1024**4),
        ("depth=999999999999999999T", "depth", NO_LIMITS.depth),
        ("depth=0", "depth", 0),
    ],
)
def test_parse(pair: str, key: str, value: int) -> None:
    limits = parse_limits([pair])
    assert getattr(limits, key) == value
    assert msgspec.structs.replace(limits, **{key: getattr(DEFAULT_LIMITS, key)}) == DEFAULT_LIMITS


def test_the_last_of_a_key_counts() -> None:
    assert parse_limits(["depth=1", "members=7", "depth=2"]) == Limits(depth=2, members=7)
    assert parse_limits([]) == Limits()


@pytest.mark.parametrize(
    "pair", ["depth", "depth=", "depth=-1", "depth=1.5", "depth=1 K", "depth=x", "depth=1e3", "depth=٣"]
)
def test_no_number(pair: str) -> None:
    with pytest.raises(UsageError, match=r"^--limits depth") as caught:
        parse_limits([pair])
    assert caught.value.hint


def test_an_unknown_key_gets_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"there is no limit 'membres'; did you mean 'members'\?"):
        parse_limits(["membres=5"])
    with pytest.raises(UsageError, match="known limits: members, member_bytes, "):
        parse_limits(["zzzzzz=5"])


def test_exceeding_names_the_limit_and_how_to_raise_it() -> None:
    with pytest.raises(LimitError) as caught:
        exceeded(Limits(depth=3), "depth", "The folder a/b/c/d", 4)
    assert caught.value.message == "The folder a/b/c/d: 4 is above the limit depth=3 (folders inside each other)."
    assert caught.value.hint == "If you trust this source: --limits depth=4, or --no-limits."
