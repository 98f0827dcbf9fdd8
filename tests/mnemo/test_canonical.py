"""Texts of `meta` as the application writes them are read the quick way, and no others."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.formats.mnemo.notes import note_text
from converter.formats.mnemo.strict import strict_note
from converter.model.blocks import Paragraph
from converter.model.items import Note
from converter.model.moment import Moment
from converter.text.json_text import quote


def _is_canonical(spelled: str) -> bool:
    block = Paragraph(id="b", attrs=(("x", spelled),))
    note = Note(key="n", id="n", title="", order=0, blocks=(block,), created=Moment(1, 0), updated=Moment(1, 0))
    return strict_note(note_text(note).encode()) is not None


@given(st.text())
def test_what_the_application_writes(text: str) -> None:
    assert _is_canonical(quote(text))


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x80), min_size=1))
def test_no_letter_stands_as_it_is(text: str) -> None:
    assert not _is_canonical(f'"{text}"')


@given(st.text(st.characters(min_codepoint=0xAA, max_codepoint=0xFFFF, exclude_categories=("Cs",)), min_size=1))
def test_hexadecimal_digits_are_capitals(text: str) -> None:
    spelled = json.dumps(text)
    assert _is_canonical(spelled) is (spelled == quote(text))


def test_every_character_as_the_application_spells_it() -> None:
    every = [*range(0xD800), *range(0xE000, 0x10000), 0x10000, 0x1F600, 0x10FFFF]
    for code in every:
        assert _is_canonical(quote(f"a{chr(code)}{chr(code)}b")), hex(code)


@pytest.mark.parametrize(
    "text",
    [
        *(r"\u4e2d", "中", r"\/", r"\"", r"\u0041", r"\u000A", r"\u005C", "<", "\x7f"),
        *(r"\uD83D", r"\uDE00", r"\uD83D\u0041"),
    ],
)
def test_other_spellings_are_left_to_the_patient_reader(text: str) -> None:
    assert not _is_canonical(f'"{text}"')
