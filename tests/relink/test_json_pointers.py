"""Pointers of strings of JSON texts: each leads to the string that would change."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from converter.text.json_places import Patch, Place, strings
from converter.text.json_pointers import pointed
from tests.support import value_at

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="ab/~0é\U0001d11e"), inner),
    max_leaves=12,
)


def shout(place: Place, patch: Patch) -> None:
    """Change every string."""
    for _, _, spot in strings(place):
        patch.put(spot, f"{spot.text}!")


def texts_in(value: Any) -> list[str]:
    """All strings that are values, in reading order."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts_in(one)]


@given(st.lists(JSON) | st.dictionaries(st.text(), JSON), st.sampled_from((None, 1)))
def test_each_pointer_leads_to_its_string(value: Any, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)

    found = list(pointed(text, shout))

    assert [value_at(one.pointer, value) for one in found] == texts_in(value)
    assert [one.new for one in found] == [f"{one}!" for one in texts_in(value)]
    for one in found:
        assert json.JSONDecoder().raw_decode(text, one.start - 1)[0] == value_at(one.pointer, value)


def test_what_is_no_json_has_no_pointers() -> None:
    assert list(pointed("{", shout)) == []
