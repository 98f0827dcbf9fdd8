"""Changes to strings of JSON texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.text.json_places import Entries, Patch, Place, Spot, edited, places, strings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def plain(place: Place | None) -> Any:
    """The value that a place stands for."""
    if isinstance(place, Entries):
        return {name.text: plain(value) for name, value in place.pairs}
    if isinstance(place, list):
        return [plain(element) for element in place]
    if isinstance(place, Spot):
        return json.loads(place.text) if place.bare else place.text
    assert place is not None
    return json.loads(place)


def spell(text: str) -> str:
    """A text between its quotation marks."""
    return json.dumps(text)[1:-1]


@given(JSON, st.booleans(), st.sampled_from((None, 1, "\t")))
def test_it_reads_what_a_json_reader_reads(value: Any, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert plain(places(text)) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "[1,]", "[,1]", '{"a":}', '{"a" 1}', "{1:2}", '{"a":1,}', "[1 2]", "1 2", "[]]", "{]", "tru", "01",
     '"\n"', '"\\x"', "nan", ",", ":", "]", '{"a":1 "b":2}', "{:1}",
     '{"a":true,}', '{"a":true "b":null}', "{true}", '{"a":true,"b"}', '{"a":true]', '{"a":true}}', '["a":1]', "- 1"],
)  # fmt: skip
def test_what_is_no_json_has_no_places(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(text)
    assert places(text) is None
    assert edited(text.encode(), spell, _shout) == text.encode()


@given(JSON, st.sampled_from((None, 2)))
def test_strings_change_and_nothing_else(value: Any, indent: int | None) -> None:
    data = json.dumps(value, indent=indent).encode()

    def shouted(inner: Any) -> Any:
        if isinstance(inner, list):
            return [shouted(element) for element in inner]
        if isinstance(inner, dict):
            return {name: shouted(element) for name, element in inner.items()}
        return f"{inner}!" if isinstance(inner, str) else inner

    assert edited(data, spell, _shout) == json.dumps(shouted(value), indent=indent).encode()


@given(st.text(), st.data())
def test_a_part_of_a_string_changes(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    ascii_only = data.draw(st.booleans())
    source = json.dumps(text, ensure_ascii=ascii_only)

    def edit(place: Place, patch: Patch) -> None:
        assert isinstance(place, Spot)
        patch.put_in(place, [(start, end, "née")])

    changed = edited(source.encode(), spell, edit).decode()
    assert json.loads(changed) == text[:start] + "née" + text[end:]


def test_bytes_that_are_no_utf8_and_a_byte_order_mark_stay() -> None:
    data = b'\xef\xbb\xbf {"a":"\xff","b" : "x"}\r\n'
    assert edited(data, spell, _shout) == b'\xef\xbb\xbf {"a":"\\ufffd!","b" : "x!"}\r\n'
    assert edited(data, spell, lambda _place, _patch: None) is data


def test_a_number_becomes_a_string() -> None:
    def edit(place: Place, patch: Patch) -> None:
        assert isinstance(place, list)
        patch.put(place[0], "x")
        patch.put(place[1], "true")

    assert edited(b"[ 7, true ]", spell, edit) == b'[ "x", true ]'


def test_deep_nesting_is_read() -> None:
    text = "[" * 50_000 + '"x"' + "]" * 50_000
    assert [spot.text for _, _, spot in strings(places(text))] == ["x"]


def _shout(place: Place, patch: Patch) -> None:
    for _, _, spot in strings(place):
        patch.put(spot, spot.text + "!")
