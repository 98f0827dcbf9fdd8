"""What a target stores of the bytes of a note that comes back."""

from __future__ import annotations

import msgspec

from converter.formats.front import Format, Rendered, SourceContext, Stored, TargetContext
from converter.model.items import Note
from converter.model.moment import Moment
from converter.model.order import Output, plain_order
from converter.pipeline.law import Answers
from converter.pipeline.lift.legacy import order_by_number
from converter.pipeline.lower.inside import inside
from converter.pipeline.pair import Pair
from converter.pipeline.residue.edits import in_place
from converter.pipeline.work import Workshop

__all__ = ["Finisher"]


class Finisher:
    """Makes what the target stores of bytes that come back."""

    def __init__(self, target: Format, reading: SourceContext, writing: TargetContext, *, digests: bool) -> None:
        self._target = target
        self._reading = reading
        self._writing = writing
        own = writing.profile
        self._same = Pair(own, own, reading.zone)
        self._digests = digests
        self._workshop = Workshop(target, reading, target, writing, self._same, digests=digests)

    def blank(self, output: Output) -> tuple[Rendered, bytes]:
        """A note without text."""
        return self._workshop.blank(plain_order(output))

    def finished(
        self, data: bytes, then: Stored, output: Output, stamp: Moment | None, own: Note | None = None
    ) -> tuple[Rendered, bytes]:
        """The note as stored, and the digest of what it says; where bytes never pass they are written anew.

        `own` is what the note said `then`, where that is known.
        """
        stored = msgspec.structs.replace(
            then,
            key=output.key,
            data=data,
            path=output.path or then.path,
            folder=output.folder,
            parent=output.parent,
            order=output.order,
            stamp=stamp,
        )
        if self._target.keeps is not None:
            rendered = Rendered(output.key, data, output.path or output.key, stored.stamp, output.order)
            return rendered, self._workshop.digest(self._read(stored, then, own)) if self._digests else b""
        lowered = self._as_written(self._read(stored, then, own), output)
        return self._target.render(lowered, self._writing), self._workshop.digest(lowered)

    def _read(self, stored: Stored, then: Stored, own: Note | None) -> Note:
        """What a note says, that was what it was `then` or was changed since."""
        if stored.data is not then.data:
            return in_place(self._target.read(stored, self._reading)[0])
        return own if own is not None and stored == then else self._target.read(stored, self._reading)[0]

    def in_order(self, then: Stored) -> Stored:
        """A note with its blocks in the order of their numbers, where its format writes every note anew."""
        if self._target.keeps is not None:
            return then
        note = order_by_number(self._target.read(then, self._reading)[0], self._same.source, Answers())
        data = self._target.render(note, self._writing).data
        return msgspec.structs.replace(then, data=data)

    def _as_written(self, note: Note, output: Output) -> Note:
        return inside(note, plain_order(output), self._same, Answers()).note
