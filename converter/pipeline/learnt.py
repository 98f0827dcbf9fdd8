"""What the index pass keeps of a note that was read."""

from __future__ import annotations

import msgspec

from converter.findings.finding import Finding
from converter.model.moment import Moment
from converter.pipeline.residue.visit import Visit

__all__ = ["Learnt", "pack"]


def _plain(value: object) -> str:
    """Text of a kind of its own (a number as JSON spells it) is text."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot travel")


pack = msgspec.msgpack.Encoder(enc_hook=_plain).encode
"""Values of the model, and findings, as bytes."""


class Learnt(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What reading taught of one note: its facts, its packed outline, and what of it matters to the plan.

    `kept` is the place of what was read, at the bench that read it. `failure` says why there is nothing else.
    """

    key: str
    title: str = ""
    id: str | None = None
    folder: str | None = None
    parent: str | None = None
    order: int | None = None
    created: Moment | None = None
    stamp: Moment | None = None
    tags: tuple[str, ...] = ()
    outline: bytes = b""
    blank: bool = False
    hollow: bool = False
    kept: int = 0
    visit: Visit | None = None
    findings: tuple[Finding, ...] = ()
    failure: Finding | None = None
