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


def test_pieces_of_any_length_come_back_in_any_order_from_memory_and_from_a_file() -> None:
    pieces = [bytes([number % 256]) * length for number, length in enumerate((0, 1, 1015, 1016, 1017, 5000, 70_000))]
    for held in (1, 3000, 1 << 20):
        scratch = Scratch(held)
        places = [scratch.keep(piece) for piece in pieces]

        assert [scratch.piece(place) for place in reversed(places)] == pieces[::-1]
        again = scratch.keep(b"again")
        assert (scratch.piece(again), scratch.piece(places[0])) == (b"again", b"")
        scratch.close()
