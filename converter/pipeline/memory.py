"""What was learnt of notes that one session gives to the next: they are not read again."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from converter.digests import digest_of_bytes
from converter.formats.front import Stored
from converter.pipeline.learnt import Learnt, pack
from converter.storage.known_names import Names
from converter.storage.limits import NO_LIMITS
from converter.storage.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Callable

    from converter.pipeline.bench import Reading

__all__ = ["Memory"]


class Memory:
    """Knows notes again by all that their stores say of them, where they are read in the same way.

    `cuts` says that all were cut into segments.
    """

    def __init__(self, *, cuts: bool) -> None:
        self.cuts = cuts
        self._ways: list[Reading] = []
        self._way = ""
        self._places: Names[int] = Names()
        self._scratch = Scratch()

    def reads(self, reading: Reading) -> None:
        """From now on notes are read in this way."""
        # Limits refuse notes, and change none.
        context = msgspec.structs.replace(reading.context, limits=NO_LIMITS)
        way = msgspec.structs.replace(reading, context=context, cuts=self.cuts)
        if way not in self._ways:
            self._ways.append(way)
        self._way = f":{self._ways.index(way)}"

    def take(self, stored: Stored, learnt: Learnt) -> None:
        """Remember what was learnt of a note, unless it could not be read."""
        if learnt.failure is None:
            self._places.add(self._mark(stored), self._scratch.keep(pack(learnt)))

    def recall(self, stored: Stored) -> Learnt | None:
        """What was learnt of this very note; None where it did not come before."""
        places = self._places.keys(self._mark(stored))
        return _unpacker()(self._scratch.piece(places[0])) if places else None

    def _mark(self, stored: Stored) -> str:
        return digest_of_bytes(pack(stored)).hex() + self._way

    def close(self) -> None:
        """Forget everything."""
        self._scratch.close()


@cache
def _unpacker() -> Callable[[bytes], Learnt]:
    return msgspec.msgpack.Decoder(Learnt).decode
