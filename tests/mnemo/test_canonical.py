"""Texts of `meta` as the application writes them are read the quick way, and no others."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.formats.mnemo.strict import strict_note
from converter.text.json_text import quote


def _is_canonical(spelled: str) -> bool:
    note = (
        '{"noteId":"a","title":"","folderId":null,"parentNoteId":null,"order":0,"folderPath":"","content":"","blocks":[{"id":"b",'
        '"type":"Text","order":0,"spans":[],"payload":{"kind":"empty"},"meta":{"text":' + spelled + "}}],"
        '"createdAt":"2026-05-01T10:00:00Z","modifiedAt":"2026-05-01T10:00:00Z","isFavorite":false}'
    )
    return strict_note(note.encode("utf-8", "surrogatepass")) is not None


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


@pytest.mark.parametrize(
    "spelled", [r'"\/"', r'"\""', r'"\u000A"', r'"\uD83D"', r'"\uDE00"', r'"\u0041"', '"<"', r'"\uD83D\u0041"']
)
def test_other_spellings(spelled: str) -> None:
    assert not _is_canonical(spelled)
