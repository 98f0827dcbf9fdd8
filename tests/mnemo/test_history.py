"""The practice history, cut out of the document of flashcards and put back without touching a byte of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.formats.mnemo.history import cut_history, put_history
from converter.text.json_text import JsonTextError, Members, parse

DOCUMENTS = (
    '{"Folders":[],"Decks":[],"SessionHistory":[{"DeckId":"d"}]}',
    ' { "SessionHistory" : [ 1 , {"a":"]}"} ] , "Decks" : [ ] } \n',
    '{"SessionHistory":[1],"SessionHistory":[2]}',
    '{"Session\\u0048istory":[1]}',
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_it_is_cut_out_and_put_back(document: str) -> None:
    rest, history = cut_history(document)

    assert history.startswith("[")
    assert put_history(rest, history) == document
    assert cut_history(rest) == (rest, "")


@pytest.mark.parametrize(
    "document",
    ["", "{}", "[]", "null", '{"SessionHistory":[]}', '{"SessionHistory":null}', '{"SessionHistory":{"a":1}}', "{",
     '{"SessionHistory":[1]', '{"SessionHistory":[1]} x', '{"a":{"SessionHistory":[1]}}', '{"SessionHistory"'],
)  # fmt: skip
def test_where_there_is_none_nothing_is_cut(document: str) -> None:
    assert cut_history(document) == (document, "")
    assert put_history(document, "") == document


_NAMES = st.sampled_from(["Decks", "SessionHistory", "x"])
_VALUES = st.sampled_from(["[]", "[1]", '["]"]', "{}", "null", '"["', "1e5", "tru", "[[[]]]"])
_BLANKS = st.sampled_from(["", " ", "\n\t"])


@given(st.lists(st.tuples(_BLANKS, _NAMES, _BLANKS, _VALUES), max_size=5), st.sampled_from(["}", "} ", "", "}}"]))
def test_any_document_comes_back(members: list[tuple[str, str, str, str]], end: str) -> None:
    document = "{" + ",".join(f'{a}"{name}"{b}:{b}{value}{a}' for a, name, b, value in members) + end

    rest, history = cut_history(document)

    assert put_history(rest, history) == document
    if history:
        value = _value(document)
        assert isinstance(value, Members)
        assert _value(history) is not None
        assert _value(rest) is not None


def _value(text: str) -> object:
    try:
        return parse(text, 100).value
    except JsonTextError:
        return None
