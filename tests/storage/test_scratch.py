"""Pieces of bytes that are kept for later."""

from __future__ import annotations

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from converter.storage.scratch import Scratch


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 100))
def test_each_piece_comes_back(pieces: list[bytes], held: int) -> None:
    with closing(Scratch(held)) as scratch:
        places = []
        for piece in pieces:
            places.append(scratch.keep(piece))
            assert scratch.piece(places[0]) == pieces[0]

        assert [scratch.piece(place) for place in reversed(places)] == pieces[::-1]
