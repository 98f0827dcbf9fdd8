"""Small PNG images made of noise, so that their bytes do not shrink in a package."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_GREY_8_BIT: Final = (8, 0, 0, 0, 0)
_SIDES: Final = (16, 48, 96)


def png(chance: random.Random) -> bytes:
    """A grey picture of one of a few sizes."""
    side = chance.choice(_SIDES)
    rows = b"".join(b"\0" + chance.randbytes(side) for _ in range(side))
    header = struct.pack(">II5B", side, side, *_GREY_8_BIT)
    # Stored, not deflated: the bytes are then the same with every version of zlib.
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
