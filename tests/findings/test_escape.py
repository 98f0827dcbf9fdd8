from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.findings.escape import escape_for_terminal, escape_json, shortened, well_formed

everything = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plan für Ω 日本 👩‍🚀", "Plan für Ω 日本 👩‍🚀"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\nb\tc\r\x00\x7f\x9b", "a\\x0ab\\x09c\\x0d\\x00\\x7f\\x9b"),
        ("txt.\u202eexe", "txt.\\u202eexe"),
        ("\u2066\u200f\ufeff\u2028", "\\u2066\\u200f\\ufeff\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert escape_for_terminal(text) == shown


@settings(deadline=None, max_examples=300, derandomize=True)
@given(everything)
def test_nothing_that_is_escaped_can_move_or_hide(text: str) -> None:
    shown = escape_for_terminal(text)

    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in shown} & {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"}
    shown.encode("utf-8")


@settings(deadline=None, max_examples=300, derandomize=True)
@given(everything)
def test_well_formed_text_can_be_encoded_and_keeps_all_else(text: str) -> None:
    made = well_formed(text)

    made.encode("utf-8")
    if not any(0xD800 <= ord(sign) < 0xE000 for sign in text):
        assert made == text


@settings(deadline=None, max_examples=300, derandomize=True)
@given(everything.map(well_formed))
def test_escaped_json_means_the_same_and_is_harmless(text: str) -> None:
    made = escape_json(json.dumps([text], ensure_ascii=False, indent=1))

    assert json.loads(made) == [text]
    assert escape_for_terminal(made.replace("\n", "")) == made.replace("\n", "")


def test_a_shortened_text_keeps_both_ends() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("0123456789" * 10, 12) == "0123456…6789"
