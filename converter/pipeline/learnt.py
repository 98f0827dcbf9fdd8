"""What the index pass keeps of a note that was read."""

from __future__ import annotations

import msgspec

from converter.findings.finding import Finding
from converter.model.moment import Moment
from converter.pipeline.residue.visit import Visit

__all__ = ["Indexed", "Learnt", "pack"]


def _plain(value: object) -> str:
    """Text of a kind of its own (a number as JSON spells it) is text."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot travel")


pack = msgspec.msgpack.Encoder(enc_hook=_plain).encode
"""Values of the model, and findings, as bytes."""


class Indexed(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """What the index holds of a note, besides its places.

    `blocks` is how many it has, `kept` where what was read is kept, and `bench` who keeps it (-1: nobody).
    """

    title: str = ""
    id: str | None = None
    folder: str | None = None
    parent: str | None = None
    order: int | None = None
    created: Moment | None = None
    stamp: Moment | None = None
    tags: tuple[str, ...] = ()
    blocks: int = 0
    bench: int = 0
    kept: int = -1


class Learnt(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What reading taught of one note: what the index will hold, its packed outline, and what matters to the plan.

    An outline without anchors and links is none. At which bench it is kept is not known yet. `failure` says why there
    is nothing else.
    """

    key: str
    known: Indexed = Indexed()
    outline: bytes = b""
    blank: bool = False
    hollow: bool = False
    visit: Visit | None = None
    findings: tuple[Finding, ...] = ()
    failure: Finding | None = None
