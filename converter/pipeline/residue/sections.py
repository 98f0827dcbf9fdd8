"""Residue of several origins in one stream: each section begins with its header.

Within a system no note needs residue. What the other format of the system has no place for travels in a section of its
own, which holds payloads alone; other sections pass on as they are (docs/residue.md, "Within one system").
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import msgspec

from converter.formats.registry import format_ids, load
from converter.pipeline.residue.records import Header

__all__ = ["foreign_lines", "is_of_system"]

_decode = msgspec.json.Decoder(Header).decode


def is_of_system(origin: str, system: str) -> bool:
    """Whether an origin is a format of this system."""
    return origin in format_ids() and load(origin).system == system


def foreign_lines(stream: IO[bytes], system: str) -> Iterator[bytes]:
    """The lines of all sections but those of this system."""
    own = False
    for line in iter(stream.readline, b""):
        with suppress(msgspec.DecodeError, ValueError):
            own = is_of_system(_decode(line).origin, system)
        if not own:
            yield line
